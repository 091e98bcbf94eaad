/* SPDX-License-Identifier: MIT */
#include "model/churn.h"

#include "test.h"

#define S_NS UINT64_C(1000000000)

/* Rounds of 20 s in which `n` processes are started, and as many have ended. */
static enum condition run(struct churn *churn, unsigned n_rounds, unsigned n, const char *comm,
        struct churn_finding *ret)
{
        enum condition condition = CONDITION_OFF;
        static uint64_t now_ns;

        if (churn->window_ns == 0)
                now_ns = 1000 * S_NS;
        for (unsigned i = 0; i < n_rounds; i++) {
                for (unsigned j = 0; j < n; j++)
                        churn_add(churn, comm, strlen(comm));
                now_ns += 20 * S_NS;
                condition = churn_end_round(churn, now_ns, 50, 10, ret);
        }
        return condition;
}

static void test_loop(void **state)
{
        struct churn churn = {0};
        struct churn_finding finding = {0};

        (void)state;
        check_int("first minutes", run(&churn, 13, 4, "crasher", &finding), CONDITION_OFF);
        check_int("five minutes", run(&churn, 3, 4, "crasher", &finding), CONDITION_ON);
        check_text("name", finding.comm, "crasher");
        check_u64("per minute", finding.per_min, 12);
        check_u64("started", finding.started, 12);
        check_u64("exited", finding.exited, 12);
        check_int("a quieter minute", run(&churn, 3, 3, "crasher", &finding), CONDITION_BETWEEN);
        check_int("over", run(&churn, 15, 0, "crasher", &finding), CONDITION_OFF);
}

/* Many names, each now and then, are no loop. */
static void test_many_names(void **state)
{
        struct churn churn = {0};
        struct churn_finding finding = {0};
        char name[16];
        enum condition condition = CONDITION_OFF;

        (void)state;
        for (unsigned i = 0; i < 100; i++) {
                snprintf(name, sizeof(name), "job%u", i % 40);
                condition = run(&churn, 1, 4, name, &finding);
                check("many names", condition != CONDITION_ON);
        }
}

static void test_started_before(void **state)
{
        struct churn churn = {0};
        struct churn_finding finding = {0};

        (void)state;
        check_int("all at the start", run(&churn, 1, 1000, "a", &finding), CONDITION_OFF);
        check_int("none since", run(&churn, 30, 0, "a", &finding), CONDITION_OFF);
        check_u64("none since", finding.per_min, 0);
}

static void test_off(void **state)
{
        struct churn churn = {0};
        struct churn_finding finding = {0};

        (void)state;
        for (unsigned i = 1; i < 100; i++) {
                churn_add(&churn, "a", 1);
                check("never",
                        churn_end_round(&churn, i * S_NS * 20, 1, 0, &finding) != CONDITION_ON);
        }
}

/* With a look in ten minutes nobody can tell how many there are in one. */
static void test_few_looks(void **state)
{
        struct churn churn = {0};
        struct churn_finding finding = {0};

        (void)state;
        for (unsigned i = 1; i < 50; i++) {
                for (unsigned j = 0; j < 100; j++)
                        churn_add(&churn, "a", 1);
                check_int("few looks", churn_end_round(&churn, i * S_NS * 600, 1, 10, &finding),
                        CONDITION_OFF);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_loop),
                cmocka_unit_test(test_many_names),
                cmocka_unit_test(test_started_before),
                cmocka_unit_test(test_off),
                cmocka_unit_test(test_few_looks),
        };

        return cmocka_run_group_tests_name("churn", tests, NULL, NULL);
}
