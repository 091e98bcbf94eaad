/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/measure.h"

/*
 * What every test includes instead of cmocka.h.
 *
 * clang-format aligns the cells of a table. Where rows are longer than a line that makes it hard to
 * read, or crashes clang-format, so such tables are laid out by hand between "off" and "on".
 */

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Each check names the case, so that a failure tells one row of a table from the next. */

#define check(what, condition)                                                                     \
        do {                                                                                       \
                if (!(condition))                                                                  \
                        fail_msg("'%s': %s", what, #condition);                                    \
        } while (0)

#define check_int(what, value, expected)                                                           \
        do {                                                                                       \
                const long long value_ = (value), expected_ = (expected);                          \
                if (value_ != expected_)                                                           \
                        fail_msg("'%s': %s is %lld instead of %lld", what, #value, value_,         \
                                expected_);                                                        \
        } while (0)

#define check_u64(what, value, expected)                                                           \
        do {                                                                                       \
                const uint64_t value_ = (value), expected_ = (expected);                           \
                if (value_ != expected_)                                                           \
                        fail_msg("'%s': %s is %" PRIu64 " instead of %" PRIu64, what, #value,      \
                                value_, expected_);                                                \
        } while (0)

#define check_text(what, value, expected)                                                          \
        do {                                                                                       \
                const char *value_ = (value), *expected_ = (expected);                             \
                if (!value_ || strcmp(value_, expected_) != 0)                                     \
                        fail_msg("'%s': %s is\n\"%s\" instead of\n\"%s\"", what, #value,           \
                                value_ ? value_ : "(null)", expected_);                            \
        } while (0)

/* Compares a struct that is made of measures with them as text: "17 - 3", '-' for unknown. */
#define check_measures(what, sample, expected)                                                     \
        do {                                                                                       \
                char text_[2048];                                                                  \
                write_measures(&(sample), sizeof(sample), text_, sizeof(text_));                   \
                check_text(what, text_, expected);                                                 \
        } while (0)

static inline void write_measures(const void *sample, size_t size, char *text, size_t text_size)
{
        const struct measure *measures = sample;
        struct buf buf;

        buf_init(&buf, text, text_size);
        for (size_t i = 0; i < size / sizeof(*measures); i++) {
                if (i > 0)
                        buf_add_char(&buf, ' ');
                if (measures[i].known)
                        buf_add_u64(&buf, measures[i].value, 0);
                else
                        buf_add_char(&buf, '-');
        }
}

/* Numbers that look random and are the same in each run; see "xorshift*" of Marsaglia and Vigna.
 * The state begins as any number but 0. */
static inline uint64_t random_u64(uint64_t *state)
{
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        return *state * UINT64_C(2685821657736338717);
}

static inline unsigned random_below(uint64_t *state, unsigned end)
{
        return (unsigned)((random_u64(state) >> 32) % end);
}

/* As many bits as it likes: small numbers as often as large ones. */
static inline uint64_t random_size(uint64_t *state)
{
        return random_u64(state) >> random_below(state, 64);
}
