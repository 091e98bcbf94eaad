/* SPDX-License-Identifier: MIT */
#include "source/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
        TASK_LIST_BYTES = 8 * 1024,
        PID_MAX_DIGITS = 10,

        /* From so many threads on, the kernel takes longer to sum what all of them used, for
         * /proc/PID/stat, than to find /proc/PID/task/PID/stat. */
        MANY_THREADS = 4,
        MANY_THREADS_BITS = 64 * 1024,
};

/* The name of a process or thread in /proc, and its number. */
struct pid_name {
        const char *text;
        size_t len;
        pid_t pid;
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
        bool is_for_looks; /* not for walks */
        struct turned {
                pid_t pid;
                bool is_zombie;
        } * turned; /* those looked at that were not known to be, or to be none */
        size_t n_turned, n_turned_allocated;
        /* Whether a process had many threads, by the last digits of its pid: another one's that
         * has them in common only costs time. */
        unsigned char many_threads[MANY_THREADS_BITS / 8];
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
        scan->task_entries = malloc(TASK_LIST_BYTES);
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
        free(scan->turned);
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

/* Whether `text` is a pid or tid as a kernel writes it; `*ret` borrows the text. */
static bool parse_pid(const char *text, struct pid_name *ret)
{
        int64_t pid = 0;
        size_t len = 0;

        if (*text == '0')
                return false;
        for (; text[len] >= '0' && text[len] <= '9' && len < PID_MAX_DIGITS; len++)
                pid = pid * 10 + (text[len] - '0');
        if (len == 0 || text[len] || pid > INT_MAX)
                return false;
        *ret = (struct pid_name){.text = text, .len = len, .pid = (pid_t)pid};
        return true;
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

/* A stat is one record: the kernel gives the whole of it to one read that has room for more. */
static int read_record(int dir_fd, const char *path, struct scratch *scratch)
{
        cleanup_fd int fd =
                reserve_openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
        ssize_t n;

        if (fd < 0)
                return -errno;
        do
                n = read(fd, scratch->text, scratch->size);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return -errno;
        if ((size_t)n == scratch->size)
                return -EFBIG;
        scratch->text[n] = '\0';
        return 0;
}

/* Reads the stat in the folder `dir_fd`/NAME, or in `dir_fd`/NAME/task/NAME if `of_task`. */
static int read_stat(struct task_scan *scan, int dir_fd, const struct pid_name *name, bool of_task,
        struct scratch *scratch)
{
        char path[sizeof("/task//stat") + 2 * PID_MAX_DIGITS], *end = path;
        int r;

        end = mempcpy(end, name->text, name->len);
        if (of_task)
                end = mempcpy(stpcpy(end, "/task/"), name->text, name->len);
        stpcpy(end, "/stat");
        r = read_record(dir_fd, path, scratch);
        /* Where the folder of the one thread cannot be read, that of the process may be. */
        if (r < 0 && (!of_task || error_is_passing(r)))
                note_failure(scan, r);
        return r;
}

/* The byte and the bit in it that tell whether a process had many threads. */
static unsigned char *many_threads(struct task_scan *scan, pid_t pid, unsigned char *ret_bit)
{
        const size_t place = (size_t)pid % MANY_THREADS_BITS;

        *ret_bit = (unsigned char)(1U << (place % 8));
        return &scan->many_threads[place / 8];
}

/*
 * Reads the stat of a process; that of its first thread says the same but for the times used, which
 * are only its own there, and so the kernel need not look at all the others.
 */
static int read_process(struct task_scan *scan, const struct pid_name *name, struct proc_stat *ret)
{
        unsigned char bit, *byte = many_threads(scan, name->pid, &bit);
        int r = -ENOENT;

        if (*byte & bit) {
                r = read_stat(scan, scan->proc_fd, name, true, &scan->stat);
                if (error_is_passing(r))
                        return r;
        }
        if (r < 0)
                r = read_stat(scan, scan->proc_fd, name, false, &scan->stat);
        if (r == 0)
                r = proc_stat_parse(scan->stat.text, ret);
        if (r == 0 && (ret->n_threads >= MANY_THREADS) != !!(*byte & bit))
                *byte ^= bit;
        return r;
}

/* The threads of a process, as they are listed. */
struct thread_list {
        int fd;
        struct folder_reader reader;
};

static int open_threads(struct task_scan *scan, pid_t pid, struct thread_list *ret)
{
        char memory[32];
        struct buf path;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add_u64(&path, (uint64_t)pid, 0);
        buf_add(&path, "/task");
        ret->fd = reserve_openat(scan->proc_fd, path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        if (ret->fd < 0)
                r = -errno;
        else
                r = folder_reader_init(
                        &ret->reader, ret->fd, scan->task_entries, TASK_LIST_BYTES, 0);
        note_failure(scan, r);
        return r;
}

/* The next thread. Returns 1, 0 at the end or -errno. */
static int next_thread(struct task_scan *scan, struct thread_list *list, struct pid_name *ret)
{
        const char *name;
        int r;

        while ((r = folder_reader_next(&list->reader, &name, NULL)) > 0) {
                if (parse_pid(name, ret))
                        return 1;
        }
        note_failure(scan, r);
        return r;
}

static void close_threads(struct thread_list *list)
{
        if (list->fd >= 0)
                close(list->fd);
}

/* The state of a listed thread; '\0' when it is dead or cannot be read. */
static char read_state(
        struct task_scan *scan, const struct thread_list *list, const struct pid_name *thread)
{
        char state;

        if (read_stat(scan, list->fd, thread, false, &scan->thread_stat) < 0)
                return '\0';
        state = proc_stat_state(scan->thread_stat.text);
        return state == 'Z' || state == 'X' ? '\0' : state;
}

/* A thread that lives of a process whose leader has exited; 0 when none is found. */
static pid_t find_live_tid(struct task_scan *scan, pid_t pid)
{
        struct thread_list list;
        struct pid_name thread;
        pid_t tid = 0;

        if (open_threads(scan, pid, &list) == 0) {
                while (!tid && next_thread(scan, &list, &thread) > 0) {
                        if (thread.pid != pid && read_state(scan, &list, &thread))
                                tid = thread.pid;
                }
        }
        close_threads(&list);
        return tid;
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
static void look_at_listed(struct task_scan *scan, struct thread_list *list, uint64_t n_others,
        struct sampling *sampling, struct process *process)
{
        struct thread_states *others = &process->others;
        struct pid_name thread;
        uint64_t index = 0, n_first = process->stat.state != 'Z';
        bool skipped = false, any = false;
        int r;

        while ((r = next_thread(scan, list, &thread)) > 0) {
                char state;

                if (thread.pid == process->stat.pid) {
                        state = read_state(scan, list, &thread);
                        n_first = state != '\0';
                        any |= n_first > 0;
                        process->n_running = state == 'R';
                        process->n_blocked = state == 'D';
                } else if (sampling_take(sampling, index++)) {
                        state = read_state(scan, list, &thread);
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
        const bool failed = scan->failed;
        struct thread_list list;
        bool succeeded;

        if (n_others == 0)
                return true;
        if (!sampling_any(sampling, n_others)) {
                sampling_pass(sampling, n_others);
                return true;
        }
        scan->failed = false;
        process->others = (struct thread_states){0};
        if (open_threads(scan, process->stat.pid, &list) == 0)
                look_at_listed(scan, &list, n_others, sampling, process);
        close_threads(&list);
        sampling_pass(sampling, n_others);
        succeeded = !scan->failed;
        scan->failed |= failed;
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
        if (fstatat(scan->proc_fd, name.text, &st, 0) == 0)
                process->uid = measure_of(st.st_uid);
        else
                note_failure(scan, -errno);
}

/* Looks at one process. Returns 0; -errno when it is gone or may not be looked at. */
static int look_at(struct task_scan *scan, const struct pid_name *name, struct process *ret)
{
        const struct proc_stat *stat = &ret->stat;
        int r;

        *ret = (struct process){0};
        r = read_process(scan, name, &ret->stat);
        if (r < 0)
                return r;
        /* Without threads, or in state X, it is being removed just now. */
        if (stat->n_threads == 0 || stat->state == 'X')
                return -ESRCH;
        ret->zombie = stat->state == 'Z' && stat->n_threads == 1;
        ret->started = stat->start_ticks > scan->newest_start_round;
        count_first(ret);
        if (stat->state == 'Z' && !ret->zombie)
                ret->live_tid = find_live_tid(scan, stat->pid);
        if (scan->asks_users)
                find_user(scan, name->pid, ret);
        remember(scan, ret);
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
                struct pid_name pid;

                at = next;
                if (!parse_pid(name, &pid))
                        continue;
                if (look_at(scan, &pid, &process) == 0)
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
                parent.live_tid = find_live_tid(scan, parent.stat.pid);
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

int task_scan_process(struct task_scan *scan, pid_t pid, struct process *ret)
{
        char memory[16];
        struct pid_name name = {.text = memory, .pid = pid};
        struct buf text;

        buf_init(&text, memory, sizeof(memory));
        buf_add_u64(&text, (uint64_t)pid, 0);
        name.len = text.len;
        scan->is_for_looks = true;
        return look_at(scan, &name, ret);
}

void task_scan_end_looks(struct task_scan *scan)
{
        for (size_t i = 0; i < scan->n_turned; i++)
                pid_set_put(&scan->zombies, scan->turned[i].pid, scan->turned[i].is_zombie);
        scan->n_turned = 0;
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
