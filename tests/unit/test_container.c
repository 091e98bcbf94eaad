/* SPDX-License-Identifier: MIT */
#include "source/container.h"

#include <stdlib.h>

#include "test.h"
#include "tree.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const variables[] = {"container", "KUBERNETES_SERVICE_HOST"};

/* This test may itself run in a container. */
static void forget_container(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
                unsetenv(variables[i]);
}

static void make_first_namespaces(struct tree *tree)
{
        tree_link(tree, "proc/self/ns/pid", "pid:[4026531836]");
        tree_link(tree, "proc/self/ns/uts", "uts:[4026531838]");
        tree_link(tree, "proc/self/ns/ipc", "ipc:[4026531839]");
        tree_link(tree, "proc/self/ns/cgroup", "cgroup:[4026531835]");
}

static void test_marks(void **state)
{
        static const struct {
                const char *file, *variable, *value;
                bool inside;
        } rows[] = {
                {NULL,                    NULL,                      NULL,       false},
                {"run/.containerenv",     NULL,                      NULL,       true },
                {".dockerenv",            NULL,                      NULL,       true },
                {"run/systemd/container", NULL,                      NULL,       true },
                {"dockerenv",             NULL,                      NULL,       false},
                {NULL,                    "container",               "podman",   true },
                {NULL,                    "container",               "",         false},
                {NULL,                    "KUBERNETES_SERVICE_HOST", "10.0.0.1", true },
                {".dockerenv",            "container",               "docker",   true },
        };
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *what = rows[i].file       ? rows[i].file
                                   : rows[i].variable ? rows[i].variable
                                                      : "nothing";

                forget_container();
                if (rows[i].file)
                        tree_file(tree, rows[i].file, "");
                if (rows[i].variable)
                        setenv(rows[i].variable, rows[i].value, 1);

                /* no namespaces to be seen: they are not the machine's first ones */
                check_int(what, container_is_inside(&tree->root), rows[i].inside);
                make_first_namespaces(tree);
                check_int(what, container_is_inside(&tree->root), false);
                tree_link(tree, "proc/self/ns/cgroup", "cgroup:[4026532777]");
                check_int(what, container_is_inside(&tree->root), rows[i].inside);
                tree_remove(tree, "proc");
                if (rows[i].file)
                        tree_remove(tree, rows[i].file);
        }
        forget_container();
}

/* One namespace of its own is enough. */
static void test_namespaces(void **state)
{
        /* clang-format off */
        static const struct {
                const char *link, *target;
                bool inside;
        } rows[] = {
                {"proc/self/ns/pid", "pid:[4026531836]", false},
                {"proc/self/ns/pid", "pid:[4026531837]", true},
                {"proc/self/ns/uts", "uts:[4026531839]", true},
                {"proc/self/ns/ipc", "ipc:[40265318391]", true},
                {"proc/self/ns/cgroup", "cgroup:[402653183]", true},
                {"proc/self/ns/cgroup",
                        "a-target-that-is-longer-than-all-that-a-kernel-would-write-there", true},
        };
        /* clang-format on */
        struct tree *tree = *state;

        forget_container();
        tree_file(tree, ".dockerenv", "");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                make_first_namespaces(tree);
                tree_link(tree, rows[i].link, rows[i].target);
                check_int(rows[i].target, container_is_inside(&tree->root), rows[i].inside);
        }
}

#define MOUNT(source, point)                                                                       \
        "36 35 98:0 " source " " point " rw,noatime shared:1 - ext4 /dev/sda1 rw\n"

static void test_own_id(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name, *mountinfo;
                const char *id; /* NULL: none */
        } rows[] = {
                {"docker", MOUNT("/", "/")
                        MOUNT("/var/lib/docker/containers/" ID "/hostname", "/etc/hostname"),
                        "0123456789ab"},
                {"podman", MOUNT("/overlay-containers/" ID "/userdata/hosts", "/etc/hosts"),
                        "0123456789ab"},
                {"last line open", "1 1 0:1 /" ID "/hosts /etc/hosts", "0123456789ab"},
                {"none", MOUNT("/", "/") MOUNT("/pods/123/etc-hosts", "/etc/hosts"), NULL},
                {"another line", MOUNT("/" ID, "/data") MOUNT("/hosts", "/etc/hosts"), NULL},
                {"the line before", MOUNT("/hosts", "/etc/hosts") MOUNT("/" ID, "/data"), NULL},
                {"behind the point", MOUNT("/hosts", "/etc/hosts/" ID), NULL},
                {"too short", MOUNT("/0123456789ab/hosts", "/etc/hosts"), NULL},
                {"too long", MOUNT("/" ID "0/hosts", "/etc/hosts"), NULL},
                {"the second", MOUNT("/x/hosts", "/etc/hosts") MOUNT("/" ID "/n", "/etc/hostname"),
                        "0123456789ab"},
                {"empty lines", "\n\n\n" MOUNT("/" ID "/n", "/etc/hostname"), "0123456789ab"},
                {"empty", "", NULL},
        };
        /* clang-format on */
        struct tree *tree = *state;
        char id[13] = "untouched";

        assert_int_equal(container_own_id(&tree->root, &tree->scratch, id), -ENOENT);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                memcpy(id, "untouched", sizeof("untouched"));
                tree_file(tree, "proc/self/mountinfo", rows[i].mountinfo);
                check_int(rows[i].name, container_own_id(&tree->root, &tree->scratch, id),
                        rows[i].id ? 0 : -ENOENT);
                check_text(rows[i].name, id, rows[i].id ? rows[i].id : "untouched");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_marks),
                tree_test(test_namespaces),
                tree_test(test_own_id),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
