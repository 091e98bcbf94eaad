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

static int find(struct task_handles *handles, pid_t tid)
{
        const char *text;
        const int fd = task_handles_find(handles, tid, &text);

        assert_null(text);
        return fd;
}

static int keep(struct task_handles *handles, pid_t tid)
{
        const int fd = open_something();

        assert_int_equal(task_handles_keep(handles, tid, fd), 0);
        assert_int_equal(find(handles, tid), fd);
        return fd;
}

static void test_few(void **state)
{
        struct task_handles *handles;
        struct ahead *ahead = *state;
        int first, second, third;

        assert_int_equal(task_handles_new(2, ahead, &handles), 0);
        assert_int_equal(find(handles, 7), -1);
        first = keep(handles, 7);
        second = keep(handles, 4194304);
        third = open_something();
        assert_int_equal(task_handles_keep(handles, 8, third), -EMFILE);
        assert_true(is_open(third));
        close(third);

        task_handles_drop(handles, 7);
        task_handles_drop(handles, 7);
        assert_false(is_open(first));
        assert_int_equal(find(handles, 7), -1);
        assert_int_equal(find(handles, 4194304), second);
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
        struct ahead *ahead = *state;
        int fds[N];

        assert_int_equal(task_handles_new(N, ahead, &handles), 0);
        for (int i = 0; i < N; i++)
                fds[i] = keep(handles, 1000 + i);
        task_handles_end_tick(handles);
        for (int i = 0; i < N; i += 3)
                assert_int_equal(find(handles, 1000 + i), fds[i]);
        task_handles_end_tick(handles);
        for (int i = 0; i < N; i++) {
                check("still open", is_open(fds[i]) == (i % 3 == 0));
                assert_int_equal(find(handles, 1000 + i), i % 3 ? -1 : fds[i]);
        }
        task_handles_end_tick(handles);
        task_handles_end_tick(handles);
        for (int i = 0; i < N; i++)
                assert_false(is_open(fds[i]));
        task_handles_free(handles);
}

/* A text that was read ahead is given once. */
static void test_read_ahead(void **state)
{
        struct ahead *ahead = *state;
        struct task_handles *handles;
        const char *text;
        int fd;

        assert_int_equal(task_handles_new(2, ahead, &handles), 0);
        fd = keep(handles, 7);
        ahead_begin(ahead);
        task_handles_add_ahead(handles, 7);
        task_handles_add_ahead(handles, 8);
        assert_int_equal(find(handles, 8), -1);
        ahead_read(ahead);
        assert_int_equal(task_handles_find(handles, 7, &text), fd);
        assert_string_equal(text, "");
        assert_int_equal(find(handles, 7), fd);

        task_handles_add_ahead(handles, 7);
        ahead_begin(ahead);
        assert_int_equal(find(handles, 7), fd);
        task_handles_free(handles);
}

/* One that is only read ahead was not used. */
static void test_unused(void **state)
{
        struct ahead *ahead = *state;
        struct task_handles *handles;
        int fd;

        assert_int_equal(task_handles_new(2, ahead, &handles), 0);
        fd = keep(handles, 7);
        task_handles_end_tick(handles);
        ahead_begin(ahead);
        task_handles_add_ahead(handles, 7);
        ahead_read(ahead);
        task_handles_end_tick(handles);
        assert_false(is_open(fd));
        assert_int_equal(find(handles, 7), -1);
        task_handles_free(handles);
}

static int set_up(void **state)
{
        struct ahead *ahead;

        assert_int_equal(ahead_new(&ahead), 0);
        *state = ahead;
        return 0;
}

static int tear_down(void **state)
{
        ahead_free(*state);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_few),
                cmocka_unit_test(test_ticks),
                cmocka_unit_test(test_read_ahead),
                cmocka_unit_test(test_unused),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
