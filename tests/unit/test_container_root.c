/* SPDX-License-Identifier: MIT */
#include "source/container_root.h"

#include "test.h"
#include "tree.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

#define TOP                      "20 1 0:1 / / rw - overlay overlay rw\n21 20 0:2 / /sys rw - sysfs sysfs rw\n"
#define V2(root, point)          "30 21 0:26 " root " " point " rw - cgroup2 cgroup2 rw\n"
#define V1(root, point, options) "31 21 0:27 " root " " point " rw - cgroup cgroup rw," options "\n"

/* A recorded tree: what a process has mounted, and where the cgroup is then found. */
static void test_recorded(void **state)
{
        /* clang-format off */
        static const struct {
                const char *what, *own, *mountinfo, *folder, *path;
                bool v1;
                int r;
        } rows[] = {
                {"runc", "0::/\n", TOP V2("/../libpod-" A ".scope", "/sys/fs/cgroup"),
                 "sys/fs/cgroup", "/../libpod-" A ".scope", false, 0},
                {"crun", "0::/\n", TOP V2("/../../libpod-" A ".scope/container", "/sys/fs/cgroup"),
                 "sys/fs/cgroup", "/../../libpod-" A ".scope/container", false, 0},
                {"the whole tree, in the host's namespace", "0::/x/docker-" B ".scope\n",
                 TOP V2("/", "/sys/fs/cgroup"), "sys/fs/cgroup/x/docker-" A ".scope",
                 "/x/docker-" A ".scope", false, 0},
                {"a part of the tree that has it", "0::/\n",
                 TOP V2("/../..", "/sys/fs/cgroup"), "sys/fs/cgroup/p/" A, "/../../p/" A, false, 0},
                {"another place", "0::/\n", TOP V2("/../" A, "/cg"), "cg", "/../" A, false, 0},
                {"mounted twice, the last one is on top", "0::/\n",
                 TOP V2("/../" A, "/one") V2("/../" A, "/two"), "two", "/../" A, false, 0},
                {"v1", "2:pids:/docker/" B "\n", TOP V1("/docker/" A, "/sys/fs/cgroup/pids", "pids"),
                 "sys/fs/cgroup/pids", "/docker/" A, true, 0},
                {"v1, of another controller", "2:pids:/docker/" B "\n1:memory:/\n",
                 TOP V1("/docker/" A, "/sys/fs/cgroup/memory", "memory"), "sys/fs/cgroup/memory",
                 "/docker/" A, true, -ENOENT},
                {"another cgroup in its place", "0::/\n",
                 TOP V2("/../" B, "/sys/fs/cgroup"), "sys/fs/cgroup", "/../" A, false, -ENOENT},
                {"one below it", "0::/\n", TOP V2("/../" A "/less", "/sys/fs/cgroup"),
                 "sys/fs/cgroup", "/../" A, false, -ENOENT},
                {"one whose name goes on", "0::/\n", TOP V2("/../" A "0", "/sys/fs/cgroup"),
                 "sys/fs/cgroup", "/../" A, false, -ENOENT},
                {"higher up than can be said", "0::/\n", TOP V2("/../../..", "/sys/fs/cgroup"),
                 "sys/fs/cgroup", "/../" A, false, -ENOENT},
                {"further up than the mount", "0::/\n", TOP V2("/..", "/sys/fs/cgroup"),
                 "sys/fs/cgroup", "/../../" A, false, -ENOENT},
                {"a folder of that name alone", "0::/\n", TOP, "sys/fs/cgroup", "/../" A, false,
                 -ENOENT},
                {"a file system that is none", "0::/\n",
                 TOP "30 21 0:9 /../" A " /sys/fs/cgroup rw - fuse.cgroup2 x rw\n",
                 "sys/fs/cgroup", "/../" A, false, -ENOENT},
                {"no folder there", "0::/\n", TOP V2("/../" A, "/sys/fs/cgroup"), "sys", "/../" A,
                 false, -ENOENT},
        };
        /* clang-format on */

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct tree *tree = *state;
                struct container_folder folder = {.fd = 99};
                struct layout layout;
                char path[512];
                int r;

                tree_remove(tree, "proc");
                tree_file(tree, "proc/self/cgroup", rows[i].own);
                tree_file(tree, "proc/self/stat", "7 (runstatd) S 1 7");
                tree_file(tree, "proc/12/mountinfo", rows[i].mountinfo);
                snprintf(path, sizeof(path), "proc/12/root/%s", rows[i].folder);
                tree_folder(tree, path);
                check_int(rows[i].what, layout_read(&tree->root, "/", &tree->scratch, &layout), 0);
                r = container_root_open(&tree->root, false, &tree->scratch, &layout,
                        &layout.hierarchies[0], 12, rows[i].path, &folder);
                check_int(rows[i].what, r, rows[i].r);
                if (r == 0) {
                        assert_string_equal(folder.point, path);
                        check_int(rows[i].what, folder.fd, -1);
                }
                layout_done(&layout);
        }
}

/* Without a way into the process nothing is read of what it has mounted. */
static void test_no_process(void **state)
{
        struct tree *tree = *state;
        struct container_folder folder;
        struct layout layout;

        tree_file(tree, "proc/self/cgroup", "0::/\n");
        assert_int_equal(layout_read(&tree->root, "/", &tree->scratch, &layout), 0);
        for (int is_live = 0; is_live <= 1; is_live++)
                assert_int_equal(container_root_open(&tree->root, is_live, &tree->scratch, &layout,
                                         &layout.hierarchies[0], 12, "/../" A, &folder),
                        -ENOENT);
        layout_done(&layout);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_recorded),
                tree_test(test_no_process),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
