/* SPDX-License-Identifier: MIT */

/*
 * The least that a sample can cost: reads the kernel's files in a bare loop, and looks at nothing
 * in them.
 *
 *   floor stat|status|task    /proc/PID/stat, /proc/PID/status or /proc/PID/task/PID/stat of each
 *                             process there is: openat, read, close
 *   floor files               files whose paths are on standard input, up to an empty line: they
 *                             are held open, and read by pread
 *
 * Takes a sample for each line of standard input, and answers it with an empty one. Whoever asks
 * looks at what this process has used.
 */

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
        LIST_BYTES = 32 * 1024,
        FILE_BYTES = 64 * 1024,
};

/* Where files are read to: nobody looks at it. */
static char memory[FILE_BYTES];

/* Reads the file `name` of the process `pid`, which may have gone. */
static void read_process(int proc_fd, const char *pid, const char *name)
{
        char path[2 * NAME_MAX + 16], *end = stpcpy(path, pid);
        int fd;

        if (strcmp(name, "task") == 0) {
                end = stpcpy(stpcpy(end, "/task/"), pid);
                name = "stat";
        }
        stpcpy(stpcpy(end, "/"), name);
        fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return;
        if (read(fd, memory, sizeof(memory)) < 0 && errno != ESRCH)
                err(1, "cannot read '%s'", path);
        close(fd);
}

static void walk(int proc_fd, const char *name)
{
        static char list[LIST_BYTES] __attribute__((aligned(8)));
        ssize_t len;

        if (lseek(proc_fd, 0, SEEK_SET) < 0)
                err(1, "cannot rewind /proc");
        while ((len = getdents64(proc_fd, list, sizeof(list))) > 0) {
                for (ssize_t at = 0; at < len;) {
                        const struct dirent64 *entry = (const void *)(list + at);

                        at += entry->d_reclen;
                        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
                                read_process(proc_fd, entry->d_name, name);
                }
        }
        if (len < 0)
                err(1, "cannot list /proc");
}

/* The files that are read in each sample. */
struct files {
        size_t n;
        struct file {
                char *path;
                int fd;
        } * items;
};

static bool read_line(char line[PATH_MAX])
{
        if (!fgets(line, PATH_MAX, stdin))
                return false;
        line[strcspn(line, "\n")] = '\0';
        return true;
}

static void add_file(struct files *files, const char *path)
{
        struct file *file;

        files->items = reallocarray(files->items, files->n + 1, sizeof(*files->items));
        if (!files->items)
                err(1, "out of memory");
        file = &files->items[files->n++];
        *file = (struct file){.path = strdup(path), .fd = open(path, O_RDONLY | O_CLOEXEC)};
        if (!file->path || file->fd < 0)
                err(1, "cannot open '%s'", path);
}

static void read_files(const struct files *files)
{
        for (size_t i = 0; i < files->n; i++) {
                const struct file *file = &files->items[i];

                if (pread(file->fd, memory, sizeof(memory), 0) < 0)
                        err(1, "cannot read '%s'", file->path);
        }
}

/* As many as this process may have; no limit of the machine is raised. */
static void allow_files(void)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                err(1, "cannot ask how many files there may be");
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
                err(1, "cannot have so many files");
}

static void take_files(struct files *files)
{
        char line[PATH_MAX];

        allow_files();
        while (read_line(line) && line[0] != '\0')
                add_file(files, line);
        if (files->n == 0)
                errx(64, "no files to read");
}

int main(int argc, char **argv)
{
        static const char *const of_processes[] = {"stat", "status", "task"};
        const char *what = argc == 2 ? argv[1] : "";
        struct files files = {0};
        char line[PATH_MAX];
        int proc_fd = -1;

        for (size_t i = 0; i < sizeof(of_processes) / sizeof(of_processes[0]); i++) {
                if (strcmp(what, of_processes[i]) == 0)
                        proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }
        if (proc_fd < 0) {
                if (strcmp(what, "files") != 0)
                        errx(64, "usage: floor stat|status|task|files");
                take_files(&files);
        }
        while (read_line(line)) {
                if (proc_fd >= 0)
                        walk(proc_fd, what);
                else
                        read_files(&files);
                if (write(STDOUT_FILENO, "\n", 1) != 1)
                        err(1, "cannot answer");
        }
        return 0;
}
