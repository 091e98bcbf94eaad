/* SPDX-License-Identifier: MIT */
#include "model/load.h"

#include <math.h>

#include "test.h"

#define S_NS UINT64_C(1000000000)

/* Each average appears when its window has passed since the first count. */
static void test_windows(void **state)
{
        static const struct {
                const char *name;
                uint64_t after_ns;
                const char *expected; /* of one thread that ran all the time */
        } rows[] = {
                {"at once",           0,              "- - -"      },
                {"a tick",            20 * S_NS,      "- - -"      },
                {"nearly a minute",   60 * S_NS - 1,  "- - -"      },
                {"a minute",          60 * S_NS,      "63 - -"     },
                {"nearly 5 minutes",  300 * S_NS - 1, "99 - -"     },
                {"5 minutes",         300 * S_NS,     "99 63 -"    },
                {"nearly 15 minutes", 900 * S_NS - 1, "100 95 -"   },
                {"15 minutes",        900 * S_NS,     "100 95 63"  },
                {"a day",             86400 * S_NS,   "100 100 100"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const uint64_t start_ns = 1234567;
                struct load load = {0};
                struct load_sample sample = {0};

                load_count(&load, start_ns, 1);
                load_count(&load, start_ns + rows[i].after_ns, 1);
                load_sample(&load, &sample);
                check_measures(rows[i].name, sample, rows[i].expected);
        }
}

static void test_not_started(void **state)
{
        const struct load load = {0};
        struct load_sample sample = {0};

        (void)state;
        load_sample(&load, &sample);
        check_measures("never counted", sample, "- - -");
}

/* Of a constant number the average after a time t is number * (1 - exp(-t / window)), whenever it
 * was counted in between. */
static void test_constant(void **state)
{
        static const double windows_s[] = {60, 300, 900};
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 200; i++) {
                const unsigned n = random_below(&seed, 5000);
                uint64_t now_ns = random_size(&seed) / 2;
                const uint64_t start_ns = now_ns;
                struct load load = {0};
                struct load_sample sample = {0};
                const struct measure *averages = &sample.avg_1m;

                load_count(&load, now_ns, random_below(&seed, 100));
                while (now_ns - start_ns < 1000 * S_NS) {
                        now_ns += random_below(&seed, 3) ? random_u64(&seed) % (30 * S_NS) : 0;
                        load_count(&load, now_ns, n);
                }
                load_sample(&load, &sample);
                for (unsigned j = 0; j < 3; j++) {
                        const double t_s = (double)(now_ns - start_ns) / 1e9;
                        const double expected = n * (1 - exp(-t_s / windows_s[j]));

                        assert_true(averages[j].known);
                        if (fabs((double)averages[j].value - expected * 100) > 0.51)
                                fail_msg("%u threads, window %g: %" PRIu64 ", not %g", n,
                                        windows_s[j], averages[j].value, expected * 100);
                }
        }
}

/* The platform's documented steps, at its interval. */
static void test_steps(void **state)
{
        static const unsigned counts[] = {0, 3, 0, 7, 2, 2, 0, 1, 5, 5, 0, 0};
        double expected = 0;
        struct load load = {0};
        struct load_sample sample = {0};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
                const double e = exp(-20.0 / 60);

                load_count(&load, i * 20 * S_NS, counts[i]);
                if (i > 0)
                        expected = (1 - e) * counts[i] + e * expected;
        }
        load_sample(&load, &sample);
        assert_int_equal(sample.avg_1m.value, lrint(expected * 100));
        assert_false(sample.avg_5m.known);
}

/* Load falls from what it was, and a count at the same instant changes nothing. */
static void test_falls(void **state)
{
        struct load load = {0};
        struct load_sample sample = {0};

        (void)state;
        load_count(&load, 0, 0);
        load_count(&load, 100000 * S_NS, 4);
        load_count(&load, 100000 * S_NS, 900);
        load_sample(&load, &sample);
        check_measures("full", sample, "400 400 400");
        load_count(&load, 100060 * S_NS, 0);
        load_sample(&load, &sample);
        check_measures("a minute later", sample, "147 327 374");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_windows),
                cmocka_unit_test(test_not_started),
                cmocka_unit_test(test_constant),
                cmocka_unit_test(test_steps),
                cmocka_unit_test(test_falls),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
