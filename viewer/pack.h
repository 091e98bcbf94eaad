/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Columns of numbers in little room: what does not change takes two bytes or so, what changes a
 * little takes a byte each. Numbers of a column may be unknown.
 */

enum {
        PACK_ROWS = 64,             /* of a column at most */
        PACK_BYTES = PACK_ROWS * 12 /* that one can need */
};

/* The number that is not known. */
#define UNKNOWN UINT64_MAX

/* Writes the first `n` numbers, of which there is at least one, to `to`, which has PACK_BYTES of
 * room. Returns how many bytes it took. */
size_t pack_column(const uint64_t *values, unsigned n, unsigned char *to);

/* Reads back `n` numbers. Returns the bytes behind them, or NULL when they do not end before
 * `end`, which cannot be of what pack_column() wrote. */
const unsigned char *unpack_column(
        const unsigned char *at, const unsigned char *end, unsigned n, uint64_t *ret);
