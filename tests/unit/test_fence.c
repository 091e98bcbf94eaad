/* SPDX-License-Identifier: MIT */
#include "base/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "tree.h"

/* The path below the held folder `fd`. */
static const char *below(int fd, const char *rest)
{
        static char path[PATH_MAX];

        snprintf(path, sizeof(path), FENCE_PATH "%d/%s", fd, rest);
        return path;
}

static void expect_text(int fd, const char *rest, const char *text)
{
        char memory[16] = "";
        const int file = fence_open(below(fd, rest), O_RDONLY | O_CLOEXEC);

        check(rest, file >= 0);
        check(rest, read(file, memory, sizeof(memory) - 1) >= 0);
        check_text(rest, memory, text);
        close(file);
}

static void expect_error(int fd, const char *rest, int flags, int error)
{
        errno = 0;
        check_int(rest, fence_open(below(fd, rest), flags | O_CLOEXEC), -1);
        check_int(rest, errno, error);
}

static void test_has(void **state)
{
        static const struct {
                const char *path;
                bool has;
        } rows[] = {
                {FENCE_PATH "7/memory.stat", true },
                {FENCE_PATH "12/a/b",        true },
                {FENCE_PATH "7",             false},
                {FENCE_PATH "7x/a",          false},
                {"sys/fs/cgroup/a",          false},
                {"/sys/fs/cgroup/a",         false},
                {"proc/self/fd/7/a",         false},
                {"",                         false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].path, fence_has(rows[i].path), rows[i].has);
}

static void test_open(void **state)
{
        struct tree *tree = *state;
        char long_name[NAME_MAX + 2];
        int fd, held;

        tree_file(tree, "a/file", "1\n");
        tree_file(tree, "a/b/c/file", "2\n");
        tree_file(tree, "outside", "3\n");
        tree_link(tree, "a/link", "file");
        tree_link(tree, "a/out", "../b");
        assert_int_equal(fence_enter(tree->root.fd, "nothing"), -ENOENT);
        assert_int_equal(fence_enter(tree->root.fd, "outside"), -ENOTDIR);
        fd = fence_enter(tree->root.fd, "a");
        assert_true(fd >= 0);
        assert_int_equal(fence_enter(fd, "out"), -ENOTDIR);

        expect_text(fd, "file", "1\n");
        expect_text(fd, "b/c/file", "2\n");
        expect_text(fd, "b//c/file", "2\n");
        held = fence_open(below(fd, "b/c"), O_PATH | O_CLOEXEC);
        assert_true(held >= 0);
        expect_text(held, "file", "2\n");
        close(held);

        expect_error(fd, "link", O_RDONLY, ELOOP);
        expect_error(fd, "out/outside", O_RDONLY, ENOTDIR);
        expect_error(fd, "nothing", O_RDONLY, ENOENT);
        expect_error(fd, "nothing/file", O_RDONLY, ENOENT);
        expect_error(fd, "file/file", O_RDONLY, ENOTDIR);
        expect_error(fd, "", O_RDONLY, ENOENT);
        expect_error(fd, "b", O_WRONLY, EISDIR);
        memset(long_name, 'x', sizeof(long_name) - 1);
        long_name[sizeof(long_name) - 1] = '\0';
        expect_error(fd, long_name, O_RDONLY, ENAMETOOLONG);
        close(fd);
        expect_error(fd, "file", O_RDONLY, EBADF);
}

/* /proc is a mount of its own, wherever there is one. */
static void test_mounts(void **state)
{
        const int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        uint64_t mount = 0, other = 0;
        int proc;

        (void)state;
        assert_true(fd >= 0);
        proc = fence_enter(fd, "proc");
        assert_true(proc >= 0);
        assert_int_equal(fence_mount_of(-1, &mount), -EBADF);
        if (fence_mount_of(fd, &mount) == -EOPNOTSUPP)
                skip();
        assert_int_equal(fence_mount_of(proc, &other), 0);
        assert_true(mount != other);
        expect_error(fd, "proc/version", O_RDONLY, EXDEV);
        close(proc);
        close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_has),
                tree_test(test_open),
                cmocka_unit_test(test_mounts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
