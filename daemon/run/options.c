/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "values.h"

enum {
        MAX_ROWS = 64,
        FIRST_LONG_ONLY = 256,
};

/* Fills in what getopt_long(3) wants: a value of 256 + its row for each long option. */
static void make_tables(struct option *ret_long, char *ret_short)
{
        *ret_short++ = '+'; /* stop at the first word that is none */
        *ret_short++ = ':'; /* tell a missing value from an unknown option */
        for (unsigned i = 0; i < settings_table_len; i++) {
                ret_long[i] = (struct option){
                        .name = settings_table[i].name,
                        .has_arg = settings_table[i].argument ? required_argument : no_argument,
                        .val = FIRST_LONG_ONLY + (int)i,
                };
                if (!settings_table[i].letter)
                        continue;
                *ret_short++ = settings_table[i].letter;
                if (settings_table[i].argument)
                        *ret_short++ = ':';
        }
        ret_long[settings_table_len] = (struct option){0};
        *ret_short = '\0';
}

static const struct setting *row_of(int value)
{
        if (value >= FIRST_LONG_ONLY)
                return &settings_table[value - FIRST_LONG_ONLY];
        for (unsigned i = 0; i < settings_table_len; i++) {
                if (settings_table[i].letter == value)
                        return &settings_table[i];
        }
        return NULL;
}

static bool is_target(int value)
{
        const struct setting *row = row_of(value);

        return row && strcmp(row->name, "target") == 0;
}

/* Ends a message that began at `start`: what the user wrote must not add a line to it. */
static void end_message(struct buf *error, size_t start)
{
        for (size_t i = start; i < error->len; i++) {
                if (error->text[i] == '\n')
                        error->text[i] = '?';
        }
        buf_add_char(error, '\n');
}

/* getopt_long(3) returned '?' or ':' for `word`. */
static void explain(int value, const char *word, struct buf *error)
{
        const char *names[MAX_ROWS];
        char name[64];
        const size_t start = error->len, len = strcspn(word, "=");

        for (unsigned i = 0; i < settings_table_len; i++)
                names[i] = settings_table[i].name;
        if (value == ':') {
                buf_printf(error, "option '%.99s' needs a value", word);
        } else if (optopt >= FIRST_LONG_ONLY) {
                buf_printf(error, "option '--%s' takes no value",
                        settings_table[optopt - FIRST_LONG_ONLY].name);
        } else if (optopt) {
                buf_printf(error, "unknown option '-%c'", optopt);
        } else {
                buf_printf(error, "unknown option '%.99s'", word);
                if (len > 2 && len < sizeof(name)) {
                        memcpy(name, word + 2, len - 2);
                        name[len - 2] = '\0';
                        value_suggest(name, names, settings_table_len, error);
                }
        }
        end_message(error, start);
}

static int apply(struct settings *settings, int value, struct buf *error)
{
        const struct setting *row = row_of(value);
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
        buf_printf(error, "--%s: %s", row->name, r == -ENOMEM ? "out of memory" : text);
        end_message(error, before);
        if (error->overflow)
                buf_truncate(error, before);
        return r == -ENOMEM ? r : -EINVAL;
}

int options_apply(int argc, char **argv, struct settings *settings, struct buf *error)
{
        struct option long_options[MAX_ROWS + 1];
        char short_options[2 * MAX_ROWS + 3];
        int value, r = 0;

        make_tables(long_options, short_options);
        opterr = 0;
        optind = 0; /* getopt(3): begin anew, with what else is remembered forgotten */
        while (r != -ENOMEM) {
                const char *word = argv[optind > 0 ? optind : 1];
                int r2 = -EINVAL;

                optopt = 0;
                value = getopt_long(argc, argv, short_options, long_options, NULL);
                if (value == -1)
                        break;
                if (value == '?' || value == ':') {
                        explain(value, word, error);
                } else {
                        if (is_target(value) && settings->watches_are_configured)
                                settings_clear_watches(settings);
                        r2 = apply(settings, value, error);
                }
                if (r2 < 0)
                        r = r2;
        }
        if (optind < argc) {
                const size_t start = error->len;

                buf_printf(error, "'%.99s' is no option; a target is given as -t %.99s",
                        argv[optind], argv[optind]);
                end_message(error, start);
                r = -EINVAL;
        }
        if (settings->source && settings->n_watches > 0) {
                buf_add(error, "--source: names the one target when none is given; "
                               "with --target write NAME=SPEC\n");
                r = -EINVAL;
        }
        return r;
}

int settings_from_arguments(int argc, char **argv, struct settings *ret, struct buf *error)
{
        struct settings settings;
        int r = settings_init(&settings);

        if (r == 0)
                r = options_apply(argc, argv, &settings, error);
        if (r < 0) {
                settings_done(&settings);
                return r;
        }
        *ret = settings;
        return 0;
}

void options_write_help(struct buf *ret)
{
        buf_add(ret, "Usage: runstatd [OPTION]...\n"
                     "Write runtime stats of services, containers and process trees to the log,\n"
                     "every 20 seconds, in the form of Heroku's log-runtime-metrics.\n\n");
        for (unsigned i = 0; i < settings_table_len; i++) {
                const struct setting *row = &settings_table[i];
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
        buf_add(ret, "\nSIGTERM and SIGINT end it, SIGUSR1 takes an extra sample, SIGHUP reloads.\n"
                     "See runstatd(8).\n");
}
