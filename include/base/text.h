/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"

/*
 * Parses the whole of `text` as an unsigned decimal number: digits and nothing else.
 *
 * Returns 0; -EINVAL when it is empty or holds anything but digits; -ERANGE above 2^64 - 1.
 */
int text_parse_u64(const char *text, uint64_t *ret);

/*
 * Parses digits at `*at`, which must be followed by a space, a newline or the end of the text, and
 * moves `*at` behind them.
 *
 * Returns 0, -EINVAL or -ERANGE, and then leaves `*at` where it was.
 */
int text_take_u64(const char **at, uint64_t *ret);

/*
 * Parses a decimal fraction of at most nine places ("0.53") in units of 10^-`places`; further
 * places are cut off. Same end, move and returns as text_take_u64().
 */
int text_take_decimal(const char **at, unsigned places, uint64_t *ret);

/* What text_read_keys() looks for: a key, and where its `struct measure` lies in the result. */
struct text_key {
        char name[28]; /* the NUL included; a pointer would have to be relocated at each start */
        unsigned offset;
};

enum { TEXT_MAX_KEYS = 32 }; /* of one call */

/*
 * Reads lines of a key and a number, as memory.stat, cpu.stat, vmstat ("anon 21471232") and
 * meminfo ("MemTotal:  2030 kB") have them; a number in kB is returned in bytes. Keys not asked
 * for are skipped, keys that are not there stay as they are in `*ret`.
 *
 * Returns 0; -EBADMSG when a key asked for comes twice or has no number. On failure all measures
 * asked for are unknown.
 */
int text_read_keys(const char *text, const struct text_key *keys, size_t n_keys, void *ret);

/* The rest of the text behind `prefix`, or NULL when it begins otherwise. */
static inline const char *text_after(const char *text, const char *prefix)
{
        while (*prefix && *text == *prefix) {
                text++;
                prefix++;
        }
        return *prefix ? NULL : text;
}

/*
 * Whether `text` matches `pattern` in full, where `*` stands for any bytes and `?` for one, but
 * for neither does a '/'.
 */
bool text_matches(const char *text, const char *pattern);

/* A number for the text; never 0. Of another build it may be another one. */
uint64_t text_hash(const char *text, size_t len);
