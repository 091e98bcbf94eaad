/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <assert.h>
#include <string.h>

static const char *const router_keys[N_ROUTER_COLUMNS] = {
        [ROUTER_REQUESTS_PER_MIN] = "requests_per_min",
        [ROUTER_SERVICE_MEDIAN_MS] = "service_median_ms",
        [ROUTER_SERVICE_P95_MS] = "service_p95_ms",
        [ROUTER_STATUS_1XX] = "status_1xx",
        [ROUTER_STATUS_2XX] = "status_2xx",
        [ROUTER_STATUS_3XX] = "status_3xx",
        [ROUTER_STATUS_4XX] = "status_4xx",
        [ROUTER_STATUS_5XX] = "status_5xx",
        [ROUTER_ERRORS] = "router_errors",
};

static unsigned find(const struct columns *columns, const char *key)
{
        return column_find(columns, key, strlen(key));
}

void columns_init(struct columns *ret)
{
        const struct record_key *key;

        *ret = (struct columns){0};
        for (; (key = record_key_at(ret->n_record)); ret->n_record++) {
                if (ret->group_end[key->group] == 0)
                        ret->group_first[key->group] = ret->n_record;
                ret->group_end[key->group] = ret->n_record + 1;
        }
        ret->n = ret->n_record + N_ROUTER_COLUMNS;
        assert(ret->n <= COLUMNS_MAX);
        ret->known = (struct known_columns){
                .memory_total = find(ret, "memory_total"),
                .memory_rss = find(ret, "memory_rss"),
                .memory_swap = find(ret, "memory_swap"),
                .memory_quota = find(ret, "memory_quota"),
                .processes = find(ret, "processes"),
                .threads = find(ret, "threads"),
                .zombies = find(ret, "zombies"),
                .pids = find(ret, "pids"),
                .pids_limit = find(ret, "pids_limit"),
                .load_avg_1m = find(ret, "load_avg_1m"),
        };
}

unsigned column_of_router(const struct columns *columns, enum router_column column)
{
        return columns->n_record + (unsigned)column;
}

const char *column_key(const struct columns *columns, unsigned column)
{
        if (column < columns->n_record)
                return record_key_at(column)->key;
        return router_keys[column - columns->n_record];
}

enum unit column_unit(const struct columns *columns, unsigned column)
{
        return column < columns->n_record ? record_key_at(column)->unit : UNIT_NONE;
}

unsigned column_find(const struct columns *columns, const char *key, size_t len)
{
        for (unsigned i = 0; i < columns->n; i++) {
                const char *known = column_key(columns, i);

                if (strlen(known) == len && memcmp(known, key, len) == 0)
                        return i;
        }
        return COLUMN_NONE;
}
