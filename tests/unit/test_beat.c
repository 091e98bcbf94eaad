/* SPDX-License-Identifier: MIT */
#include "model/beat.h"

#include "test.h"

static void test_advance(void **state)
{
        static const struct {
                const char *name;
                uint64_t n_expired, due_ns, n_missed;
        } rows[] = {
                {"the first, at the start", 1,       1000,     0     },
                {"the second",              1,       1020,     0     },
                {"one missed",              2,       1060,     1     },
                {"back on the grid",        1,       1080,     0     },
                {"a long sleep",            1000000, 20001080, 999999},
                {"and on",                  1,       20001100, 0     },
        };
        struct beat beat = {.start_ns = 1000, .interval_ns = 20};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct beat_tick tick = beat_advance(&beat, rows[i].n_expired);

                check_u64(rows[i].name, tick.due_ns, rows[i].due_ns);
                check_u64(rows[i].name, tick.n_missed, rows[i].n_missed);
        }
}

/* However the ticks are missed, the k-th one is due at start + k * interval. */
static void test_no_drift(void **state)
{
        struct beat beat = {.start_ns = 77, .interval_ns = 50000000};
        uint64_t seed = 1, k = 0, n_taken = 0, n_missed = 0;

        (void)state;
        while (k < 1000000) {
                const uint64_t n_expired = 1 + random_below(&seed, 4) / 3 * random_below(&seed, 9);
                const struct beat_tick tick = beat_advance(&beat, n_expired);

                k += n_expired;
                n_taken++;
                n_missed += tick.n_missed;
                assert_int_equal(tick.due_ns, 77 + (k - 1) * 50000000);
                assert_int_equal(n_taken + n_missed, k);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_advance),
                cmocka_unit_test(test_no_drift),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
