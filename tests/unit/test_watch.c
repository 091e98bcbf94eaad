/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include "test.h"

static void test_parse(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                enum watch_kind kind;
                const char *name, *spec, *argument;
                pid_t pid;
                bool is_pattern;
        } rows[] = {
                {"host", WATCH_HOST, NULL, "host", "", 0, false},
                {"self", WATCH_SELF, NULL, "self", "", 0, false},
                {"web.1=self", WATCH_SELF, "web.1", "self", "", 0, false},
                {"cgroup:/", WATCH_CGROUP, NULL, "cgroup:/", "/", 0, false},
                {"cgroup:a", WATCH_CGROUP, NULL, "cgroup:a", "/a", 0, false},
                {"cgroup://a//b/", WATCH_CGROUP, NULL, "cgroup://a//b/", "/a/b", 0, false},
                {"cgroup:/a:b", WATCH_CGROUP, NULL, "cgroup:/a:b", "/a:b", 0, false},
                {"cgroup:/a=b", WATCH_CGROUP, NULL, "cgroup:/a=b", "/a=b", 0, false},
                {"x=cgroup:/a=b", WATCH_CGROUP, "x", "cgroup:/a=b", "/a=b", 0, false},
                {"cgroup:/...", WATCH_CGROUP, NULL, "cgroup:/...", "/...", 0, false},
                {"cgroup:/a/.b/..c", WATCH_CGROUP, NULL, "cgroup:/a/.b/..c", "/a/.b/..c", 0, false},
                {"cgroup:/a/*", WATCH_CGROUP, NULL, "cgroup:/a/*", "/a/*", 0, true},
                {"=cgroup:/a/*", WATCH_CGROUP, "", "cgroup:/a/*", "/a/*", 0, true},
                {"app=cgroup:/?", WATCH_CGROUP, "app", "cgroup:/?", "/?", 0, true},
                {"pid:1", WATCH_PID, NULL, "pid:1", "1", 1, false},
                {"pid:4194304", WATCH_PID, NULL, "pid:4194304", "4194304", 4194304, false},
                {"db=pid:12", WATCH_PID, "db", "pid:12", "12", 12, false},
                {"pidfile:/run/x.pid", WATCH_PIDFILE, NULL, "pidfile:/run/x.pid", "/run/x.pid", 0,
                        false},
                {"pidfile:x*", WATCH_PIDFILE, NULL, "pidfile:x*", "x*", 0, false},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[256];
                struct watch watch;
                struct buf error;

                buf_init(&error, memory, sizeof(memory));
                check_int(rows[i].text, watch_parse(rows[i].text, &watch, &error), 0);
                check_text(rows[i].text, memory, "");
                check_int(rows[i].text, watch.kind, rows[i].kind);
                check_text(rows[i].text, watch.spec, rows[i].spec);
                check_text(rows[i].text, watch.argument, rows[i].argument);
                check_int(rows[i].text, watch.pid, rows[i].pid);
                check_int(rows[i].text, watch.is_pattern, rows[i].is_pattern);
                if (rows[i].name)
                        check_text(rows[i].text, watch.name, rows[i].name);
                else
                        check(rows[i].text, !watch.name);
                watch_done(&watch);
                watch_done(&watch);
        }
}

#define KINDS                                                                                      \
        "not one of host, self, unit:NAME, cgroup:PATH, pid:N, pidfile:PATH, "                     \
        "containers"
#define NAME "cannot be a target's name: 1 to 63 letters, digits, '.', '_' or '-'"

static void test_errors(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text, *error;
        } rows[] = {
                {"", "cannot watch '', " KINDS},
                {"hosts", "cannot watch 'hosts', " KINDS "; did you mean 'host'?"},
                {"cgrup:/a", "cannot watch 'cgrup:/a', " KINDS "; did you mean 'cgroup'?"},
                {"Host", "cannot watch 'Host', " KINDS "; did you mean 'host'?"},
                {"hos", "cannot watch 'hos', " KINDS "; did you mean 'host'?"},
                {"units:x.service", "cannot watch 'units:x.service', " KINDS "; did you mean 'unit'?"},
                {"a-word-that-is-longer-than-any-kind-is",
                        "cannot watch 'a-word-that-is-longer-than-any-kind-is', " KINDS},
                {":", "cannot watch ':', " KINDS},
                {"web.1=", "cannot watch '', " KINDS},
                {"a=b=host", "cannot watch 'b=host', " KINDS "; did you mean 'host'?"},
                {"host:", "'host:' should be like 'host'"},
                {"self:x", "'self:x' should be like 'self'"},
                {"cgroup", "'cgroup' should be like 'cgroup:/system.slice/nginx.service'"},
                {"cgroup:", "'cgroup:' should be like 'cgroup:/system.slice/nginx.service'"},
                {"pid", "'pid' should be like 'pid:1234'"},
                {"pidfile:", "'pidfile:' should be like 'pidfile:/run/nginx.pid'"},
                {"pid:0", "'0' is no process id, a number from 1 to 4194304"},
                {"pid:-1", "'-1' is no process id, a number from 1 to 4194304"},
                {"pid:1x", "'1x' is no process id, a number from 1 to 4194304"},
                {"pid:self", "'self' is no process id, a number from 1 to 4194304"},
                {"pid:4194305", "'4194305' is no process id, a number from 1 to 4194304"},
                {"pid:18446744073709551617",
                        "'18446744073709551617' is no process id, a number from 1 to 4194304"},
                {"cgroup:/a/../b", "cgroup path '/a/../b' has a part '..'; write it in full"},
                {"cgroup:.", "cgroup path '.' has a part '.'; write it in full"},
                {"cgroup:/a/.", "cgroup path '/a/.' has a part '.'; write it in full"},
                {"cgroup:/a\nb", "cgroup path is longer than any, or has a newline"},
                {"=host", "'' " NAME},
                {"=cgroup:/a", "'' " NAME},
                {"we b=host", "'we b' " NAME},
                {"a/b=cgroup:/*", "'a/b' " NAME},
                {"w\xc3\xa4=host", "'w\xc3\xa4' " NAME},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[512];
                struct watch watch;
                struct buf error;

                buf_init(&error, memory, sizeof(memory));
                check_int(rows[i].text, watch_parse(rows[i].text, &watch, &error), -EINVAL);
                check_text(rows[i].text, memory, rows[i].error);
        }
}

static void test_long_paths(void **state)
{
        static const struct {
                const char *name;
                size_t part_len, n_parts;
                int r;
        } rows[] = {
                {"a part of 255",     255, 1,  0      },
                {"a part of 256",     256, 1,  -EINVAL},
                {"2047 bytes in all", 22,  89, 0      },
                {"more bytes",        22,  90, -EINVAL},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char text[4096] = "cgroup:", memory[4096];
                size_t len = strlen(text);
                struct watch watch = {0};
                struct buf error;

                for (size_t j = 0; j < rows[i].n_parts; j++) {
                        text[len++] = '/';
                        memset(text + len, 'p', rows[i].part_len);
                        len += rows[i].part_len;
                }
                text[len] = '\0';
                buf_init(&error, memory, sizeof(memory));
                check_int(rows[i].name, watch_parse(text, &watch, &error), rows[i].r);
                if (rows[i].r == 0)
                        check_text(rows[i].name, watch.argument, text + strlen("cgroup:"));
                watch_done(&watch);
        }
}

static void test_is_same(void **state)
{
        static const struct {
                const char *a, *b;
                bool same;
        } rows[] = {
                {"host",        "x=host",         true },
                {"host",        "self",           false},
                {"cgroup:/a/b", "y=cgroup:a//b/", true },
                {"cgroup:/a/b", "cgroup:/a/B",    false},
                {"pid:12",      "pid:12",         true },
                {"pid:12",      "pid:012",        true },
                {"pid:12",      "pid:13",         false},
                {"pidfile:/a",  "pidfile:/b",     false},
                {"pidfile:/a",  "cgroup:/a",      false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char what[64], memory[128];
                struct watch a, b;
                struct buf error;

                snprintf(what, sizeof(what), "%s and %s", rows[i].a, rows[i].b);
                buf_init(&error, memory, sizeof(memory));
                check_int(what, watch_parse(rows[i].a, &a, &error), 0);
                check_int(what, watch_parse(rows[i].b, &b, &error), 0);
                const bool same = watch_is_same(&a, &b);

                watch_done(&a);
                watch_done(&b);
                check_int(what, same, rows[i].same);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),
                cmocka_unit_test(test_errors),
                cmocka_unit_test(test_long_paths),
                cmocka_unit_test(test_is_same),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
