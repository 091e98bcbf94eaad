/* SPDX-License-Identifier: MIT */
#pragma once

#include <limits.h>

#include "collector.h"
#include "model/tree.h"
#include "source/limit.h"
#include "source/members.h"
#include "target.h"
#include "target_index.h"

/* A cgroup that a pattern matched, and that is no target so far. */
struct newcomer {
        const struct watch *watch;
        char *path;
};

/* What the parts of the collector share: presence, counting, sampling, listing. */
struct collector {
        const struct settings *settings;
        struct output *output;
        struct root root;
        struct layout layout;
        struct scratch scratch;
        struct cgroup_view view;
        struct cgroups_above above; /* of the round */
        struct task_scan *scan;
        struct task_scan *looks; /* at the processes of cgroups that list them */
        struct members members;  /* of one of these */
        bool lists_members;      /* the pids in cgroups are those of /proc */
        bool first_pids;         /* which has the pids of all */
        struct watch default_watch;
        bool has_default_watch;
        bool in_container;
        bool hides;           /* /proc does not show the processes of others */
        uint64_t ticks_per_s; /* the resolution of start times: 100 */
        pid_t own_pid;        /* as the root's /proc numbers it; 0: not known */
        char own_dyno[DYNO_MAX_BYTES];
        char host_dyno[DYNO_MAX_BYTES];
        const char *dyno_id;   /* $DYNO_ID, or NULL */
        char container_id[13]; /* of the container this process is in, or "" */
        struct targets targets;
        struct target_index index;  /* of one look */
        struct newcomer *newcomers; /* of one look */
        size_t n_newcomers;
        struct {
                const struct watch *watch;         /* NULL: none asks for them */
                const struct hierarchy *hierarchy; /* whose paths tell them apart */
                struct container_mount *left;      /* folders that were left in the last tick */
                size_t n_left, n_left_allocated;
        } containers;
        bool is_live;         /* /proc is one, and no recorded tree */
        bool shows_machine;   /* it has the processes of the machine's first PID namespace */
        bool has_own_cgroups; /* this process is in a cgroup namespace of a container */
        bool list_again;      /* what patterns stand for could not all be found, or was not yet */
        unsigned n_unlisted;  /* looks since it was, that took it as it was then */

        /* of the tick */
        uint64_t now_ns;
        bool partial;
        bool walks;           /* something is left to be counted in a walk; at first: who knows */
        bool walks_for_users; /* this tick; and that the next one shall: */
        bool wants_users;
        bool blind;       /* processes are hidden, or may not be looked at: nothing is counted */
        bool said_denied; /* and that has been said */
        struct tree_node *nodes; /* all processes, when there are process trees */
        size_t n_nodes, n_nodes_allocated;
        bool nodes_lost;                 /* there was no memory for all of them */
        struct measure machine_bytes;    /* MemTotal */
        struct measure machine_max_pids; /* min(threads-max, pid_max) */
        struct users users;              /* the tasks of each, counted in the walk */
        struct limit_cache *limit_cache;
        struct sample sample;
        struct record record;
        struct candidate *candidates; /* in budget.c */
        size_t n_candidates, n_candidates_allocated;

        /* of the target that collector_gather_limits() was called for last */
        struct measure oom_kills;              /* a number that only grows */
        struct limits *limits, *memory_limits; /* in pages of their own */
        size_t n_memory_limits;
};

/* The path or pattern of a watched cgroup, which the user may have given with the folder it is
 * mounted on. In collector.c. */
void collector_resolve_path(
        const struct collector *collector, const struct watch *watch, char ret[PATH_MAX]);

/* Has the files that are read in each tick stay open, if the root shows a live machine. Returns 0
 * or -ENOMEM. In holding.c. */
int collector_hold_files(struct collector *collector);

/* Finds the cgroups that patterns and units' names stand for now: marks the targets `listed`, adds
 * those that are new and forgets some that went. In expand.c. */
void collector_expand(struct collector *collector);

/* The incarnation `identity` of a target is there, and is called `dyno` unless something fixed says
 * otherwise. In presence.c. */
void collector_appear(const struct collector *collector, struct target *target,
        const char *identity, const char *dyno);

/* Whether a cgroup's memory has no files: not switched on, or the kernel is without. In
 * presence.c. */
bool collector_lacks_memory(const struct collector *collector, const struct cgroup *cgroup);

/* Looks for each target: present, gone, back, another incarnation; and for those that patterns
 * match. In presence.c. */
void collector_refresh(struct collector *collector);

/* Looks for one of them alone, of which collector_expand() knows already. In presence.c. */
void collector_refresh_target(struct collector *collector, struct target *target);

/* Counts the tasks of each target that is present. In count.c. */
void collector_count(struct collector *collector, const struct deadline *deadline);

/*
 * The same in steps. A target is counted without a walk over all tasks if the kernel lists its own,
 * and then its counts are complete; sets `collector->walks` if not. In count.c.
 */
void collector_begin_count(struct collector *collector);
void collector_count_target(
        struct collector *collector, struct target *target, const struct deadline *deadline);
void collector_end_count(struct collector *collector, const struct deadline *deadline);

/* Sets to 0 what is counted for a target in a tick. In count.c. */
void collector_begin_counts(struct target *target);

/* Counts the tasks of a cgroup without a walk, as far as the kernel lists them: sets
 * `target->counts.by`. In count_members.c. */
void collector_count_members(
        struct collector *collector, struct target *target, const struct deadline *deadline);

/* Whether this process counts in the target: runstatd does in its own cgroup alone. In count.c. */
bool collector_counts_self(const struct target *target);

/* Adds a process that `scan` visits to what is counted for a target, and has it met in a round if
 * `meets`. In count.c. */
void collector_add_process(struct collector *collector, struct task_scan *scan,
        struct target *target, const struct process *visited, bool meets);

/* Whether the process being visited by `scan` is in the target's cgroup, or below it. */
bool collector_is_member(struct collector *collector, struct task_scan *scan,
        const struct target *target, const struct process *process);

/* Reads what limits a target, into `collector->limits`, `memory_limits` and `oom_kills`, and has
 * the files watched that tell when it does. Of a look between ticks the walk is that of the last
 * tick. In limits.c. */
void collector_gather_limits(struct collector *collector, struct target *target);

/* Before the limits of the targets are read in a tick or a look; and after those of all were. */
void limits_begin(struct collector *collector);
void limits_end(struct collector *collector);

/* Whether those of a cgroup that is present were never read. */
bool limits_are_new(const struct target *target);

/* What they need of the walk: of each process, and of each process of a target. */
void limits_count_user(struct collector *collector, const struct process *process);
void limits_count_process(struct task_counts *counts, const struct process *process);

/* Reads a group of samples of a target that was counted, into `collector->sample`. In gather.c. */
void collector_gather(struct collector *collector, struct target *target, uint32_t groups);
