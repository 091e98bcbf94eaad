/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "targets.h"

struct sums {
        struct measure anon, total, kb;
};

static void check_keys(const char *text)
{
        static const struct text_key keys[] = {
                {"anon",     offsetof(struct sums, anon) },
                {"MemTotal", offsetof(struct sums, total)},
                {"VmRSS",    offsetof(struct sums, kb)   },
        };
        struct sums sums = {0};

        if (text_read_keys(text, keys, ARRAY_SIZE(keys), &sums) < 0)
                require(!sums.anon.known && !sums.total.known && !sums.kb.known);
}

/* A number that is taken is written as it stood, but for zeros before it. */
static void check_number(const char *text)
{
        char memory[32];
        const char *at = text;
        struct buf digits;
        uint64_t value;

        buf_init(&digits, memory, sizeof(memory));
        if (text_take_u64(&at, &value) == 0) {
                require(at > text && (!*at || strchr(" \t\n", *at)));
                buf_add_u64(&digits, value, 0);
                text += strspn(text, "0");
                text -= text == at;
                require((size_t)(at - text) == digits.len);
                require(memcmp(text, memory, digits.len) == 0);
        } else {
                require(at == text);
        }
}

/* The plain way, which takes as long as it likes. */
static bool matches(const char *text, const char *pattern)
{
        if (*pattern == '*')
                return matches(text, pattern + 1) ||
                       (*text && *text != '/' && matches(text + 1, pattern));
        if (!*text || !*pattern)
                return !*text && !*pattern;
        return (*pattern == *text || (*pattern == '?' && *text != '/')) &&
               matches(text + 1, pattern + 1);
}

static void check_pattern(const char *text)
{
        const char *newline = strchr(text, '\n');
        char pattern[12];
        unsigned n_stars = 0;

        if (!newline || newline - text >= (ptrdiff_t)sizeof(pattern) || strlen(newline) > 24)
                return;
        memcpy(pattern, text, (size_t)(newline - text));
        pattern[newline - text] = '\0';
        for (const char *at = pattern; *at; at++)
                n_stars += *at == '*';
        if (n_stars <= 4)
                require(text_matches(newline + 1, pattern) == matches(newline + 1, pattern));
}

void fuzz_text_parts(const uint8_t *data, size_t size)
{
        char *text = fuzz_text(data, size);
        uint64_t value;

        check_keys(text);
        check_number(text);
        check_pattern(text);
        text_parse_u64(text, &value);
        for (unsigned places = 0; places <= 9; places++) {
                const char *at = text;

                require((text_take_decimal(&at, places, &value) == 0) == (at > text));
        }
        free(text);
}
