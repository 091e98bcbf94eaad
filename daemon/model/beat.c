/* SPDX-License-Identifier: MIT */
#include "model/beat.h"

#include <assert.h>

struct beat_tick beat_advance(struct beat *beat, uint64_t n_expired)
{
        assert(n_expired > 0);
        beat->n_passed += n_expired;
        return (struct beat_tick){
                .due_ns = beat->start_ns + (beat->n_passed - 1) * beat->interval_ns,
                .n_missed = n_expired - 1,
        };
}
