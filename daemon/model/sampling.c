/* SPDX-License-Identifier: MIT */
#include "model/sampling.h"

void sampling_begin(struct sampling *sampling, uint64_t all, uint64_t some)
{
        const uint64_t n_before = sampling->at, next = sampling->first + sampling->n;

        *sampling = (struct sampling){.n_before = n_before, .n = all, .left = all};
        if (n_before > all) {
                sampling->first = next % n_before;
                sampling->n = sampling->left = some;
        }
}

/* How many things after the first whose turn it is comes the one that is `at`. Past those of the
 * last round nobody knows, and they wait for the next one. */
static uint64_t distance(const struct sampling *sampling, uint64_t at)
{
        return at >= sampling->first ? at - sampling->first
                                     : at + sampling->n_before - sampling->first;
}

bool sampling_any(const struct sampling *sampling, uint64_t n)
{
        const uint64_t at = sampling->at;

        if (sampling->left == 0 || n == 0)
                return false;
        return distance(sampling, at) < sampling->n ||
               (at < sampling->first && n > sampling->first - at);
}

bool sampling_take(struct sampling *sampling, uint64_t index)
{
        if (sampling->left == 0 || distance(sampling, sampling->at + index) >= sampling->n)
                return false;
        sampling->left--;
        return true;
}

void sampling_pass(struct sampling *sampling, uint64_t n)
{
        sampling->at += n;
}

void thread_states_add(struct thread_states *states, const struct thread_states *more)
{
        states->n += more->n;
        states->n_looked += more->n_looked;
        states->n_running += more->n_running;
        states->n_blocked += more->n_blocked;
}

uint64_t thread_states_unseen(const struct thread_states *states, uint64_t n_seen)
{
        const uint64_t looked = states->n_looked;
        const uint64_t unseen = states->n > looked ? states->n - looked : 0;

        if (looked == 0 || n_seen > looked)
                return 0;
        /* In two parts, so that no product is too large. */
        return n_seen * (unseen / looked) + (n_seen * (unseen % looked) + looked / 2) / looked;
}
