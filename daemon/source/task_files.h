/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/folder.h"
#include "base/root.h"
#include "source/proc.h"
#include "task_handles.h"

/* The name of a process or thread in /proc, and its number. */
struct pid_name {
        const char *text;
        size_t len;
        pid_t pid;
};

/* Whether `text` is a pid or tid as a kernel writes it; `*ret` borrows the text. */
bool pid_name_parse(const char *text, struct pid_name *ret);

/* The folder /proc, room for what is read in it, and what is known of how to read it. One serves
 * all that read in turn. */
struct task_folder;

/* Returns 0; -ENOMEM; or -errno from open(2). task_folder_free() accepts NULL. */
int task_folder_new(const struct root *root, struct task_folder **ret);
void task_folder_free(struct task_folder *folder);
int task_folder_fd(const struct task_folder *folder);

/* One that reads the files of processes and threads, and how often it could not. */
struct task_files {
        struct task_folder *folder; /* borrowed */
        struct task_handles *held;  /* of the stat files that are read over and over; or NULL */
        uint64_t n_denied;          /* for want of rights */
        bool failed;                /* in a way that says nothing of a process */
};

void task_files_note(struct task_files *files, int r);

/* A process whose stat is read: NUL-terminated, or the -errno that says why not. */
struct stat_file {
        struct pid_name name;
        const char *text;
        int r;
        int fd; /* while it is read */
        bool of_task;
};

/*
 * Reads the stats of up to STATS_TOGETHER processes. That of a process's first thread says the same
 * but for the times used, which are only its own there, and is read where the kernel would have to
 * look at many others, and where files are held. The texts are valid until the next ones are read.
 */
enum { STATS_TOGETHER = 8 };
void task_files_read(struct task_files *files, struct stat_file *items, unsigned n);

/* What one says that was read; `*ret` borrows the text. Returns 0 or -EBADMSG. */
int task_files_parse(struct task_files *files, const struct stat_file *file, struct proc_stat *ret);

/* The state of a thread by its tid alone, whatever process it is of; as thread_list_state(). */
char task_files_thread_state(struct task_files *files, pid_t tid);

/* The threads of a process, as they are listed. */
struct thread_list {
        int fd;
        struct folder_reader reader;
};

/* Returns 0 or -errno; a list is closed in any case. There may be one at a time. */
int thread_list_open(struct task_files *files, pid_t pid, struct thread_list *ret);
void thread_list_close(struct thread_list *list);

/* The next thread. Returns 1, 0 at the end or -errno. */
int thread_list_next(struct task_files *files, struct thread_list *list, struct pid_name *ret);

/* The state of a listed thread; '\0' when it is dead or cannot be read. */
char thread_list_state(
        struct task_files *files, const struct thread_list *list, const struct pid_name *thread);

/* A thread that lives of a process whose leader has exited; 0 when none is found. */
pid_t task_files_live_tid(struct task_files *files, pid_t pid);

/* Forgets whose cgroup files were read. */
void task_folder_begin(struct task_folder *folder);

/* The text of the cgroup file of a process; NULL when it cannot be read. Valid until the next one
 * is read, or task_folder_begin(). */
const char *task_files_cgroup(struct task_files *files, pid_t pid);

/* The same of a thread; and of a process or, if its leader has exited, of a thread of it. Valid
 * until one of the two is called again. */
const char *task_files_thread_cgroup(struct task_files *files, pid_t pid, pid_t tid);
const char *task_files_live_cgroup(struct task_files *files, pid_t pid);
