/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "model/name.h"
#include "model/record.h"
#include "sink/sink.h"
#include "values.h"

#define INTERVAL_MIN_NS     UINT64_C(1000000)
#define INTERVAL_MAX_NS     UINT64_C(86400000000000)
#define INTERVAL_DEFAULT_NS UINT64_C(20000000000)

enum { DEFAULT_GROUPS = 1 << GROUP_LOAD | 1 << GROUP_MEMORY | 1 << GROUP_PROCESSES };

static int replace(char **member, const char *value)
{
        char *copy = strdup(value);

        if (!copy)
                return -ENOMEM;
        free(*member);
        *member = copy;
        return 0;
}

int settings_init(struct settings *ret)
{
        const struct settings settings = {
                .interval_ns = INTERVAL_DEFAULT_NS,
                .format = format_find("heroku"),
                .groups = DEFAULT_GROUPS,
                .rules = judge_default_rules,
                .sandbox = SANDBOX_BY_DEFAULT ? SANDBOX_IF_POSSIBLE : SANDBOX_OFF,
        };

        *ret = settings;
        if (replace(&ret->output, "auto") < 0 || replace(&ret->root, "/") < 0)
                return -ENOMEM;
        return 0;
}

void settings_clear_watches(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_watches; i++)
                watch_done(&settings->watches[i]);
        settings->n_watches = 0;
        settings->watches_are_configured = false;
}

void settings_done(struct settings *settings)
{
        settings_clear_watches(settings);
        free(settings->watches);
        free(settings->output);
        free(settings->source);
        free(settings->root);
        free(settings->replay);
        free(settings->config);
        *settings = (struct settings){0};
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
                        buf_printf(error, "two targets are named '%.99s'", watch->name);
                else if (watch_is_same(watch, other))
                        buf_printf(error, "'%.99s' is watched twice", watch->spec);
                else
                        continue;
                return -EINVAL;
        }
        return 0;
}

int settings_add_watch(struct settings *settings, struct watch *watch, struct buf *error)
{
        struct watch *grown;
        int r = check_not_watched(settings, watch, error);

        if (r < 0)
                return r;
        grown = reallocarray(settings->watches, settings->n_watches + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        settings->watches = grown;
        grown[settings->n_watches++] = *watch;
        return 0;
}

static int add_target(struct settings *settings, const char *value, struct buf *error)
{
        struct watch watch;
        int r = watch_parse(value, &watch, error);

        if (r < 0)
                return r;
        r = settings_add_watch(settings, &watch, error);
        if (r < 0)
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
        int r = sink_check(value, error);

        return r < 0 ? r : replace(&settings->output, value);
}

static int set_format(struct settings *settings, const char *value, struct buf *error)
{
        settings->format = format_find(value);
        if (settings->format)
                return 0;
        buf_printf(error, "unknown format '%.99s': heroku", value);
        return -EINVAL;
}

static int set_groups(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_groups(value, &settings->groups, error);
}

static int set_zombies(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_rule(RULE_ZOMBIES, value, &settings->rules.values[RULE_ZOMBIES], error);
}

static int set_limit(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_rule(RULE_LIMIT, value, &settings->rules.values[RULE_LIMIT], error);
}

static int set_limit_error(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_rule(
                RULE_LIMIT_ERROR, value, &settings->rules.values[RULE_LIMIT_ERROR], error);
}

static int set_churn(struct settings *settings, const char *value, struct buf *error)
{
        return value_parse_rule(RULE_CHURN, value, &settings->rules.values[RULE_CHURN], error);
}

static int set_prefix(struct settings *settings, const char *value, struct buf *error)
{
        if (prefix_find(value, &settings->prefix) == 0)
                return 0;
        buf_printf(error, "unknown prefix '%.99s': none or logplex", value);
        return -EINVAL;
}

static int set_sandbox(struct settings *settings, const char *value, struct buf *error)
{
        const bool on = strcmp(value, "on") == 0;

        if (!on && strcmp(value, "off") != 0) {
                buf_printf(error, "'%.99s' is neither on nor off", value);
                return -EINVAL;
        }
        settings->sandbox = on ? SANDBOX_ON : SANDBOX_OFF;
        return 0;
}

static int set_source(struct settings *settings, const char *value, struct buf *error)
{
        if (name_is_valid(value))
                return replace(&settings->source, value);
        buf_printf(error, "'%.99s' cannot be a name: 1 to %d letters, digits, '.', '_' or '-'",
                value, NAME_MAX_BYTES - 1);
        return -EINVAL;
}

static int set_root(struct settings *settings, const char *value, struct buf *error)
{
        if (*value)
                return replace(&settings->root, value);
        buf_add(error, "the folder's name is empty");
        return -EINVAL;
}

static int set_config(struct settings *settings, const char *value, struct buf *error)
{
        if (*value)
                return replace(&settings->config, value);
        buf_add(error, "the file's name is empty");
        return -EINVAL;
}

static int list_targets(struct settings *settings, const char *value, struct buf *error)
{
        (void)value;
        (void)error;
        settings->action = ACTION_LIST_TARGETS;
        return 0;
}

static int check_config(struct settings *settings, const char *value, struct buf *error)
{
        (void)value;
        (void)error;
        settings->action = ACTION_CHECK_CONFIG;
        return 0;
}

static int set_replay(struct settings *settings, const char *value, struct buf *error)
{
        if (!*value) {
                buf_add(error, "the file's name is empty");
                return -EINVAL;
        }
        settings->action = ACTION_REPLAY;
        return replace(&settings->replay, value);
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

/* clang-format off */
const struct setting settings_table[] = {
        {"target", 't', "NAME=SPEC",
         "watch SPEC: host, self, unit:NAME, cgroup:PATH (both with *\n"
         "and ?), pid:N, pidfile:PATH; may be repeated", false, add_target},
        {"interval", 'i', "TIME", "time between ticks, 1ms to 1d (20s)", false, set_interval},
        {"count", 'n', "N", "stop after N ticks; the first one is at once", false, set_count},
        {"output", 'o', "OUTPUT", "auto, stdout, journal or file:PATH (auto)", false, set_output},
        {"format", 'f', "FORMAT", "heroku", false, set_format},
        {"metrics", 'm', "GROUPS",
         "load,memory,processes (default), cpu, pressure, io, detail,\n"
         "self; all; none; +GROUP, -GROUP", false, set_groups},
        {"prefix", 0, "PREFIX", "before each line: none (default) or logplex", false, set_prefix},
        {"zombies", 0, "N", "name a parent with N zombies (5); 0: never", false, set_zombies},
        {"limit", 0, "PERCENT", "say that a limit is near (80); 0: never", false, set_limit},
        {"limit-error", 0, "PERCENT", "and that this is an error (95)", false, set_limit_error},
        {"churn", 0, "N", "say when N processes of a name are started a minute (10)", false,
         set_churn},
        {"sandbox", 0, "on|off", "give up all rights that are not needed to go on (on)", false,
         set_sandbox},
        {"source", 0, "NAME", "name of the one target when none is given", false, set_source},
        {"root", 0, "DIR", "read DIR/proc and DIR/sys instead of /proc and /sys", false, set_root},
        {"config", 'c', "FILE", "configuration; see runstatd.conf(5)", true, set_config},
        {"list-targets", 0, NULL, "print what each target is here, then exit", true, list_targets},
        {"check-config", 0, NULL, "say what is wrong with the configuration, then exit", true,
         check_config},
        {"replay", 0, "FILE", "print the events that the lines of a file (- for standard\n"
         "input) hold, in any format, then exit", true, set_replay},
        {"help", 'h', NULL, "print this, then exit", true, help},
        {"version", 'V', NULL, "print the version, then exit", true, version},
};
/* clang-format on */

const unsigned settings_table_len = sizeof(settings_table) / sizeof(settings_table[0]);

const struct setting *settings_find(const char *name)
{
        for (unsigned i = 0; i < settings_table_len; i++) {
                if (strcmp(settings_table[i].name, name) == 0)
                        return &settings_table[i];
        }
        return NULL;
}
