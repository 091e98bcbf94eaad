/* SPDX-License-Identifier: MIT */
#include "viewer/view.h"

#include <math.h>
#include <stdlib.h>

#include "tests/unit/test.h"

#define NOW_MS UINT64_C(1795888800000) /* 2026-11-28T18:00:00Z */

#define LOAD "sample#load_avg_1m=2.46 sample#load_avg_5m=1.06"
#define MEMORY                                                                                     \
        "sample#memory_total=21.22MB sample#memory_rss=20.00MB sample#memory_cache=1.22MB "        \
        "sample#memory_swap=0.00MB sample#memory_pgpgin=1pages sample#memory_pgpgout=2pages "      \
        "sample#memory_quota=512.00MB"
#define TASKS                                                                                      \
        "sample#processes=5 sample#threads=46 sample#zombies=3 sample#pids=49 "                    \
        "sample#pids_limit=512"

static int set_up(void **state)
{
        struct view *view;

        assert_int_equal(view_new(1 << 20, 20000, &view), 0);
        *state = view;
        return 0;
}

static int tear_down(void **state)
{
        view_free(*state);
        return 0;
}

static void take_from(struct view *view, const char *host, const char *line)
{
        const size_t len = strlen(line);
        char *text = malloc(len + 1);

        memcpy(text, line, len + 1);
        view_take(view, text, len, host, NOW_MS * 1000000);
        free(text);
}

static void take(struct view *view, const char *line)
{
        take_from(view, "", line);
}

/* A line of the time hh:mm:ss of that day, as the platform's log stream has it. */
static void take_at(struct view *view, const char *time, const char *source, const char *body)
{
        char line[1024];

        snprintf(line, sizeof(line), "2026-11-28T%s+00:00 heroku[%s]: %s", time, source, body);
        take(view, line);
}

static uint64_t value(const struct view *view, const char *source, unsigned column)
{
        return target_value(view_find(view, source), &view->columns, column);
}

/* The three lines of a tick are one row, with the numbers of all. */
static void test_tick(void **state)
{
        struct view *view = *state;
        const struct target *target;

        take_at(view, "17:59:00.000000", "web.1", "source=web.1 dyno=a " LOAD);
        take_at(view, "17:59:00.000000", "web.1", "source=web.1 dyno=a " MEMORY);
        take_at(view, "17:59:00.300000", "web.1", "source=web.1 dyno=a " TASKS);
        take_at(view, "17:59:20.000000", "web.1", "source=web.1 dyno=a " LOAD);
        target = view_find(view, "web.1");
        check("target", target);
        check_u64("rows", target->series.n_rows, 2);
        check_u64("step", target->step_ms, 20000);
        check_u64("load", value(view, "web.1", view->columns.known.load_avg_1m), 246);
        /* The line of this tick is still to come. */
        check_u64("rss", value(view, "web.1", view->columns.known.memory_rss), 20 << 20);
        take_at(view, "17:59:20.000000", "web.1", "source=web.1 dyno=a sample#memory_rss=1.00MB");
        check_u64("rss", value(view, "web.1", view->columns.known.memory_rss), 1 << 20);
        check_u64("what is not known", value(view, "web.1", view->columns.known.memory_quota),
                UNKNOWN);
        check_u64("samples", view->counts.n_samples, 5);
        check_u64("max", target->max_total_bytes, 22250783);
        check("percent", fabs(target->max_percent - 20.0 * 100 / 512) < 0.01);
}

/* What lines are, by how they are counted. */
static void test_counts(void **state)
{
        /* clang-format off */
        static const struct {
                const char *line;
                size_t offset;
        } rows[] = {
#define COUNT(member) offsetof(struct view_counts, member)
                {"source=web.1 dyno=a sample#processes=1", COUNT(n_samples)},
                {"{\"source\":\"web.1\",\"dyno\":\"a\",\"processes\":1}", COUNT(n_samples)},
                {"ts=2026-11-28T17:59:00.000000Z source=web.1 dyno=a processes=1", COUNT(n_samples)},
                {"Nov 28 17:59:00 host runstatd[12]: source=web.1 dyno=a sample#processes=1", COUNT(n_samples)},
                {"source=heroku.123.web.1.abc measure=load_avg_1m val=2.46", COUNT(n_samples)},
                {"source=web.1 dyno=a event=gone state=enter level=warning", COUNT(n_events)},
                {"2026-11-28T17:59:00.000000+00:00 heroku[router]: at=info method=GET path=\"/\" dyno=web.1 connect=1ms service=20ms status=200 bytes=5", COUNT(n_router)},
                {"2026-11-28T17:59:00.000000+00:00 heroku[router]: at=error code=H12 desc=\"Request timeout\" method=GET dyno=web.1 status=503", COUNT(n_router)},
                {"2026-11-28T17:59:00.000000+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)", COUNT(n_platform)},
                {"2026-11-28T17:59:00.000000+00:00 heroku[web.1]: Process running mem=681M(133.1%)", COUNT(n_platform)},
                {"2026-11-28T17:59:00.000000+00:00 heroku[web.1]: State changed from up to crashed", COUNT(n_platform)},
                {"2026-11-28T17:59:00.000000+00:00 app[web.1]: Error R14 (not the platform's word)", COUNT(n_unknown)},
                {"source=DATABASE sample#load-avg-1m=0.06 sample#memory-total=4044972kB", COUNT(n_unknown)},
                {"hello", COUNT(n_unknown)},
                {"{", COUNT(n_unknown)},
                {"", COUNT(n_unknown)},
#undef COUNT
        };
        /* clang-format on */
        struct view *view = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const uint64_t *count = (void *)((char *)&view->counts + rows[i].offset);
                const uint64_t before = *count;

                take(view, rows[i].line);
                check_u64(rows[i].line, *count, before + 1);
        }
        check_u64("lines", view->counts.n_lines, ARRAY_SIZE(rows));
}

/* An event lasts until it is left, or until it would have been told again. */
static void test_troubles(void **state)
{
        static const char enter[] =
                "source=web.1 dyno=a event=zombies state=enter level=warning parent_pid=812 "
                "parent_comm=puma zombies=11 created_per_h=360 cause=never_waits";
        static const char update[] =
                "source=web.1 dyno=a event=zombies state=update level=error parent_pid=812 "
                "parent_comm=puma zombies=30";
        static const char other[] =
                "source=web.1 dyno=a event=zombies state=enter level=warning parent_pid=9 "
                "parent_comm=sh zombies=6";
        static const char leave[] =
                "source=web.1 dyno=a event=zombies state=leave level=info parent_pid=812 "
                "parent_comm=puma zombies=0";
        struct view *view = *state;
        const struct target *target;

        take_at(view, "17:00:00.000000", "web.1", "source=web.1 dyno=a " TASKS);
        target = view_find(view, "web.1");
        check_u64("well", target_severity(target, &view->columns), 0);
        take_at(view, "17:00:00.000000", "web.1", enter);
        check_u64("entered", target_severity(target, &view->columns), 2);
        take_at(view, "17:10:00.000000", "web.1", update);
        check_u64("one", target->n_troubles, 1);
        check_u64("since", happenings_at(&view->happenings, 1)->since_ms, NOW_MS - 3600000);
        check_u64("worse", target_severity(target, &view->columns), 3);
        take_at(view, "17:10:00.000000", "web.1", other);
        check_u64("two", target->n_troubles, 2);
        check_text("worst", happening_text(target_worst(target), "parent_comm"), "puma");
        take_at(view, "17:20:00.000000", "web.1", leave);
        check_u64("left", target->n_troubles, 1);
        view_advance(view, NOW_MS);
        check_u64("still", target->n_troubles, 1);
        view_advance(view, NOW_MS + 9000000);
        take_at(view, "17:59:00.000000", "web.1", "source=web.1 dyno=a " TASKS);
        view_advance(view, NOW_MS);
        check_u64("events", view->happenings.n, 4);
        check_u64("numbers",
                (uint64_t)happening_number(happenings_at(&view->happenings, 0), "created_per_h"),
                360);
        check("names", isnan(happening_number(happenings_at(&view->happenings, 0), "parent_comm")));
}

static void test_limits_come_in_turn(void **state)
{
        struct view *view = *state;

        take(view, "source=web.1 dyno=a event=limit state=enter level=warning limit_by=pids.max");
        take(view, "source=web.1 dyno=a event=limit state=update level=error limit_by=nproc");
        check_u64("tasks", view_find(view, "web.1")->n_troubles, 1);
        take(view, "source=web.1 dyno=a event=limit state=enter level=error limit_by=memory.max");
        check_u64("memory", view_find(view, "web.1")->n_troubles, 2);
        take(view, "source=web.1 dyno=a event=limit state=leave level=info limit_by=threads-max");
        check_u64("left", view_find(view, "web.1")->n_troubles, 1);
}

static void test_restart(void **state)
{
        struct view *view = *state;
        const struct target *target;

        take_at(view, "17:58:00.000000", "web.1", "source=web.1 dyno=a " MEMORY);
        take(view, "source=web.1 dyno=a event=limit state=enter level=warning limit_by=pids.max");
        take_at(view, "17:58:20.000000", "web.1", "source=web.1 dyno=b " MEMORY);
        target = view_find(view, "web.1");
        check_u64("restarts", target->n_restarts, 1);
        check_u64("nothing is left", target->n_troubles, 0);
        check_text("told", happenings_at(&view->happenings, 1)->event, "restarted");
        check("derived", happenings_at(&view->happenings, 1)->is_derived);
        /* One that a line tells of is told once. */
        take_at(view, "17:58:40.000000", "web.1",
                "source=web.1 dyno=c event=restarted state=enter level=info old_dyno=b");
        take_at(view, "17:58:40.000000", "web.1", "source=web.1 dyno=c " MEMORY);
        check_u64("restarts", target->n_restarts, 2);
        check_u64("events", view->happenings.n, 3);
        check_text("dyno", target->dyno, "c");
}

/* Two machines that send under one name are no restarts without end. */
static void test_two_senders(void **state)
{
        struct view *view = *state;

        for (unsigned i = 0; i < 100; i++)
                take(view, i % 2 ? "source=web.1 dyno=a sample#processes=1"
                                 : "source=web.1 dyno=b sample#processes=1");
        check("few", view->happenings.n < 6);
        take_from(view, "db1", "source=web.1 dyno=a sample#processes=1");
        take_from(view, "db2", "source=web.1 dyno=a sample#processes=1");
        check("db1", view_find(view, "db1/web.1"));
        check("db2", view_find(view, "db2/web.1"));
}

static void test_gone_and_silent(void **state)
{
        struct view *view = *state;
        struct target *target;

        take_at(view, "17:59:00.000000", "web.1", "source=web.1 dyno=a " TASKS);
        take_at(view, "17:59:20.000000", "web.1", "source=web.1 dyno=a " TASKS);
        target = view_find(view, "web.1");
        view_advance(view, NOW_MS);
        check("not yet", !target->is_silent);
        view_advance(view, NOW_MS + 60000);
        check("silent", target->is_silent);
        check_u64("is to be seen", target_severity(target, &view->columns), 1);
        take(view, "source=web.1 dyno=a event=gone state=enter level=warning");
        check("gone", target->is_gone);
        check_u64("is to be seen", target_severity(target, &view->columns), 2);
        take(view, "source=web.1 dyno=b event=back state=leave level=info old_dyno=a");
        check("back", !target->is_gone);
        check_u64("nothing is left", target->n_troubles, 0);
}

/* The platform's own lines do not say what they mean: it is concluded from them. */
static void test_conclusions(void **state)
{
        struct view *view = *state;
        const struct target *target;
        char time[32], line[512];
        bool leaks = false, exceeds = false;

        for (unsigned i = 0; i < 900; i++) {
                snprintf(time, sizeof(time), "%02u:%02u:%02u.000000", 12 + i / 180, i / 3 % 60,
                        i % 3 * 20);
                snprintf(line, sizeof(line),
                        "source=web.1 dyno=a sample#memory_total=%u.00MB sample#memory_rss=%u.00MB "
                        "sample#memory_cache=0.00MB sample#memory_swap=0.00MB "
                        "sample#memory_pgpgin=1pages sample#memory_pgpgout=2pages "
                        "sample#memory_quota=512.00MB",
                        100 + i / 2, 100 + i / 2);
                take_at(view, time, "web.1", line);
        }
        target = view_find(view, "web.1");
        for (size_t i = 0; i < view->happenings.n; i++) {
                const struct happening *happening = happenings_at(&view->happenings, i);

                check("derived", happening->is_derived);
                leaks |= happening_is(happening, "leak");
                exceeds |= happening_is(happening, "quota");
        }
        check("a leak", leaks);
        check("a quota", exceeds);
        check_u64("is to be seen", target_severity(target, &view->columns), 3);
}

/* An error that comes with each sample is told once while it lasts. */
static void test_codes(void **state)
{
        struct view *view = *state;

        for (unsigned i = 0; i < 3; i++)
                take(view, "2026-11-28T17:59:00.000000+00:00 heroku[web.1]: Error R14 (Memory "
                           "quota exceeded)");
        check_u64("told", view->happenings.n, 1);
        check_u64("codes", view->codes.n, 1);
        check_u64("counted", view->codes.items[0].total, 3);
        check_u64("of the target", view_find(view, "web.1")->codes[0].n, 3);
        view_advance(view, NOW_MS + 120000);
        take(view, "2026-11-28T17:59:59.000000+00:00 heroku[router]: at=error code=H12 desc=\"x\" "
                   "dyno=web.1 status=503");
        check_text("named as it is documented", view->codes.items[0].text, "Request timeout");
}

/* Lines without times are ticks one after the other, and can be told where they end. */
static void test_untimed(void **state)
{
        struct view *view = *state;
        const struct target *target;

        view->counts_time = true;
        for (unsigned i = 0; i < 10; i++) {
                take(view, "source=web.1 dyno=a sample#processes=1");
                take(view, "source=web.2 dyno=a sample#processes=1");
                take(view, "source=web.1 dyno=a sample#load_avg_1m=1.00");
        }
        view->counts_time = false;
        target = view_find(view, "web.1");
        check_u64("ticks", target->series.n_rows, 10);
        check_u64("span", target->tick_ms - target->series.t_ms[0], 9 * 20000);
        view_settle_time(view, NOW_MS - 5000);
        check_u64("end", target->tick_ms, NOW_MS - 5000);
        check_u64("begin", target->series.t_ms[0], NOW_MS - 5000 - 9 * 20000);
        take(view, "source=web.1 dyno=a sample#processes=2");
        check_u64("now", target->tick_ms, NOW_MS);
}

/* Of targets without end only so many are kept, and those that are alive stay. */
static void test_many_targets(void **state)
{
        struct view *view = *state;
        char line[128];

        for (unsigned i = 0; i < TARGETS_MAX + 500; i++) {
                snprintf(line, sizeof(line), "source=web.%u dyno=a sample#processes=1", i);
                take(view, line);
        }
        check_u64("targets", view->n_targets, TARGETS_MAX);
        check_u64("ignored", view->counts.n_ignored, 500);
        /* Those of an hour ago make room. */
        for (struct target *target = view->first; target; target = target->next)
                target->tick_ms -= 2 * 3600000;
        take(view, "source=new.1 dyno=a sample#processes=1");
        check("new", view_find(view, "new.1"));
        check_u64("targets", view->n_targets, TARGETS_MAX);
}

/* A clock that is wrong by days is not believed: it would be "now" for all others. */
static void test_wrong_clock(void **state)
{
        struct view *view = *state;

        take(view, "2400-01-01T00:00:00.000000+00:00 heroku[web.1]: source=web.1 dyno=a " TASKS);
        check_u64("now", view->newest_ms, NOW_MS);
        take_at(view, "01:00:00.000000", "web.2", "source=web.2 dyno=a " TASKS);
        check_u64("then", view_find(view, "web.2")->tick_ms, NOW_MS - 17 * 3600000);
        check_u64("now", view->newest_ms, NOW_MS);
}

static void test_order(void **state)
{
        struct view *view = *state;
        const struct target *targets[4];

        take(view, "source=calm.1 dyno=a sample#pids=1 sample#pids_limit=100");
        take(view, "source=busy.1 dyno=a sample#pids=70 sample#pids_limit=100");
        take(view, "source=full.1 dyno=a sample#pids=97 sample#pids_limit=100");
        take(view, "source=ill.1 dyno=a event=oom_kill state=enter level=error count=1");
        check_u64("n", view_sort(view, targets), 4);
        check_text("1", targets[0]->name, "ill.1");
        check_text("2", targets[1]->name, "full.1");
        check_text("3", targets[2]->name, "busy.1");
        check_text("4", targets[3]->name, "calm.1");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_tick, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_troubles, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_limits_come_in_turn, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_restart, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_two_senders, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_gone_and_silent, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_conclusions, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_codes, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_untimed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_many_targets, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_wrong_clock, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
