/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/root.h"
#include "source/hierarchy.h"
#include "source/proc.h"

/*
 * A walk over all processes and threads that a /proc shows. It allocates when it is made, not when
 * it walks.
 */
struct task_scan;

/* One process. A zombie is dead and not waited for; a process whose leader alone has exited shows
 * the same state and is live. */
struct process {
        struct proc_stat stat; /* `comm` is valid while the process is visited */
        bool zombie;
        bool zombie_before; /* it already was one when a walk last came by */
        uint64_t n_threads; /* live ones */
        uint64_t n_running; /* of those, in state R */
        uint64_t n_blocked; /* in state D */
        pid_t live_tid;     /* of a process whose leader has exited: a thread that lives; else 0 */
};

/*
 * Opens /proc below the root, which is borrowed. Returns 0; -ENOMEM; or -errno from open(2).
 * task_scan_free() accepts NULL.
 */
int task_scan_new(const struct root *root, struct task_scan **ret);
void task_scan_free(struct task_scan *scan);

/* When a walk must stop, however far it got. */
struct deadline {
        bool (*passed)(void *data); /* NULL: never */
        void *data;
};

/*
 * Visits each process once; those that vanish while they are looked at are skipped. When the
 * deadline passes, the walk ends there and the next one begins there, so that all are seen in turn.
 *
 * Returns 1 when all were visited; 0 when the deadline cut it; -errno when /proc cannot be listed.
 */
int task_scan_run(struct task_scan *scan, const struct deadline *deadline,
        void (*visit)(void *data, const struct process *process), void *data);

/*
 * The path of the cgroup in `hierarchy` that the process being visited belongs to: `*ret_len`
 * bytes, not terminated, valid until the next visit. NULL when it cannot be known. On v1 the
 * kernel says "/" for what has exited; there a zombie belongs where its parent does, and a process
 * without its leader where its threads do.
 *
 * `*ret_deleted` says that the cgroup of that path is gone: the process belongs to those above.
 */
const char *task_scan_cgroup(struct task_scan *scan, const struct process *process,
        const struct hierarchy *hierarchy, size_t *ret_len, bool *ret_deleted);

/* How many processes or threads the last walk could not look into, for want of rights. */
uint64_t task_scan_denied(const struct task_scan *scan);
