/* SPDX-License-Identifier: MIT */
#include "viewer/api.h"

#include <math.h>
#include <stdlib.h>

#include "tests/unit/test.h"
#include "viewer/json.h"
#include "viewer/report.h"
#include "viewer/words.h"

#define NOW_MS UINT64_C(1795888800000)

static void take(struct view *view, const char *line)
{
        const size_t len = strlen(line);
        char *text = malloc(len + 1);

        memcpy(text, line, len + 1);
        view_take(view, text, len, "", NOW_MS * 1000000);
        free(text);
}

static void check_out(const char *what, struct out *out, const char *expected)
{
        out_char(out, '\0');
        check_text(what, out->text, expected);
        out_done(out);
}

static void check_has(const char *what, struct out *out, const char *part)
{
        if (!memmem(out->text, out->len, part, strlen(part)))
                fail_msg("'%s': there is no '%s' in\n%.*s", what, part, (int)out->len, out->text);
}

/* Whatever a text is, what comes of it is JSON, and can stand in a <script>. */
static void test_texts(void **state)
{
        static const struct {
                const char *text, *expected;
        } rows[] = {
                {"plain",            "[\"plain\"]"                               },
                {"a\"b\\c",          "[\"a\\u0022b\\u005cc\"]"                   },
                {"</script>",        "[\"\\u003c/script\\u003e\"]"               },
                {"a&b",              "[\"a\\u0026b\"]"                           },
                {"a\nb\x7f",         "[\"a\xef\xbf\xbd"
                             "b\xef\xbf\xbd\"]"      },
                {"\xc3\xa9",         "[\"\xc3\xa9\"]"                            },
                {"\xe2\x80\xa8",     "[\"\\u2028\"]"                             },
                {"\xe2\x80\xa9",     "[\"\\u2029\"]"                             },
                {"\xf0\x9f\x98\x80", "[\"\xf0\x9f\x98\x80\"]"                    },
                {"\xc2\x9b",         "[\"\xef\xbf\xbd\"]"                        },
                {"\xff\xc3",         "[\"\xef\xbf\xbd\xef\xbf\xbd\"]"            },
                {"\xed\xa0\x80",     "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]"},
                {"\xe2\x80",         "[\"\xef\xbf\xbd\xef\xbf\xbd\"]"            },
                {"",                 "[\"\"]"                                    },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct out out = {0};

                json_open(&out, NULL, '[');
                json_text(&out, NULL, rows[i].text);
                json_close(&out, ']');
                check_out(rows[i].text, &out, rows[i].expected);
        }
}

static void test_numbers(void **state)
{
        struct out out = {0};

        (void)state;
        json_open(&out, NULL, '{');
        json_u64(&out, "a", UINT64_MAX);
        json_double(&out, "b", 2.5, 4);
        json_double(&out, "c", 100, 4);
        json_double(&out, "d", 1e300, 0);
        json_bool(&out, "e", true);
        json_null(&out, "f");
        json_open(&out, "g", '[');
        json_u64(&out, NULL, 1);
        json_u64(&out, NULL, 2);
        json_close(&out, ']');
        json_close(&out, '}');
        check_has("numbers", &out, "{\"a\":18446744073709551615,\"b\":2.5,\"c\":100,\"d\":1000");
        check_has("rest", &out, ",\"e\":true,\"f\":null,\"g\":[1,2]}");
        out_done(&out);
}

static void test_spans(void **state)
{
        static const struct {
                double seconds;
                const char *expected;
        } rows[] = {
                {0,      "0 s"      },
                {59.9,   "59 s"     },
                {60,     "1 min"    },
                {3450,   "57 min"   },
                {3660,   "1 h 1 min"},
                {86399,  "23 h"     },
                {90000,  "1 d 1 h"  },
                {864000, "10 d"     },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct out out = {0};

                words_span(&out, rows[i].seconds);
                check_out(rows[i].expected, &out, rows[i].expected);
        }
}

/* Events in words. */
static void test_words(void **state)
{
        /* clang-format off */
        static const struct {
                const char *line, *title, *say, *cause;
        } rows[] = {
                {"source=web.1 dyno=a event=zombies state=enter level=warning parent_pid=812 parent_comm=puma parent_unit=web.service zombies=11 oldest_s=120 created_per_h=360 reaped_per_h=0 child_comm=convert sigchld=default cause=never_waits",
                        "11 zombies of puma (812)",
                        "puma (812) of web.service has 11 dead children that it has not waited for, mostly convert; the oldest is 2 min old; 360 come in an hour, 0 go.",
                        "It starts processes and never waits for them."},
                {"source=web.1 dyno=a event=zombies state=leave level=info parent_pid=812 parent_comm=puma",
                        "no more zombies of puma (812)",
                        "puma (812) has no children left that it does not wait for.", NULL},
                {"source=web.1 dyno=a event=leak state=enter level=warning metric=zombies value=167 slope_per_h=360 limit=512 limit_by=pids_limit eta_s=3450 window_s=1680 samples=85 top_pid=812 top_comm=puma",
                        "zombies rise by 360 an hour",
                        "zombies rise and do not come back: 167 now, 360 more an hour; in 57 min they meet their limit of 512 (pids_limit); most of it is by puma (812).", NULL},
                {"source=web.1 dyno=a event=leak state=enter level=warning metric=memory_rss value=200.00MB slope_per_h=1.50MB window_s=1680 samples=85",
                        "memory_rss rises by 1.5 MB an hour",
                        "memory_rss rises and does not come back: 200 MB now, 1.5 MB more an hour.", NULL},
                {"source=web.1 dyno=a event=limit state=enter level=error limit_by=pids.max used=500 limit=512 percent=97 refused=3",
                        "pids.max is used to 97 %",
                        "500 of 512 that pids.max allows are used; it has refused 3 times so far.", NULL},
                {"source=web.1 dyno=a event=oom_kill state=enter level=error count=2",
                        "the kernel killed 2", "For want of memory, the kernel has killed 2 processes.", NULL},
                {"source=web.1 dyno=a event=whatever", "whatever", "whatever.", NULL},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct happening *happening;
                struct out title = {0}, say = {0};
                struct view *view;

                assert_int_equal(view_new(1 << 20, 20000, &view), 0);
                take(view, rows[i].line);
                check_u64(rows[i].line, view->happenings.n, 1);
                happening = happenings_at(&view->happenings, 0);
                words_title(happening, &title);
                check_out(rows[i].line, &title, rows[i].title);
                words_say(happening, &say);
                check_out(rows[i].line, &say, rows[i].say);
                if (rows[i].cause)
                        check_text(rows[i].line, words_cause(happening), rows[i].cause);
                else
                        check(rows[i].line, !words_cause(happening));
                view_free(view);
        }
}

static struct view *make_view(void)
{
        struct view *view;

        assert_int_equal(view_new(1 << 20, 20000, &view), 0);
        take(view, "2026-11-28T17:59:00.000000+00:00 heroku[web.1]: source=web.1 dyno=a "
                   "sample#memory_total=21.22MB sample#memory_rss=20.00MB "
                   "sample#memory_quota=512.00MB");
        take(view, "2026-11-28T17:59:00.000000+00:00 heroku[web.1]: source=web.1 dyno=a "
                   "sample#threads=46 sample#zombies=3 sample#pids=49 sample#pids_limit=512 "
                   "sample#load_avg_1m=2.46");
        take(view, "2026-11-28T17:59:20.000000+00:00 heroku[web.1]: source=web.1 dyno=a "
                   "sample#memory_rss=21.00MB sample#memory_quota=512.00MB "
                   "sample#cpu_usage=1.500000s");
        take(view, "{\"ts\":\"2026-11-28T17:59:30.000000Z\",\"source\":\"web.1\",\"dyno\":\"a\","
                   "\"event\":\"zombies\",\"state\":\"enter\",\"level\":\"warning\",\"parent_pid\":"
                   "9,\"parent_comm\":\"<img src=x>\",\"zombies\":7,\"cause\":\"too_slow\"}");
        take(view, "2026-11-28T17:59:40.000000+00:00 heroku[router]: at=info method=GET path=\"/\" "
                   "dyno=web.1 connect=1ms service=20ms status=200 bytes=5");
        view_advance(view, NOW_MS);
        return view;
}

static void test_overview(void **state)
{
        struct view *view = make_view();
        struct out out = {0};
        uint64_t order = 0;

        (void)state;
        api_overview(view, &out);
        check_has("now", &out, "{\"now\":1795888800000,\"live\":true,");
        check_has("counts", &out, "\"lines\":5,\"samples\":3,\"events\":1,\"router\":1,");
        check_has("requests", &out,
                "\"last_60s\":1,\"per_minute\":2,\"median_ms\":20,\"p95_ms\":20,");
        check_has("status", &out, "\"status\":{\"1xx\":0,\"2xx\":1,\"3xx\":0,\"4xx\":0,\"5xx\":0}");
        check_has("target", &out, "\"source\":\"web.1\",\"dyno\":\"a\",\"t\":1795888760000,");
        check_has("severity", &out,
                "\"state\":\"live\",\"severity\":2,\"why\":\"7 zombies of \\u003cimg src=x\\u003e "
                "(9)\"");
        check_has("values", &out, "\"memory_rss\":22020096");
        check_has("seconds", &out, "\"cpu_usage\":1.5");
        check_has("hostile", &out, "\"parent_comm\":\"\\u003cimg src=x\\u003e\"");
        check("nothing ends a script", !memmem(out.text, out.len, "<", 1));
        out_done(&out);

        api_update(view, view->serial, &order, &out);
        check_has("order", &out, "\"order\":[\"web.1\"],\"targets\":[]");
        out_done(&out);
        api_update(view, 0, &order, &out);
        check("the order is told once", !memmem(out.text, out.len, "\"order\"", 7));
        check_has("changed", &out, "\"targets\":[{\"source\":\"web.1\"");
        out_done(&out);
        view_free(view);
}

/* Before anything has come there is nothing, and no 0 that was not measured. */
static void test_no_data(void **state)
{
        struct view *view;
        struct out out = {0};

        (void)state;
        assert_int_equal(view_new(1 << 20, 20000, &view), 0);
        view_advance(view, NOW_MS);
        api_overview(view, &out);
        check("requests", !memmem(out.text, out.len, "\"requests\"", 10));
        check("codes", !memmem(out.text, out.len, "\"codes\"", 7));
        check_has("targets", &out, "\"targets\":[]}");
        out_done(&out);
        view_free(view);
}

static void test_history(void **state)
{
        const struct api_query query = {.source = "web.1",
                .keys = "memory_rss,cpu_usage",
                .to_ms = UINT64_MAX - 1,
                .n_points = 100};
        struct api_query wrong = query;
        struct view *view = make_view();
        struct out out = {0};

        (void)state;
        assert_int_equal(api_history(view, &query, &out, NULL), 0);
        check_out("history", &out,
                "{\"source\":\"web.1\",\"from\":1795888740000,\"to\":1795888760000,\"step_ms\":0,"
                "\"t\":[1795888740000,1795888760000],\"columns\":{"
                "\"memory_rss\":{\"value\":[20971520,22020096]},"
                "\"cpu_usage\":{\"value\":[null,1.5]}}}");
        assert_int_equal(api_csv(view, &query, &out), 0);
        check_out("csv", &out,
                "time,memory_rss,cpu_usage\r\n"
                "2026-11-28T17:59:00.000Z,20971520,\r\n"
                "2026-11-28T17:59:20.000Z,22020096,1.5\r\n");
        wrong.source = "nobody.1";
        assert_int_equal(api_history(view, &wrong, &out, NULL), -ENOENT);
        wrong = query;
        wrong.keys = "memory_rss,nothing";
        assert_int_equal(api_history(view, &wrong, &out, NULL), -EINVAL);
        out_done(&out);
        view_free(view);
}

static void test_events(void **state)
{
        struct api_query query = {.to_ms = UINT64_MAX - 1, .limit = 2};
        struct out out = {0};
        struct view *view;

        (void)state;
        assert_int_equal(view_new(1 << 20, 20000, &view), 0);
        for (unsigned i = 0; i < 5; i++)
                take(view, i % 2 ? "source=web.1 dyno=a event=gone state=enter level=warning"
                                 : "source=web.2 dyno=a event=gone state=enter level=warning");
        api_events(view, &query, &out);
        check_has("newest", &out, "{\"events\":[{\"id\":5,");
        check_has("more", &out, "\"more\":true,\"dropped\":0}");
        out_done(&out);
        query.before = 2;
        api_events(view, &query, &out);
        check_has("oldest", &out, "{\"events\":[{\"id\":1,");
        check_has("no more", &out, "\"more\":false,");
        out_done(&out);
        query = (struct api_query){.to_ms = UINT64_MAX - 1, .limit = 9, .source = "web.1"};
        api_events(view, &query, &out);
        check("of one", !memmem(out.text, out.len, "web.2", 5));
        out_done(&out);
        view_free(view);
}

/* The report tells the same story, and drives no terminal. */
static void test_report(void **state)
{
        struct view *view = make_view();
        struct out out = {0};

        (void)state;
        take(view, "{\"source\":\"web.1\",\"dyno\":\"a\",\"event\":\"churn\",\"comm\":\"\\u001b["
                   "31m\"}");
        report_write(view, &out);
        check_has("span", &out, "From 2026-11-28 17:59:00 to 2026-11-28 17:59:20 (UTC)\n");
        check_has("target", &out, "web.1  warning, memory at 4 %");
        check_has("culprit", &out, "! <img src=x> (9) has 7 dead children");
        check_has("cause", &out, "It waits, but for fewer than it starts.");
        check_has("peak", &out, "    memory       21.2 MB at 2026-11-28 17:59:00\n");
        check_has("event", &out, "  2026-11-28 17:59:30  warning  web.1: 7 zombies of");
        check("no escape", !memchr(out.text, '\033', out.len));
        out_done(&out);
        view_free(view);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_texts),
                cmocka_unit_test(test_numbers),
                cmocka_unit_test(test_spans),
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_overview),
                cmocka_unit_test(test_no_data),
                cmocka_unit_test(test_history),
                cmocka_unit_test(test_events),
                cmocka_unit_test(test_report),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
