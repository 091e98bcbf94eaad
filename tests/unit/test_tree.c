/* SPDX-License-Identifier: MIT */
#include "model/tree.h"

#include "test.h"

static void test_mark(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                pid_t top;
                struct {
                        pid_t pid, ppid;
                        bool inside;
                } nodes[6];
        } rows[] = {
                {"children and theirs", 2,
                        {{1, 0, 0}, {2, 1, 1}, {3, 2, 1}, {4, 3, 1}, {5, 1, 0}, {6, 5, 0}}},
                {"the top of all", 1,
                        {{1, 0, 1}, {2, 1, 1}, {3, 2, 1}, {4, 3, 1}, {5, 1, 1}, {6, 5, 1}}},
                {"a leaf", 4, {{1, 0, 0}, {2, 1, 0}, {3, 2, 0}, {4, 3, 1}, {5, 1, 0}, {6, 5, 0}}},
                {"one that is not there", 9,
                        {{1, 0, 0}, {2, 1, 0}, {3, 2, 0}, {4, 9, 0}, {5, 1, 0}, {6, 5, 0}}},
                {"a parent that is not there", 2,
                        {{1, 0, 0}, {2, 1, 1}, {3, 8, 0}, {4, 3, 0}, {5, 2, 1}, {6, 5, 1}}},
                {"pids that wrapped", 5,
                        {{1, 0, 0}, {2, 6, 1}, {3, 2, 1}, {4, 1, 0}, {5, 1, 1}, {6, 5, 1}}},
                {"a loop beside", 1,
                        {{1, 0, 1}, {2, 3, 0}, {3, 2, 0}, {4, 3, 0}, {5, 5, 0}, {6, 1, 1}}},
                {"a loop through it", 2,
                        {{1, 0, 0}, {2, 3, 1}, {3, 2, 1}, {4, 3, 1}, {5, 6, 0}, {6, 5, 0}}},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct tree_node nodes[6] = {0};

                for (size_t j = 0; j < 6; j++) {
                        nodes[j].pid = rows[i].nodes[j].pid;
                        nodes[j].ppid = rows[i].nodes[j].ppid;
                        nodes[j].inside = j % 2; /* of another mark */
                        nodes[j].decided = j % 3;
                }
                tree_mark(nodes, 6, rows[i].top);
                for (size_t j = 0; j < 6; j++)
                        check_int(rows[i].name, nodes[j].inside, rows[i].nodes[j].inside);
        }
}

static void test_empty(void **state)
{
        (void)state;
        tree_sort(NULL, 0);
        tree_mark(NULL, 0, 1);
        assert_null(tree_find(NULL, 0, 1));
}

static const struct tree_node *find_slowly(const struct tree_node *nodes, size_t n, pid_t pid)
{
        for (size_t i = 0; i < n; i++) {
                if (nodes[i].pid == pid)
                        return &nodes[i];
        }
        return NULL;
}

/* Walks up from each node by itself. */
static bool descends(
        const struct tree_node *nodes, size_t n, const struct tree_node *node, pid_t top)
{
        for (size_t steps = 0; node && steps <= n; steps++) {
                if (node->pid == top)
                        return true;
                node = find_slowly(nodes, n, node->ppid);
        }
        return false;
}

/* Distinct pids in any order; parents that may be missing, the node itself, or in a loop. */
static size_t make_random(uint64_t *seed, struct tree_node *nodes, size_t max)
{
        const size_t n = random_below(seed, (unsigned)max + 1);

        for (size_t i = 0; i < n; i++) {
                do
                        nodes[i] = (struct tree_node){.pid = (pid_t)random_below(seed, 200) + 1};
                while (find_slowly(nodes, i, nodes[i].pid));
        }
        for (size_t i = 0; i < n; i++)
                nodes[i].ppid = random_below(seed, 10) ? nodes[random_below(seed, (unsigned)n)].pid
                                                       : (pid_t)random_below(seed, 200);
        return n;
}

static void test_as_a_slow_walk(void **state)
{
        uint64_t seed = 1;
        unsigned n_inside = 0;

        (void)state;
        for (unsigned i = 0; i < 20000; i++) {
                struct tree_node nodes[40], unsorted[40];
                const size_t n = make_random(&seed, nodes, ARRAY_SIZE(nodes));
                const pid_t top = n > 0 && i % 4 ? nodes[0].pid : (pid_t)random_below(&seed, 200);

                memcpy(unsorted, nodes, sizeof(nodes));
                tree_sort(nodes, n);
                for (size_t j = 1; j < n; j++)
                        assert_true(nodes[j - 1].pid < nodes[j].pid);
                for (pid_t pid = 0; pid <= 201; pid++) {
                        const struct tree_node *node = tree_find(nodes, n, pid);
                        const struct tree_node *expected = find_slowly(unsorted, n, pid);

                        assert_int_equal(node != NULL, expected != NULL);
                        if (node)
                                assert_int_equal(node->ppid, expected->ppid);
                }
                tree_mark(nodes, n, top);
                for (size_t j = 0; j < n; j++) {
                        assert_int_equal(nodes[j].inside, descends(unsorted, n, &nodes[j], top));
                        n_inside += nodes[j].inside;
                }
        }
        assert_in_range(n_inside, 20000, 400000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mark),
                cmocka_unit_test(test_empty),
                cmocka_unit_test(test_as_a_slow_walk),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
