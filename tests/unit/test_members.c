/* SPDX-License-Identifier: MIT */
#include "source/members.h"

#include <errno.h>
#include <stdio.h>

#include "test.h"
#include "tree.h"

struct machine {
        struct layout layout;
        struct cgroup_view view;
};

static struct cgroup look(struct tree *tree, struct machine *ret)
{
        struct cgroup cgroup = {0};

        assert_int_equal(layout_read(&tree->root, "/", &tree->scratch, &ret->layout), 0);
        ret->view = (struct cgroup_view){
                .root = &tree->root, .layout = &ret->layout, .scratch = &tree->scratch};
        assert_int_equal(cgroup_find(&ret->view, "/a", &cgroup), 0);
        return cgroup;
}

static struct cgroup make_v2(struct tree *tree, struct machine *ret)
{
        tree_file(tree, "proc/self/cgroup", "0::/own\n");
        tree_file(tree, "proc/self/mountinfo", "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
        tree_file(tree, "cg/cgroup.controllers", "cpu memory pids\n");
        tree_folder(tree, "cg/own");
        tree_folder(tree, "cg/a");
        return look(tree, ret);
}

static struct cgroup make_v1(struct tree *tree, struct machine *ret)
{
        tree_file(tree, "proc/self/cgroup", "4:pids:/\n1:name=systemd:/own\n");
        tree_file(tree, "proc/self/mountinfo",
                "32 23 0:28 / /cg rw - cgroup cgroup rw,pids\n"
                "35 23 0:31 / /systemd rw - cgroup cgroup rw,name=systemd\n");
        tree_folder(tree, "cg/a");
        tree_folder(tree, "systemd/own");
        return look(tree, ret);
}

/* Reads it, and expects so many processes, threads, and zombies. */
static void expect(
        struct tree *tree, bool v2, int r, size_t n_processes, size_t n_threads, uint64_t n_zombies)
{
        struct machine machine;
        struct cgroup cgroup = v2 ? make_v2(tree, &machine) : make_v1(tree, &machine);
        struct members members = {0};

        assert_int_equal(members_read(&machine.view, &cgroup, false, &members), r);
        if (r == 0) {
                assert_int_equal(members.processes.n, n_processes);
                assert_int_equal(members.threads.n, n_threads);
                assert_int_equal(members.n_zombies, n_zombies);
        }
        members_done(&members);
        layout_done(&machine.layout);
}

static void test_v2(void **state)
{
        struct tree *tree = *state;

        /* One of three threads, one whose leader has exited, one zombie. */
        tree_file(tree, "cg/a/cgroup.procs", "12\n20\n");
        tree_file(tree, "cg/a/cgroup.threads", "12\n13\n14\n21\n");
        tree_file(tree, "cg/a/pids.current", "6\n");
        expect(tree, true, 0, 2, 4, 1);
        /* There are some below. */
        tree_file(tree, "cg/a/b/cgroup.procs", "30\n");
        tree_file(tree, "cg/a/b/cgroup.threads", "30\n31\n");
        tree_file(tree, "cg/a/b/c/cgroup.procs", "");
        tree_file(tree, "cg/a/b/c/cgroup.threads", "");
        tree_file(tree, "cg/a/pids.current", "8\n");
        expect(tree, true, 0, 3, 6, 1);
}

static void test_v1(void **state)
{
        struct tree *tree = *state;

        tree_file(tree, "cg/a/cgroup.procs", "12\n");
        tree_file(tree, "cg/a/tasks", "12\n13\n");
        tree_file(tree, "cg/a/pids.current", "2\n");
        expect(tree, false, 0, 1, 2, 0);
}

static void test_empty(void **state)
{
        struct tree *tree = *state;

        tree_file(tree, "cg/a/cgroup.procs", "");
        tree_file(tree, "cg/a/cgroup.threads", "");
        tree_file(tree, "cg/a/pids.current", "0\n");
        expect(tree, true, 0, 0, 0, 0);
}

/* All that makes a walk necessary. */
static void test_unsupported(void **state)
{
        struct tree *tree = *state;

        expect(tree, true, -EOPNOTSUPP, 0, 0, 0);
        tree_file(tree, "cg/a/pids.current", "2\n");
        expect(tree, true, -EOPNOTSUPP, 0, 0, 0);
        tree_file(tree, "cg/a/cgroup.procs", "12\n");
        tree_file(tree, "cg/a/cgroup.threads", "12\n0\n");
        expect(tree, true, -EOPNOTSUPP, 0, 0, 0);
        tree_file(tree, "cg/a/cgroup.threads", "12\nx\n");
        expect(tree, true, -EBADMSG, 0, 0, 0);
        tree_file(tree, "cg/a/cgroup.threads", "12\n99999999999\n");
        expect(tree, true, -EBADMSG, 0, 0, 0);
        tree_file(tree, "cg/a/cgroup.threads", "12\n13");
        expect(tree, true, -EBADMSG, 0, 0, 0);
        tree_file(tree, "cg/a/cgroup.threads", "12\n13\n");
        expect(tree, true, 0, 1, 2, 0);
        tree_file(tree, "cg/a/pids.current", "x\n");
        expect(tree, true, -EBADMSG, 0, 0, 0);
}

/* More are listed than charged for: not of one instant. */
static void test_disagreement(void **state)
{
        struct tree *tree = *state;
        struct machine machine;
        struct members members = {0};
        struct cgroup cgroup;

        tree_file(tree, "cg/a/cgroup.procs", "12\n");
        tree_file(tree, "cg/a/cgroup.threads", "12\n13\n");
        tree_file(tree, "cg/a/pids.current", "1\n");
        cgroup = make_v2(tree, &machine);
        assert_int_equal(members_read(&machine.view, &cgroup, false, &members), 0);
        assert_false(members.agree);
        tree_file(tree, "cg/a/pids.current", "2\n");
        assert_int_equal(members_read(&machine.view, &cgroup, false, &members), 0);
        assert_true(members.agree);
        members_done(&members);
        layout_done(&machine.layout);
}

static void test_children(void **state)
{
        struct tree *tree = *state;
        struct members members = {0};
        struct id_list *list = &members.processes;

        assert_int_equal(thread_read_children(&tree->root, 7, &tree->scratch, list), -ENOENT);
        tree_file(tree, "proc/7/task/7/children", "");
        assert_int_equal(thread_read_children(&tree->root, 7, &tree->scratch, list), 0);
        assert_int_equal(list->n, 0);
        tree_file(tree, "proc/7/task/7/children", "8 4194303 ");
        assert_int_equal(thread_read_children(&tree->root, 7, &tree->scratch, list), 0);
        assert_int_equal(list->n, 2);
        assert_int_equal(list->ids[1], 4194303);
        members_done(&members);
}

/* More than one page of them. */
static void test_many(void **state)
{
        struct tree *tree = *state;
        char text[60000];
        size_t len = 0;

        for (unsigned i = 0; i < 5000; i++)
                len += (size_t)snprintf(text + len, sizeof(text) - len, "%u\n", 100000 + i);
        tree_file(tree, "cg/a/cgroup.procs", text);
        tree_file(tree, "cg/a/cgroup.threads", text);
        tree_file(tree, "cg/a/pids.current", "5000\n");
        expect(tree, true, 0, 5000, 5000, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_v2),
                tree_test(test_v1),
                tree_test(test_empty),
                tree_test(test_unsupported),
                tree_test(test_disagreement),
                tree_test(test_children),
                tree_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
