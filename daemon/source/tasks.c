/* SPDX-License-Identifier: MIT */
#include "source/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/folder.h"
#include "base/pages.h"
#include "pid_set.h"
#include "task_files.h"

enum { LIST_BYTES = 32 * 1024 };

struct task_scan {
        struct task_files files;
        bool is_for_looks; /* its folder is borrowed, and it does not walk */
        char *entries;     /* of a walk */
        int64_t resume;    /* offset in /proc at which a walk that was cut goes on */
        bool asks_users;

        struct pid_set zombies;
        struct turned {
                pid_t pid;
                bool is_zombie;
        } * turned; /* those looked at that were not known to be, or to be none */
        size_t n_turned, n_turned_allocated;
        /* Of all processes seen: now, when the last walk ended, and when one last got to the end.
         */
        uint64_t newest_start, newest_start_before, newest_start_round;
};

int task_scan_new(const struct root *root, struct task_scan **ret)
{
        struct task_scan *scan = calloc(1, sizeof(*scan));
        int r;

        if (!scan)
                return -ENOMEM;
        r = task_folder_new(root, &scan->files.folder);
        scan->entries = pages_new(LIST_BYTES);
        if (r == 0 && !scan->entries)
                r = -ENOMEM;
        if (r < 0) {
                task_scan_free(scan);
                return r;
        }
        *ret = scan;
        return 0;
}

int task_scan_new_beside(const struct task_scan *walks, struct task_scan **ret)
{
        struct task_scan *scan = calloc(1, sizeof(*scan));

        if (!scan)
                return -ENOMEM;
        scan->files.folder = walks->files.folder;
        scan->is_for_looks = true;
        *ret = scan;
        return 0;
}

void task_scan_free(struct task_scan *scan)
{
        if (!scan)
                return;
        pid_set_done(&scan->zombies);
        free(scan->turned);
        pages_free(scan->entries, LIST_BYTES);
        task_handles_free(scan->files.held);
        if (!scan->is_for_looks)
                task_folder_free(scan->files.folder);
        free(scan);
}

static bool has_passed(const struct deadline *deadline)
{
        return deadline->passed && deadline->passed(deadline->data);
}

/* Its own stat tells the state of the first thread. */
static void count_first(struct process *process)
{
        const char state = process->stat.state;

        process->n_threads = process->stat.n_threads - (state == 'Z');
        process->n_running = state == 'R';
        process->n_blocked = state == 'D';
        process->others.n = process->stat.n_threads - 1;
}

/*
 * Looks at those of the other threads that are listed whose turn it is; and at the first one again,
 * so that what is known of them is of one time. There are `n_others` by the process's stat, which
 * counts some that are dead.
 */
static void look_at_listed(struct task_files *files, struct thread_list *list, uint64_t n_others,
        struct sampling *sampling, struct process *process)
{
        struct thread_states *others = &process->others;
        struct pid_name thread;
        uint64_t index = 0, n_first = process->stat.state != 'Z';
        bool skipped = false, any = false;
        int r;

        while ((r = thread_list_next(files, list, &thread)) > 0) {
                char state;

                if (thread.pid == process->stat.pid) {
                        state = thread_list_state(files, list, &thread);
                        n_first = state != '\0';
                        any |= n_first > 0;
                        process->n_running = state == 'R';
                        process->n_blocked = state == 'D';
                } else if (sampling_take(sampling, index++)) {
                        state = thread_list_state(files, list, &thread);
                        any |= state != '\0';
                        others->n_looked += state != '\0';
                        others->n_running += state == 'R';
                        others->n_blocked += state == 'D';
                } else {
                        skipped = true;
                        if (sampling->left == 0)
                                break;
                }
        }
        process->n_running += others->n_running;
        process->n_blocked += others->n_blocked;
        others->n = others->n_looked;
        if (skipped && others->n < n_others)
                others->n = n_others;
        else if (r >= 0 && any)
                process->n_threads = n_first + others->n;
}

bool task_scan_look(struct task_scan *scan, struct sampling *sampling, struct process *process)
{
        const uint64_t n_others = process->others.n;
        const bool failed = scan->files.failed;
        struct thread_list list;
        bool succeeded;

        if (n_others == 0)
                return true;
        if (!sampling_any(sampling, n_others)) {
                sampling_pass(sampling, n_others);
                return true;
        }
        scan->files.failed = false;
        process->others = (struct thread_states){0};
        if (thread_list_open(&scan->files, process->stat.pid, &list) == 0)
                look_at_listed(&scan->files, &list, n_others, sampling, process);
        thread_list_close(&list);
        sampling_pass(sampling, n_others);
        succeeded = !scan->files.failed;
        scan->files.failed |= failed;
        return succeeded;
}

/*
 * Whether it was known as a zombie. A walk comes by once; a look may have come by before in this
 * tick, for another target, and what has changed is put down when all are over.
 */
static bool put_zombie(struct task_scan *scan, pid_t pid, bool is_zombie)
{
        bool was_zombie;

        if (!scan->is_for_looks)
                return pid_set_put(&scan->zombies, pid, is_zombie);
        was_zombie = pid_set_has(&scan->zombies, pid);
        if (was_zombie == is_zombie)
                return was_zombie;
        if (scan->n_turned == scan->n_turned_allocated) {
                const size_t n = scan->n_turned ? scan->n_turned * 2 : 64;
                struct turned *grown = reallocarray(scan->turned, n, sizeof(*grown));

                if (!grown) {
                        pid_set_put(&scan->zombies, pid, is_zombie);
                        return was_zombie;
                }
                scan->turned = grown;
                scan->n_turned_allocated = n;
        }
        scan->turned[scan->n_turned++] = (struct turned){pid, is_zombie};
        return was_zombie;
}

/* What a walk before this one knew of the process, and what the next one shall know. */
static void remember(struct task_scan *scan, struct process *process)
{
        const struct proc_stat *stat = &process->stat;
        const bool was_zombie = put_zombie(scan, stat->pid, process->zombie);

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
        if (fstatat(task_folder_fd(scan->files.folder), name.text, &st, 0) == 0)
                process->uid = measure_of(st.st_uid);
        else
                task_files_note(&scan->files, -errno);
}

/* Looks at one process, whose stat was read. Returns 0; -errno when it is gone or may not be looked
 * at. */
static int look_at(struct task_scan *scan, const struct stat_file *file, struct process *ret)
{
        const struct proc_stat *stat = &ret->stat;
        int r;

        *ret = (struct process){0};
        r = file->r < 0 ? file->r : task_files_parse(&scan->files, file, &ret->stat);
        if (r < 0)
                return r;
        /* Without threads, or in state X, it is being removed just now. */
        if (stat->n_threads == 0 || stat->state == 'X')
                return -ESRCH;
        ret->zombie = stat->state == 'Z' && stat->n_threads == 1;
        ret->started = stat->start_ticks > scan->newest_start_round;
        count_first(ret);
        if (stat->state == 'Z' && !ret->zombie)
                ret->live_tid = task_files_live_tid(&scan->files, stat->pid);
        if (scan->asks_users)
                find_user(scan, file->name.pid, ret);
        remember(scan, ret);
        return 0;
}

/* Processes that are listed one after the other. */
struct listed {
        unsigned n;
        struct stat_file stats[STATS_TOGETHER];
        char digits[STATS_TOGETHER][12];
        int64_t next[STATS_TOGETHER]; /* the offset behind it */
};

/* Lists the next ones from `*at` on, up to offset `end` (-1: to the last), and moves `*at` behind
 * them. Returns 1; 0 when these are the last; or -errno. */
static int list(struct folder_reader *reader, int64_t *at, int64_t end, struct listed *ret)
{
        const char *text;
        int r = 0;

        ret->n = 0;
        while (ret->n < STATS_TOGETHER && (end < 0 || *at < end) &&
                (r = folder_reader_next(reader, &text, at)) > 0) {
                struct pid_name *name = &ret->stats[ret->n].name;

                if (!pid_name_parse(text, name))
                        continue;
                name->text = memcpy(ret->digits[ret->n], text, name->len + 1);
                ret->next[ret->n] = *at;
                ret->n++;
        }
        return ret->n == STATS_TOGETHER ? 1 : r < 0 ? r : 0;
}

/*
 * Visits the processes listed from offset `from` on, up to offset `end` (-1: to the last). Returns
 * as task_scan_run(). However little time there is, one process is visited.
 */
static int walk(struct task_scan *scan, int64_t from, int64_t end, const struct deadline *deadline,
        void (*visit)(void *data, const struct process *process), void *data)
{
        struct folder_reader reader;
        struct listed listed;
        int64_t at = from;
        const int fd = task_folder_fd(scan->files.folder);
        int r = folder_reader_init(&reader, fd, scan->entries, LIST_BYTES, from);

        if (r < 0)
                return r;
        do {
                r = list(&reader, &at, end, &listed);
                task_files_read(&scan->files, listed.stats, listed.n);
                for (unsigned i = 0; i < listed.n; i++) {
                        struct process process;

                        if (look_at(scan, &listed.stats[i], &process) == 0)
                                visit(data, &process);
                        if (has_passed(deadline)) {
                                scan->resume = listed.next[i];
                                return 0;
                        }
                }
        } while (r > 0);
        return r < 0 ? r : 1;
}

int task_scan_run(struct task_scan *scan, const struct deadline *deadline,
        void (*visit)(void *data, const struct process *process), void *data)
{
        const int64_t from = scan->resume;
        int r;

        task_folder_begin(scan->files.folder);
        scan->files.n_denied = 0;
        scan->resume = 0;
        if (from == 0)
                scan->files.failed = false;
        r = walk(scan, from, -1, deadline, visit, data);
        if (r == 1 && !scan->files.failed) {
                visit(data, NULL);
                scan->newest_start_round = scan->newest_start;
                if (from > 0)
                        r = walk(scan, 0, from, deadline, visit, data);
        }
        scan->newest_start_before = scan->newest_start;
        /* The next walk begins at the first again, unless this one was cut as well. */
        return r == 1 && scan->files.failed ? 0 : r;
}

const char *task_scan_cgroup(struct task_scan *scan, const struct process *process,
        const struct hierarchy *hierarchy, size_t *ret_len, bool *ret_deleted)
{
        const struct proc_stat *stat = &process->stat;
        const char *text;

        if (hierarchy->v2 || stat->state != 'Z')
                text = task_files_cgroup(&scan->files, stat->pid);
        else if (process->live_tid)
                text = task_files_thread_cgroup(&scan->files, stat->pid, process->live_tid);
        else
                text = task_files_live_cgroup(&scan->files, stat->ppid);
        return text ? hierarchy_path_in(hierarchy, text, ret_len, ret_deleted) : NULL;
}

int task_scan_process(struct task_scan *scan, pid_t pid, struct process *ret)
{
        char memory[16];
        struct stat_file stat = {
                .name = {.text = memory, .pid = pid}
        };
        struct buf text;

        buf_init(&text, memory, sizeof(memory));
        buf_add_u64(&text, (uint64_t)pid, 0);
        stat.name.len = text.len;
        task_files_read(&scan->files, &stat, 1);
        return look_at(scan, &stat, ret);
}

void task_scan_end_looks(struct task_scan *scan)
{
        for (size_t i = 0; i < scan->n_turned; i++)
                pid_set_put(&scan->zombies, scan->turned[i].pid, scan->turned[i].is_zombie);
        scan->n_turned = 0;
        if (scan->files.held)
                task_handles_end_tick(scan->files.held);
        task_folder_begin(scan->files.folder);
        scan->files.n_denied = 0;
        scan->newest_start_before = scan->newest_start_round = scan->newest_start;
}

int task_scan_hold(struct task_scan *scan, size_t n_max, struct ahead *ahead)
{
        return task_handles_new(n_max, ahead, &scan->files.held);
}

void task_scan_add_ahead(struct task_scan *scan, pid_t tid)
{
        task_handles_add_ahead(scan->files.held, tid);
}

bool task_scan_holds(const struct task_scan *scan)
{
        return scan->files.held;
}

char task_scan_thread_state(struct task_scan *scan, pid_t tid)
{
        return task_files_thread_state(&scan->files, tid);
}

int task_scan_fd(const struct task_scan *scan)
{
        return task_folder_fd(scan->files.folder);
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
        return scan->files.n_denied;
}

bool task_scan_resumes(const struct task_scan *scan)
{
        return scan->resume > 0;
}
