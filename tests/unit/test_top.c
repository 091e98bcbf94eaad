/* SPDX-License-Identifier: MIT */
#include "model/top.h"

#include "test.h"

static void add(struct top *top, int64_t pid, uint64_t value)
{
        top_add(top, pid, 1, "name", 4, value);
}

/* Of twenty processes the one that grows is found, although it begins as the smallest. */
static void test_grown(void **state)
{
        struct top top = {0};
        const struct top_process *process;

        (void)state;
        check("none", !top_grown(&top) && !top_largest(&top));
        for (uint64_t round = 0; round < 50; round++) {
                top_begin_round(&top);
                for (int64_t pid = 1; pid <= 20; pid++)
                        add(&top, pid, pid == 13 ? 2 + 10 * round : 100 + (uint64_t)pid);
                top_end_round(&top);
        }
        process = top_grown(&top);
        check("grown", process && process->pid == 13);
        check_text("grown", process->comm, "name");
        check_u64("largest", (uint64_t)top_largest(&top)->pid, 13);
}

static void test_ended(void **state)
{
        struct top top = {0};

        (void)state;
        add(&top, 1, 500);
        add(&top, 2, 100);
        top_end_round(&top);
        top_begin_round(&top);
        add(&top, 2, 90);
        top_add(&top, 1, 99, "another", 7, 3); /* the pid was used again */
        top_end_round(&top);
        check_u64("largest", (uint64_t)top_largest(&top)->pid, 2);
        check_u64("two", top.n, 2);
}

static void test_children(void **state)
{
        struct top top = {0};
        const struct top_process *process;

        (void)state;
        for (unsigned round = 1; round <= 3; round++) {
                top_begin_round(&top);
                for (unsigned i = 0; i < 7; i++)
                        top_add_child(&top, 100);
                for (unsigned i = 0; i < 2 * round; i++)
                        top_add_child(&top, 200);
                for (int64_t pid = 1; pid < 30; pid++)
                        top_add_child(&top, pid);
                top_end_round(&top);
        }
        top_name(&top, 200, "a very long name it has", 23);
        process = top_grown(&top);
        check("grown", process && process->pid == 200);
        check_text("cut", process->comm, "a very long nam");
        check_u64("largest", (uint64_t)top_largest(&top)->pid, 100);
}

static void test_given_up(void **state)
{
        struct top top = {0};

        (void)state;
        top_add_child(&top, 1);
        top_begin_round(&top);
        top_add_child(&top, 1);
        top_end_round(&top);
        check_u64("counted once", top.items[0].value, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_grown),
                cmocka_unit_test(test_ended),
                cmocka_unit_test(test_children),
                cmocka_unit_test(test_given_up),
        };

        return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
