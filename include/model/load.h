/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"

/*
 * Damped averages of the number of runnable threads over 1, 5 and 15 minutes. With each count, as
 * the platform does it, average = (1 - e) * count + e * average, where e = exp(-seconds since the
 * last count / window). They start from 0, as the kernel's own do.
 */
struct load {
        bool started;
        uint64_t first_ns, last_ns; /* of the counts */
        double averages[3];
};

/* A count of `n_running` threads at `now_ns`, which must not run backwards. */
void load_count(struct load *load, uint64_t now_ns, uint64_t n_running);

/* The averages whose window has passed since the first count; the others stay unknown. */
void load_sample(const struct load *load, struct load_sample *ret);
