/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "columns.h"
#include "pack.h"

/*
 * The numbers of all targets over time, in memory that never grows: where a row has no room, the
 * oldest ones of all targets make some. A row is a tick of one target.
 *
 * The last rows of a target are in its series as they are; older ones are packed, many at a time,
 * into a block, and the blocks of all targets stand one behind the other in one ring.
 */

struct history;

/* The numbers of one target. All 0: none so far. */
struct series {
        uint64_t first_block, last_block; /* in the ring; 0: none */
        uint64_t packed_ms;               /* the time of the last row that is packed */
        unsigned n_rows;                  /* that are not packed, in the order of time */
        unsigned n_columns;
        uint64_t t_ms[PACK_ROWS];
        uint8_t columns[COLUMNS_MAX]; /* the column of each of `values` */
        uint8_t places[COLUMNS_MAX];  /* of a column in `values`, and 1; 0: there is none */
        uint64_t (*values)[PACK_ROWS];
        size_t n_values; /* there is memory for */
};

/* Some rows of one target, in the order of time, as they are given to who asks for them. */
struct slab {
        unsigned n_rows, n_columns;
        const uint64_t *t_ms;
        const uint8_t *columns;
        const uint64_t (*values)[PACK_ROWS]; /* a column each; UNKNOWN where nothing is known */
};

/* Blocks have `bytes` of memory, all of which is taken over time. Returns 0 or -ENOMEM.
 * history_free() accepts NULL. */
int history_new(size_t bytes, struct history **ret);
void history_free(struct history *history);

/* Bytes of the ring that are in use, and that there are. */
size_t history_used_bytes(const struct history *history);
size_t history_bytes(const struct history *history);

/* Forgets all rows, and releases what the series holds. */
void series_done(struct history *history, struct series *series);

/*
 * The row of the time `t_ms`, made if it is not there: `*ret` is its index, valid until the next
 * call. The last row is series->n_rows - 1.
 *
 * Returns 0, or -ERANGE for a time that is before those packed already.
 */
int series_row(struct history *history, struct series *series, uint64_t t_ms, unsigned *ret);

/* Sets a number of a row. Returns 0 or -ENOMEM. */
int series_set(struct series *series, unsigned row, unsigned column, uint64_t value);

/* The number of the column in the last row; UNKNOWN when it is not known, or there is no row. */
uint64_t series_last(const struct series *series, unsigned column);

/* The time of the oldest row there is, or UNKNOWN. */
uint64_t series_first_ms(const struct history *history, const struct series *series);

/* Moves all rows by `shift_ms`. */
void series_shift(struct history *history, struct series *series, uint64_t shift_ms);

/* Calls `take` with all rows of the time from `from_ms` to `to_ms`, and perhaps some around them,
 * in the order of time. */
void series_read(const struct history *history, const struct series *series, uint64_t from_ms,
        uint64_t to_ms, void (*take)(void *data, const struct slab *slab), void *data);
