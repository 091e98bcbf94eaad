/* SPDX-License-Identifier: MIT */
#include "times.h"

#include <stdlib.h>
#include <string.h>

#include "minute.h"

enum { FIRST_TIMES = 32 };

void times_clear(struct times *times)
{
        free(times->items);
        *times = (struct times){0};
}

/* Makes room for twice as many, the oldest one first. */
static bool grow(struct times *times)
{
        const unsigned size = times->size > 0 ? 2 * times->size : FIRST_TIMES;
        struct time_taken *items = malloc(size * sizeof(*items));

        if (!items)
                return false;
        for (unsigned i = 0; i < times->n; i++)
                items[i] = times->items[(times->next + i) % times->n];
        free(times->items);
        times->items = items;
        times->size = size;
        times->next = times->n;
        return true;
}

static bool counts(const struct time_taken *item, uint64_t now_s)
{
        return item->at_s <= now_s && now_s - item->at_s < MINUTE_SECONDS;
}

static bool is_over(const struct time_taken *item, uint64_t now_s)
{
        return now_s >= MINUTE_SECONDS && item->at_s <= now_s - MINUTE_SECONDS;
}

void times_add(struct times *times, uint64_t at_s, uint64_t ms)
{
        /* In place of the oldest one, unless that is not over and there may be more. */
        if (times->n == times->size && times->size < TIMES_MAX &&
                (times->size == 0 || !is_over(&times->items[times->next % times->size], at_s)) &&
                !grow(times) && times->size == 0)
                return;
        times->next %= times->size;
        times->items[times->next++] = (struct time_taken){
                .at_s = at_s < UINT32_MAX ? (uint32_t)at_s : UINT32_MAX,
                .ms = ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX,
        };
        if (times->n < times->size)
                times->n++;
}

static int compare(const void *a, const void *b)
{
        const uint32_t *left = a, *right = b;

        return (*left > *right) - (*left < *right);
}

bool times_figures(
        const struct times *times, uint64_t now_s, uint64_t *ret_median_ms, uint64_t *ret_p95_ms)
{
        uint32_t ms[TIMES_MAX];
        size_t n = 0;

        for (unsigned i = 0; i < times->n; i++) {
                if (counts(&times->items[i], now_s))
                        ms[n++] = times->items[i].ms;
        }
        if (n == 0)
                return false;
        qsort(ms, n, sizeof(*ms), compare);
        *ret_median_ms = ((uint64_t)ms[(n - 1) / 2] + ms[n / 2]) / 2;
        *ret_p95_ms = ms[(n * 95 + 99) / 100 - 1];
        return true;
}
