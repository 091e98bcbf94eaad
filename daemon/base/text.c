/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum {
        SAFE_DIGITS = 19 /* so many are less than 2^64, whatever they are */
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool ends_field(char c)
{
        return c == ' ' || c == '\n' || c == '\t' || c == '\0';
}

/* The digits at `*at`, whatever follows them. */
static int take_digits(const char **at, uint64_t *ret)
{
        const char *p = *at;
        uint64_t value = 0;

        if (!is_digit(*p))
                return -EINVAL;
        for (; is_digit(*p) && p - *at < SAFE_DIGITS; p++)
                value = value * 10 + (uint64_t)(*p - '0');
        for (; is_digit(*p); p++) {
                if (__builtin_mul_overflow(value, 10, &value) ||
                        __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
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

/* The number of one line whose key is its first `len` bytes, if it was asked for. */
static int read_line(
        const char *line, size_t len, const struct text_key *keys, size_t n_keys, void *ret)
{
        for (size_t i = 0; i < n_keys; i++) {
                struct measure *measure = measure_at(ret, &keys[i]);

                if (strncmp(line, keys[i].name, len) == 0 && !keys[i].name[len])
                        return measure->known ? -EBADMSG : read_value(line + len, measure);
        }
        return 0;
}

int text_read_keys(const char *text, const struct text_key *keys, size_t n_keys, void *ret)
{
        while (*text) {
                size_t len = strcspn(text, " \t:\n");

                if (len > 0 && read_line(text, len, keys, n_keys, ret) < 0) {
                        for (size_t i = 0; i < n_keys; i++)
                                *measure_at(ret, &keys[i]) = (struct measure){0};
                        return -EBADMSG;
                }
                text += len;
                text += strcspn(text, "\n");
                if (*text)
                        text++;
        }
        return 0;
}

const char *text_after(const char *text, const char *prefix)
{
        size_t len = strlen(prefix);

        return strncmp(text, prefix, len) == 0 ? text + len : NULL;
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
        for (size_t i = 0; i < len; i++)
                hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
        hash ^= hash >> 29;
        return hash ? hash : 1;
}
