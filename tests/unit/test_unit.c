/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <poll.h>
#include <unistd.h>

#include "source/change.h"
#include "source/unit.h"
#include "tree.h"

#define ID "0123456789abcdef0123456789abcdef"

/* The link that the system's manager makes for each unit that runs. */
static void test_invocation(void **state)
{
        static const struct {
                const char *path, *link, *target;
                int r;
        } rows[] = {
                {"/system.slice/a.service",                           "a.service", ID,       0            },
                {"/system.slice/a.service",                           "a.service", "x" ID,   -ENOENT      },
                {"/system.slice/a.service",                           "a.service", "0123",   -ENOENT      },
                {"/system.slice/a.service",                           "a.service", "../" ID, -ENAMETOOLONG},
                {"/system.slice/b.service",                           "a.service", ID,       -ENOENT      },
                {"/user.slice/user@1000.service/app.slice/a.service", "a.service", ID,       -ENOENT      },
        };
        static char own[] = "/", mount_root[] = "/", point[] = "cg";
        static struct cgroup_mount mount = {.root = mount_root, .point = point};
        struct tree *tree = *state;
        struct hierarchy hierarchy = {.own_path = own, .mounts = &mount, .n_mounts = 1};
        const struct layout layout = {.hierarchies = &hierarchy, .n_hierarchies = 1};
        const struct cgroup_view view = {
                .root = &tree->root,
                .layout = &layout,
                .scratch = &tree->scratch,
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct cgroup cgroup = {.path = rows[i].path, .members = &hierarchy};
                char link[128], id[33] = "";

                snprintf(link, sizeof(link), "run/systemd/units/invocation:%s", rows[i].link);
                tree_remove(tree, "run");
                tree_folder(tree, "run/systemd/units");
                tree_link(tree, link, rows[i].target);
                check_int(rows[i].path, unit_read_invocation(&view, &cgroup, id), rows[i].r);
                if (rows[i].r == 0)
                        assert_string_equal(id, ID);
        }
}

static bool is_readable(const struct change_watch *watch)
{
        struct pollfd pollfd = {.fd = change_watch_fd(watch), .events = POLLIN};

        return poll(&pollfd, 1, 0) == 1;
}

static void test_changes(void **state)
{
        struct tree *tree = *state;
        struct change_watch *watch;

        assert_int_equal(change_watch_new(tree->path, &watch), 0);
        tree_folder(tree, "a/b");
        assert_false(is_readable(watch));
        change_watch_add(watch, "a");
        change_watch_add(watch, "a");
        change_watch_add(watch, "nothing");
        change_watch_add(NULL, "a");

        tree_folder(tree, "a/c");
        assert_true(is_readable(watch));
        assert_true(change_watch_drain(watch));
        assert_false(change_watch_drain(watch));
        tree_remove(tree, "a/b");
        assert_true(change_watch_drain(watch));

        /* A file is no cgroup, and what is further below is not watched. */
        tree_file(tree, "a/file", "");
        assert_false(change_watch_drain(watch));
        tree_folder(tree, "a/c/d");
        assert_false(change_watch_drain(watch));
        change_watch_free(watch);
        change_watch_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_invocation),
                tree_test(test_changes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
