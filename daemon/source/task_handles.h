/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/ahead.h"

/*
 * Files of processes and threads that stay open, one each, by its tid. One of a process or thread
 * that is gone stays one of that, and reading it fails with ESRCH, whoever has its tid by then; see
 * proc(5).
 */
struct task_handles;

/* Keeps at most `n_max` files; `ahead` is borrowed, and where they are read ahead to. Returns 0 or
 * -ENOMEM. task_handles_free() accepts NULL. */
int task_handles_new(size_t n_max, struct ahead *ahead, struct task_handles **ret);
void task_handles_free(struct task_handles *handles);

/* The descriptor that is kept for a tid, which is used in this tick then; -1: none. `*ret_text` is
 * the text if it was read ahead and not asked for so far; else NULL. */
int task_handles_find(struct task_handles *handles, pid_t tid, const char **ret_text);

/* Adds that of a tid to those that ahead_read() reads, if one is kept. */
void task_handles_add_ahead(struct task_handles *handles, pid_t tid);

/* Takes over a descriptor for a tid that has none. Returns 0; -EMFILE when it has no room for more,
 * or -ENOMEM: it is then the caller's to close. */
int task_handles_keep(struct task_handles *handles, pid_t tid, int fd);

/* Closes that of a tid which is gone. */
void task_handles_drop(struct task_handles *handles, pid_t tid);

/* Ends a tick: closes those that were not used since the last one ended. */
void task_handles_end_tick(struct task_handles *handles);
