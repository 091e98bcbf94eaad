/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/alarm.h"
#include "model/comm.h"

/* Processes that die and come back over and over: how many a minute, and under which name. */

enum {
        CHURN_NAMES = 8,
        CHURN_WINDOWS = 5,
};

/* How many processes of one name were started. Names beyond the most frequent ones push out the
 * least frequent, as in Metwally's Space-Saving. */
struct churn_name {
        char comm[COMM_BYTES];
        uint32_t n[CHURN_WINDOWS + 1]; /* in the minute under way, and in those before */
};

/* All 0: nothing was seen. */
struct churn {
        uint64_t window_ns;                 /* when the minute under way began */
        unsigned n_windows;                 /* that are over */
        uint64_t n_started, n_exited;       /* of all names, in the minute under way */
        uint64_t last_started, last_exited; /* in the one before */
        uint64_t n_processes;               /* at the end of the round before */
        struct alarm alarm;
        struct churn_name names[CHURN_NAMES];
};

/* What there is to tell of a churn. */
struct churn_finding {
        const char *comm;
        uint64_t started, exited; /* of all names, in the last minute */
        uint64_t per_min;         /* of the name, over the last minutes */
};

/* A process that was started since the last round. */
void churn_add(struct churn *churn, const char *comm, size_t len);

/* A round over all processes is over, of which `n_processes` are alive. Returns whether one name
 * was started `per_min` times in each of the last five minutes; `*ret` tells of the most frequent
 * one, if there is any. */
enum condition churn_end_round(struct churn *churn, uint64_t now_ns, uint64_t n_processes,
        uint64_t per_min, struct churn_finding *ret);
