/* SPDX-License-Identifier: MIT */
#include "model/budget.h"

#include <stddef.h>

#include "model/record.h"

/* What a number may change by without having moved, however small it is. */
static uint64_t slack_of(enum unit unit)
{
        switch (unit) {
        case UNIT_BYTES:
                return UINT64_C(1) << 20;
        case UNIT_HUNDREDTHS:
                return 10;
        default:
                return 0;
        }
}

static bool is_looked_at(const struct record_key *key)
{
        return !key->is_counter && key->unit != UNIT_NANOSECONDS && key->group != GROUP_SELF &&
               key->offset != offsetof(struct sample, tasks.threads_running) &&
               key->offset != offsetof(struct sample, tasks.threads_sampled);
}

static bool has_moved(
        const struct record_key *key, struct measure said, struct measure now, uint64_t percent)
{
        const uint64_t difference =
                now.value > said.value ? now.value - said.value : said.value - now.value;

        if (said.known != now.known)
                return true;
        return said.known && difference > slack_of(key->unit) &&
               (double)difference > (double)said.value * (double)percent / 100;
}

bool budget_has_moved(
        uint32_t groups, const struct sample *said, const struct sample *now, uint64_t percent)
{
        const struct record_key *key;

        for (size_t i = 0; (key = record_key_at(i)); i++) {
                if ((groups & UINT32_C(1) << key->group) && is_looked_at(key) &&
                        has_moved(
                                key, record_measure(key, said), record_measure(key, now), percent))
                        return true;
        }
        return false;
}
