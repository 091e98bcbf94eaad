/* SPDX-License-Identifier: MIT */
#include "model/sample.h"

void sample_complete(struct sample *sample)
{
        struct memory_sample *memory = &sample->memory;

        memory->total_bytes = measure_sum(
                measure_sum(memory->rss_bytes, memory->cache_bytes), memory->swap_bytes);
}
