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

uint64_t beat_change(struct beat *beat, uint64_t interval_ns, uint64_t now_ns)
{
        beat->interval_ns = interval_ns;
        beat->n_passed = (now_ns - beat->start_ns) / interval_ns + 1;
        return beat->start_ns + beat->n_passed * interval_ns;
}
