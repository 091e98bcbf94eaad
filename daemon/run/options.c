/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "model/name.h"
#include "model/record.h"
#include "values.h"

#define INTERVAL_MIN_NS     UINT64_C(1000000)
#define INTERVAL_MAX_NS     UINT64_C(86400000000000)
#define INTERVAL_DEFAULT_NS UINT64_C(20000000000)

enum { DEFAULT_GROUPS = 1 << GROUP_LOAD | 1 << GROUP_MEMORY | 1 << GROUP_PROCESSES };

/* Each sets one member from the text of an option. Returns 0; -EINVAL; -ENOMEM. */

static int replace(char **member, const char *value)
{
        char *copy = strdup(value);

        if (!copy)
                return -ENOMEM;
        free(*member);
        *member = copy;
        return 0;
}

static int check_not_watched(
        const struct settings *settings, const struct watch *watch, struct buf *error)
{
        for (size_t i = 0; i < settings->n_watches; i++) {
                const struct watch *other = &settings->watches[i];
                const bool same_name = watch->name && other->name && *watch->name &&
                                       !watch->is_pattern && !other->is_pattern &&
                                       strcmp(watch->name, other->name) == 0;

                if (same_name)
                        buf_printf(error, "two targets are named '%s'", watch->name);
                else if (watch_is_same(watch, other))
                        buf_printf(error, "'%s' is watched twice", watch->spec);
                else
                        continue;
                return -EINVAL;
        }
        return 0;
}

static int add_target(struct settings *settings, const char *value, struct buf *error)
{
        struct watch watch, *grown;
        int r = watch_parse(value, &watch, error);

        if (r < 0)
                return r;
        r = check_not_watched(settings, &watch, error);
        if (r == 0) {
                grown = reallocarray(
                        settings->watches, settings->n_watches + 1, sizeof(*settings->watches));
                if (!grown) {
                        r = -ENOMEM;
                } else {
                        settings->watches = grown;
                        grown[settings->n_watches++] = watch;
                        return 0;
                }
        }
        watch_done(&watch);
        return r;
}

static int set_interval(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_time(
                value, INTERVAL_MIN_NS, INTERVAL_MAX_NS, &settings->interval_ns, error);
}

static int set_count(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_number(value, 1, &settings->count, error);
}

static int set_output(struct settings *settings, const char *value, struct buf *error)
{
        (void)error; /* opening it will tell */
        return replace(&settings->output, value);
}

static int set_format(struct settings *settings, const char *value, struct buf *error)
{
        settings->format = format_find(value);
        if (settings->format)
                return 0;
        buf_printf(error, "unknown format '%s': heroku", value);
        return -EINVAL;
}

static int set_groups(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_groups(value, &settings->groups, error);
}

static int set_prefix(struct settings *settings, const char *value, struct buf *error)
{
        if (prefix_find(value, &settings->prefix) == 0)
                return 0;
        buf_printf(error, "unknown prefix '%s': none or logplex", value);
        return -EINVAL;
}

static int set_source(struct settings *settings, const char *value, struct buf *error)
{
        if (name_is_valid(value))
                return replace(&settings->source, value);
        buf_printf(error, "'%s' cannot be a name: 1 to %d letters, digits, '.', '_' or '-'", value,
                NAME_MAX_BYTES - 1);
        return -EINVAL;
}

static int set_root(struct settings *settings, const char *value, struct buf *error)
{
        if (*value)
                return replace(&settings->root, value);
        buf_add(error, "the folder's name is empty");
        return -EINVAL;
}

static int list_targets(struct settings *settings, const char *value, struct buf *error)
{
        (void)value;
        (void)error;
        settings->action = ACTION_LIST_TARGETS;
        return 0;
}

static int help(struct settings *settings, const char *value, struct buf *error)
{
        (void)value;
        (void)error;
        settings->action = ACTION_HELP;
        return 0;
}

static int version(struct settings *settings, const char *value, struct buf *error)
{
        (void)value;
        (void)error;
        settings->action = ACTION_VERSION;
        return 0;
}

static const struct option_row {
        const char *name;
        char letter; /* 0: none */
        const char *argument;
        const char *help;
        int (*set)(struct settings *settings, const char *value, struct buf *error);
} rows[] = {
        {
         .name = "target",
         .letter = 't',
         .argument = "NAME=SPEC",
         .help = "watch SPEC: host, self, cgroup:PATH (with * and ?), pid:N,\n"
                        "pidfile:PATH; may be repeated", .set = add_target,
         },
        {
         .name = "interval",
         .letter = 'i',
         .argument = "TIME",
         .help = "time between ticks, 1ms to 1d (20s)",
         .set = set_interval,
         },
        {
         .name = "count",
         .letter = 'n',
         .argument = "N",
         .help = "stop after N ticks; the first one is at once",
         .set = set_count,
         },
        {
         .name = "output",
         .letter = 'o',
         .argument = "OUTPUT",
         .help = "auto, stdout or file:PATH (auto)",
         .set = set_output,
         },
        {
         .name = "format",
         .letter = 'f',
         .argument = "FORMAT",
         .help = "heroku",
         .set = set_format,
         },
        {
         .name = "metrics",
         .letter = 'm',
         .argument = "GROUPS",
         .help = "load,memory,processes (default), cpu, pressure, io, detail,\n"
                        "self; all; none; +GROUP, -GROUP", .set = set_groups,
         },
        {
         .name = "prefix",
         .argument = "PREFIX",
         .help = "before each line: none (default) or logplex",
         .set = set_prefix,
         },
        {
         .name = "source",
         .argument = "NAME",
         .help = "name of the one target when none is given",
         .set = set_source,
         },
        {
         .name = "root",
         .argument = "DIR",
         .help = "read DIR/proc and DIR/sys instead of /proc and /sys",
         .set = set_root,
         },
        {
         .name = "list-targets",
         .help = "print what each target is here, then exit",
         .set = list_targets,
         },
        {
         .name = "help",
         .letter = 'h',
         .help = "print this, then exit",
         .set = help,
         },
        {
         .name = "version",
         .letter = 'V',
         .help = "print the version, then exit",
         .set = version,
         },
};

enum {
        N_ROWS = sizeof(rows) / sizeof(rows[0]),
        FIRST_LONG_ONLY = 256,
};

/* Fills in what getopt_long(3) wants: a value of 256 + its row for each long option. */
static void make_tables(struct option *ret_long, char *ret_short)
{
        *ret_short++ = '+'; /* stop at the first word that is none */
        *ret_short++ = ':'; /* tell a missing value from an unknown option */
        for (unsigned i = 0; i < N_ROWS; i++) {
                ret_long[i] = (struct option){
                        .name = rows[i].name,
                        .has_arg = rows[i].argument ? required_argument : no_argument,
                        .val = FIRST_LONG_ONLY + (int)i,
                };
                if (!rows[i].letter)
                        continue;
                *ret_short++ = rows[i].letter;
                if (rows[i].argument)
                        *ret_short++ = ':';
        }
        ret_long[N_ROWS] = (struct option){0};
        *ret_short = '\0';
}

static const struct option_row *row_of(int value)
{
        if (value >= FIRST_LONG_ONLY)
                return &rows[value - FIRST_LONG_ONLY];
        for (unsigned i = 0; i < N_ROWS; i++) {
                if (rows[i].letter == value)
                        return &rows[i];
        }
        return NULL;
}

/* getopt_long(3) returned '?' or ':' for `word`. */
static void explain(int value, const char *word, struct buf *error)
{
        const char *names[N_ROWS];
        char name[64];
        size_t len = strcspn(word, "=");

        for (unsigned i = 0; i < N_ROWS; i++)
                names[i] = rows[i].name;
        if (value == ':') {
                buf_printf(error, "option '%s' needs a value\n", word);
        } else if (optopt >= FIRST_LONG_ONLY) {
                buf_printf(error, "option '--%s' takes no value\n",
                        rows[optopt - FIRST_LONG_ONLY].name);
        } else if (optopt) {
                buf_printf(error, "unknown option '-%c'\n", optopt);
        } else {
                buf_printf(error, "unknown option '%s'", word);
                if (len > 2 && len < sizeof(name)) {
                        memcpy(name, word + 2, len - 2);
                        name[len - 2] = '\0';
                        value_suggest(name, names, N_ROWS, error);
                }
                buf_add_char(error, '\n');
        }
}

static int apply(struct settings *settings, int value, struct buf *error)
{
        const struct option_row *row = row_of(value);
        const size_t before = error->len;
        char text[1024];
        struct buf reason;
        int r;

        buf_init(&reason, text, sizeof(text));
        if (!row)
                return -EINVAL; /* getopt_long(3) returns only what it was told of */
        r = row->set(settings, optarg, &reason);
        if (r == 0)
                return 0;
        buf_printf(error, "--%s: %s\n", row->name, r == -ENOMEM ? "out of memory" : text);
        if (error->overflow)
                buf_truncate(error, before);
        return r;
}

static int set_defaults(struct settings *settings)
{
        *settings = (struct settings){
                .interval_ns = INTERVAL_DEFAULT_NS,
                .format = format_find("heroku"),
                .groups = DEFAULT_GROUPS,
        };
        if (replace(&settings->output, "auto") < 0 || replace(&settings->root, "/") < 0)
                return -ENOMEM;
        return 0;
}

int settings_from_arguments(int argc, char **argv, struct settings *ret, struct buf *error)
{
        struct option long_options[N_ROWS + 1];
        char short_options[2 * N_ROWS + 3];
        struct settings settings;
        int value, r = set_defaults(&settings);

        make_tables(long_options, short_options);
        opterr = 0;
        optind = 1;
        while (optind <= argc && r != -ENOMEM) {
                const char *word = argv[optind];
                int r2 = -EINVAL;

                optopt = 0;
                value = getopt_long(argc, argv, short_options, long_options, NULL);
                if (value == -1)
                        break;
                if (value == '?' || value == ':')
                        explain(value, word, error);
                else
                        r2 = apply(&settings, value, error);
                if (r2 < 0)
                        r = r2;
        }
        if (optind < argc) {
                buf_printf(error, "'%s' is no option; a target is given as -t %s\n", argv[optind],
                        argv[optind]);
                r = -EINVAL;
        }
        if (settings.source && settings.n_watches > 0) {
                buf_add(error, "--source: names the one target when none is given; "
                               "with --target write NAME=SPEC\n");
                r = -EINVAL;
        }
        if (r < 0) {
                settings_done(&settings);
                return r;
        }
        *ret = settings;
        return 0;
}

void settings_done(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_watches; i++)
                watch_done(&settings->watches[i]);
        free(settings->watches);
        free(settings->output);
        free(settings->source);
        free(settings->root);
        *settings = (struct settings){0};
}

void settings_write_help(struct buf *ret)
{
        buf_add(ret, "Usage: runstatd [OPTION]...\n"
                     "Write runtime stats of services, containers and process trees to the log,\n"
                     "every 20 seconds, in the form of Heroku's log-runtime-metrics.\n\n");
        for (unsigned i = 0; i < N_ROWS; i++) {
                const struct option_row *row = &rows[i];
                const size_t start = ret->len;
                const char *text = row->help;

                if (row->letter)
                        buf_printf(ret, "  -%c, --%s", row->letter, row->name);
                else
                        buf_printf(ret, "      --%s", row->name);
                if (row->argument)
                        buf_printf(ret, "=%s", row->argument);
                buf_printf(ret, "%*s", (int)(start + 27 - ret->len), "");
                for (; *text; text++) {
                        if (*text == '\n')
                                buf_printf(ret, "\n%27s", "");
                        else
                                buf_add_char(ret, *text);
                }
                buf_add_char(ret, '\n');
        }
        buf_add(ret, "\nSIGTERM and SIGINT end it, SIGUSR1 takes an extra sample, SIGHUP opens the "
                     "output anew.\nSee runstatd(8).\n");
}
