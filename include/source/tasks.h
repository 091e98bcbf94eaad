/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ahead.h"
#include "base/root.h"
#include "model/sampling.h"
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
        bool started;                /* after the last walk that got to its end */
        bool zombie_before;          /* it already was one when a walk last came by */
        uint64_t n_threads;          /* live ones */
        uint64_t n_running;          /* of those looked at, in state R */
        uint64_t n_blocked;          /* in state D */
        struct thread_states others; /* threads besides the first one, which was looked at */
        pid_t live_tid;     /* of a process whose leader has exited: a thread that lives; else 0 */
        struct measure uid; /* the effective one; unknown unless task_scan_ask_users() asked */
};

/*
 * Opens /proc below the root, which is borrowed. Returns 0; -ENOMEM; or -errno from open(2).
 * task_scan_free() accepts NULL.
 */
int task_scan_new(const struct root *root, struct task_scan **ret);

/* One for task_scan_process(), not for walks, that shares the folder and the room of `walks`, which
 * must stay until it is freed. Returns 0 or -ENOMEM. */
int task_scan_new_beside(const struct task_scan *walks, struct task_scan **ret);
void task_scan_free(struct task_scan *scan);

/* The folder /proc, which is the scan's. */
int task_scan_fd(const struct task_scan *scan);

/* When a walk must stop, however far it got. */
struct deadline {
        bool (*passed)(void *data); /* NULL: never */
        void *data;
};

/*
 * Visits each process once; those that vanish while they are looked at are skipped. When the
 * deadline passes, the walk ends there and the next one begins there, so that all are seen in turn.
 * At the end of the list `visit` is called with NULL: all were then visited since the call before,
 * or since the start of a walk that began at the first.
 *
 * Returns 1 when all were visited; 0 when the deadline cut it, or when some could not be looked at
 * in a way that says nothing of them, see error_is_passing(); -errno when /proc cannot be listed.
 */
int task_scan_run(struct task_scan *scan, const struct deadline *deadline,
        void (*visit)(void *data, const struct process *process), void *data);

/* Whether the next walk goes on where the last one was cut. */
bool task_scan_resumes(const struct task_scan *scan);

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

/*
 * Looks at one process outside of a walk, as a walk would. Returns 0; -errno when it is gone or may
 * not be looked at. What it finds is compared with the looks before task_scan_end_looks();
 * the scan is one of task_scan_new_beside().
 */
int task_scan_process(struct task_scan *scan, pid_t pid, struct process *ret);
void task_scan_end_looks(struct task_scan *scan);

/*
 * Has what is looked at stay open from one tick to the next: at most `n_max` files, which can be
 * read to `ahead`, which is borrowed. Returns 0 or -ENOMEM. Then the threads of all processes can
 * be looked at by their tids alone.
 */
int task_scan_hold(struct task_scan *scan, size_t n_max, struct ahead *ahead);
bool task_scan_holds(const struct task_scan *scan);

/* Adds what a look at this process or thread reads to what ahead_read() reads, if it is open. */
void task_scan_add_ahead(struct task_scan *scan, pid_t tid);

/* The state of a live thread; '\0' when it is dead or may not be looked at. */
char task_scan_thread_state(struct task_scan *scan, pid_t tid);

/* Whether the process was a zombie when it was looked at last. */
bool task_scan_knows_zombie(const struct task_scan *scan, pid_t pid);

/*
 * Looks at the threads of a process, besides the first one, whose turn it is: adds to what is known
 * of their states. When all were looked at, `n_threads` is their exact number, and otherwise what
 * the process's stat says. Works while the process is visited, and later.
 *
 * Returns false when some could not be looked at in a way that says nothing of them.
 */
bool task_scan_look(struct task_scan *scan, struct sampling *sampling, struct process *process);

/* Whether walks shall say whose each process is, which costs a system call for each. */
void task_scan_ask_users(struct task_scan *scan, bool ask);

/* How many processes or threads the last walk could not look into, for want of rights. */
uint64_t task_scan_denied(const struct task_scan *scan);
