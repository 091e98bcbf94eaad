/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/comm.h"

/* Which process of a target has most of something, and which has gained most of it. */

enum {
        TOP_MAX = 8,
};

struct top_process {
        int64_t pid;
        uint64_t start_ticks;
        uint64_t now;          /* in the round under way; 0: not met so far */
        uint64_t first, value; /* when it was first seen here; in the last round */
        char comm[COMM_BYTES];
};

/* The processes with most of it. All 0: none. */
struct top {
        size_t n;
        /* Most processes are none of these, and have too little to become one: */
        uint64_t pids;  /* a bit for each pid that is here, by its last digits */
        uint64_t least; /* that one here has, at the least; 0 while there is room */
        struct top_process items[TOP_MAX];
};

/* A process has `value` of it in this round. */
void top_add(struct top *top, int64_t pid, uint64_t start_ticks, const char *comm, size_t comm_len,
        uint64_t value);

/* A child of the process `pid` was met, which adds one. */
void top_add_child(struct top *top, int64_t pid);

/* Names the process of children that were added. */
void top_name(struct top *top, int64_t pid, const char *comm, size_t comm_len);

/* A round begins: what was added in one that was given up is forgotten. */
void top_begin_round(struct top *top);

/* A round over all processes is over: those that were not met are forgotten. */
void top_end_round(struct top *top);

/* The process that gained most since it was first seen, or has most where none has gained; NULL
 * when there is none. */
const struct top_process *top_grown(const struct top *top);

/* The process that has most. */
const struct top_process *top_largest(const struct top *top);
