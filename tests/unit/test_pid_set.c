/* SPDX-License-Identifier: MIT */
#include "source/pid_set.h"

#include <limits.h>

#include "test.h"

enum { PID_LIMIT = 1 << 22 };

static void test_limits(void **state)
{
        static const struct {
                pid_t pid;
                bool holds;
        } rows[] = {
                {0,             true },
                {1,             true },
                {7,             true },
                {8,             true },
                {32767,         true },
                {32768,         true },
                {PID_LIMIT - 1, true },
                {PID_LIMIT,     false},
                {INT_MAX,       false},
                {-1,            false},
                {INT_MIN,       false},
        };
        struct pid_set set = {0};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char what[32];

                snprintf(what, sizeof(what), "%d", rows[i].pid);
                check_int(what, pid_set_put(&set, rows[i].pid, false), false);
                check_int(what, pid_set_put(&set, rows[i].pid, true), false);
                check_int(what, pid_set_put(&set, rows[i].pid, true), rows[i].holds);
                check_int(what, pid_set_put(&set, rows[i].pid, false), rows[i].holds);
                check_int(what, pid_set_put(&set, rows[i].pid, false), false);
        }
        pid_set_done(&set);
        assert_false(pid_set_put(&set, 1, false));
        pid_set_done(&set);
}

static void test_as_an_array(void **state)
{
        static bool in[PID_LIMIT];
        struct pid_set set = {0};
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 300000; i++) {
                const pid_t pid = (pid_t)(random_size(&seed) % PID_LIMIT);
                const bool put = random_below(&seed, 2);

                assert_int_equal(pid_set_put(&set, pid, put), in[pid]);
                in[pid] = put;
        }
        pid_set_done(&set);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_as_an_array),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
