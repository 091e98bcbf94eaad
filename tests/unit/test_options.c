/* SPDX-License-Identifier: MIT */
#include "run/options.h"

#include <unistd.h>

#include "model/record.h"
#include "test.h"

enum { MAX_ARGUMENTS = 16 };

/* Parses words that are separated by '|'. */
static int parse_words(const char *line, struct settings *ret, struct buf *error)
{
        char copy[2048], *rest = copy, *argv[MAX_ARGUMENTS + 1] = {NULL};
        char program[] = "runstatd";
        int argc = 0;

        assert_true(strlen(line) < sizeof(copy));
        memcpy(copy, line, strlen(line) + 1);
        argv[argc++] = program;
        while (*line && rest) {
                assert_true(argc < MAX_ARGUMENTS);
                argv[argc++] = strsep(&rest, "|");
        }
        return settings_from_arguments(argc, argv, ret, error);
}

/* The same, without what getopt(3) remembers of the words before. */
static int parse(const char *line, struct settings *ret, struct buf *error)
{
        char program[] = "runstatd", *argv[] = {program, NULL};

        optind = 0;
        getopt(1, argv, "");
        return parse_words(line, ret, error);
}

/* "run targets=host,self interval=… …" */
static void write_settings(const struct settings *settings, struct buf *ret)
{
        static const char *const actions[] = {"run", "list", "check", "replay", "help", "version"};

        buf_add(ret, actions[settings->action]);
        for (size_t i = 0; i < settings->n_watches; i++) {
                const struct watch *watch = &settings->watches[i];

                buf_printf(ret, " %s%s%s", watch->name ? watch->name : "", watch->name ? "=" : "",
                        watch->spec);
        }
        if (settings->replay)
                buf_printf(ret, " %s", settings->replay);
        if (settings->interval_ns != UINT64_C(20000000000))
                buf_printf(ret, " interval=%" PRIu64, settings->interval_ns);
        if (settings->count != 0)
                buf_printf(ret, " count=%" PRIu64, settings->count);
        if (strcmp(settings->output, "auto") != 0)
                buf_printf(ret, " output=%s", settings->output);
        if (settings->format != format_find("heroku"))
                buf_printf(ret, " format=%s", settings->format->name);
        if (settings->prefix != PREFIX_NONE)
                buf_printf(ret, " prefix=%d", settings->prefix);
        if (settings->groups != 7)
                buf_printf(ret, " groups=%x", settings->groups);
        if (settings->source)
                buf_printf(ret, " source=%s", settings->source);
        if (strcmp(settings->root, "/") != 0)
                buf_printf(ret, " root=%s", settings->root);
}

static void test_settings(void **state)
{
        static const struct {
                const char *arguments, *expected;
        } rows[] = {
                {"",                                 "run"                           },
                {"-t|host",                          "run host"                      },
                {"-thost",                           "run host"                      },
                {"--target=host",                    "run host"                      },
                {"--target|host",                    "run host"                      },
                {"-t|a=host|-t|self|-t|b=cgroup:/x", "run a=host self b=cgroup:/x"   },
                {"-t|=cgroup:/a/*|-t|=cgroup:/b/*",  "run =cgroup:/a/* =cgroup:/b/*" },
                {"-t|a=cgroup:/a/*|-t|a=cgroup:/b",  "run a=cgroup:/a/* a=cgroup:/b" },
                {"-i|1ms",                           "run interval=1000000"          },
                {"-i|1d",                            "run interval=86400000000000"   },
                {"--interval=1min 30s",              "run interval=90000000000"      },
                {"-i|5s|-i|20s",                     "run"                           },
                {"-n|1",                             "run count=1"                   },
                {"--count=18446744073709551615",     "run count=18446744073709551615"},
                {"-o|stdout",                        "run output=stdout"             },
                {"--output=file:/x=y",               "run output=file:/x=y"          },
                {"-o|stdout|-o|file:a",              "run output=file:a"             },
                {"-f|heroku",                        "run"                           },
                {"-m|load",                          "run groups=1"                  },
                {"-m|+cpu",                          "run groups=f"                  },
                {"-m|+cpu|-m|-load",                 "run groups=e"                  },
                {"-m|-load",                         "run groups=6"                  },
                {"-m|none",                          "run groups=0"                  },
                {"-m|all",                           "run groups=ff"                 },
                {"--prefix=logplex",                 "run prefix=1"                  },
                {"--prefix=logplex|--prefix=none",   "run"                           },
                {"--source=web.1",                   "run source=web.1"              },
                {"--source|a|--source|b",            "run source=b"                  },
                {"--root=/host",                     "run root=/host"                },
                {"--list-targets",                   "list"                          },
                {"--list-targets|-t|host",           "list host"                     },
                {"--replay=a.log",                   "replay a.log"                  },
                {"--replay|-|--replay|b",            "replay b"                      },
                {"-h",                               "help"                          },
                {"--help",                           "help"                          },
                {"-V",                               "version"                       },
                {"--version",                        "version"                       },
                {"-hV",                              "version"                       },
                {"-n|3|--",                          "run count=3"                   },
                {"-hn3",                             "help count=3"                  },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[1024], text[1024];
                struct buf error, written;
                struct settings settings;

                buf_init(&error, memory, sizeof(memory));
                buf_init(&written, text, sizeof(text));
                check_int(rows[i].arguments, parse(rows[i].arguments, &settings, &error), 0);
                write_settings(&settings, &written);
                settings_done(&settings);
                settings_done(&settings);
                check_text(rows[i].arguments, text, rows[i].expected);
                check_text(rows[i].arguments, memory, "");
        }
}

static void test_errors(void **state)
{
        /* clang-format off */
        static const struct {
                const char *arguments, *error;
        } rows[] = {
                {"-x", "unknown option '-x'\n"},
                {"--frobnicate", "unknown option '--frobnicate'\n"},
                {"--metric", NULL /* a beginning that only one has */},
                {"--taget=host", "unknown option '--taget=host'; did you mean 'target'?\n"},
                {"--intervall", "unknown option '--intervall'; did you mean 'interval'?\n"},
                {"-hx", "unknown option '-x'\n"},
                {"-t", "option '-t' needs a value\n"},
                {"--target", "option '--target' needs a value\n"},
                {"--help=x", "option '--help' takes no value\n"},
                {"host", "'host' is no option; a target is given as -t host\n"},
                {"-n|1|5", "'5' is no option; a target is given as -t 5\n"},
                {"--|-h", "'-h' is no option; a target is given as -t -h\n"},
                {"-n|0", "--count: '0' is no whole number from 1 on\n"},
                {"-n|-1", "--count: '-1' is no whole number from 1 on\n"},
                {"-n|", "--count: '' is no whole number from 1 on\n"},
                {"-f|xml", "--format: unknown format 'xml': heroku, logfmt, json or table\n"},
                {"--prefix=x", "--prefix: unknown prefix 'x': none, logplex or rfc5424\n"},
                {"--root=", "--root: the folder's name is empty\n"},
                {"-t|host|-t|host", "--target: 'host' is watched twice\n"},
                {"-t|a=host|-t|b=host", "--target: 'host' is watched twice\n"},
                {"-t|a=host|-t|a=self", "--target: two targets are named 'a'\n"},
                {"-t|cgroup:/a|-t|x=cgroup:a/", "--target: 'cgroup:a/' is watched twice\n"},
                {"-t|pid:x", "--target: 'x' is no process id, a number from 1 to 4194304\n"},
                {"--source=a b",
                        "--source: 'a b' cannot be a name: 1 to 63 letters, digits, '.', '_' or "
                        "'-'\n"},
                {"--source=a|-t|host",
                        "--source: names the one target when none is given; with --target write "
                        "NAME=SPEC\n"},
                {"-n|0|-x|-f|xml",
                        "--count: '0' is no whole number from 1 on\nunknown option '-x'\n"
                        "--format: unknown format 'xml': heroku, logfmt, json or table\n"},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[1024];
                struct buf error;
                struct settings settings;

                buf_init(&error, memory, sizeof(memory));
                check_int(rows[i].arguments, parse(rows[i].arguments, &settings, &error), -EINVAL);
                if (rows[i].error)
                        check_text(rows[i].arguments, memory, rows[i].error);
        }
}

/* Messages that do not fit are left out, one by one, and it is an error all the same. */
static void test_many_errors(void **state)
{
        char memory[64];
        struct buf error;
        struct settings settings;

        (void)state;
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(
                parse("-f|xml|-f|a-format-with-a-very-long-name-indeed|-n|x", &settings, &error),
                -EINVAL);
        assert_string_equal(
                memory, "--format: unknown format 'xml': heroku, logfmt, json or table\n");
}

/* Where the words before ended is no place to go on from. */
static void test_again(void **state)
{
        static const char *const lines[] = {"-h", "--help", "-V", "-n|3", "-V|--version"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
                char memory[256];
                struct buf error;
                struct settings settings;

                buf_init(&error, memory, sizeof(memory));
                check_int(lines[i], parse_words(lines[i], &settings, &error), 0);
                settings_done(&settings);
        }
}

static void test_help(void **state)
{
        static const char *const words[] = {"-t, --target=NAME=SPEC", "-i, --interval=TIME",
                "-n, --count=N", "-o, --output=OUTPUT", "-f, --format=FORMAT",
                "-m, --metrics=GROUPS", "--prefix=PREFIX", "--source=NAME", "--root=DIR",
                "--list-targets", "--replay=FILE", "-h, --help", "-V, --version", "SIGHUP"};
        char memory[8192];
        struct buf help;

        (void)state;
        buf_init(&help, memory, sizeof(memory));
        options_write_help(&help);
        assert_false(help.overflow);
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                check(words[i], strstr(memory, words[i]) != NULL);
        /* fits on a screen, and no line ends in a space */
        for (const char *line = memory; *line;) {
                const size_t len = strcspn(line, "\n");

                check(line, len <= 100);
                check(line, len == 0 || line[len - 1] != ' ');
                line += len + (line[len] == '\n');
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_settings),
                cmocka_unit_test(test_errors),
                cmocka_unit_test(test_many_errors),
                cmocka_unit_test(test_again),
                cmocka_unit_test(test_help),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
