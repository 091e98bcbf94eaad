/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * Files of processes and threads that stay open, one each, by its tid. One of a process or thread
 * that is gone stays one of that, and reading it fails with ESRCH, whoever has its tid by then; see
 * proc(5).
 */
struct task_handles;

/* Keeps at most `n_max` files. Returns 0 or -ENOMEM. task_handles_free() accepts NULL. */
int task_handles_new(size_t n_max, struct task_handles **ret);
void task_handles_free(struct task_handles *handles);

/* The descriptor that is kept for a tid, which is used in this tick then; -1: none. */
int task_handles_find(struct task_handles *handles, pid_t tid);

/* Takes over a descriptor for a tid that has none. Returns 0; -EMFILE when it has no room for more,
 * or -ENOMEM: it is then the caller's to close. */
int task_handles_keep(struct task_handles *handles, pid_t tid, int fd);

/* Closes that of a tid which is gone. */
void task_handles_drop(struct task_handles *handles, pid_t tid);

/* Ends a tick: closes those that were not used since the last one ended. */
void task_handles_end_tick(struct task_handles *handles);
