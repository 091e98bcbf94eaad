/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/root.h"
#include "model/limit.h"
#include "source/cgroup.h"
#include "source/machine.h"
#include "source/users.h"

/*
 * All that can refuse a thread, or memory, to a target. Each function appends the limits of one
 * kind; what is not limited, not known, or more than LIMITS_MAX is left out.
 *
 * Where the kernel counts refusals is what makes them say who refused. memory.events.local (and
 * v1's memory.failcnt) count at the cgroup whose limit it was; pids.events.local, since Linux 6.11,
 * too. Before, and on v1, there is pids.events alone, and it counts at the cgroup that wanted the
 * thread, whichever limit above refused it: what it has grown by is then put down to the limit with
 * the least room left. See cgroup-v2.rst in the kernel's documentation.
 */

enum {
        LIMIT_LEVELS = 16, /* of cgroups one above the other, whose refusals are told apart */
        LIMIT_FILES = 24,  /* that are watched for one target */
};

/* A sum over files of which some may vanish, and by how much it has grown. */
struct growth {
        bool known;
        uint64_t last, grown;
};

/* What is kept of one target from one look to the next. All 0: nothing yet. */
struct limit_state {
        uint64_t incarnation;
        struct growth oom_kills;
        struct growth refusals;
        uint64_t n_refused[LIMIT_LEVELS]; /* put down to the limit of each level, from the own up */
        int files[LIMIT_FILES];           /* watched, as change_watch_add_file() numbers them */
        unsigned n_files;
};

/* What the cgroups above targets have said in one round: those of many targets are read once. */
struct limit_cache;

/* Returns 0 or -ENOMEM. limit_cache_free() accepts NULL, as do those that read as the cache. */
int limit_cache_new(struct limit_cache **ret);
void limit_cache_free(struct limit_cache *cache);
void limit_cache_clear(struct limit_cache *cache);

/* Begins a look. With another incarnation than at the last, all that was kept is forgotten. */
void limit_state_begin(struct limit_state *state, uint64_t incarnation);

/* Whether a file that was watched at the last look has changed since. */
bool limit_state_is_told(const struct limit_state *state, const struct change_watch *changes);

/* Where cgroups are read, for which target. */
struct limit_view {
        const struct cgroup_view *cgroups; /* files that tell of refusals are watched */
        struct limit_cache *cache;
        struct limit_state *state;
        struct cgroup_places *places; /* of the cgroup whose path is given; or NULL */
        /* The cgroup is the target itself, and its own limits are named without it. */
        bool is_own;
};

/* pids.max of the cgroup and of all above it that can be seen. Returns as cgroup_read_pids(). */
int limits_add_pids(const struct limit_view *view, const char *path, struct limits *ret);

/*
 * memory.max, memory.high and memory.swap.max likewise; v1: memory.limit_in_bytes, which is called
 * "memory.max", too, and memory.memsw.limit_in_bytes. Used is what there is without the page cache
 * and the slabs that the kernel can give back: that it fills memory up is as it should be. The
 * kernel counts such reclaims as refusals all the same.
 */
int limits_add_memory(const struct limit_view *view, const char *path, struct limits *ret);

/*
 * The processes of the cgroup, and of those below it, that the kernel has killed for want of
 * memory, whoever's limit it was; a number that only grows. memory.events; v1: memory.oom_control.
 */
int limits_read_oom_kills(const struct limit_view *view, const char *path, struct measure *ret);

/*
 * RLIMIT_NPROC of the process `pid`, which counts the tasks of its user: those among `users`, so
 * as many as can be seen here at least. Root, and who may exceed resources, is not limited.
 */
void limits_add_nproc(const struct root *root, struct scratch *scratch, pid_t pid,
        const struct users *users, struct limits *ret);

/* As machine_read_tasks(), once in a round: `cache` keeps it. */
int limits_machine_tasks(const struct root *root, struct scratch *scratch,
        struct limit_cache *cache, struct machine_tasks *ret);

/* kernel.threads-max and kernel.pid_max. */
int limits_add_machine(const struct root *root, struct scratch *scratch, struct limit_cache *cache,
        struct limits *ret);
