/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "model/record.h"
#include "run/configuration.h"
#include "tree.h"

/* Reads a configuration that is the text of the file "c". */
static int read_text(struct tree *tree, const char *text, struct settings *ret, struct buf *error)
{
        char path[512];
        int r;

        tree_file(tree, "c", text);
        snprintf(path, sizeof(path), "%s/c", tree->path);
        assert_int_equal(settings_init(ret), 0);
        ret->config = strdup(path);
        assert_non_null(ret->config);
        r = configuration_read(ret, error);
        return r;
}

/* The messages without the folder of the file: "c:3: …". */
static void check_messages(struct tree *tree, const char *text, const char *expected)
{
        char memory[8192], got[8192] = "";
        struct buf error;
        struct settings settings;
        const size_t skip = strlen(tree->path) + 1;

        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(read_text(tree, text, &settings, &error), *expected ? -EINVAL : 0);
        for (char *rest = memory, *line; (line = strsep(&rest, "\n"));) {
                if (!*line)
                        continue;
                assert_true(strlen(line) > skip);
                strcat(got, line + skip);
                strcat(got, "\n");
        }
        assert_string_equal(got, expected);
        settings_done(&settings);
}

static void test_mistakes(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text, *expected;
        } rows[] = {
                {"", ""},
                {"# a comment\n; another\n\n[runstatd]\n", ""},
                {"[runstatd]\ninterval = 5s ; behind\n", ""},
                {"  [runstatd]  # behind\n\tinterval=5s\r\n", ""},
                {"interval = 5s\n",
                 "c:1: 'interval' stands before the first section, '[runstatd]' or '[target NAME]'\n"},
                {"[runstatd]\nintervall = 5s\n",
                 "c:2: unknown key 'intervall' in [runstatd]; did you mean 'interval'?\n"},
                {"[runstatd]\nhelp = 1\nconfig = x\n",
                 "c:2: unknown key 'help' in [runstatd]\nc:3: unknown key 'config' in [runstatd]\n"},
                {"[runstatd]\ncount = 0\nprefix = x\n",
                 "c:2: count: '0' is no whole number from 1 on\n"
                 "c:3: prefix: unknown prefix 'x': none, logplex or rfc5424\n"},
                {"[runstatd]\nword\n= 1\n",
                 "c:2: neither a section '[NAME]' nor a setting 'KEY = VALUE'\n"
                 "c:3: neither a section '[NAME]' nor a setting 'KEY = VALUE'\n"},
                {"[other]\nx = 1\n",
                 "c:1: unknown section '[other]': '[runstatd]' or '[target NAME]'\n"},
                {"[targets]\n",
                 "c:1: unknown section '[targets]': '[runstatd]' or '[target NAME]'\n"},
                {"[runstatd\n[runstatd] x\n",
                 "c:1: a section is a line '[NAME]' with nothing behind\n"
                 "c:2: a section is a line '[NAME]' with nothing behind\n"},
                {"[target a]\n",
                 "c:1: this target has no 'watch', such as 'watch = unit:nginx.service'\n"},
                {"[target a]\nwach = host\n",
                 "c:2: unknown key 'wach' in a target's section; did you mean 'watch'?\n"},
                {"[target a]\nwatch = hosts\n[target b]\nwatch = host\n",
                 "c:2: watch: cannot watch 'hosts', not one of host, self, unit:NAME, cgroup:PATH, "
                 "pid:N, pidfile:PATH, containers; did you mean 'host'?\n"},
                {"[target a]\nwatch = host\nwatch = self\nquota = 1X\ndyno = a b\nmetrics = cpus\n",
                 "c:3: watch: it is already set in this section\n"
                 "c:4: quota: '1X' is no size, a number with K, M, G or T behind: '512M'\n"
                 "c:5: dyno: 'a b' cannot be a dyno: 1 to 63 letters, digits, '.', '_' or '-'\n"
                 "c:6: metrics: unknown group 'cpus', not one of all, none, load, memory, "
                 "processes, cpu, pressure, io, detail, self; did you mean 'cpu'?\n"},
                {"[target a]\nwatch = host\n[target a]\nwatch = self\n",
                 "c:3: two targets are named 'a'\n"},
                {"[target a]\nwatch = host\n\n[target b]\nwatch = host\n",
                 "c:4: 'host' is watched twice\n"},
                {"[target a b]\nwatch = host\n",
                 "c:1: 'a b' cannot be a target's name: 1 to 63 letters, digits, '.', '_' or '-'\n"},
        };
        /* clang-format on */

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_messages(*state, rows[i].text, rows[i].expected);
}

static void test_long_lines(void **state)
{
        char text[1024] = "[runstatd]\nsource = ", error[256];
        const size_t len = strlen(text);

        memset(text + len, 'x', 300);
        strcpy(text + len + 300, "\ninterval = y\n");
        snprintf(error, sizeof(error),
                "c:2: the line is longer than 198 bytes\n"
                "c:3: interval: 'y' is no time: from 1ms to 1d, such as '20s', '500ms' or "
                "'1min 30s'\n");
        check_messages(*state, text, error);
}

static void test_values(void **state)
{
        static const char text[] = "[runstatd]\ninterval = 1min 30s\nmetrics = +cpu\n"
                                   "output = file:/x\nprefix = logplex\n"
                                   "[target web.1]\nwatch = unit:nginx\nquota = 512M\n"
                                   "dyno = a.b\nmetrics = none\n"
                                   "[target]\nwatch = cgroup:/a=b/*\n"
                                   "[target x]\nwatch = unit:app-*.service\n";
        char memory[1024];
        struct buf error;
        struct settings settings;
        const struct watch *watch;

        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(read_text(*state, text, &settings, &error), 0);
        assert_int_equal(settings.interval_ns, 90000000000);
        assert_true(settings.groups & (1U << GROUP_CPU));
        assert_string_equal(settings.output, "file:/x");
        assert_int_equal(settings.prefix, PREFIX_LOGPLEX);
        assert_true(settings.watches_are_configured);
        assert_int_equal(settings.n_watches, 3);

        watch = &settings.watches[0];
        assert_int_equal(watch->kind, WATCH_UNIT);
        assert_string_equal(watch->argument, "nginx.service");
        assert_string_equal(watch->name, "web.1");
        assert_int_equal(watch->choices.quota_bytes.value, 512 << 20);
        assert_string_equal(watch->choices.dyno, "a.b");
        assert_true(watch->choices.has_groups);
        assert_int_equal(watch->choices.groups, 0);

        watch = &settings.watches[1];
        assert_int_equal(watch->kind, WATCH_CGROUP);
        assert_string_equal(watch->argument, "/a=b/*");
        assert_string_equal(watch->name, "");
        assert_true(watch->is_pattern);
        assert_false(watch->choices.has_groups);

        assert_string_equal(settings.watches[2].name, "x");
        settings_done(&settings);
}

static void test_folder(void **state)
{
        struct tree *tree = *state;
        char memory[1024];
        struct buf error;
        struct settings settings;

        tree_file(tree, "c.d/20-b.conf", "[runstatd]\ninterval = 3s\n");
        tree_file(tree, "c.d/10-a.conf", "[runstatd]\ninterval = 2s\nsource = a\n");
        tree_file(tree, "c.d/30-c.txt", "nonsense");
        tree_file(tree, "c.d/.40.conf", "nonsense");
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(read_text(tree, "[runstatd]\ninterval = 1s\n", &settings, &error), 0);
        assert_int_equal(settings.interval_ns, 3000000000);
        assert_string_equal(settings.source, "a");
        settings_done(&settings);
}

/* The command line on top of the file; its targets replace those of the file. */
static void test_command_line(void **state)
{
        struct tree *tree = *state;
        char path[512], memory[1024], config[] = "-c", target[] = "-t", host[] = "host",
                                      program[] = "runstatd", wrong[] = "-i", zero[] = "0";
        char *arguments[] = {program, config, path, target, host, NULL};
        char *mistaken[] = {program, config, path, wrong, zero, NULL};
        struct buf error;
        struct settings settings;

        snprintf(path, sizeof(path), "%s/c", tree->path);
        tree_file(tree, "c", "[runstatd]\ninterval = 1s\n[target a]\nwatch = self\n");
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(configuration_load(3, arguments, &settings, &error), 0);
        assert_int_equal(settings.n_watches, 1);
        assert_int_equal(settings.watches[0].kind, WATCH_SELF);
        settings_done(&settings);

        assert_int_equal(configuration_load(5, arguments, &settings, &error), 0);
        assert_int_equal(settings.interval_ns, 1000000000);
        assert_int_equal(settings.n_watches, 1);
        assert_int_equal(settings.watches[0].kind, WATCH_HOST);
        assert_false(settings.watches_are_configured);
        settings_done(&settings);

        assert_int_equal(configuration_load(5, mistaken, &settings, &error), -EINVAL);
        tree_file(tree, "c", "nonsense\n");
        assert_int_equal(configuration_load(3, arguments, &settings, &error), -EBADMSG);
        tree_remove(tree, "c");
        assert_int_equal(configuration_load(3, arguments, &settings, &error), -EBADMSG);
}

static void test_warnings(void **state)
{
        char memory[1024], text[2048];
        struct buf error, warnings;
        struct settings settings;

        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(
                read_text(*state, "[target web.1]\nwatch = host\n[target Web-2]\nwatch = self\n",
                        &settings, &error),
                0);
        buf_init(&warnings, text, sizeof(text));
        configuration_warn(&settings, &warnings);
        assert_null(strstr(text, "target 'web.1'"));
        assert_non_null(strstr(text, "target 'Web-2': some readers"));
        settings_done(&settings);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_mistakes),
                tree_test(test_long_lines),
                tree_test(test_values),
                tree_test(test_folder),
                tree_test(test_command_line),
                tree_test(test_warnings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
