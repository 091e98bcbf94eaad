/* SPDX-License-Identifier: MIT */
#include "source/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/folder.h"
#include "base/reserve.h"
#include "base/text.h"
#include "pid_set.h"

enum {
        STAT_BYTES = 4096,         /* a stat has some 200 to 400 */
        CGROUP_BYTES = 128 * 1024, /* a cgroup file has a path of up to 4096 a hierarchy */
        LIST_BYTES = 32 * 1024,
};

/* The text of a cgroup file, and whose it is. */
struct cgroup_text {
        struct scratch scratch;
        pid_t pid;
        uint64_t walk; /* the walk in which it was read; 0: holds nothing */
        bool valid;
};

struct task_scan {
        const struct root *root;
        int proc_fd;
        int64_t resume; /* offset in /proc at which a walk that was cut goes on */
        uint64_t n_walks;
        uint64_t n_denied;
        bool failed; /* something in this round, in a way that says nothing of a process */
        bool asks_users;

        struct pid_set zombies;
        /* Of all processes seen: now, when the last walk ended, and when one last got to the end.
         */
        uint64_t newest_start, newest_start_before, newest_start_round;

        struct scratch stat, thread_stat;
        struct cgroup_text own, v1;
        char *proc_entries, *task_entries;
};

int task_scan_new(const struct root *root, struct task_scan **ret)
{
        struct task_scan *scan = calloc(1, sizeof(*scan));
        int r = 0;

        if (!scan)
                return -ENOMEM;
        scan->root = root;
        scan->proc_fd = openat(root->fd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (scan->proc_fd < 0)
                r = -errno;
        scan->proc_entries = malloc(LIST_BYTES);
        scan->task_entries = malloc(LIST_BYTES);
        if (r == 0 && (!scan->proc_entries || !scan->task_entries))
                r = -ENOMEM;
        if (r == 0)
                r = scratch_init(&scan->stat, STAT_BYTES);
        if (r == 0)
                r = scratch_init(&scan->thread_stat, STAT_BYTES);
        if (r == 0)
                r = scratch_init(&scan->own.scratch, CGROUP_BYTES);
        if (r == 0)
                r = scratch_init(&scan->v1.scratch, CGROUP_BYTES);
        if (r < 0) {
                task_scan_free(scan);
                return r;
        }
        *ret = scan;
        return 0;
}

void task_scan_free(struct task_scan *scan)
{
        if (!scan)
                return;
        if (scan->proc_fd >= 0)
                close(scan->proc_fd);
        pid_set_done(&scan->zombies);
        scratch_done(&scan->stat);
        scratch_done(&scan->thread_stat);
        scratch_done(&scan->own.scratch);
        scratch_done(&scan->v1.scratch);
        free(scan->proc_entries);
        free(scan->task_entries);
        free(scan);
}

static bool has_passed(const struct deadline *deadline)
{
        return deadline->passed && deadline->passed(deadline->data);
}

/* A pid or tid, the name of a folder; 0 for other names. */
static pid_t parse_pid(const char *name)
{
        uint64_t pid;

        return text_parse_u64(name, &pid) == 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

static void note_failure(struct task_scan *scan, int r)
{
        if (r == -EACCES || r == -EPERM)
                scan->n_denied++;
        if (error_is_passing(r))
                scan->failed = true;
}

/* Reads the file `name` of the process or thread whose folder is `dir_fd`/`pid`. */
static int read_file(
        struct task_scan *scan, int dir_fd, pid_t pid, const char *name, struct scratch *scratch)
{
        char memory[48];
        struct buf path;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add_u64(&path, (uint64_t)pid, 0);
        buf_add_char(&path, '/');
        buf_add(&path, name);
        r = file_read_at(dir_fd, path.text, scratch, NULL);
        note_failure(scan, r);
        return r;
}

/* Counts one thread of a process. */
static void count_thread(struct task_scan *scan, int task_fd, pid_t tid, struct process *process)
{
        char state;

        if (read_file(scan, task_fd, tid, "stat", &scan->thread_stat) < 0)
                return;
        state = proc_stat_state(scan->thread_stat.text);
        if (state == '\0' || state == 'Z' || state == 'X')
                return;
        process->n_threads++;
        process->n_running += state == 'R';
        process->n_blocked += state == 'D';
        if (process->stat.state == 'Z' && !process->live_tid)
                process->live_tid = tid;
}

/*
 * Counts the threads of a process that has several: the state in its own stat is that of the
 * leader alone. Returns false when they could not all be looked at.
 */
static bool count_threads(
        struct task_scan *scan, struct process *process, const struct deadline *deadline)
{
        char memory[32];
        struct buf path;
        struct folder_reader reader;
        const char *name;
        cleanup_fd int fd = -1;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add_u64(&path, (uint64_t)process->stat.pid, 0);
        buf_add(&path, "/task");
        fd = reserve_openat(scan->proc_fd, path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        r = fd < 0 ? -errno : folder_reader_init(&reader, fd, scan->task_entries, LIST_BYTES, 0);
        if (r < 0) {
                note_failure(scan, r);
                return false;
        }
        while ((r = folder_reader_next(&reader, &name, NULL)) > 0) {
                pid_t tid = parse_pid(name);

                if (tid)
                        count_thread(scan, fd, tid, process);
                if (has_passed(deadline))
                        return false;
        }
        note_failure(scan, r);
        return r == 0;
}

/* One thread, and no need to look further. */
static void count_single(struct process *process)
{
        process->n_threads = 1;
        process->n_running = process->stat.state == 'R';
        process->n_blocked = process->stat.state == 'D';
}

/* What a walk before this one knew of the process, and what the next one shall know. */
static void remember(struct task_scan *scan, struct process *process)
{
        const struct proc_stat *stat = &process->stat;
        bool was_zombie = pid_set_put(&scan->zombies, stat->pid, process->zombie);

        /* A process started after that walk is not the one that had its pid then. */
        process->zombie_before = was_zombie && stat->start_ticks <= scan->newest_start_before;
        if (stat->start_ticks > scan->newest_start)
                scan->newest_start = stat->start_ticks;
}

/*
 * The owner of a /proc/PID is the effective uid of the process. The files in it may be root's:
 * those of a process that cannot be dumped are, see proc(5). The kernel charges the real uid, which
 * is another one in set-user-ID programs alone; to read it in status costs ten times as much.
 */
static void find_user(struct task_scan *scan, pid_t pid, struct process *process)
{
        char memory[16];
        struct buf name;
        struct stat st;

        buf_init(&name, memory, sizeof(memory));
        buf_add_u64(&name, (uint64_t)pid, 0);
        if (fstatat(scan->proc_fd, name.text, &st, 0) == 0)
                process->uid = measure_of(st.st_uid);
        else
                note_failure(scan, -errno);
}

/* Looks at one process. Returns 0; -errno when it is gone or may not be looked at. */
static int look_at(
        struct task_scan *scan, pid_t pid, const struct deadline *deadline, struct process *ret)
{
        struct process process = {0};
        const struct proc_stat *stat = &process.stat;
        int r = read_file(scan, scan->proc_fd, pid, "stat", &scan->stat);

        if (r == 0)
                r = proc_stat_parse(scan->stat.text, &process.stat);
        if (r < 0)
                return r;
        /* Without threads, or in state X, it is being removed just now. */
        if (stat->n_threads == 0 || stat->state == 'X')
                return -ESRCH;
        process.zombie = stat->state == 'Z' && stat->n_threads == 1;
        process.started = stat->start_ticks > scan->newest_start_round;
        if (stat->n_threads > 1) {
                if (!count_threads(scan, &process, deadline) || process.n_threads == 0)
                        process.n_threads = stat->n_threads - (stat->state == 'Z');
        } else if (!process.zombie) {
                count_single(&process);
        }
        if (scan->asks_users)
                find_user(scan, pid, &process);
        remember(scan, &process);
        *ret = process;
        return 0;
}

/*
 * Visits the processes listed from offset `from` on, up to offset `end` (-1: to the last). Returns
 * as task_scan_run(). However little time there is, one process is visited.
 */
static int walk(struct task_scan *scan, int64_t from, int64_t end, const struct deadline *deadline,
        void (*visit)(void *data, const struct process *process), void *data)
{
        struct folder_reader reader;
        const char *name;
        int64_t at = from, next;
        int r = folder_reader_init(&reader, scan->proc_fd, scan->proc_entries, LIST_BYTES, from);

        if (r < 0)
                return r;
        while ((end < 0 || at < end) && (r = folder_reader_next(&reader, &name, &next)) > 0) {
                struct process process;
                pid_t pid = parse_pid(name);

                at = next;
                if (!pid)
                        continue;
                if (look_at(scan, pid, deadline, &process) == 0)
                        visit(data, &process);
                if (has_passed(deadline)) {
                        scan->resume = next;
                        return 0;
                }
        }
        return r < 0 ? r : 1;
}

int task_scan_run(struct task_scan *scan, const struct deadline *deadline,
        void (*visit)(void *data, const struct process *process), void *data)
{
        const int64_t from = scan->resume;
        int r;

        scan->n_walks++;
        scan->n_denied = 0;
        scan->resume = 0;
        if (from == 0)
                scan->failed = false;
        r = walk(scan, from, -1, deadline, visit, data);
        if (r == 1 && !scan->failed) {
                visit(data, NULL);
                scan->newest_start_round = scan->newest_start;
                if (from > 0)
                        r = walk(scan, 0, from, deadline, visit, data);
        }
        scan->newest_start_before = scan->newest_start;
        /* The next walk begins at the first again, unless this one was cut as well. */
        return r == 1 && scan->failed ? 0 : r;
}

/* Reads a process's cgroup file, or one of a thread of it, unless it was just read. */
static void read_cgroup(struct task_scan *scan, struct cgroup_text *text, pid_t pid, pid_t tid)
{
        char memory[32];
        struct buf name;

        if (text->pid == pid && text->walk == scan->n_walks)
                return;
        buf_init(&name, memory, sizeof(memory));
        if (tid) {
                buf_add(&name, "task/");
                buf_add_u64(&name, (uint64_t)tid, 0);
                buf_add_char(&name, '/');
        }
        buf_add(&name, "cgroup");
        text->valid = read_file(scan, scan->proc_fd, pid, name.text, &text->scratch) == 0;
        text->pid = pid;
        text->walk = scan->n_walks;
}

/* Reads where on v1 a process belongs that has exited, or whose leader has. */
static void read_v1_cgroup(struct task_scan *scan, const struct process *process)
{
        struct process parent = {0};
        int r;

        if (process->live_tid) {
                read_cgroup(scan, &scan->v1, process->stat.pid, process->live_tid);
                return;
        }
        if (scan->v1.pid == process->stat.ppid && scan->v1.walk == scan->n_walks)
                return; /* the parent was the same for the last zombie */
        r = proc_read_stat(scan->root, process->stat.ppid, &scan->thread_stat, &parent.stat);
        note_failure(scan, r);
        if (r == 0 && parent.stat.state == 'Z')
                count_threads(scan, &parent, &(struct deadline){0});
        read_cgroup(scan, &scan->v1, process->stat.ppid, parent.live_tid);
}

const char *task_scan_cgroup(struct task_scan *scan, const struct process *process,
        const struct hierarchy *hierarchy, size_t *ret_len, bool *ret_deleted)
{
        struct cgroup_text *text = &scan->own;

        if (!hierarchy->v2 && process->stat.state == 'Z') {
                text = &scan->v1;
                read_v1_cgroup(scan, process);
        } else {
                read_cgroup(scan, text, process->stat.pid, 0);
        }
        if (!text->valid)
                return NULL;
        return hierarchy_path_in(hierarchy, text->scratch.text, ret_len, ret_deleted);
}

int task_scan_look(struct task_scan *scan, pid_t pid, struct process *ret)
{
        return look_at(scan, pid, &(struct deadline){0}, ret);
}

void task_scan_end_looks(struct task_scan *scan)
{
        scan->n_walks++;
        scan->n_denied = 0;
        scan->newest_start_before = scan->newest_start_round = scan->newest_start;
}

int task_scan_fd(const struct task_scan *scan)
{
        return scan->proc_fd;
}

bool task_scan_knows_zombie(const struct task_scan *scan, pid_t pid)
{
        return pid_set_has(&scan->zombies, pid);
}

void task_scan_ask_users(struct task_scan *scan, bool ask)
{
        scan->asks_users = ask;
}

uint64_t task_scan_denied(const struct task_scan *scan)
{
        return scan->n_denied;
}

bool task_scan_resumes(const struct task_scan *scan)
{
        return scan->resume > 0;
}
