/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config.h"
#include "model/name.h"
#include "model/record.h"
#include "sink/sink.h"
#include "values.h"

#define INTERVAL_MIN_NS     UINT64_C(1000000)
#define INTERVAL_MAX_NS     UINT64_C(86400000000000)
#define INTERVAL_DEFAULT_NS UINT64_C(20000000000)

enum { CHANGES_TICKS_DEFAULT = 15, TOP_MAX = 1000 };
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
        container_names_done(&settings->container_names);
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
        buf_printf(error, "unknown format '%.99s': %s", value, format_names);
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

/* "10%", "10%:15" */
static int set_changes_only(struct settings *settings, const char *value, struct buf *error)
{
        const char *colon = strchr(value, ':');
        size_t len = colon ? (size_t)(colon - value) : strlen(value);
        struct budget_settings budget = settings->budget;
        char percent[24] = "";

        budget.changes_only = strcmp(value, "off") != 0;
        if (!budget.changes_only) {
                settings->budget = budget;
                return 0;
        }
        if (len > 0 && value[len - 1] == '%')
                len--;
        if (len < sizeof(percent))
                memcpy(percent, value, len);
        budget.changes_ticks = CHANGES_TICKS_DEFAULT;
        if (text_parse_u64(percent, &budget.changes_percent) < 0 ||
                (colon && text_parse_u64(colon + 1, &budget.changes_ticks) < 0) ||
                budget.changes_ticks == 0) {
                buf_printf(error,
                        "'%.99s' is neither off nor PERCENT or PERCENT:TICKS, as in '10%%:15'",
                        value);
                return -EINVAL;
        }
        settings->budget = budget;
        return 0;
}

/* Names the key that was probably meant. */
static void suggest_key(const char *text, struct buf *error)
{
        const char *names[256];
        const struct record_key *key;
        unsigned n = 0;

        for (size_t i = 0; n < sizeof(names) / sizeof(names[0]) && (key = record_key_at(i)); i++) {
                if (key->group != GROUP_SELF)
                        names[n++] = key->key;
        }
        value_suggest(text, names, n, error);
}

/* "10:memory_rss" */
static int set_top(struct settings *settings, const char *value, struct buf *error)
{
        const char *colon = strchr(value, ':');
        char number[24] = "";
        const struct record_key *key = NULL;
        uint64_t n;

        if (strcmp(value, "off") == 0) {
                settings->budget.top = 0;
                return 0;
        }
        if (colon && (size_t)(colon - value) < sizeof(number))
                memcpy(number, value, (size_t)(colon - value));
        if (!colon || text_parse_u64(number, &n) < 0 || n == 0 || n > TOP_MAX) {
                buf_printf(error,
                        "'%.99s' is neither off nor N:KEY, as in '10:memory_rss'; N is 1 to %d",
                        value, TOP_MAX);
                return -EINVAL;
        }
        key = record_find(colon + 1, strlen(colon + 1), NULL);
        if (!key || key->group == GROUP_SELF) {
                buf_printf(error, "'%.99s' is no key of a target's samples", colon + 1);
                suggest_key(colon + 1, error);
                return -EINVAL;
        }
        settings->budget.top = n;
        settings->budget.top_key = key;
        return 0;
}

static int set_prefix(struct settings *settings, const char *value, struct buf *error)
{
        if (prefix_find(value, &settings->prefix) == 0)
                return 0;
        buf_printf(error, "unknown prefix '%.99s': %s", value, prefix_names);
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

static int set_container_names(struct settings *settings, const char *value, struct buf *error)
{
        struct container_names names;
        int r = container_names_parse(value, &names, error);

        if (r < 0)
                return r;
        container_names_done(&settings->container_names);
        settings->container_names = names;
        return 0;
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
         "and ?), pid:N, pidfile:PATH, containers; may be repeated", false, add_target},
        {"interval", 'i', "TIME", "time between ticks, 1ms to 1d (20s)", false, set_interval},
        {"count", 'n', "N", "stop after N ticks; the first one is at once", false, set_count},
        {"output", 'o', "OUTPUT", "auto, stdout, journal, file:PATH or textfile:PATH (auto)", false, set_output},
        {"format", 'f', "FORMAT", "heroku (default), logfmt, json or table", false, set_format},
        {"metrics", 'm', "GROUPS",
         "load,memory,processes (default), cpu, pressure, io, detail,\n"
         "self; all; none; +GROUP, -GROUP", false, set_groups},
        {"prefix", 0, "PREFIX", "before each line: none (default), logplex or rfc5424", false, set_prefix},
        {"zombies", 0, "N", "name a parent with N zombies (5); 0: never", false, set_zombies},
        {"limit", 0, "PERCENT", "say that a limit is near (80); 0: never", false, set_limit},
        {"limit-error", 0, "PERCENT", "and that this is an error (95)", false, set_limit_error},
        {"churn", 0, "N", "say when N processes of a name are started a minute (10)", false,
         set_churn},
        {"changes-only", 0, "P[:N]",
         "no sample of what has moved by less than P percent, but one\nin N ticks (15)", false, set_changes_only},
        {"top", 0, "N:KEY", "samples of the N targets with the highest KEY alone", false, set_top},
        {"sandbox", 0, "on|off", "give up all rights that are not needed to go on (on)", false,
         set_sandbox},
        {"source", 0, "NAME", "name of the one target when none is given", false, set_source},
        {"container-names", 0, "LIST",
         "names of containers, KEY=NAME,...: by 12 digits of an id or\n"
         "more, or by the name of the first process", false, set_container_names},
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
