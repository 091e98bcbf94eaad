/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "container_names.h"
#include "format/format.h"
#include "model/judge.h"
#include "model/record.h"
#include "watch.h"

/* What the command line and the configuration ask for. */
struct settings {
        enum action {
                ACTION_RUN,
                ACTION_LIST_TARGETS,
                ACTION_CHECK_CONFIG,
                ACTION_REPLAY,
                ACTION_HELP,
                ACTION_VERSION,
        } action;
        struct watch *watches;
        size_t n_watches;
        bool watches_are_configured; /* they come from a file, not from the command line */
        uint64_t interval_ns;
        uint64_t count; /* ticks; 0: no end */
        char *output;
        const struct format *format;
        enum prefix prefix;
        uint32_t groups; /* bits 1 << enum group */
        struct judge_rules rules;
        struct budget_settings {
                bool changes_only;
                uint64_t changes_percent, changes_ticks; /* at least one sample in so many ticks */
                uint64_t top;                            /* samples of a tick; 0: all */
                const struct record_key *top_key;        /* of the highest values of this one */
        } budget;
        enum sandboxing {
                SANDBOX_IF_POSSIBLE,
                SANDBOX_ON, /* asked for: what is not possible is said */
                SANDBOX_OFF,
        } sandbox;
        char *source; /* NULL: derived */
        struct container_names container_names;
        char *root;
        char *replay; /* of ACTION_REPLAY: the file */
        char *config; /* a file that must be there; NULL: the usual one, if it is there */
};

/* Sets all to the defaults. Returns 0 or -ENOMEM. Release with settings_done() in both cases. */
int settings_init(struct settings *ret);
void settings_done(struct settings *settings);

/* One thing that can be set, by an option `--name` or a key `name`. */
struct setting {
        const char *name;
        char letter;          /* of the option; 0: none */
        const char *argument; /* what its value is called in the help; NULL: it has none, and there
                               * is no key */
        const char *help;
        bool no_key; /* there is only the option */
        /* Returns 0; -EINVAL with a reason in `error`; -ENOMEM. */
        int (*set)(struct settings *settings, const char *value, struct buf *error);
};

extern const struct setting settings_table[];
extern const unsigned settings_table_len;

/* The row of that name, or NULL. */
const struct setting *settings_find(const char *name);

/* Adds a watch, which it takes over on success. Returns as the setters do. */
int settings_add_watch(struct settings *settings, struct watch *watch, struct buf *error);

/* Removes all watches. */
void settings_clear_watches(struct settings *settings);
