/* SPDX-License-Identifier: MIT */
#include "model/sampling.h"

#include "test.h"

enum { N_MAX = 100 };

/* A round over processes of `n_each` threads, up to `n`; counts what is looked at. Returns how many
 * were. */
static unsigned look(struct sampling *sampling, unsigned all, unsigned some, unsigned n,
        unsigned n_each, unsigned *counts)
{
        unsigned n_looked = 0;

        sampling_begin(sampling, all, some);
        for (unsigned at = 0; at < n; at += n_each) {
                const unsigned n_here = n - at < n_each ? n - at : n_each;
                const bool any = sampling_any(sampling, n_here);
                unsigned n_taken = 0;

                for (unsigned i = 0; i < n_here; i++) {
                        if (sampling_take(sampling, i)) {
                                counts[at + i]++;
                                n_taken++;
                        }
                }
                assert_int_equal(any, n_taken > 0);
                sampling_pass(sampling, n_here);
                n_looked += n_taken;
        }
        return n_looked;
}

/* However many things come at once, each has its turn as often as the others, and there are as many
 * in each round. */
static void test_turns(void **state)
{
        (void)state;
        for (unsigned n_each = 1; n_each < 40; n_each += 3) {
                for (unsigned n = 11; n <= N_MAX; n++) {
                        struct sampling sampling = {0};
                        unsigned counts[N_MAX] = {0};

                        /* how many there are is not known so far */
                        assert_int_equal(look(&sampling, 10, 7, n, n_each, counts), 10);
                        for (unsigned i = 0; i < n; i++)
                                assert_int_equal(counts[i], i < 10);
                        memset(counts, 0, sizeof(counts));
                        for (unsigned i = 0; i < n; i++)
                                assert_int_equal(look(&sampling, 10, 7, n, n_each, counts), 7);
                        for (unsigned i = 0; i < n; i++)
                                assert_int_equal(counts[i], 7);
                }
        }
}

static void test_all(void **state)
{
        struct sampling sampling = {0};
        unsigned counts[N_MAX] = {0};

        (void)state;
        for (unsigned round = 0; round < 5; round++)
                assert_int_equal(look(&sampling, 10, 7, 10, 3, counts), 10);
        assert_int_equal(look(&sampling, 10, 7, 0, 3, counts), 0);
        assert_int_equal(look(&sampling, 10, 7, 10, 3, counts), 10);
        /* More than before, then fewer. */
        assert_int_equal(look(&sampling, 10, 7, 12, 3, counts), 10);
        assert_int_equal(look(&sampling, 10, 7, 90, 3, counts), 7);
        assert_int_equal(look(&sampling, 10, 7, 90, 3, counts), 7);
        assert_in_range(look(&sampling, 10, 7, 5, 3, counts), 0, 5);
        assert_int_equal(look(&sampling, 10, 7, 5, 3, counts), 5);
}

static void test_unseen(void **state)
{
        static const struct {
                uint64_t n, n_looked, n_seen;
                uint64_t unseen;
        } rows[] = {
                {0,          0,          0,          0                      },
                {10,         0,          0,          0                      },
                {10,         10,         3,          0                      },
                {9,          10,         3,          0                      },
                {20,         10,         3,          3                      },
                {15,         10,         3,          2                      },
                {14,         10,         1,          0                      },
                {15,         10,         1,          1                      },
                {1000,       128,        0,          0                      },
                {1000,       128,        1,          7                      },
                {1000,       128,        128,        872                    },
                {10,         2,          3,          0                      },
                {UINT64_MAX, 1,          1,          UINT64_MAX - 1         },
                {UINT64_MAX, UINT32_MAX, UINT32_MAX, UINT64_MAX - UINT32_MAX},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct thread_states states = {
                        .n = rows[i].n,
                        .n_looked = rows[i].n_looked,
                };
                char what[32];

                snprintf(what, sizeof(what), "row %zu", i);
                check_u64(what, thread_states_unseen(&states, rows[i].n_seen), rows[i].unseen);
        }
}

static void test_add(void **state)
{
        struct thread_states sum = {.n = 1, .n_looked = 2, .n_running = 3, .n_blocked = 4};

        (void)state;
        thread_states_add(&sum, &(struct thread_states){10, 20, 30, 40});
        check_u64("n", sum.n, 11);
        check_u64("looked", sum.n_looked, 22);
        check_u64("running", sum.n_running, 33);
        check_u64("blocked", sum.n_blocked, 44);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_turns),
                cmocka_unit_test(test_all),
                cmocka_unit_test(test_unseen),
                cmocka_unit_test(test_add),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
