/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How long the requests of the last 60 seconds took that one dyno has answered: of the last ones,
 * when they were more than are kept. All 0: nothing so far. */

enum { TIMES_MAX = 1024 };

struct times {
        struct time_taken {
                uint32_t at_s; /* since 1970 */
                uint32_t ms;
        } * items;
        unsigned n, size, next; /* the place of the next one */
};

/* Frees what it holds; it is empty then. */
void times_clear(struct times *times);

/* Adds a request of the second `at_s`. Without memory it is left out. */
void times_add(struct times *times, uint64_t at_s, uint64_t ms);

/* The median, and the smallest time that 95 % are not above, of the 60 seconds that end with
 * `now_s`. Returns whether there were any. */
bool times_figures(
        const struct times *times, uint64_t now_s, uint64_t *ret_median_ms, uint64_t *ret_p95_ms);
