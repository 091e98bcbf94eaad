/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

/* What a target has a number of at each tick: all keys of lines, in the order of their table, and
 * behind them those that are counted from the router's lines. */

enum {
        COLUMNS_MAX = 128,
        COLUMN_NONE = COLUMNS_MAX,
};

/* Of the router; numbers behind those of the table of keys. */
enum router_column {
        ROUTER_REQUESTS_PER_MIN,
        ROUTER_SERVICE_MEDIAN_MS,
        ROUTER_SERVICE_P95_MS,
        ROUTER_STATUS_1XX,
        ROUTER_STATUS_2XX,
        ROUTER_STATUS_3XX,
        ROUTER_STATUS_4XX,
        ROUTER_STATUS_5XX,
        ROUTER_ERRORS,
        N_ROUTER_COLUMNS,
};

/* Columns that others have to find by what they are; see columns_init(). */
struct known_columns {
        unsigned memory_total, memory_rss, memory_swap, memory_quota;
        unsigned processes, threads, zombies, pids, pids_limit;
        unsigned load_avg_1m;
};

struct columns {
        unsigned n;        /* of all */
        unsigned n_record; /* of those that lines have: the place in the table of keys */
        unsigned group_first[N_GROUPS], group_end[N_GROUPS];
        struct known_columns known;
};

/* Reads the table of keys. */
void columns_init(struct columns *ret);

unsigned column_of_router(const struct columns *columns, enum router_column column);
const char *column_key(const struct columns *columns, unsigned column);
enum unit column_unit(const struct columns *columns, unsigned column);

/* The column of that key, or COLUMN_NONE. */
unsigned column_find(const struct columns *columns, const char *key, size_t len);
