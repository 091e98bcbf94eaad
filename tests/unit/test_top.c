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

/* What top_add() and top_add_child() do, without looking for a way to leave most of it out. */
static void add_plainly(struct top *top, int64_t pid, uint64_t value, bool is_child)
{
        struct top_process *least = &top->items[0];

        for (size_t i = 0; i < top->n; i++) {
                struct top_process *process = &top->items[i];
                const uint64_t weight =
                        process->now > process->value ? process->now : process->value;

                if (process->pid == pid) {
                        process->now = is_child ? process->now + 1 : value;
                        return;
                }
                if (weight < (least->now > least->value ? least->now : least->value))
                        least = process;
        }
        if (top->n < TOP_MAX)
                least = &top->items[top->n++];
        else if ((least->now > least->value ? least->now : least->value) >= value)
                return;
        *least = (struct top_process){.pid = pid, .first = is_child ? 0 : value};
        least->now = is_child ? 1 : value;
}

/* Rounds over many processes, some of which grow: the same ones are kept as by doing it plainly. */
static void check_plain(bool is_child)
{
        struct top top = {0}, plain = {0};
        uint64_t seed = 7;

        for (unsigned round = 0; round < 300; round++) {
                top_begin_round(&top);
                top_begin_round(&plain);
                for (int64_t i = 0; i < 400; i++) {
                        const int64_t pid = is_child ? (int64_t)random_below(&seed, 70) : i * 37;
                        const uint64_t value = 1 + (uint64_t)(i * 7919 % 301) +
                                               random_below(&seed, 9) + (i % 50 == 0 ? round : 0);

                        if (random_below(&seed, 10) == 0)
                                continue;
                        if (is_child)
                                top_add_child(&top, pid);
                        else
                                top_add(&top, pid, 0, "", 0, value);
                        add_plainly(&plain, pid, is_child ? 2 : value, is_child);
                }
                assert_int_equal(top.n, plain.n);
                assert_memory_equal(top.items, plain.items, sizeof(top.items));
                top_end_round(&top);
                top_end_round(&plain);
        }
}

static void test_as_if_plain(void **state)
{
        (void)state;
        check_plain(false);
        check_plain(true);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_grown),
                cmocka_unit_test(test_ended),
                cmocka_unit_test(test_children),
                cmocka_unit_test(test_given_up),
                cmocka_unit_test(test_as_if_plain),
        };

        return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
