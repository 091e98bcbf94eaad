/* SPDX-License-Identifier: MIT */
#include "format/platform.h"

#include "test.h"

#define NOW_NS (UINT64_C(1795888800) * 1000000000)

/* What a line says, as text: "request web.1 200 1 20 H12 Request timeout". */
static void describe(const struct platform_line *line, char *text, size_t size)
{
        static const char *const kinds[] = {"request", "error", "memory", "state", "exit"};
        const struct measure *numbers[] = {&line->status, &line->connect_ms, &line->service_ms,
                &line->permille, &line->exit_status};
        const char *words[] = {line->code, line->text, line->from, line->to};
        struct buf buf;

        buf_init(&buf, text, size);
        buf_printf(&buf, "%s %s", kinds[line->kind], *line->process ? line->process : "-");
        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
                if (numbers[i]->known)
                        buf_printf(&buf, " %zu:%llu", i, (unsigned long long)numbers[i]->value);
        }
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                if (*words[i])
                        buf_printf(&buf, " %s", words[i]);
        }
}

/* Lines of 2011 to 2025, and near misses; NULL: it is none. 0 is the status, 1 and 2 the times, 3
 * the permille, 4 the exit status. */
/* clang-format off */
static const struct {
        const char *line, *expected;
} rows[] = {
        {"2023-08-24T10:28:47.153192+00:00 heroku[router]: at=info method=GET path=\"/a b\" host=x request_id=1 fwd=\"1.2.3.4\" dyno=web.1 connect=1ms service=20ms status=200 bytes=5 protocol=https", "request web.1 0:200 1:1 2:20"},
        {"338 <158>1 2023-08-24T10:28:47.153192+00:00 host heroku router - at=info method=GET path=\"/\" dyno=web.2 connect=0ms service=181ms status=404 bytes=5", "request web.2 0:404 1:0 2:181"},
        {"2013-05-15T17:33:51.344129+00:00 heroku[router]: at=error code=H12 desc=\"Request timeout\" method=GET path=/ host=x fwd=1.2.3.4 dyno=web.1 connect=2ms service=30001ms status=503 bytes=0", "request web.1 0:503 1:2 2:30001 H12 Request timeout"},
        {"2023-08-24T10:28:47+00:00 heroku[router]: at=error code=H10 desc=\"App crashed\" method=GET path=\"/\" dyno= connect= service= status=503 bytes=", "request - 0:503 H10 App crashed"},
        {"2011-05-15T17:33:51+00:00 heroku[router]: GET x.example/ dyno=web.1 queue=0 wait=0ms service=20ms status=200 bytes=5", "request web.1 0:200 2:20"},
        {"at=info method=GET path=\"/\" dyno=web.1 connect=1ms service=20ms status=200", "request web.1 0:200 1:1 2:20"},
        {"May 15 17:33:51 app heroku/router: at=info method=GET path=\"/\" dyno=web.1 service=20ms status=200", "request web.1 0:200 2:20"},
        {"2023-08-24T10:28:47+00:00 heroku[router]: at=info path=\"/status=500\" dyno=web.1 service=9ms status=200", "request web.1 0:200 2:9"},
        {"2023-08-24T10:28:47+00:00 heroku[router]: at=info path=\"/\\\"status=500\" dyno=web.1 service=9ms status=200", "request web.1 0:200 2:9"},
        {"2023-08-24T10:28:47+00:00 heroku[router]: at=info path=\"/open dyno=web.1 service=9ms status=200", "request web.1 0:200 2:9"},
        {"2023-08-24T10:28:47+00:00 heroku[router]: at=info dyno=<b> service=9 status=abc code=H99x status=200", "request - 0:200"},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)", "error web.1 R14 Memory quota exceeded"},
        {"2014-05-15T17:33:51.344129+00:00 heroku[logplex]: Error L10 (output buffer overflow): 500 messages dropped since 2014", "error logplex L10 output buffer overflow"},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Error R15", "error web.1 R15"},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Process running mem=681M(133.1%)", "memory web.1 3:1331"},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: State changed from up to crashed", "state web.1 up crashed"},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Process exited with status 137", "exit web.1 4:137"},
        {"<134>1 2023-08-24T10:28:47.153192+00:00 host heroku web.1 - Process exited with status 0", "exit web.1 4:0"},
        {"2014-05-15T17:33:51.344129+00:00 app[web.1]: Process exited with status 137", NULL},
        {"2014-05-15T17:33:51.344129+00:00 app[router]: at=info method=GET status=200", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Error R1x (no)", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Error ", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: State changed from up", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Process exited with status -1", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]: Process running mem=681M", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[a b]: Error R14 (x)", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[router]: at=info method=GET", NULL},
        {"2014-05-15T17:33:51.344129+00:00 heroku[web.1]:", NULL},
        {"2014-05-15T17:33:51.344129+00:00", NULL},
        {"heroku[web.1]: Error R14 (Memory quota exceeded)", NULL},
        {"at=", NULL},
        {"", NULL},
};
/* clang-format on */

static void test_lines(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct platform_line line;
                char text[256];

                if (!platform_read(rows[i].line, NOW_NS, &line)) {
                        check(rows[i].line, !rows[i].expected);
                        continue;
                }
                describe(&line, text, sizeof(text));
                check_text(rows[i].line, text, rows[i].expected);
        }
}

static void test_host(void **state)
{
        static const struct {
                const char *line, *expected;
        } hosts[] = {
                {"<134>1 2023-08-24T10:28:47+00:00 db3 heroku web.1 - x",    "db3"},
                {"99 <134>1 2023-08-24T10:28:47+00:00 db3 heroku web.1 - x", "db3"},
                {"<134>1 2023-08-24T10:28:47+00:00 host heroku web.1 - x",   ""   },
                {"<134>1 2023-08-24T10:28:47+00:00 - heroku web.1 - x",      ""   },
                {"<134>May 15 17:33:51 db3 heroku: x",                       ""   },
                {"2023-08-24T10:28:47+00:00 heroku[web.1]: x",               ""   },
                {"<134>1 ",                                                  ""   },
                {"",                                                         ""   },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
                const char *host = "";
                const size_t len = platform_host(hosts[i].line, &host);

                check_u64(hosts[i].line, len, strlen(hosts[i].expected));
                check(hosts[i].line, memcmp(host, hosts[i].expected, len) == 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_host),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
