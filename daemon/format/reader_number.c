/* SPDX-License-Identifier: MIT */
#include "reader_number.h"

#include <string.h>

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

enum {
        SAFE_DIGITS = 19, /* so many are less than 2^64, whatever they are */
        SAFE_PLACES = 9,  /* so many more have room behind 32 bits */
};

static const uint64_t powers[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* The number of `digits` and `n_places` of them behind the dot, times `factor`, to the nearest. */
static bool scale(uint64_t digits, unsigned n_places, uint64_t factor, uint64_t *ret)
{
        const uint64_t power = powers[n_places];
        unsigned __int128 wide;
        uint64_t product;

        /* Most have as many places as are wanted, or those of a megabyte. */
        if (power == factor) {
                *ret = digits;
                return true;
        }
        if (n_places == 2 && digits <= UINT32_MAX && factor <= UINT32_MAX / 2) {
                *ret = (digits * factor + 50) / 100;
                return true;
        }
        if (!__builtin_mul_overflow(digits, factor, &product) && product <= UINT64_MAX - power) {
                *ret = (product + power / 2) / power;
                return true;
        }
        wide = ((unsigned __int128)digits * factor + power / 2) / power;
        *ret = (uint64_t)wide;
        return wide <= UINT64_MAX;
}

/*
 * Parses all of the text as a decimal number, with the suffix behind it, and returns it in parts of
 * 1 / `factor`. With a factor of 1 it has to be whole. Places that are smaller than that, and for
 * which there is no room, are cut off.
 */
static bool parse_number(
        const char *text, size_t len, const char *suffix, uint64_t factor, uint64_t *ret)
{
        const size_t suffix_len = strlen(suffix);
        const char *end = text + len, *safe;
        uint64_t digits = 0;
        unsigned n_places = 0;
        bool is_full = false;

        if (len <= suffix_len || memcmp(end - suffix_len, suffix, suffix_len) != 0 ||
                !is_digit(*text))
                return false;
        end -= suffix_len;
        safe = end - text < SAFE_DIGITS ? end : text + SAFE_DIGITS;
        for (; text < safe && is_digit(*text); text++)
                digits = digits * 10 + (uint64_t)(*text - '0');
        for (; text < end && is_digit(*text); text++) {
                if (__builtin_mul_overflow(digits, 10, &digits) ||
                        __builtin_add_overflow(digits, (uint64_t)(*text - '0'), &digits))
                        return false;
        }
        if (text < end && *text == '.' && factor > 1) {
                const char *places = ++text;

                if (text == end)
                        return false;
                safe = end - text < SAFE_PLACES ? end : text + SAFE_PLACES;
                if (digits <= UINT32_MAX) {
                        for (; text < safe && is_digit(*text); text++)
                                digits = digits * 10 + (uint64_t)(*text - '0');
                }
                n_places = (unsigned)(text - places);
                for (; text < end && is_digit(*text); text++) {
                        uint64_t more;

                        is_full |= n_places == 9 || __builtin_mul_overflow(digits, 10, &more) ||
                                   __builtin_add_overflow(more, (uint64_t)(*text - '0'), &more);
                        if (is_full)
                                continue;
                        digits = more;
                        n_places++;
                }
        }
        if (is_full && powers[n_places] < factor)
                return false;
        return text == end && scale(digits, n_places, factor, ret);
}

bool number_read(enum form form, enum unit unit, const char *text, size_t len, uint64_t *ret)
{
        /* clang-format off */
        static const struct {
                char suffix[8];
                uint64_t factor;
        } rows[][UNIT_TEXT] = {
                [FORM_HEROKU] = {
                        [UNIT_NONE] = {"", 1},
                        [UNIT_HUNDREDTHS] = {"", 100},
                        [UNIT_BYTES] = {"MB", UINT64_C(1) << 20},
                        [UNIT_PAGES] = {"pages", 1},
                        [UNIT_NANOSECONDS] = {"s", 1000000000},
                },
                [FORM_PLAIN] = {
                        [UNIT_NONE] = {"", 1},
                        [UNIT_HUNDREDTHS] = {"", 100},
                        [UNIT_BYTES] = {"", 1},
                        [UNIT_PAGES] = {"", 1},
                        [UNIT_NANOSECONDS] = {"", 1000000000},
                },
                [FORM_JOURNAL] = {
                        [UNIT_NONE] = {"", 1},
                        [UNIT_HUNDREDTHS] = {"", 100},
                        [UNIT_BYTES] = {"", 1},
                        [UNIT_PAGES] = {"", 1},
                        [UNIT_NANOSECONDS] = {"", 1}, /* microseconds */
                },
        };
        /* clang-format on */

        return parse_number(text, len, rows[form][unit].suffix, rows[form][unit].factor, ret);
}
