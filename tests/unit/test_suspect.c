/* SPDX-License-Identifier: MIT */
#include "model/suspect.h"

#include "test.h"

#define S_NS UINT64_C(1000000000)
#define HZ   100

/* A world of zombies: every parent has some, each with a start time. */
static void add(struct suspects *suspects, int64_t parent, uint64_t start_ticks, bool is_new,
        const char *comm)
{
        const struct zombie zombie = {
                .pid = (int64_t)start_ticks + 2,
                .parent_pid = parent,
                .start_ticks = start_ticks,
                .is_new = is_new,
                .comm = comm,
                .comm_len = strlen(comm),
        };

        suspects_add(suspects, &zombie, HZ);
}

/* One more zombie each `period` ticks since tick 0, none of them waited for; a round each `round`.
 */
static struct suspects *grow(uint64_t period, uint64_t round, uint64_t until)
{
        static struct suspects suspects;
        uint64_t known = 0;

        memset(&suspects, 0, sizeof(suspects));
        for (uint64_t now = round; now <= until; now += round) {
                const uint64_t n = now / period;

                suspects_begin_round(&suspects);
                for (uint64_t i = 1; i <= n; i++)
                        add(&suspects, 7, i * period, i > known, "helper");
                known = n;
                suspects_end_round(&suspects, now * (S_NS / HZ), HZ);
        }
        return &suspects;
}

static void test_rates(void **state)
{
        static const struct {
                const char *name;
                uint64_t period, round, until;
                uint64_t created_per_h;
                bool steady;
        } rows[] = {
                {"one in 30 s, ticks of 20 s", 3000, 2000, 60000, 120,    true },
                {"one a minute",               6000, 2000, 90000, 60,     true },
                {"three a second",             33,   100,  3000,  10909,  false},
                {"a hundred a second",         1,    100,  1000,  360000, false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct suspects *suspects = grow(rows[i].period, rows[i].round, rows[i].until);
                const struct suspect *suspect = suspects_next(suspects, NULL);
                const uint64_t n = rows[i].until / rows[i].period;

                check(rows[i].name, suspect && suspects->n == 1);
                check_u64(rows[i].name, suspect->n_zombies, n);
                check_u64(rows[i].name, suspect->n_reaped, 0);
                check_u64(rows[i].name, suspect->oldest, rows[i].period);
                check_u64(rows[i].name, suspect_created_per_h(suspect, HZ).value,
                        rows[i].created_per_h);
                check(rows[i].name, suspect_period_ticks(suspect, HZ).known == rows[i].steady);
                check_text(rows[i].name, suspect->child_comm, "helper");
        }
}

/* What was there before the first look tells its rate by its start times. */
static void test_first_look(void **state)
{
        struct suspects *suspects = grow(3000, 300000, 300000);
        const struct suspect *suspect = suspects_next(suspects, NULL);

        (void)state;
        check_u64("100 zombies", suspect->n_zombies, 100);
        check_u64("100 zombies", suspect_created_per_h(suspect, HZ).value, 120);
        check_u64("100 zombies", suspect_period_ticks(suspect, HZ).value, 3000);
        check("one look", !suspect_reaped_per_h(suspect, 300000 * (S_NS / HZ)).known);
}

/* Two that come for one that goes. */
static void test_reaped(void **state)
{
        struct suspects suspects = {0};
        uint64_t first = 0, last = 0;

        (void)state;
        for (unsigned round = 0; round < 100; round++) {
                suspects_begin_round(&suspects);
                for (uint64_t i = first; i < last; i++)
                        add(&suspects, 9, i * 50, false, "a");
                add(&suspects, 9, last * 50, true, "a");
                add(&suspects, 9, (last + 1) * 50, true, "b");
                suspects_end_round(&suspects, round * S_NS, HZ);
                last += 2;
                first++;
        }
        check_u64("zombies", suspects.items[0].n_zombies, 101);
        check_u64("created", suspects.items[0].n_created, 198);
        check_u64("reaped", suspects.items[0].n_reaped, 99);
        check_u64("reaped", suspect_reaped_per_h(&suspects.items[0], 99 * S_NS).value, 3600);
}

/* A parent that is stopped: its children were started together, and die one a second. */
static void test_started_together(void **state)
{
        struct suspects suspects = {0};

        (void)state;
        for (unsigned round = 1; round <= 60; round++) {
                suspects_begin_round(&suspects);
                for (uint64_t i = 0; i < round; i++)
                        add(&suspects, 4, 1000 + i, i + 1 == round, "a");
                suspects_end_round(&suspects, round * S_NS, HZ);
        }
        check_u64("one a second", suspect_created_per_h(&suspects.items[0], HZ).value, 3600);
}

/* Ten births in 9 s before the first look, and two a second, but not evenly, after it: their times
 * tell the rate over all, and what was seen to come only that of a part. */
static void test_uneven(void **state)
{
        struct suspects suspects = {0};
        uint64_t n = 0;

        (void)state;
        for (unsigned round = 1; round <= 10; round++) {
                suspects_begin_round(&suspects);
                for (uint64_t i = 0; i < 10; i++)
                        add(&suspects, 4, 100 * i + 1, round == 1, "a");
                for (uint64_t i = 0; i < n; i++)
                        add(&suspects, 4, 901 + 50 * (i + 1), i + 2 >= n, "a");
                suspects_end_round(&suspects, (9 + round) * S_NS, HZ);
                n += 2;
        }
        check_u64("over all", suspect_created_per_h(&suspects.items[0], HZ).value, 5400);
}

/* However many parents and zombies there are, the worst are found, and none is lost. */
static void test_many(void **state)
{
        struct suspects suspects = {0};
        const struct suspect *suspect = NULL;
        uint64_t n = 0;

        (void)state;
        for (unsigned round = 0; round < 3; round++) {
                suspects_begin_round(&suspects);
                for (uint64_t i = 0; i < 500000; i++)
                        add(&suspects, i % 10 ? 1000 + (int64_t)(i % 3) : 5000 + (int64_t)i, i + 1,
                                round == 0, "a");
                suspects_end_round(&suspects, round * S_NS, HZ);
        }
        for (unsigned i = 0; i < 3; i++) {
                suspect = suspects_next(&suspects, suspect);
                check("the worst", suspect && suspect->pid >= 1000 && suspect->pid <= 1002);
                check("the worst", suspect->n_zombies >= 149999);
        }
        for (size_t i = 0; i < suspects.n; i++)
                n += suspects.items[i].n_zombies;
        check_u64("all", n + suspects.n_others, 500000);
}

static void test_gone(void **state)
{
        struct suspects suspects = {0};

        (void)state;
        add(&suspects, 3, 10, true, "a");
        suspects_end_round(&suspects, S_NS, HZ);
        check_u64("one", suspects.n, 1);
        suspects_begin_round(&suspects);
        suspects_end_round(&suspects, 2 * S_NS, HZ);
        check_u64("none", suspects.n, 0);

        add(&suspects, 3, 10, true, "a");
        suspects.items[0].alarm.entered = true;
        suspects_begin_round(&suspects);
        suspects_end_round(&suspects, 3 * S_NS, HZ);
        check_u64("something is left to say", suspects.n, 1);
        check_u64("no zombies", suspects.items[0].n_zombies, 0);
}

static void test_given_up(void **state)
{
        struct suspects suspects = {0};

        (void)state;
        add(&suspects, 3, 10, true, "a");
        suspects_begin_round(&suspects);
        add(&suspects, 3, 10, false, "a");
        suspects_end_round(&suspects, S_NS, HZ);
        check_u64("counted once", suspects.items[0].n_zombies, 1);
}

static void test_majority(void **state)
{
        struct suspects suspects = {0};

        (void)state;
        for (uint64_t i = 0; i < 99; i++)
                add(&suspects, 3, i + 1, true, i % 3 ? "a\nb" : "other name of many bytes");
        check_text("two of three", suspects.items[0].child_comm, "a\nb");
        memset(&suspects, 0, sizeof(suspects));
        add(&suspects, 3, 1, true, "sixteen bytes are too many");
        check_text("cut", suspects.items[0].child_comm, "sixteen bytes a");
}

/* Health checks that leave two at a time, with a delay of up to two seconds. */
static void test_probes(void **state)
{
        struct suspects suspects = {0};

        (void)state;
        for (uint64_t i = 1; i <= 20; i++) {
                add(&suspects, 1, i * 1000 + i % 3 * 100, true, "curl");
                add(&suspects, 1, i * 1000 + i % 3 * 100 + 1, true, "sh");
        }
        check_u64("period", suspect_period_ticks(&suspects.items[0], HZ).value / 10, 100);
        add(&suspects, 1, 100000, true, "curl");
        add(&suspects, 1, 190000, true, "curl");
        check("no longer", !suspect_period_ticks(&suspects.items[0], HZ).known);
}

static void test_causes(void **state)
{
        static const struct {
                const char *name;
                struct parent_facts facts;
                uint64_t n_created, n_reaped;
                bool waits, steady;
                const char *cause, *sigchld;
        } rows[] = {
  /* clang-format off */
                {"default", {.state = 'S'}, 9, 0, false, false, "never_waits", "default"},
                {"caught", {.state = 'S', .caught = true}, 9, 0, false, true, "never_waits", "caught"},
                {"ignored", {.state = 'R', .ignored = true}, 9, 0, false, false, "never_waits", "ignored"},
                {"waits for others", {.state = 'S'}, 9, 0, true, false, "too_slow", "default"},
                {"waits for some", {.state = 'S'}, 9, 1, false, false, "too_slow", "default"},
                {"waits for hardly any", {.state = 'S'}, 90, 1, false, false, "never_waits", "default"},
                {"blocked", {.state = 'S', .blocked = true, .caught = true}, 9, 0, false, false, "sigchld_blocked", "blocked"},
                {"signalfd", {.state = 'S', .blocked = true}, 9, 5, true, false, "too_slow", "blocked"},
                {"stopped", {.state = 'T'}, 9, 5, true, false, "parent_stopped", "default"},
                {"traced", {.state = 't', .is_init = true}, 9, 0, false, true, "parent_stopped", "default"},
                {"stuck", {.state = 'D', .blocked = true}, 9, 0, false, false, "parent_stuck", "blocked"},
                {"init", {.state = 'S', .is_init = true}, 9, 0, false, false, "init_not_reaping", "default"},
                {"init that waits for its own", {.state = 'S', .is_init = true}, 9, 0, true, false, "init_not_reaping", "default"},
                {"init, like clockwork", {.state = 'S', .is_init = true, .blocked = true}, 9, 0, true, true, "probe_orphans", "blocked"},
                {"init that reaps", {.state = 'S', .is_init = true}, 9, 5, false, true, "too_slow", "default"},
  /* clang-format on */
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct suspect suspect = {
                        .n_created = rows[i].n_created,
                        .n_reaped = rows[i].n_reaped,
                        .waits = rows[i].waits,
                        .clock_n = rows[i].steady ? 10 : 0,
                        .clock_mean = 1000,
                };

                check_text(rows[i].name, cause_names[suspect_cause(&suspect, &rows[i].facts, HZ)],
                        rows[i].cause);
                check_text(rows[i].name, parent_sigchld(&rows[i].facts), rows[i].sigchld);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rates),
                cmocka_unit_test(test_first_look),
                cmocka_unit_test(test_reaped),
                cmocka_unit_test(test_started_together),
                cmocka_unit_test(test_uneven),
                cmocka_unit_test(test_many),
                cmocka_unit_test(test_gone),
                cmocka_unit_test(test_given_up),
                cmocka_unit_test(test_majority),
                cmocka_unit_test(test_probes),
                cmocka_unit_test(test_causes),
        };

        return cmocka_run_group_tests_name("suspect", tests, NULL, NULL);
}
