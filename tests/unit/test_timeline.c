/* SPDX-License-Identifier: MIT */
#include "run/timeline.h"

#include "format/format.h"
#include "test.h"

#define S_NS   UINT64_C(1000000000)
#define HOUR_S 3600

/* 2026-01-05T00:00:00 */
#define START_S UINT64_C(1767571200)

struct fixture {
        struct timeline *timeline;
        char memory[65536];
        struct buf said;
};

static void say(void *data, const char *line, size_t len)
{
        struct fixture *fixture = data;

        buf_add_bytes(&fixture->said, line, len);
}

static void begin(struct fixture *fixture)
{
        buf_init(&fixture->said, fixture->memory, sizeof(fixture->memory));
        assert_int_equal(timeline_new(20 * S_NS, &judge_default_rules, format_find("heroku"), say,
                                 fixture, &fixture->timeline),
                0);
}

static struct timeline_counts end(struct fixture *fixture)
{
        struct timeline_counts counts;

        assert_int_equal(timeline_end(fixture->timeline), 0);
        counts = timeline_counts(fixture->timeline);
        timeline_free(fixture->timeline);
        assert_false(fixture->said.overflow);
        return counts;
}

static void add(struct fixture *fixture, const char *line)
{
        char text[1024];
        struct reading reading;

        assert_true(strlen(line) < sizeof(text));
        strcpy(text, line);
        check(line, reader_read(text, strlen(text), START_S * S_NS, &reading));
        check_int(line, timeline_add(fixture->timeline, &reading), 0);
}

/* A line that is written so many nanoseconds after the start. */
static void add_at(struct fixture *fixture, uint64_t ns, const char *body)
{
        char line[1024];
        struct buf buf;

        buf_init(&buf, line, sizeof(line));
        time_write(START_S * S_NS + ns, &buf);
        buf_printf(&buf, " heroku[web.1]: %s", body);
        assert_false(buf.overflow);
        add(fixture, line);
}

/* How often `what` is in what was said. */
static unsigned count(const struct fixture *fixture, const char *what)
{
        unsigned n = 0;

        for (const char *at = fixture->memory; (at = strstr(at, what)); at++)
                n++;
        return n;
}

#define LOAD      "source=web.1 dyno=a sample#load_avg_1m=1.00"
#define MEMORY    "source=web.1 dyno=a sample#memory_rss=1.00MB sample#memory_quota=0.00MB"
#define PROCESSES "source=web.1 dyno=a sample#pids=98 sample#pids_limit=100"
#define EXCESS    "source=web.1 dyno=a sample#memory_rss=600.00MB sample#memory_quota=512.00MB"

/* Which lines make one tick. */
static void test_ticks(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                struct {
                        const char *body;
                        uint64_t ms;
                } lines[6];
                uint64_t n_ticks, n_sources;
        } rows[] = {
                {"one", {{LOAD, 0}, {MEMORY, 0}, {PROCESSES, 0}}, 1, 1},
                {"some ms apart", {{LOAD, 5}, {MEMORY, 900}, {PROCESSES, 7}}, 1, 1},
                {"two", {{LOAD, 0}, {MEMORY, 0}, {LOAD, 20000}, {MEMORY, 20000}}, 2, 1},
                {"same time", {{LOAD, 0}, {MEMORY, 0}, {LOAD, 0}, {MEMORY, 0}}, 2, 1},
                {"no lines in common", {{LOAD, 0}, {MEMORY, 20000}}, 2, 1},
                {"two sources",
                        {{LOAD, 0}, {"source=a dyno=a sample#threads=1", 0}, {MEMORY, 0},
                                {"source=a dyno=a sample#pids=1 sample#self_tasks=1", 0}},
                        3, 2},
                {"another dyno", {{LOAD, 0}, {"source=web.1 dyno=b sample#self_tasks=1", 0}}, 2, 1},
                {"back by a minute", {{LOAD, 90000}, {LOAD, 30000}, {LOAD, 50000}}, 3, 1},
                {"back by a day", {{LOAD, 90000000}, {LOAD, 0}, {LOAD, 20000}}, 3, 1},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct timeline_counts counts;
                struct fixture fixture;

                begin(&fixture);
                for (size_t j = 0; j < 6 && rows[i].lines[j].body; j++)
                        add_at(&fixture, rows[i].lines[j].ms * 1000000, rows[i].lines[j].body);
                counts = end(&fixture);
                check_u64(rows[i].name, counts.n_ticks, rows[i].n_ticks);
                check_u64(rows[i].name, counts.n_sources, rows[i].n_sources);
        }
}

/* Lines without a time: how much of it is counted. */
static void test_counted_time(void **state)
{
        static const char *const other = "source=a dyno=a sample#threads=1";
        static const char *const missed =
                "source=runstatd.1 dyno=r event=missed state=enter level=warning ticks=7";
        static const char *const gone = "source=web.1 dyno=a event=gone state=enter level=warning";
        /* clang-format off */
        const struct {
                const char *name, *lines[8];
                uint64_t n_ticks, counted_s;
        } rows[] = {
                {"one tick",        {LOAD, MEMORY, PROCESSES},                 1, 0  },
                {"two",             {LOAD, MEMORY, LOAD, MEMORY},              2, 20 },
                {"two sources",     {LOAD, other, LOAD, other, LOAD, other},   6, 40 },
                {"one is away",     {LOAD, other, other, other, LOAD, other},  6, 60 },
                {"missed",          {LOAD, missed, LOAD, LOAD},                3, 180},
                {"event in a tick", {LOAD, gone, MEMORY, LOAD, MEMORY},        3, 20 },
                {"event behind",    {LOAD, MEMORY, gone, LOAD, MEMORY, gone},  2, 20 },
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct timeline_counts counts;
                struct fixture fixture;

                begin(&fixture);
                for (size_t j = 0; j < 8 && rows[i].lines[j]; j++)
                        add(&fixture, rows[i].lines[j]);
                counts = end(&fixture);
                check_u64(rows[i].name, counts.n_ticks, rows[i].n_ticks);
                check_u64(rows[i].name, counts.counted_ns, rows[i].counted_s * S_NS);
                check(rows[i].name, !counts.first_ns.known);
        }
}

/* What a line tells of is told again, but not what follows from samples. */
static void test_logged_events(void **state)
{
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        add(&fixture, LOAD);
        add(&fixture, "source=web.1 dyno=a event=leak state=enter level=warning metric=threads");
        add(&fixture, "source=web.1 dyno=a event=quota state=enter level=warning code=R14");
        add(&fixture, "ts=1 source=web.1 dyno=a event=zombies state=enter parent_comm=\"a b=\\n\"");
        add_at(&fixture, 20 * S_NS, "source=web.1 dyno=b event=restarted level=info old_dyno=a");
        assert_int_equal(end(&fixture).n_events, 2);
        assert_string_equal(fixture.memory,
                "source=web.1 dyno=a event=zombies state=enter parent_comm=a_b__\n"
                "2026-01-05T00:00:20.000000+00:00 heroku[web.1]: source=web.1 dyno=b "
                "event=restarted level=info old_dyno=a\n");
}

/* Memory above its quota for an hour, and then no more for another. */
static void test_judged_events(void **state)
{
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        for (unsigned s = 0; s < 2 * HOUR_S; s += 20) {
                add_at(&fixture, s * S_NS, s < HOUR_S ? EXCESS : MEMORY);
                add_at(&fixture, s * S_NS, LOAD);
        }
        assert_int_equal(end(&fixture).n_ticks, 360);
        assert_int_equal(count(&fixture, "event=quota state=enter"), 1);
        assert_ptr_equal(strstr(fixture.memory, "2026-01-05T00:"), fixture.memory);
        assert_non_null(strstr(fixture.memory, "heroku[web.1]: source=web.1 dyno=a event="));
}

/* A quota that is printed as 0 is not known; nothing is above it. */
static void test_unknown_quota(void **state)
{
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        for (unsigned s = 0; s < HOUR_S; s += 20)
                add_at(&fixture, s * S_NS, MEMORY);
        end(&fixture);
        assert_string_equal(fixture.memory, "");
}

/* Each incarnation is judged by itself, and so is an older log behind a later one. */
static void test_incarnations(void **state)
{
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        for (unsigned s = 0; s < HOUR_S; s += 20)
                add_at(&fixture, s * S_NS, EXCESS);
        for (unsigned s = HOUR_S; s < 2 * HOUR_S; s += 20)
                add_at(&fixture, s * S_NS,
                        "source=web.1 dyno=b sample#memory_rss=600.00MB "
                        "sample#memory_quota=512.00MB");
        for (unsigned s = 0; s < HOUR_S / 2; s += 20)
                add_at(&fixture, s * S_NS,
                        "source=web.1 dyno=b sample#memory_rss=600.00MB "
                        "sample#memory_quota=512.00MB");
        end(&fixture);
        assert_int_equal(count(&fixture, "event=quota state=enter"), 3);
}

/* A clock that is set back by half an hour neither ends nor repeats anything. */
static void test_clock_set_back(void **state)
{
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        for (unsigned s = 0; s < HOUR_S; s += 20)
                add_at(&fixture, (s < HOUR_S / 2 ? HOUR_S + s : s) * S_NS, EXCESS);
        assert_int_equal(end(&fixture).n_ticks, 180);
        assert_int_equal(count(&fixture, "event=quota state=enter"), 1);
        assert_int_equal(count(&fixture, "state=leave"), 0);
}

/* Of a limit, who wrote the lines knows more than they say. */
static void test_limits(void **state)
{
        static const char logged[] = "source=web.1 dyno=a event=limit state=enter level=error "
                                     "limit_by=pids.max:/a used=98 limit=100";
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        for (unsigned s = 0; s < HOUR_S; s += 20)
                add_at(&fixture, s * S_NS, PROCESSES);
        end(&fixture);
        assert_int_equal(count(&fixture, "event=limit state=enter"), 1);
        assert_int_equal(count(&fixture, "limit_by=pids_limit"), count(&fixture, "event=limit"));

        /* said with the first tick, or with the one after */
        for (unsigned at_s = 0; at_s <= 20; at_s += 20) {
                begin(&fixture);
                for (unsigned s = 0; s < HOUR_S; s += 20) {
                        add_at(&fixture, s * S_NS, PROCESSES);
                        if (s == at_s)
                                add_at(&fixture, s * S_NS, logged);
                }
                end(&fixture);
                assert_int_equal(count(&fixture, "event=limit"), 1);
                assert_int_equal(count(&fixture, "limit_by=pids.max:/a used=98"), 1);
        }

        /* one on memory replaces none on tasks */
        begin(&fixture);
        for (unsigned s = 0; s < HOUR_S; s += 20) {
                add_at(&fixture, s * S_NS, PROCESSES);
                add_at(&fixture, s * S_NS,
                        "source=web.1 dyno=a event=limit state=update limit_by=memory.max");
        }
        end(&fixture);
        assert_int_equal(count(&fixture, "event=limit state=enter"), 1);
}

/* What is said is in the order of time, also when some of it is held back. */
static void test_order(void **state)
{
        struct fixture fixture;
        char last[40] = "";

        (void)state;
        begin(&fixture);
        for (unsigned s = 0; s < HOUR_S; s += 20) {
                char body[128];

                for (unsigned i = 0; i < 5; i++) {
                        snprintf(body, sizeof(body),
                                "source=web.%u dyno=a sample#pids=%u sample#pids_limit=100", i,
                                s / 60 % (10 + i) == 0 ? 99 : 10);
                        add_at(&fixture, s * S_NS, body);
                }
                if (s % 60 == 0)
                        add_at(&fixture, s * S_NS, "source=x dyno=a event=gone state=enter");
        }
        end(&fixture);
        assert_int_equal(count(&fixture, "event=gone"), 60);
        assert_true(count(&fixture, "event=limit") > 0);
        for (char *text = fixture.memory, *line; (line = strsep(&text, "\n")) && *line;) {
                check(line, strncmp(last, line, 32) <= 0);
                memcpy(last, line, 32);
        }
}

/* A source that is not heard of again keeps back nobody else's events for long. */
static void test_held_for_good(void **state)
{
        struct fixture fixture;
        unsigned n;

        (void)state;
        begin(&fixture);
        add_at(&fixture, 0, PROCESSES);
        for (n = 0; n < 60; n++) {
                add_at(&fixture, n * 20 * S_NS, "source=x dyno=a event=gone state=enter");
                if (n > 10)
                        assert_true(count(&fixture, "event=gone") + 10 > n);
        }
        end(&fixture);
        assert_int_equal(count(&fixture, "event=gone"), 60);
}

static void test_many_sources(void **state)
{
        enum { MAX = 65536 };
        struct timeline_counts counts;
        struct fixture fixture;
        struct reading reading = {.dyno = "d", .groups = 1};
        char name[64];

        (void)state;
        begin(&fixture);
        reading.source = name;
        for (unsigned i = 0; i < MAX + 100; i++) {
                snprintf(name, sizeof(name), "web.%u", i);
                assert_int_equal(timeline_add(fixture.timeline, &reading), i < MAX ? 0 : -ENOSPC);
        }
        snprintf(name, sizeof(name), "web.%u", 7);
        assert_int_equal(timeline_add(fixture.timeline, &reading), 0);
        counts = end(&fixture);
        assert_int_equal(counts.n_sources, MAX);
        assert_int_equal(counts.n_ticks, MAX + 1);
}

/* Times at the end of all that there is. */
static void test_extreme_times(void **state)
{
        static const uint64_t times[] = {0, UINT64_MAX, 1, UINT64_MAX - 1, UINT64_MAX / 2,
                UINT64_MAX - 1800 * S_NS, UINT64_MAX, UINT64_MAX - 1800 * S_NS, UINT64_MAX, 0};
        struct fixture fixture;

        (void)state;
        begin(&fixture);
        for (size_t i = 0; i < 10000; i++) {
                struct reading reading = {
                        .wall_ns = measure_of(times[i % ARRAY_SIZE(times)]),
                        .source = "web.1",
                        .dyno = "d",
                        .groups = 1,
                };

                assert_int_equal(timeline_add(fixture.timeline, &reading), 0);
        }
        assert_int_equal(end(&fixture).n_ticks, 10000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ticks),
                cmocka_unit_test(test_counted_time),
                cmocka_unit_test(test_logged_events),
                cmocka_unit_test(test_judged_events),
                cmocka_unit_test(test_unknown_quota),
                cmocka_unit_test(test_incarnations),
                cmocka_unit_test(test_clock_set_back),
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_held_for_good),
                cmocka_unit_test(test_many_sources),
                cmocka_unit_test(test_extreme_times),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
