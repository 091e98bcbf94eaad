/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/measure.h"
#include "base/root.h"

/* What the files of one process say; see proc(5). */

/* The fields of /proc/PID/stat that are used. */
struct proc_stat {
        pid_t pid;
        pid_t ppid; /* 0: none in this PID namespace */
        char state; /* R S D T t Z X I P … */
        uint64_t n_threads;
        uint64_t rss_pages;
        uint64_t waited_faults; /* page faults of the children it has waited for: every child has
                                 * some, so this grows with each one */
        uint64_t start_ticks;   /* clock ticks after boot: with the pid, the process's identity */
        const char *comm;       /* raw, not terminated, inside the text that was parsed */
        size_t comm_len;
};

/*
 * Parses the text of a /proc/PID/stat or /proc/PID/task/TID/stat.
 * Returns 0; -EBADMSG when it is not what a kernel writes.
 */
int proc_stat_parse(const char *text, struct proc_stat *ret);

/* The state alone; '\0' when the text is not what a kernel writes. */
char proc_stat_state(const char *text);

/* Reads and parses /proc/PID/stat; `comm` points into the scratch buffer. Also -ENOENT, -ESRCH. */
int proc_read_stat(
        const struct root *root, pid_t pid, struct scratch *scratch, struct proc_stat *ret);

/* This process's own pid as the root's /proc numbers it; 0 when that is not known. */
pid_t proc_own_pid(const struct root *root, struct scratch *scratch);

/* Whether it has the processes of the machine's first PID namespace: the kernel's own threads are
 * in no other. */
bool proc_shows_machine(const struct root *root, struct scratch *scratch);

/*
 * Whether /proc is mounted so that this process does not see those of others: with the option
 * hidepid=invisible or =ptraceable, see proc(5), and without the rights to see them all the same.
 */
bool proc_hides(const struct root *root, struct scratch *scratch);

/* Whether it is mounted so, and it takes rights to see them. */
bool proc_has_hidepid(const struct root *root, struct scratch *scratch);

/* The memory and the input and output of one process; unknown is what may not be read. */
struct proc_memory {
        struct measure pss_bytes; /* smaps_rollup */
        struct measure rss_bytes; /* VmRSS */
        struct measure swap_bytes;
        struct measure read_bytes, write_bytes; /* of the process and the children it waited for */
};

/*
 * Reads status, io and, if `with_pss`, smaps_rollup of a process. The latter takes the process's
 * mmap lock: leave it alone when a thread is in state D, which may hold that lock. `tid`, if not
 * 0, is a live thread through which a process whose leader has exited is seen.
 */
void proc_read_memory(const struct root *root, pid_t pid, pid_t tid, bool with_pss,
        struct scratch *scratch, struct proc_memory *ret);

/* How a process deals with the end of its children: what its status says of SIGCHLD, see signal(7),
 * and whether it is the PID 1 of its namespace, to which orphans are given. */
struct proc_waiting {
        bool sigchld_blocked, sigchld_ignored, sigchld_caught;
        bool is_init;
};

/* Returns 0 or -errno from reading /proc/PID/status. */
int proc_read_waiting(
        const struct root *root, pid_t pid, struct scratch *scratch, struct proc_waiting *ret);

/* The soft RLIMIT_NPROC in /proc/PID/limits; unknown when unlimited or not to be read. */
struct measure proc_read_nproc_limit(const struct root *root, pid_t pid, struct scratch *scratch);
