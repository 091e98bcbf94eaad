/* SPDX-License-Identifier: MIT */
#include "source/task_handles.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "test.h"

static int open_something(void)
{
        const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        return fd;
}

static bool is_open(int fd)
{
        return fcntl(fd, F_GETFD) >= 0;
}

static int keep(struct task_handles *handles, pid_t tid)
{
        const int fd = open_something();

        assert_int_equal(task_handles_keep(handles, tid, fd), 0);
        assert_int_equal(task_handles_find(handles, tid), fd);
        return fd;
}

static void test_few(void **state)
{
        struct task_handles *handles;
        int first, second, third;

        (void)state;
        assert_int_equal(task_handles_new(2, &handles), 0);
        assert_int_equal(task_handles_find(handles, 7), -1);
        first = keep(handles, 7);
        second = keep(handles, 4194304);
        third = open_something();
        assert_int_equal(task_handles_keep(handles, 8, third), -EMFILE);
        assert_true(is_open(third));
        close(third);

        task_handles_drop(handles, 7);
        task_handles_drop(handles, 7);
        assert_false(is_open(first));
        assert_int_equal(task_handles_find(handles, 7), -1);
        assert_int_equal(task_handles_find(handles, 4194304), second);
        keep(handles, 8);

        task_handles_free(handles);
        assert_false(is_open(second));
        task_handles_free(NULL);
}

/* What was not used in a tick is closed, whatever was put beside it. */
static void test_ticks(void **state)
{
        enum { N = 300 };
        struct task_handles *handles;
        int fds[N];

        (void)state;
        assert_int_equal(task_handles_new(N, &handles), 0);
        for (int i = 0; i < N; i++)
                fds[i] = keep(handles, 1000 + i);
        task_handles_end_tick(handles);
        for (int i = 0; i < N; i += 3)
                assert_int_equal(task_handles_find(handles, 1000 + i), fds[i]);
        task_handles_end_tick(handles);
        for (int i = 0; i < N; i++) {
                check("still open", is_open(fds[i]) == (i % 3 == 0));
                assert_int_equal(task_handles_find(handles, 1000 + i), i % 3 ? -1 : fds[i]);
        }
        task_handles_end_tick(handles);
        task_handles_end_tick(handles);
        for (int i = 0; i < N; i++)
                assert_false(is_open(fds[i]));
        task_handles_free(handles);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_few),
                cmocka_unit_test(test_ticks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
