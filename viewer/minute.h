/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* Counts of each of the last 60 seconds, by the clock of who counts. All 0: nothing so far. */

enum { MINUTE_SECONDS = 60 };

struct minute {
        uint64_t newest_s; /* the latest second that was counted in */
        uint32_t counts[MINUTE_SECONDS];
};

/* Counts something of the second `at_s`; one that is long over does not count. */
void minute_add(struct minute *minute, uint64_t at_s, uint32_t n);

/* The count of the 60 seconds that end with `now_s`. */
uint64_t minute_sum(const struct minute *minute, uint64_t now_s);

/* The same one by one, the oldest first. */
void minute_read(const struct minute *minute, uint64_t now_s, uint32_t ret[MINUTE_SECONDS]);
