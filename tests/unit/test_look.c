/* SPDX-License-Identifier: MIT */
#include "model/look.h"

#include "test.h"

enum { MS = 1000000 };

static void expect_wait(const struct look *look, uint64_t now_ms, uint64_t wanted_ms)
{
        assert_int_equal(look_wait(look, now_ms * MS), wanted_ms * MS);
}

/* All that changes until it is taken is one look. */
static void test_changes(void **state)
{
        struct look look = {0};

        (void)state;
        assert_int_equal(look_wait(&look, 5000 * (uint64_t)MS), UINT64_MAX);
        look_plan(&look, 5000 * (uint64_t)MS);
        expect_wait(&look, 5000, 30);
        look_plan(&look, 5020 * (uint64_t)MS);
        expect_wait(&look, 5020, 10);
        expect_wait(&look, 5030, 0);
        expect_wait(&look, 5040, 0);
        look_end(&look, 5040 * (uint64_t)MS, 5041 * (uint64_t)MS);
        assert_int_equal(look_wait(&look, 5041 * (uint64_t)MS), UINT64_MAX);
}

/* When the next one may be, after one that began at 5000 ms. */
static void test_pauses(void **state)
{
        static const struct {
                const char *name;
                uint64_t pause_ms, took_ms, changed_ms, due_ms;
        } rows[] = {
                {"a short one",                 0,   1,  5001, 5031},
                {"one that takes long",         0,   20, 5020, 5220},
                {"a change that comes later",   0,   20, 5195, 5225},
                {"a pause that is longer",      900, 20, 5020, 5920},
                {"a pause that is over",        900, 20, 6000, 6030},
                {"one that takes longer still", 900, 99, 5099, 6089},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct look look = {.pause_ns = rows[i].pause_ms * MS};

                look_plan(&look, 4970 * (uint64_t)MS);
                look_end(&look, 5000 * (uint64_t)MS, (5000 + rows[i].took_ms) * MS);
                look_plan(&look, rows[i].changed_ms * MS);
                check_u64(rows[i].name, look.at_ns, rows[i].due_ms * MS);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_changes),
                cmocka_unit_test(test_pauses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
