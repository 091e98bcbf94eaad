/* SPDX-License-Identifier: MIT */
#include "model/sample.h"

#include <stddef.h>

void sample_complete(struct sample *sample)
{
        struct memory_sample *memory = &sample->memory;

        memory->total_bytes = measure_sum(
                measure_sum(memory->rss_bytes, memory->cache_bytes), memory->swap_bytes);
}

void sample_merge(struct sample *sample, const struct sample *more)
{
        struct measure *to = (void *)sample;
        const struct measure *from = (const void *)more;

        /* It is made of nothing but measures. */
        for (size_t i = 0; i < sizeof(*sample) / sizeof(*to); i++) {
                if (from[i].known)
                        to[i] = from[i];
        }
}
