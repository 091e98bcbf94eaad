/* SPDX-License-Identifier: MIT */
#include "minute.h"

#include <string.h>

void minute_add(struct minute *minute, uint64_t at_s, uint32_t n)
{
        if (at_s > minute->newest_s) {
                if (at_s - minute->newest_s >= MINUTE_SECONDS)
                        memset(minute->counts, 0, sizeof(minute->counts));
                else
                        for (uint64_t s = minute->newest_s + 1; s <= at_s; s++)
                                minute->counts[s % MINUTE_SECONDS] = 0;
                minute->newest_s = at_s;
        }
        if (minute->newest_s - at_s < MINUTE_SECONDS)
                minute->counts[at_s % MINUTE_SECONDS] += n;
}

static uint32_t count_of(const struct minute *minute, uint64_t s)
{
        if (s > minute->newest_s || minute->newest_s - s >= MINUTE_SECONDS)
                return 0;
        return minute->counts[s % MINUTE_SECONDS];
}

uint64_t minute_sum(const struct minute *minute, uint64_t now_s)
{
        uint64_t sum = 0;

        for (uint64_t i = 0; i < MINUTE_SECONDS && i <= now_s; i++)
                sum += count_of(minute, now_s - i);
        return sum;
}

void minute_read(const struct minute *minute, uint64_t now_s, uint32_t ret[MINUTE_SECONDS])
{
        for (uint64_t i = 0; i < MINUTE_SECONDS; i++) {
                const uint64_t ago = MINUTE_SECONDS - 1 - i;

                ret[i] = ago <= now_s ? count_of(minute, now_s - ago) : 0;
        }
}
