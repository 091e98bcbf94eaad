/* SPDX-License-Identifier: MIT */
#include "conclude.h"

#include <errno.h>
#include <stdlib.h>

#include "model/limit.h"

struct conclusions {
        struct judge judge;
        struct sample sample;
        struct record record; /* room for events */
        uint64_t last_ms;
};

int conclusions_new(struct conclusions **ret)
{
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

void conclusions_free(struct conclusions *conclusions)
{
        free(conclusions);
}

void conclusions_take(struct conclusions *conclusions, const struct sample *sample)
{
        sample_merge(&conclusions->sample, sample);
}

static size_t find_limit(const struct sample *sample, struct limit *ret)
{
        const struct memory_sample *memory = &sample->memory;

        if (!memory->rss_bytes.known || !memory->quota_bytes.known)
                return 0;
        *ret = (struct limit){
                .by = "memory_quota",
                .used = memory->rss_bytes.value,
                .max = memory->quota_bytes.value,
        };
        if (memory->swap_bytes.known &&
                __builtin_add_overflow(ret->used, memory->swap_bytes.value, &ret->used))
                ret->used = UINT64_MAX;
        return 1;
}

void conclusions_draw(struct conclusions *conclusions, uint64_t t_ms, const char *source,
        const char *dyno, judge_say *say, void *data)
{
        struct sample *sample = &conclusions->sample;
        struct limit limit;
        struct evidence evidence = {
                .source = source,
                .dyno = dyno,
                .sample = sample,
                .memory_limits = &limit,
        };

        /* A trend does not go back in time. */
        if (t_ms > conclusions->last_ms) {
                conclusions->last_ms = t_ms;
                /* The memory line prints 0 for a quota that is not known. */
                if (sample->memory.quota_bytes.value == 0)
                        sample->memory.quota_bytes.known = false;
                evidence.now_ns = t_ms * 1000000;
                evidence.n_memory_limits = find_limit(sample, &limit);
                judge_feed(&conclusions->judge, &judge_default_rules, &evidence,
                        &conclusions->record, say, data);
        }
        *sample = (struct sample){0};
}
