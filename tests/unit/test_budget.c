/* SPDX-License-Identifier: MIT */
#include "model/budget.h"

#include "model/record.h"
#include "test.h"

#define MB UINT64_C(1048576)

static void test_rows(void **state)
{
        static const struct {
                const char *key;
                bool known;
                uint64_t said, now, percent;
                bool moved;
        } rows[] = {
                {"zombies",         true,  0,          0,          10, false},
                {"zombies",         true,  0,          1,          10, true },
                {"zombies",         true,  10,         11,         10, false},
                {"zombies",         true,  10,         12,         10, true },
                {"zombies",         true,  10,         8,          10, true },
                {"zombies",         true,  10,         9,          0,  true },
                {"zombies",         false, 10,         10,         99, true },
                {"memory_rss",      true,  0,          MB,         10, false},
                {"memory_rss",      true,  0,          MB + 1,     10, true },
                {"memory_rss",      true,  100 * MB,   110 * MB,   10, false},
                {"memory_rss",      true,  100 * MB,   89 * MB,    10, true },
                {"load_avg_1m",     true,  5,          15,         10, false},
                {"load_avg_1m",     true,  5,          16,         10, true },
                {"memory_pgpgin",   true,  1,          1000,       10, false},
                {"cpu_usage",       true,  1,          UINT64_MAX, 10, false},
                {"threads_running", true,  0,          99,         10, false},
                {"self_rss",        true,  0,          99 * MB,    10, false},
                {"threads",         true,  UINT64_MAX, 0,          99, true },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct record_key *key = record_find(rows[i].key, strlen(rows[i].key), NULL);
                struct sample said = {0}, now = {0};

                *(struct measure *)(void *)((char *)&said + key->offset) = measure_of(rows[i].said);
                *(struct measure *)(void *)((char *)&now + key->offset) =
                        (struct measure){rows[i].known, rows[i].now};
                check_int(rows[i].key, budget_has_moved(~0u, &said, &now, rows[i].percent),
                        rows[i].moved);
                check_int(rows[i].key,
                        budget_has_moved(~(1u << key->group), &said, &now, rows[i].percent), false);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
