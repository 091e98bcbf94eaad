/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

/* Some columns of one target over a time, in as many points as fit a screen: each holds the lowest,
 * the mean and the highest number of its ticks, so that no peak is lost. */

enum {
        QUERY_POINTS_MIN = 16,
        QUERY_POINTS_DEFAULT = 800,
        QUERY_POINTS_MAX = 4000,
};

struct query {
        uint64_t from_ms, to_ms;
        unsigned n_points;
        uint64_t gap_ms;          /* without a tick for longer, the line ends */
        bool wanted[COLUMNS_MAX]; /* columns */
};

/* The numbers of one column: UNKNOWN where there are none. */
struct answer_column {
        unsigned column;
        uint64_t *min, *max;
        double *mean; /* NAN where there are none */
};

struct answer {
        uint64_t step_ms; /* 0: each point is a tick, and its min is all there is */
        size_t n;
        uint64_t *t_ms;
        size_t n_columns;
        struct answer_column columns[COLUMNS_MAX];
        void *memory;
};

/* Returns 0 or -ENOMEM. answer_done() releases what is in it. */
int query_run(const struct history *history, const struct series *series, const struct query *query,
        struct answer *ret);
void answer_done(struct answer *answer);
