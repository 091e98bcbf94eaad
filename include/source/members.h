/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "source/cgroup.h"

/* Pids or tids. */
struct id_list {
        pid_t *ids;
        size_t n, n_allocated;
};

/*
 * The tasks of a cgroup and of those below it as the kernel lists them, whatever /proc shows. See
 * cgroup-v2.rst on cgroup.procs, cgroup.threads and pids.current; on v1 the second is called tasks.
 */
struct members {
        struct id_list processes; /* with those whose leader alone has exited; sorted */
        struct id_list threads;   /* live ones: without such leaders, and without zombies; sorted */
        struct id_list before;    /* the processes as they were listed the time before last */
        struct id_list children;  /* of a thread, see thread_read_children() */
        uint64_t n_dead_leaders;  /* of the processes, those with such a leader */
        uint64_t n_zombies;       /* what the kernel charges for besides */
        bool agree;               /* all of it is of one instant */
        /* Their number is right, but on v1 who they are may be what somebody read a second ago: a
         * process that is listed and does not live, or is new, tells so. */
        bool may_be_old;
};

/* Of a struct that was zeroed. */
void members_done(struct members *members);

/*
 * Lists them into `members`, whose memory is used again; `anew` when the last list was old, which
 * then is in `before`. What was read of the cgroup's pids.current in this round is not read again.
 *
 * Returns 0; -EOPNOTSUPP when the kernel does not say all of it: the cgroup has no pids controller,
 * or not in the hierarchy that says who is in it, it is threaded, has tasks of which this PID
 * namespace has no pid, or too many cgroups below it; -ENOMEM; or another -errno from reading.
 */
int members_read(
        const struct cgroup_view *view, struct cgroup *cgroup, bool anew, struct members *members);

/* Whether the sorted list has the id. */
bool id_list_has(const struct id_list *list, pid_t id);

/*
 * Appends the children of a thread, zombies included, to `*ret`: /proc/TID/task/TID/children, see
 * proc(5). Returns 0; -ENOMEM; -EBADMSG; or -errno from reading: -ENOENT on kernels without it,
 * too.
 */
int thread_read_children(
        const struct root *root, pid_t tid, struct scratch *scratch, struct id_list *ret);
