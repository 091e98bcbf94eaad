/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* The grid of ticks: tick k is due at start + k * interval, on CLOCK_BOOTTIME. */
struct beat {
        uint64_t start_ns;
        uint64_t interval_ns;
        uint64_t n_passed; /* grid points that have passed, missed ones included */
};

/* What one expiry of the timer stands for. */
struct beat_tick {
        uint64_t due_ns;   /* the last grid point that passed */
        uint64_t n_missed; /* the ones before it that nobody took */
};

/*
 * Goes over to another interval. The grid keeps its start, and so some of its points; `now_ns` says
 * which have passed. Returns the next point, which is due then.
 */
uint64_t beat_change(struct beat *beat, uint64_t interval_ns, uint64_t now_ns);

/* `n_expired`, at least 1, grid points have passed since the last call. */
struct beat_tick beat_advance(struct beat *beat, uint64_t n_expired);
