/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
        SAFE_DIGITS = 19 /* so many are less than 2^64, whatever they are */
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* The number that a digit stands for; of anything else, one above 9. */
static unsigned digit_of(char c)
{
        return (unsigned)(unsigned char)c - '0';
}

static bool ends_field(char c)
{
        return c == ' ' || c == '\n' || c == '\t' || c == '\0';
}

/* The digits at `*at`, whatever follows them. Most of what is read are numbers: so it is a part of
 * those that take one. */
static inline __attribute__((always_inline)) int take_digits(const char **at, uint64_t *ret)
{
        const char *p = *at;
        uint64_t value = 0;
        unsigned digit = digit_of(*p);

        if (digit > 9)
                return -EINVAL;
        for (unsigned n = SAFE_DIGITS; digit <= 9 && n > 0; n--) {
                value = value * 10 + digit;
                digit = digit_of(*++p);
        }
        for (; digit <= 9; digit = digit_of(*++p)) {
                if (__builtin_mul_overflow(value, 10, &value) ||
                        __builtin_add_overflow(value, (uint64_t)digit, &value))
                        return -ERANGE;
        }
        *at = p;
        *ret = value;
        return 0;
}

int text_parse_u64(const char *text, uint64_t *ret)
{
        uint64_t value;
        int r = take_digits(&text, &value);

        if (r < 0)
                return r;
        if (*text)
                return -EINVAL;
        *ret = value;
        return 0;
}

int text_take_u64(const char **at, uint64_t *ret)
{
        const char *p = *at;
        uint64_t value;
        int r = take_digits(&p, &value);

        if (r < 0)
                return r;
        if (!ends_field(*p))
                return -EINVAL;
        *at = p;
        *ret = value;
        return 0;
}

int text_take_decimal(const char **at, unsigned places, uint64_t *ret)
{
        const char *p = *at;
        uint64_t value;
        unsigned done = 0;
        int r = take_digits(&p, &value);

        if (r < 0)
                return r;
        if (*p == '.') {
                p++;
                if (!is_digit(*p))
                        return -EINVAL;
        }
        for (; is_digit(*p); p++) {
                if (done == places)
                        continue;
                if (__builtin_mul_overflow(value, 10, &value) ||
                        __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
                        return -ERANGE;
                done++;
        }
        for (; done < places; done++) {
                if (__builtin_mul_overflow(value, 10, &value))
                        return -ERANGE;
        }
        if (!ends_field(*p))
                return -EINVAL;
        *at = p;
        *ret = value;
        return 0;
}

/* The number behind a key: "21471232" or ":     2030 kB". */
static int read_value(const char *text, struct measure *ret)
{
        uint64_t value;
        int r;

        if (*text == ':')
                text++;
        while (*text == ' ' || *text == '\t')
                text++;
        r = text_take_u64(&text, &value);
        if (r < 0)
                return -EBADMSG;
        if (text_after(text, " kB") && __builtin_mul_overflow(value, 1024, &value))
                return -EBADMSG;
        *ret = measure_of(value);
        return 0;
}

static struct measure *measure_at(void *ret, const struct text_key *key)
{
        return (void *)((char *)ret + key->offset);
}

static bool ends_key(char c)
{
        return c <= ':' && (ends_field(c) || c == ':');
}

/* The keys asked for, and what tells most lines that have none of them at once: a bit of a word for
 * what a line begins with. */
struct key_search {
        const struct text_key *keys;
        size_t n_keys;
        unsigned char lens[TEXT_MAX_KEYS];
        size_t min_len;
        uint64_t mask; /* of the bytes of a line's first eight that are looked at */
        uint64_t bits;
};

/* The bit of what a text begins with. */
static uint64_t bit_of(uint64_t beginning)
{
        return UINT64_C(1) << (beginning * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

static void begin_search(struct key_search *search, const struct text_key *keys, size_t n_keys)
{
        static const unsigned char all[8] = {255, 255, 255, 255, 255, 255, 255, 255};
        size_t n_bytes;

        assert(n_keys <= TEXT_MAX_KEYS);
        search->keys = keys;
        search->n_keys = n_keys;
        search->min_len = SIZE_MAX;
        search->bits = search->mask = 0;
        for (size_t i = 0; i < n_keys; i++) {
                search->lens[i] = (unsigned char)strlen(keys[i].name);
                if (search->lens[i] < search->min_len)
                        search->min_len = search->lens[i];
        }
        n_bytes = search->min_len < sizeof(all) ? search->min_len : sizeof(all);
        memcpy(&search->mask, all, n_bytes);
        for (size_t i = 0; i < n_keys; i++) {
                uint64_t word = 0;

                memcpy(&word, keys[i].name, n_bytes);
                search->bits |= bit_of(word);
        }
}

/* Whether the line of `len` bytes may have one of the keys. */
static bool may_have_key(const struct key_search *search, const char *line, size_t len)
{
        uint64_t word;

        if (len < sizeof(word))
                return len >= search->min_len;
        memcpy(&word, line, sizeof(word));
        return search->bits & bit_of(word & search->mask);
}

/* The number of the line of `len` bytes, if its key was asked for. */
static int read_line(const struct key_search *search, const char *line, size_t len, void *ret)
{
        for (size_t i = 0; i < search->n_keys; i++) {
                const unsigned char key_len = search->lens[i];
                struct measure *measure;

                if (key_len > len || !ends_key(line[key_len]) ||
                        memcmp(line, search->keys[i].name, key_len) != 0)
                        continue;
                measure = measure_at(ret, &search->keys[i]);
                return measure->known ? -EBADMSG : read_value(line + key_len, measure);
        }
        return 0;
}

int text_read_keys(const char *text, const struct text_key *keys, size_t n_keys, void *ret)
{
        struct key_search search;
        int r = 0;

        begin_search(&search, keys, n_keys);
        while (*text && r == 0) {
                const char *end = strchrnul(text, '\n');
                const size_t len = (size_t)(end - text);

                if (may_have_key(&search, text, len))
                        r = read_line(&search, text, len, ret);
                text = *end ? end + 1 : end;
        }
        if (r < 0) {
                for (size_t i = 0; i < n_keys; i++)
                        *measure_at(ret, &keys[i]) = (struct measure){0};
        }
        return r;
}

bool text_matches(const char *text, const char *pattern)
{
        const char *star = NULL, *resume = NULL;

        /* On a mismatch the last star takes one byte more: linear memory, no recursion. */
        while (*text) {
                if (*pattern == '*') {
                        star = pattern++;
                        resume = text;
                } else if (*text == *pattern || (*pattern == '?' && *text != '/')) {
                        text++;
                        pattern++;
                } else if (star && *resume != '/') {
                        pattern = star + 1;
                        text = ++resume;
                } else {
                        return false;
                }
        }
        while (*pattern == '*')
                pattern++;
        return !*pattern;
}

uint64_t text_hash(const char *text, size_t len)
{
        uint64_t hash = UINT64_C(14695981039346656037);

        for (; len >= sizeof(uint64_t); len -= sizeof(uint64_t)) {
                uint64_t word;

                memcpy(&word, text, sizeof(word));
                hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
                hash ^= hash >> 32;
                text += sizeof(word);
        }
        if (len > 0) {
                uint64_t word = 0;

                memcpy(&word, text, len);
                hash = (hash ^ word ^ (uint64_t)len << 56) * UINT64_C(0x9e3779b97f4a7c15);
        }
        /* The last word has only moved high bits so far, and tables look at the low ones. */
        hash = (hash ^ hash >> 29) * UINT64_C(0xd6e8feb86659fd93);
        hash ^= hash >> 32;
        return hash ? hash : 1;
}
