/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/load.h"
#include "model/name.h"
#include "model/record.h"
#include "model/sampling.h"
#include "source/cgroup.h"
#include "source/limit.h"
#include "watch.h"

enum {
        DYNO_MAX_BYTES = 80, /* the NUL included */
        FEW_TASKS = 4,       /* are remembered to be read ahead */
};

/* The tasks of a target, counted in the walk of this tick. */
struct task_counts {
        uint64_t n_processes, n_threads, n_running, n_blocked;
        struct thread_states others; /* of the threads besides the first of each process */
        uint64_t n_zombies, n_zombies_stuck;
        /* Who counted them: a walk over all processes, the kernel for its cgroup, or the kernel but
         * for whose the zombies are, which takes a walk. */
        enum {
                COUNTED_BY_WALK,
                COUNTED_BY_CGROUP,
                COUNTED_BUT_ZOMBIES,
        } by;
        struct measure n_charged_zombies; /* what the kernel says, found or not */
        bool states_unknown;              /* not all threads could be looked at */
        bool stuck_unknown;               /* not all zombies were found */
        pid_t user_pid; /* of a cgroup: a process of the user it runs as; 0: that is root */
        uint64_t user_threads;
};

/* The memory of a target's processes, summed one by one. */
struct process_sums {
        uint64_t memory_bytes, swap_bytes;
        uint64_t n_pss, n_rss; /* processes by what is known of their memory */
        uint64_t read_bytes, write_bytes;
        bool failed; /* to read some of it, which says nothing of the process */
};

/* One thing that is watched, over all its incarnations. */
struct target {
        const struct watch *watch;
        char source[NAME_MAX_BYTES];
        char *path; /* of a cgroup; NULL for the own one, a unit not seen so far, other kinds */

        enum presence {
                NEVER_SEEN,
                PRESENT,
                ABSENT,
        } presence;
        bool says; /* an event about its presence is due this tick: `event` */
        enum event event;
        bool listed;      /* a pattern, or a unit's name, matched its path just now */
        uint64_t gone_ns; /* since when it is absent */
        char dyno[DYNO_MAX_BYTES];
        char old_dyno[DYNO_MAX_BYTES];

        /* of the incarnation */
        char identity[DYNO_MAX_BYTES];
        struct cgroup cgroup;
        struct cgroup_places places; /* of `cgroup` */
        char invocation[33];         /* of a unit; "" when nobody says */
        pid_t pid;                   /* of a process tree's top */
        uint64_t start_ticks;
        bool sums_processes; /* no memory controller: memory is summed over the processes */
        bool lacks_memory;   /* its cgroup did not say what it uses */
        struct load load;
        struct limit_state limit_state;
        bool in_round; /* a round over all processes has begun with it there */
        struct {
                unsigned n;
                pid_t tids[FEW_TASKS];
        } tasks;            /* those it had in the last tick, if they were few */
        size_t resume;      /* where in the list of its processes the looks go on */
        uint64_t nproc_age; /* ticks until its users are looked at again */
        pid_t nproc_pid;    /* of the process whose RLIMIT_NPROC is `nproc_max` */
        struct measure nproc_max;
        struct {
                uint64_t last, grown; /* see target_grow() */
        } reads, writes;

        struct container *container; /* of WATCH_CONTAINERS */
        struct said *said;           /* of what was written of it last, in budget.c; or NULL */
        struct judging *judging;     /* what it is judged by; NULL: nothing so far */

        /* of the tick */
        struct task_counts counts;
        struct sampling sampling; /* which threads' states are read */
        struct process_sums sums;
};

/* All targets. Each is allocated by itself and stays where it is. */
struct targets {
        const struct watch *watches; /* borrowed; names given in them are not derived for others */
        size_t n_watches;
        struct target **items;
        size_t n_items;
};

/*
 * Adds the target of a watch, or one that a pattern matched (`path`). Its source is the name the
 * watch gives, or else `wanted`, with the next number that is free. Returns 0 or -ENOMEM.
 */
int targets_add(struct targets *targets, const struct watch *watch, const char *path,
        const struct name *wanted, struct target **ret);

/* In two steps: its source is "" before it is named. `path` is not NULL. */
int targets_add_unnamed(
        struct targets *targets, const struct watch *watch, const char *path, struct target **ret);
void targets_name(struct targets *targets, struct target *target, const struct name *wanted);
void targets_remove(struct targets *targets, size_t index);
void targets_done(struct targets *targets);

/* Keeps a number that grows over one incarnation: a sum over processes shrinks when one ends. */
uint64_t target_grow(uint64_t *last, uint64_t *grown, uint64_t now);

/*
 * The incarnation `identity` is there, which is to be called `dyno`. When it is another one than
 * before: sets the event to be said, if any, and starts anew.
 */
void target_appears(struct target *target, const char *identity, const char *dyno);

/* The incarnation that is there gets the name it should have had from its start. */
void target_rename(struct target *target, const char *identity, const char *dyno);

/* It is not there. */
void target_vanishes(struct target *target, uint64_t now_ns);
