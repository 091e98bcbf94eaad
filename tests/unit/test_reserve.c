/* SPDX-License-Identifier: MIT */
#include "base/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test.h"

/* Opens until there is no descriptor left; returns how many there were. */
static int open_all(int *fds, int n)
{
        for (int i = 0; i < n; i++) {
                fds[i] = reserve_openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);
                if (fds[i] < 0) {
                        assert_int_equal(errno, EMFILE);
                        return i;
                }
        }
        return n;
}

static void close_all(const int *fds, int n)
{
        for (int i = 0; i < n; i++)
                close(fds[i]);
}

static void test_reserve(void **state)
{
        struct rlimit before, limit;
        int fds[64], plain, n;

        (void)state;
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        reserve_fill();
        reserve_fill();
        plain = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_true(plain >= 0);
        limit = before;
        limit.rlim_cur = (rlim_t)plain + 1;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);

        assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), -1);
        n = open_all(fds, ARRAY_SIZE(fds));
        assert_int_equal(n, 8);
        close_all(fds, n);

        /* What was given up is taken back, and is there again. */
        reserve_fill();
        assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), -1);
        n = open_all(fds, ARRAY_SIZE(fds));
        assert_int_equal(n, 8);

        /* Until it can be taken back, there is nothing. */
        reserve_fill();
        assert_int_equal(open_all(fds + n, 1), 0);
        close_all(fds, n);
        close(plain);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void test_other_errors(void **state)
{
        (void)state;
        reserve_fill();
        assert_int_equal(reserve_openat(AT_FDCWD, "/nonexistent", O_RDONLY | O_CLOEXEC, 0), -1);
        assert_int_equal(errno, ENOENT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reserve),
                cmocka_unit_test(test_other_errors),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
