/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"

enum {
        LIMIT_BY_BYTES = 256, /* the NUL included */
        LIMITS_MAX = 32,
};

/* One thing that can refuse a thread, or memory, to a target. */
struct limit {
        /* "pids.max", "memory.max", "nproc", "threads-max", "pid_max", …, with the cgroup behind a
         * colon if it is not the target's own. */
        char by[LIMIT_BY_BYTES];
        uint64_t used;
        uint64_t max;             /* may be 0, and below `used` */
        struct measure n_refused; /* a counter that only grows; unknown where nobody counts */
};

struct limits {
        size_t n_items;
        struct limit items[LIMITS_MAX];
};
