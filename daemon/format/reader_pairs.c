/* SPDX-License-Identifier: MIT */
#include "reader_pairs.h"

#include <stdint.h>
#include <string.h>

static bool add(struct pairs *pairs, struct pair pair)
{
        if (pairs->n == sizeof(pairs->items) / sizeof(pairs->items[0]))
                return false;
        pairs->items[pairs->n++] = pair;
        return true;
}

const struct pair *pairs_find(const struct pairs *pairs, const char *key)
{
        const size_t len = strlen(key);

        for (size_t i = 0; i < pairs->n; i++) {
                const struct pair *pair = &pairs->items[i];

                if (pair->key_len == len && memcmp(pair->key, key, len) == 0)
                        return pair;
        }
        return NULL;
}

/* What ends a key, and what ends a word: looked up, as most of all that is read goes by here. */
enum { ENDS_KEY = 1, ENDS_WORD = 2 };
static const unsigned char ends[256] = {
        ['\0'] = ENDS_KEY | ENDS_WORD,
        [' '] = ENDS_KEY | ENDS_WORD,
        ['='] = ENDS_KEY,
        ['"'] = ENDS_KEY,
};

static char *find_end(char *at, unsigned char what)
{
        while (!(ends[(unsigned char)*at] & what))
                at++;
        return at;
}

/* Takes "key=" at `*at`; false when there is no '=' before the next space. */
static bool take_key(char **at, struct pair *ret)
{
        char *p = find_end(*at, ENDS_KEY);

        ret->key = *at;
        ret->key_len = (size_t)(p - ret->key);
        *at = p;
        if (*p != '=' || ret->key_len == 0)
                return false;
        *at = p + 1;
        return true;
}

static void take_word(char **at, struct pair *ret)
{
        char *p = find_end(*at, ENDS_WORD);

        ret->value = *at;
        ret->value_len = (size_t)(p - ret->value);
        *at = p;
}

/* Four hexadecimal digits. */
static bool take_hex(const char *at, unsigned *ret)
{
        unsigned number = 0;

        for (unsigned i = 0; i < 4; i++) {
                const char c = at[i];

                if (c >= '0' && c <= '9')
                        number = number * 16 + (unsigned)(c - '0');
                else if ((c | 32) >= 'a' && (c | 32) <= 'f')
                        number = number * 16 + (unsigned)((c | 32) - 'a') + 10;
                else
                        return false;
        }
        *ret = number;
        return true;
}

/* Takes what follows "\u": a code point, of which one above 0xffff is two escapes. Half a pair and
 * NUL become the replacement character. */
static bool take_code_point(char **at, uint32_t *ret)
{
        unsigned first, second;

        if (!take_hex(*at, &first))
                return false;
        *at += 4;
        *ret = first;
        if (first >= 0xd800 && first < 0xdc00 && **at == '\\' && (*at)[1] == 'u' &&
                take_hex(*at + 2, &second) && second >= 0xdc00 && second < 0xe000) {
                *at += 6;
                *ret = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        } else if ((first >= 0xd800 && first < 0xe000) || first == 0) {
                *ret = 0xfffd;
        }
        return true;
}

/* Four bytes at most, where the escape had six, or twelve for those of four. */
static char *put_utf8(char *to, uint32_t c)
{
        if (c < 0x80) {
                *to++ = (char)c;
                return to;
        }
        if (c >= 0x10000) {
                *to++ = (char)(0xf0 | c >> 18);
                *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        } else if (c >= 0x800) {
                *to++ = (char)(0xe0 | c >> 12);
        }
        if (c >= 0x800)
                *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        else
                *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
        return to;
}

/* Takes the escape behind a backslash. */
static bool take_escape(char **at, char **to)
{
        static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
        const char c = *(*at)++;
        const char *letter = c ? strchr(letters, c) : NULL;
        uint32_t code_point;

        if (letter) {
                *(*to)++ = bytes[letter - letters];
                return true;
        }
        if (c != 'u' || !take_code_point(at, &code_point))
                return false;
        *to = put_utf8(*to, code_point);
        return true;
}

/* Takes a quoted text, the same in logfmt and JSON, and leaves it where it was, without escapes. */
static bool take_quoted(char **at, char **ret, size_t *ret_len)
{
        char *p = *at + 1, *to = p;

        *ret = p;
        while (*p != '"') {
                if (!*p)
                        return false;
                if (*p != '\\') {
                        *to++ = *p++;
                        continue;
                }
                p++;
                if (!take_escape(&p, &to))
                        return false;
        }
        *ret_len = (size_t)(to - *ret);
        *at = p + 1;
        return true;
}

bool pairs_split_logfmt(char *text, struct pairs *ret)
{
        ret->n = 0;
        while (*text) {
                struct pair pair;

                if (*text == ' ') {
                        text++;
                        continue;
                }
                if (!take_key(&text, &pair))
                        return false;
                if (*text != '"')
                        take_word(&text, &pair);
                else if (!take_quoted(&text, &pair.value, &pair.value_len))
                        return false;
                if ((*text && *text != ' ') || !add(ret, pair))
                        return false;
        }
        return true;
}

static char *skip_space(char *at)
{
        while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
                at++;
        return at;
}

/* Skips an array or an object, whatever is in it. Returns NULL when it has no end. */
static char *skip_nested(char *at)
{
        size_t depth = 0;

        for (; *at; at++) {
                if (*at == '"') {
                        for (at++; *at && *at != '"'; at++) {
                                if (*at == '\\' && at[1])
                                        at++;
                        }
                        if (!*at)
                                return NULL;
                } else if (*at == '[' || *at == '{') {
                        depth++;
                } else if (*at == ']' || *at == '}') {
                        if (--depth == 0)
                                return at + 1;
                }
        }
        return NULL;
}

/* A number, true, false or null: what the value is worth is for others to say. */
static void take_plain(char **at, struct pair *ret)
{
        char *p = *at;

        ret->value = p;
        while (*p && *p != ',' && *p != '}' && *p != ' ' && *p != '\t' && *p != '"')
                p++;
        ret->value_len = (size_t)(p - ret->value);
        *at = p;
}

/* Takes `"key": value`. */
static bool take_member(char **at, struct pairs *pairs)
{
        struct pair pair;

        if (**at != '"' || !take_quoted(at, &pair.key, &pair.key_len))
                return false;
        *at = skip_space(*at);
        if (**at != ':')
                return false;
        *at = skip_space(*at + 1);
        if (**at == '[' || **at == '{') {
                *at = skip_nested(*at);
                return *at;
        }
        if (**at == '"') {
                if (!take_quoted(at, &pair.value, &pair.value_len))
                        return false;
        } else {
                take_plain(at, &pair);
        }
        return add(pairs, pair);
}

bool pairs_split_json(char *text, struct pairs *ret)
{
        ret->n = 0;
        if (*text != '{')
                return false;
        do {
                text = skip_space(text + 1);
                if (!take_member(&text, ret))
                        return false;
                text = skip_space(text);
        } while (*text == ',');
        return *text == '}' && !*skip_space(text + 1);
}

/* Takes the size and the bytes of a binary field; `at` is where the size begins. */
static char *take_binary(char *at, const char *end, struct pair *ret)
{
        uint64_t size = 0;

        if (end - at < 8)
                return NULL;
        for (unsigned i = 0; i < 8; i++)
                size |= (uint64_t)(unsigned char)at[i] << (8 * i);
        at += 8;
        if (size >= (uint64_t)(end - at) || at[size] != '\n')
                return NULL;
        ret->value = at;
        ret->value_len = (size_t)size;
        return at + size + 1;
}

static bool begins(const struct pair *pair, const char *prefix)
{
        const size_t len = strlen(prefix);

        return pair->key_len >= len && memcmp(pair->key, prefix, len) == 0;
}

/* Only the fields that can matter; an entry has dozens of others. */
static bool is_wanted(const struct pair *pair)
{
        return begins(pair, "RUNSTAT_") || begins(pair, "MESSAGE") ||
               begins(pair, "__REALTIME_TIMESTAMP") || begins(pair, "SYSLOG_IDENTIFIER");
}

bool pairs_split_entry(char *text, size_t len, struct pairs *ret)
{
        char *const end = text + len;

        ret->n = 0;
        while (text < end && *text != '\n') {
                char *newline = memchr(text, '\n', (size_t)(end - text));
                char *equals = newline ? memchr(text, '=', (size_t)(newline - text)) : NULL;
                struct pair pair = {.key = text};

                if (!newline)
                        return false;
                if (equals) {
                        pair.key_len = (size_t)(equals - text);
                        pair.value = equals + 1;
                        pair.value_len = (size_t)(newline - pair.value);
                        text = newline + 1;
                } else {
                        pair.key_len = (size_t)(newline - text);
                        text = take_binary(newline + 1, end, &pair);
                        if (!text)
                                return false;
                }
                if (is_wanted(&pair) && !add(ret, pair))
                        return false;
        }
        return true;
}
