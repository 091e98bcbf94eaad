/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * To look at some of many things in each round, so that in turn all are looked at: which ones, and
 * what those say of the rest. The things are numbered in the order in which they are met.
 */

/* Whose turn it is. All 0 before the first round. */
struct sampling {
        uint64_t n_before; /* things in the last round */
        uint64_t first, n; /* those whose turn it is: so many from this one on, and then from 0 */
        uint64_t left;     /* of these, not looked at so far */
        uint64_t at;       /* things of this round that are passed */
};

/* A round begins: all have their turn when there were no more than `all` of them in the last one,
 * and otherwise `some`. More than that are never looked at. */
void sampling_begin(struct sampling *sampling, uint64_t all, uint64_t some);

/* Whether one of the next `n` things has its turn. */
bool sampling_any(const struct sampling *sampling, uint64_t n);

/* Whether the one that is `index` things further has its turn; takes it. */
bool sampling_take(struct sampling *sampling, uint64_t index);

/* Passes over `n` things. */
void sampling_pass(struct sampling *sampling, uint64_t n);

/* What was seen of a number of threads. */
struct thread_states {
        uint64_t n;        /* threads there are */
        uint64_t n_looked; /* those that were looked at */
        uint64_t n_running, n_blocked;
};

void thread_states_add(struct thread_states *states, const struct thread_states *more);

/* How many of the threads that were not looked at are as `n_seen` of the others were: rounded, and
 * 0 when none was looked at. */
uint64_t thread_states_unseen(const struct thread_states *states, uint64_t n_seen);
