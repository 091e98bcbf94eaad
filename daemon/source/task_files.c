/* SPDX-License-Identifier: MIT */
#include "task_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/pages.h"
#include "base/reserve.h"
#include "base/text.h"

enum {
        STAT_BYTES = 2048,         /* a stat has some 200 to 400, and 1,200 at most */
        CGROUP_BYTES = 128 * 1024, /* a cgroup file has a path of up to 4096 a hierarchy */
        TASK_LIST_BYTES = 4 * 1024,
        PID_MAX_DIGITS = 10,

        /* From so many threads on, the kernel takes longer to sum what all of them used, for
         * /proc/PID/stat, than to find /proc/PID/task/PID/stat. */
        MANY_THREADS = 4,
        MANY_THREADS_BITS = 32 * 1024,
};

/* The text of a cgroup file, and whose it is. */
struct cgroup_text {
        pid_t pid;
        uint64_t round; /* the round in which it was read; 0: holds nothing */
        bool valid;
        char text[CGROUP_BYTES];
};

/* Only the pages that are used cost memory: the large ones are at the end. */
struct task_folder {
        const struct root *root;
        int fd;
        uint64_t round;
        char thread_stat[STAT_BYTES];
        size_t n_stats; /* bytes of the stats that were read */
        char stats[STATS_TOGETHER * STAT_BYTES];
        /* Whether a process had many threads, by the last digits of its pid: another one's that
         * has them in common only costs time. */
        unsigned char many_threads[MANY_THREADS_BITS / 8];
        _Alignas(max_align_t) char task_entries[TASK_LIST_BYTES];
        struct cgroup_text own, other;
};

int task_folder_new(const struct root *root, struct task_folder **ret)
{
        struct task_folder *folder = pages_new(sizeof(*folder));

        if (!folder)
                return -ENOMEM;
        folder->root = root;
        folder->round = 1;
        folder->fd = openat(root->fd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder->fd < 0) {
                const int r = -errno;

                pages_free(folder, sizeof(*folder));
                return r;
        }
        *ret = folder;
        return 0;
}

void task_folder_free(struct task_folder *folder)
{
        if (!folder)
                return;
        close(folder->fd);
        pages_free(folder, sizeof(*folder));
}

int task_folder_fd(const struct task_folder *folder)
{
        return folder->fd;
}

void task_folder_begin(struct task_folder *folder)
{
        folder->round++;
}

bool pid_name_parse(const char *text, struct pid_name *ret)
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

void task_files_note(struct task_files *files, int r)
{
        if (r == -EACCES || r == -EPERM)
                files->n_denied++;
        if (error_is_passing(r))
                files->failed = true;
}

/* Reads the file `name` of the process or thread whose folder is `dir_fd`/`pid`. */
static int read_file(
        struct task_files *files, int dir_fd, pid_t pid, const char *name, struct scratch *scratch)
{
        char memory[48];
        struct buf path;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add_u64(&path, (uint64_t)pid, 0);
        buf_add_char(&path, '/');
        buf_add(&path, name);
        r = file_read_at(dir_fd, path.text, scratch, NULL);
        task_files_note(files, r);
        return r;
}

static int open_record(int dir_fd, const char *path)
{
        const int fd =
                reserve_openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);

        return fd < 0 ? -errno : fd;
}

/* A stat is one record: the kernel gives the whole of it to one read that has room for more.
 * Returns its length, or -errno. */
static int read_open_record(int fd, char ret[STAT_BYTES])
{
        ssize_t n;

        do
                n = pread(fd, ret, STAT_BYTES, 0);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return -errno;
        if (n == STAT_BYTES)
                return -EFBIG;
        ret[n] = '\0';
        return (int)n;
}

static int read_record(int dir_fd, const char *path, char ret[STAT_BYTES])
{
        cleanup_fd int fd = open_record(dir_fd, path);

        return fd < 0 ? fd : read_open_record(fd, ret);
}

enum { STAT_PATH_BYTES = sizeof("/task//stat") + 2 * PID_MAX_DIGITS };

/* "NAME/stat", or "NAME/task/NAME/stat" if `of_task`. */
static void write_path(const struct pid_name *name, bool of_task, char ret[STAT_PATH_BYTES])
{
        char *end = mempcpy(ret, name->text, name->len);

        if (of_task)
                end = mempcpy(stpcpy(end, "/task/"), name->text, name->len);
        stpcpy(end, "/stat");
}

/* Reads the stat in the folder `dir_fd`/NAME. Returns its length, or -errno. */
static int read_stat(
        struct task_files *files, int dir_fd, const struct pid_name *name, char ret[STAT_BYTES])
{
        char path[STAT_PATH_BYTES];
        int r;

        write_path(name, false, path);
        r = read_record(dir_fd, path, ret);
        if (r < 0)
                task_files_note(files, r);
        return r;
}

/* Opens and reads the stat of a thread, which is kept open if there is room. */
static int hold_stat(struct task_files *files, pid_t tid, char ret[STAT_BYTES])
{
        char path[64];
        struct buf text;
        int fd, r;

        buf_init(&text, path, sizeof(path));
        buf_add_u64(&text, (uint64_t)tid, 0);
        buf_add(&text, "/task/");
        buf_add_u64(&text, (uint64_t)tid, 0);
        buf_add(&text, "/stat");
        fd = open_record(files->folder->fd, path);
        if (fd < 0)
                return fd;
        r = read_open_record(fd, ret);
        if (r < 0 || task_handles_keep(files->held, tid, fd) < 0)
                close(fd);
        return r;
}

/* The stat of a thread by its tid, which has a folder of its own in /proc that is not listed: in
 * `memory`, or where it was read ahead to. */
static int read_held_stat(
        struct task_files *files, pid_t tid, char memory[STAT_BYTES], const char **ret)
{
        const int fd = task_handles_find(files->held, tid, ret);
        int r;

        if (*ret)
                return 0;
        *ret = memory;
        r = fd < 0 ? -ESRCH : read_open_record(fd, memory);
        if (r == -ESRCH) {
                if (fd >= 0)
                        task_handles_drop(files->held, tid);
                r = hold_stat(files, tid, memory);
        }
        if (r < 0)
                task_files_note(files, r);
        return r;
}

/* The byte and the bit in it that tell whether a process had many threads. */
static unsigned char *many_threads(struct task_files *files, pid_t pid, unsigned char *ret_bit)
{
        const size_t place = (size_t)pid % MANY_THREADS_BITS;

        *ret_bit = (unsigned char)(1U << (place % 8));
        return &files->folder->many_threads[place / 8];
}

/* The same, and gives back none of those held in reserve: they are for what cannot wait. */
static int open_spare_record(int dir_fd, const char *path)
{
        const int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        return fd < 0 ? -errno : fd;
}

/* Where the folder of the one thread cannot be read, that of the process may be. */
static int open_stat(struct task_files *files, struct stat_file *file,
        int (*open_one)(int dir_fd, const char *path))
{
        unsigned char bit, *byte = many_threads(files, file->name.pid, &bit);
        char path[STAT_PATH_BYTES];

        file->fd = -ENOENT;
        file->of_task = *byte & bit;
        if (file->of_task) {
                write_path(&file->name, true, path);
                file->fd = open_one(files->folder->fd, path);
        }
        if (file->fd < 0 && !error_is_passing(file->fd)) {
                file->of_task = false;
                write_path(&file->name, false, path);
                file->fd = open_one(files->folder->fd, path);
        }
        return file->fd;
}

static char *room_for_stat(struct task_folder *folder)
{
        return folder->stats + folder->n_stats;
}

/* Takes what was read to where there is room, or why nothing was. */
static void take_stat(struct task_folder *folder, struct stat_file *file, int r)
{
        file->text = room_for_stat(folder);
        file->r = r < 0 ? r : 0;
        if (r >= 0)
                folder->n_stats += (size_t)r + 1;
}

/*
 * Opens some, reads them and closes them: what the kernel needs for one of these, and the processor
 * to go over from the kernel to us, is at hand for the next one when nothing comes between. Those
 * that wait for a descriptor that one of them has are left. Returns how many were not.
 */
static unsigned read_some(struct task_files *files, struct stat_file *items, unsigned n)
{
        struct task_folder *folder = files->folder;
        unsigned n_opened = 1;

        open_stat(files, &items[0], open_record);
        for (; n_opened < n; n_opened++) {
                if (open_stat(files, &items[n_opened], open_spare_record) < 0 &&
                        error_is_passing(items[n_opened].fd))
                        break;
        }
        for (unsigned i = 0; i < n_opened; i++) {
                const int fd = items[i].fd;

                take_stat(folder, &items[i],
                        fd < 0 ? fd : read_open_record(fd, room_for_stat(folder)));
        }
        for (unsigned i = 0; i < n_opened; i++) {
                if (items[i].fd >= 0)
                        close(items[i].fd);
        }
        return n_opened;
}

/* What could not be read where it is read fast is tried once more. */
static void note_stat(struct task_files *files, struct stat_file *file)
{
        struct task_folder *folder = files->folder;

        if (file->r == 0)
                return;
        if (!file->of_task || error_is_passing(file->r))
                task_files_note(files, file->r);
        else
                take_stat(folder, file,
                        read_stat(files, folder->fd, &file->name, room_for_stat(folder)));
}

static void read_held_stats(struct task_files *files, struct stat_file *items, unsigned n)
{
        struct task_folder *folder = files->folder;

        for (unsigned i = 0; i < n; i++) {
                const char *text;

                take_stat(folder, &items[i],
                        read_held_stat(files, items[i].name.pid, room_for_stat(folder), &text));
                items[i].text = text;
        }
}

void task_files_read(struct task_files *files, struct stat_file *items, unsigned n)
{
        files->folder->n_stats = 0;
        if (files->held) {
                read_held_stats(files, items, n);
                return;
        }
        for (unsigned done = 0; done < n;)
                done += read_some(files, items + done, n - done);
        for (unsigned i = 0; i < n; i++)
                note_stat(files, &items[i]);
}

int task_files_parse(struct task_files *files, const struct stat_file *file, struct proc_stat *ret)
{
        unsigned char bit, *byte = many_threads(files, file->name.pid, &bit);
        int r = proc_stat_parse(file->text, ret);

        if (r == 0 && !files->held && (ret->n_threads >= MANY_THREADS) != !!(*byte & bit))
                *byte ^= bit;
        return r;
}

int thread_list_open(struct task_files *files, pid_t pid, struct thread_list *ret)
{
        char memory[32];
        struct buf path;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add_u64(&path, (uint64_t)pid, 0);
        buf_add(&path, "/task");
        ret->fd =
                reserve_openat(files->folder->fd, path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        if (ret->fd < 0)
                r = -errno;
        else
                r = folder_reader_init(
                        &ret->reader, ret->fd, files->folder->task_entries, TASK_LIST_BYTES, 0);
        task_files_note(files, r);
        return r;
}

int thread_list_next(struct task_files *files, struct thread_list *list, struct pid_name *ret)
{
        const char *name;
        int r;

        while ((r = folder_reader_next(&list->reader, &name, NULL)) > 0) {
                if (pid_name_parse(name, ret))
                        return 1;
        }
        task_files_note(files, r);
        return r;
}

void thread_list_close(struct thread_list *list)
{
        if (list->fd >= 0)
                close(list->fd);
}

/* '\0' when it is dead. */
static char live_state(const char *stat)
{
        const char state = proc_stat_state(stat);

        return state == 'Z' || state == 'X' ? '\0' : state;
}

char thread_list_state(
        struct task_files *files, const struct thread_list *list, const struct pid_name *thread)
{
        if (read_stat(files, list->fd, thread, files->folder->thread_stat) < 0)
                return '\0';
        return live_state(files->folder->thread_stat);
}

char task_files_thread_state(struct task_files *files, pid_t tid)
{
        const char *text;

        if (read_held_stat(files, tid, files->folder->thread_stat, &text) < 0)
                return '\0';
        return live_state(text);
}

pid_t task_files_live_tid(struct task_files *files, pid_t pid)
{
        struct thread_list list;
        struct pid_name thread;
        pid_t tid = 0;

        if (thread_list_open(files, pid, &list) == 0) {
                while (!tid && thread_list_next(files, &list, &thread) > 0) {
                        if (thread.pid != pid && thread_list_state(files, &list, &thread))
                                tid = thread.pid;
                }
        }
        thread_list_close(&list);
        return tid;
}

/* Reads a process's cgroup file, or one of a thread of it, unless it was just read. */
static void read_cgroup(struct task_files *files, struct cgroup_text *text, pid_t pid, pid_t tid)
{
        struct scratch scratch = {.text = text->text, .size = CGROUP_BYTES};
        char memory[32];
        struct buf name;

        if (text->pid == pid && text->round == files->folder->round)
                return;
        buf_init(&name, memory, sizeof(memory));
        if (tid) {
                buf_add(&name, "task/");
                buf_add_u64(&name, (uint64_t)tid, 0);
                buf_add_char(&name, '/');
        }
        buf_add(&name, "cgroup");
        text->valid = read_file(files, files->folder->fd, pid, name.text, &scratch) == 0;
        text->pid = pid;
        text->round = files->folder->round;
}

const char *task_files_cgroup(struct task_files *files, pid_t pid)
{
        struct cgroup_text *text = &files->folder->own;

        read_cgroup(files, text, pid, 0);
        return text->valid ? text->text : NULL;
}

const char *task_files_thread_cgroup(struct task_files *files, pid_t pid, pid_t tid)
{
        struct cgroup_text *text = &files->folder->other;

        read_cgroup(files, text, pid, tid);
        return text->valid ? text->text : NULL;
}

const char *task_files_live_cgroup(struct task_files *files, pid_t pid)
{
        struct task_folder *folder = files->folder;
        struct scratch scratch = {.text = folder->thread_stat, .size = STAT_BYTES};
        struct proc_stat stat;
        pid_t tid = 0;
        int r;

        /* The parent of one zombie often is that of the next. */
        if (folder->other.pid != pid || folder->other.round != folder->round) {
                r = proc_read_stat(folder->root, pid, &scratch, &stat);
                task_files_note(files, r);
                if (r == 0 && stat.state == 'Z')
                        tid = task_files_live_tid(files, pid);
        }
        return task_files_thread_cgroup(files, pid, tid);
}
