/* SPDX-License-Identifier: MIT */
#include "viewer/options.h"

#include <getopt.h>

#include "tests/unit/test.h"

#define NOW_NS (UINT64_C(1795888800) * 1000000000)

static int read_one(const char *argument, struct options *ret, struct buf *error)
{
        char program[] = "runstat-view", text[128];
        char *argv[] = {program, text, NULL};

        strncpy(text, argument, sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        optind = 0;
        return options_read(2, argv, NOW_NS, ret, error);
}

static void test_wrong(void **state)
{
        static const struct {
                const char *argument, *error;
        } rows[] = {
                {"--interval=0",     "--interval: '0' is wrong; it is 50ms to 1d, as 20s"        },
                {"--interval=2d",    "--interval: '2d' is wrong; it is 50ms to 1d, as 20s"       },
                {"--interval=20m",   "--interval: '20m' is wrong; it is 50ms to 1d, as 20s"      },
                {"--history=48",     "--history: '48' is wrong; it is 1M to 65536M"              },
                {"--history=0M",     "--history: '0M' is wrong; it is 1M to 65536M"              },
                {"--sandbox=maybe",  "--sandbox: 'maybe' is wrong; it is auto, on or off"        },
                {"--journal=web",    "--journal: 'web' is wrong; a match is FIELD=VALUE"         },
                {"--colour",         "there is no option '--colour'"                             },
                {"--listen",         "'--listen' needs a value"                                  },
                {"--drain=/nowhere", "--drain: cannot read '/nowhere': No such file or directory"},
                {"--since=tomorrow",
                 "--since: 'tomorrow' is wrong; a time is like 2026-01-05 10:00:00, a span "
                        "like 24h or 90min"                                                      },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[512];
                struct options options;
                struct buf error;

                buf_init(&error, memory, sizeof(memory));
                check(rows[i].argument, read_one(rows[i].argument, &options, &error) < 0);
                check_text(rows[i].argument, memory, rows[i].error);
        }
}

static void test_right(void **state)
{
        char memory[512];
        struct options options;
        struct buf error;

        (void)state;
        buf_init(&error, memory, sizeof(memory));
        check_int("file", read_one("a.log", &options, &error), 0);
        check_int("file", options.n_files, 1);
        check_text("listen", options.listen, "127.0.0.1:7878");
        check_u64("since", options.since_ns, NOW_NS - UINT64_C(86400) * 1000000000);
        check_int("span", read_one("--since=90min", &options, &error), 0);
        check_u64("span", options.since_ns, NOW_NS - UINT64_C(5400) * 1000000000);
        check_int("time", read_one("--since=2026-11-28 17:00:00", &options, &error), 0);
        check_u64("time", options.since_ns, UINT64_C(1795885200) * 1000000000);
        check_int("interval", read_one("--interval=1min 30s", &options, &error), 0);
        check_u64("interval", options.step_ms, 90000);
        check_int("journal", read_one("--journal", &options, &error), 0);
        check_text("journal", options.journal, "SYSLOG_IDENTIFIER=runstatd");
        check_int("history", read_one("--history=2M", &options, &error), 0);
        check_u64("history", options.history_bytes, 2 << 20);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_wrong),
                cmocka_unit_test(test_right),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
