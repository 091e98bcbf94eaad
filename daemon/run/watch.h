/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/measure.h"
#include "model/judge.h"

/* What a user asked to watch: "NAME=SPEC", see runstatd(8). */

enum watch_kind {
        WATCH_HOST,
        WATCH_SELF,
        WATCH_CGROUP,
        WATCH_UNIT,
        WATCH_PID,
        WATCH_PIDFILE,
        WATCH_CONTAINERS,
};

/* What a configuration says of one target alone. */
struct choices {
        bool has_groups;
        uint32_t groups; /* instead of those of the settings, if `has_groups` */
        struct measure quota_bytes;
        char *dyno; /* what stands for any dyno, or NULL */
        struct measure rules[N_RULES];
};

struct watch {
        enum watch_kind kind;
        char *spec;      /* as given: "cgroup:/a" */
        char *argument;  /* behind the colon; of a cgroup the path, with one slash before; of a unit
                          * its whole name */
        pid_t pid;       /* of WATCH_PID */
        char *name;      /* NULL: derived; "" or a prefix before derived names with a pattern */
        bool is_pattern; /* it stands for any number of targets */

        struct choices choices;
};

/*
 * Parses "NAME=SPEC" or "SPEC". Returns 0; -EINVAL with what is wrong in `error`; -ENOMEM.
 * Release with watch_done().
 */
int watch_parse(const char *text, struct watch *ret, struct buf *error);
void watch_done(struct watch *watch);

/* Whether it is a process with its descendants. */
bool watch_is_process(const struct watch *watch);

/* Whether both watch the same, whatever their names. */
bool watch_is_same(const struct watch *a, const struct watch *b);
