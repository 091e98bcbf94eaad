/* SPDX-License-Identifier: MIT */
#include "model/judge.h"

#include "format/format.h"
#include "test.h"

#define S_NS UINT64_C(1000000000)
#define MB   UINT64_C(1048576)

/* One target that is looked at again and again, and what was said last. */
struct court {
        struct judge judge;
        struct judge_rules rules;
        struct sample sample;
        struct limit limits[2], memory_limits[1];
        size_t n_limits, n_memory_limits;
        struct measure n_oom_kills;
        uint64_t now_ns;
        unsigned n_said;
        char said[512];
};

static void init(struct court *court)
{
        *court = (struct court){.rules = judge_default_rules, .now_ns = 1000 * S_NS};
}

static void note(void *data, const struct record *record)
{
        struct court *court = data;
        struct buf line;

        buf_init(&line, court->said, sizeof(court->said));
        format_find("heroku")->write(record, (struct measure){0}, &line);
        court->n_said++;
}

/* Looks again after a while; what is said, "" for nothing, without the source and the dyno. */
static const char *look(struct court *court, uint64_t after_s)
{
        struct record record;
        const struct evidence evidence = {
                .now_ns = court->now_ns += after_s * S_NS,
                .source = "a.1",
                .dyno = "b",
                .sample = &court->sample,
                .limits = court->limits,
                .n_limits = court->n_limits,
                .memory_limits = court->memory_limits,
                .n_memory_limits = court->n_memory_limits,
                .n_oom_kills = court->n_oom_kills,
                .largest = {.known = true, .pid = 7, .comm = "big"},
        };

        court->n_said = 0;
        judge_feed(&court->judge, &court->rules, &evidence, &record, note, court);
        return court->n_said ? court->said + strlen("source=a.1 dyno=b ") : "";
}

static void test_quota(void **state)
{
        static const struct {
                uint64_t after_s, rss_mb, swap_mb;
                const char *said;
        } rows[] = {
  /* clang-format off */
                {20, 100, 0, ""},
                {20, 512, 0, ""},
                {20, 500, 13, "event=quota state=enter level=warning code=R14 value=513.00MB limit=512.00MB percent=100"},
                {20, 600, 13, ""},
                {20, 500, 0, ""},
                {20, 600, 0, ""},
                {20, 1000, 100, "event=quota state=update level=error code=R15 value=1100.00MB limit=512.00MB percent=214"},
                {20, 600, 0, ""},
                {3600, 600, 0, "event=quota state=update level=error code=R15 value=600.00MB limit=512.00MB percent=117"},
                {20, 100, 0, ""},
                {20, 100, 0, ""},
                {580, 100, 0, "event=quota state=leave level=info code=R15 value=100.00MB limit=512.00MB percent=19"},
                {20, 100, 0, ""},
  /* clang-format on */
        };
        struct court court;

        (void)state;
        init(&court);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                court.sample.memory.rss_bytes = measure_of(rows[i].rss_mb * MB);
                court.sample.memory.swap_bytes = measure_of(rows[i].swap_mb * MB);
                court.sample.memory.quota_bytes = measure_of(512 * MB);
                check_text("quota", look(&court, rows[i].after_s), rows[i].said);
        }
}

static void test_limit(void **state)
{
        static const struct {
                uint64_t after_s, used, others, refused;
                const char *said;
        } rows[] = {
  /* clang-format off */
                {20, 10, 10, 5, ""},
                {20, 79, 10, 5, ""},
                {20, 80, 10, 5, "event=limit state=enter level=warning limit_by=pids.max used=80 limit=100 percent=80 refused=5"},
                {20, 76, 10, 5, ""},
                {20, 96, 10, 5, "event=limit state=update level=error limit_by=pids.max used=96 limit=100 percent=96 refused=5"},
                {1, 100, 10, 6, "event=limit state=update level=error limit_by=pids.max used=100 limit=100 percent=100 refused=6"},
                {1, 100, 10, 60, ""},
                {20, 100, 10, 70, ""},
                {40, 100, 10, 71, "event=limit state=update level=error limit_by=pids.max used=100 limit=100 percent=100 refused=71"},
                {20, 10, 95, 71, ""},
                {20, 10, 10, 71, ""},
                {580, 10, 10, 71, "event=limit state=leave level=info limit_by=pids.max used=10 limit=100 percent=10 refused=71"},
                {20, 20, 199, 71, "event=limit state=enter level=error limit_by=pids.max:/b used=199 limit=200 percent=99"},
  /* clang-format on */
        };
        struct court court;

        (void)state;
        init(&court);
        court.n_limits = 2;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                court.limits[0] =
                        (struct limit){"pids.max", rows[i].used, 100, measure_of(rows[i].refused)};
                court.limits[1] = (struct limit){"pids.max:/b", rows[i].others, 200, {0}};
                check_text("limit", look(&court, rows[i].after_s), rows[i].said);
        }
}

/* A saw-tooth around a threshold for a day: it begins and ends once. */
static void test_edge(void **state)
{
        struct court court;
        unsigned n_enter = 0, n_leave = 0;

        (void)state;
        init(&court);
        court.n_limits = 1;
        for (unsigned i = 0; i < 4320 + 4320; i++) {
                const unsigned used = i < 4320 ? 65 + i % 30 : 10;
                const char *said;

                court.limits[0] = (struct limit){"pids.max", used, 100, {0}};
                said = look(&court, 20);
                n_enter += strstr(said, "state=enter") != NULL;
                n_leave += strstr(said, "state=leave") != NULL;
        }
        check_u64("saw-tooth", n_enter, 1);
        check_u64("saw-tooth", n_leave, 1);
}

/* Cache is brought to the limit again and again, and that does no harm. */
static void test_memory_limit(void **state)
{
        struct court court;

        (void)state;
        init(&court);
        court.n_memory_limits = 1;
        court.memory_limits[0] = (struct limit){"memory.max", 50 * MB, 100 * MB, measure_of(7)};
        check_text("first", look(&court, 20), "");
        court.memory_limits[0].n_refused = measure_of(900);
        check_text("cache", look(&court, 20), "");
        court.memory_limits[0].used = 90 * MB;
        court.memory_limits[0].n_refused = measure_of(901);
        check_text("no cache", look(&court, 20),
                "event=limit state=enter level=error limit_by=memory.max used=90.00MB "
                "limit=100.00MB percent=90 refused=901");
}

static void test_oom_kill(void **state)
{
        struct court court;

        (void)state;
        init(&court);
        check_text("unknown", look(&court, 20), "");
        court.n_oom_kills = measure_of(3);
        check_text("those of before", look(&court, 20), "");
        court.n_oom_kills = measure_of(5);
        check_text("two", look(&court, 20),
                "event=oom_kill state=enter level=error count=2 top_pid=7 top_comm=big");
        check_text("said", look(&court, 20), "");
        court.n_oom_kills = measure_of(0);
        check_text("another counter", look(&court, 20), "");
}

/* A service that may have one task has that one. */
static void test_single(void **state)
{
        struct court court;

        (void)state;
        init(&court);
        court.n_limits = 1;
        court.limits[0] = (struct limit){"pids.max", 1, 1, measure_of(0)};
        check_text("one of one", look(&court, 20), "");
        court.limits[0].n_refused = measure_of(1);
        check("refused", strstr(look(&court, 20), "event=limit state=enter level=error"));
}

static void test_never(void **state)
{
        struct court court;

        (void)state;
        init(&court);
        court.rules.values[RULE_LIMIT] = 0;
        court.n_limits = 1;
        court.limits[0] = (struct limit){"pids.max", 100, 100, measure_of(1)};
        check_text("never near", look(&court, 20), "");
        court.limits[0].n_refused = measure_of(2);
        check("refused", strstr(look(&court, 20), "state=enter level=error"));
}

/* A thread leak is said once, with what it runs into; more processes are not two leaks. */
static void test_leak(void **state)
{
        struct court court;
        unsigned n_threads = 0, n_processes = 0;
        const char *said = "";

        (void)state;
        init(&court);
        for (uint64_t i = 0; i < 2000; i++) {
                struct tasks_sample *tasks = &court.sample.tasks;

                tasks->threads = measure_of(50 + i / 5);
                tasks->processes = measure_of(10);
                tasks->zombies = measure_of(0);
                tasks->pids = measure_of(50 + i / 5);
                tasks->pids_limit = measure_of(500);
                said = look(&court, 20);
                n_threads +=
                        strstr(said, "event=leak state=enter") && strstr(said, "metric=threads");
                n_processes += strstr(said, "metric=processes") || strstr(said, "metric=pids");
                if (n_threads == 1 && strstr(said, "state=enter"))
                        check("limit", strstr(said, " limit=500 limit_by=pids_limit eta_s="));
        }
        check_u64("threads", n_threads, 1);
        check_u64("other metrics", n_processes, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_quota),
                cmocka_unit_test(test_limit),
                cmocka_unit_test(test_edge),
                cmocka_unit_test(test_memory_limit),
                cmocka_unit_test(test_oom_kill),
                cmocka_unit_test(test_single),
                cmocka_unit_test(test_never),
                cmocka_unit_test(test_leak),
        };

        return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
