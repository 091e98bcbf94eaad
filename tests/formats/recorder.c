/* SPDX-License-Identifier: MIT */

/*
 * Records what runstatd would read of this machine, at one instant after the other:
 *
 *   recorder FILE INSTANTS INTERVAL_MS [CGROUP-FOLDER...]
 *
 * It plays the part of runstatd: it has the timer that runstatd has, /proc/self is its own, and it
 * is not among the processes. FILE is made for player.c, and has, one behind the other:
 *
 *   T BOOT_NS WALL_NS CPU_NS EXPIRED    an instant: the clocks, and how often the timer has expired
 *   F LEN PATH                          a file that is new or has changed; LEN bytes follow
 *   R PATH                              a file that is gone
 *
 * Paths are as seen from the root, without its slash. A line on standard output for each instant
 * says that it is taken.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum {
        MAX_BYTES = 256 * 1024, /* of a file */
        N_PLACES = 1 << 16,     /* for files, a power of two */
};

static const char *const machine_files[] = {
        "meminfo",
        "vmstat",
        "loadavg",
        "uptime",
        "stat",
        "pressure/cpu",
        "pressure/memory",
        "pressure/io",
        "sys/kernel/threads-max",
        "sys/kernel/pid_max",
        "sys/kernel/random/boot_id",
        "self/cgroup",
        "self/mountinfo",
        "self/stat",
        NULL,
};

static const char *const process_files[] = {
        "stat",
        "cgroup",
        "status",
        "io",
        "smaps_rollup",
        "limits",
        "task/[0-9]*/stat",
        NULL,
};

/* A file as it was when it was read last. */
struct file {
        char *path, *bytes;
        size_t len;
        unsigned instant; /* in which it was there; 0 for a free place */
        bool is_gone;
};

struct recorder {
        FILE *out;
        uint64_t start_ns;
        unsigned instant;   /* from 1 on */
        struct file *files; /* N_PLACES */
        size_t n_files;
};

static uint64_t clock_ns(clockid_t clock)
{
        struct timespec time;

        clock_gettime(clock, &time);
        return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct file *find(struct recorder *recorder, const char *path)
{
        const size_t len = strlen(path);

        for (uint64_t at = text_hash(path, len);; at++) {
                struct file *file = &recorder->files[at & (N_PLACES - 1)];

                if (file->path && strcmp(file->path, path) != 0)
                        continue;
                if (!file->path) {
                        if (++recorder->n_files > N_PLACES / 2)
                                errx(1, "more than %d files", N_PLACES / 2);
                        file->path = strdup(path);
                        file->is_gone = true;
                }
                return file;
        }
}

/* Reads the file whole. Returns its length, or -1 for one that is not there, or not for us. */
static ssize_t read_whole(const char *path, char *bytes)
{
        cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        size_t len = 0;
        ssize_t n;

        if (fd < 0)
                return -1;
        while ((n = read(fd, bytes + len, MAX_BYTES - len)) > 0)
                len += (size_t)n;
        if (len == MAX_BYTES)
                errx(1, "'%s' is too large", path);
        return n < 0 ? -1 : (ssize_t)len;
}

static void record(struct recorder *recorder, const char *path)
{
        static char bytes[MAX_BYTES];
        const ssize_t len = read_whole(path, bytes);
        struct file *file;

        if (len < 0)
                return;
        file = find(recorder, path);
        file->instant = recorder->instant;
        if (!file->is_gone && file->len == (size_t)len &&
                memcmp(file->bytes, bytes, (size_t)len) == 0)
                return;
        file->is_gone = false;
        file->len = (size_t)len;
        file->bytes = realloc(file->bytes, (size_t)len + 1);
        if (!file->bytes)
                errx(1, "out of memory");
        memcpy(file->bytes, bytes, (size_t)len);
        fprintf(recorder->out, "F %zu %s\n", file->len, path + 1);
        fwrite(bytes, 1, file->len, recorder->out);
}

/* All files of these names in the folders. */
static void record_files(struct recorder *recorder, const char *folder, const char *const *names)
{
        char pattern[4096];

        for (; *names; names++) {
                snprintf(pattern, sizeof(pattern), "%s/%s", folder, *names);
                if (!strchr(pattern, '*')) {
                        record(recorder, pattern);
                        continue;
                }
                glob_t found;

                if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
                        for (size_t i = 0; i < found.gl_pathc; i++)
                                record(recorder, found.gl_pathv[i]);
                        globfree(&found);
                }
        }
}

static void record_processes(struct recorder *recorder)
{
        char own[32];
        glob_t found;

        snprintf(own, sizeof(own), "/proc/%d", getpid());
        if (glob("/proc/[0-9]*", GLOB_NOSORT, NULL, &found) != 0)
                errx(1, "no processes");
        for (size_t i = 0; i < found.gl_pathc; i++) {
                if (strcmp(found.gl_pathv[i], own) != 0)
                        record_files(recorder, found.gl_pathv[i], process_files);
        }
        globfree(&found);
}

/* Those of a cgroup's files that say something: the others refuse, or are for writing. */
static void record_group(struct recorder *recorder, const char *folder)
{
        static const char *const files[] = {
                "cgroup.events",
                "cgroup.procs",
                "cgroup.sane_behavior",
                "cgroup.stat",
                "*.pressure",
                "memory.*",
                "pids.*",
                "io.stat",
                "cpu.stat",
                "cpu.max",
                "cpu.cfs_*_us",
                "cpuacct.usage*",
                "blkio.throttle.io_service*_recursive",
                NULL,
        };

        record_files(recorder, folder, files);
}

static void record_gone(struct recorder *recorder)
{
        for (size_t i = 0; i < N_PLACES; i++) {
                struct file *file = &recorder->files[i];

                if (!file->path || file->is_gone || file->instant == recorder->instant)
                        continue;
                file->is_gone = true;
                fprintf(recorder->out, "R %s\n", file->path + 1);
        }
}

/* Of the one before the timer starts `n_expired` is 0: what runstatd finds when it is started. */
static void record_instant(struct recorder *recorder, uint64_t n_expired, char **groups)
{
        const uint64_t boot_ns = clock_ns(CLOCK_BOOTTIME);

        if (recorder->instant++ == 0)
                recorder->start_ns = boot_ns;
        fprintf(recorder->out, "T %ju %ju %ju %ju\n", (uintmax_t)boot_ns,
                (uintmax_t)clock_ns(CLOCK_REALTIME), (uintmax_t)clock_ns(CLOCK_PROCESS_CPUTIME_ID),
                (uintmax_t)n_expired);
        record_files(recorder, "/proc", machine_files);
        record_processes(recorder);
        for (; *groups; groups++)
                record_group(recorder, *groups);
        record_gone(recorder);
        puts("taken");
        fflush(stdout);
}

static int start_timer(uint64_t start_ns, unsigned interval_ms)
{
        const struct itimerspec times = {
                .it_value = {.tv_sec = (time_t)(start_ns / 1000000000),
                             .tv_nsec = (long)(start_ns % 1000000000)},
                .it_interval = {.tv_sec = interval_ms / 1000,
                             .tv_nsec = interval_ms % 1000 * 1000000L},
        };
        const int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);

        if (fd < 0 || timerfd_settime(fd, TFD_TIMER_ABSTIME, &times, NULL) < 0)
                err(1, "no timer");
        return fd;
}

static unsigned number_of(const char *text)
{
        uint64_t number;

        if (text_parse_u64(text, &number) < 0 || number == 0 || number > 1000000)
                errx(64, "'%s' is not a number from 1 to 1000000", text);
        return (unsigned)number;
}

int main(int argc, char **argv)
{
        struct recorder recorder = {0};
        unsigned n_instants, interval_ms;
        uint64_t n_expired;
        int timer;

        if (argc < 4)
                errx(64, "usage: recorder FILE INSTANTS INTERVAL_MS [CGROUP-FOLDER...]");
        n_instants = number_of(argv[2]);
        interval_ms = number_of(argv[3]);
        recorder.files = calloc(N_PLACES, sizeof(*recorder.files));
        recorder.out = fopen(argv[1], "we");
        if (!recorder.files || !recorder.out)
                err(1, "%s", argv[1]);
        record_instant(&recorder, 0, argv + 4);
        timer = start_timer(recorder.start_ns, interval_ms);
        for (unsigned i = 0; i < n_instants; i++) {
                if (read(timer, &n_expired, sizeof(n_expired)) != sizeof(n_expired))
                        err(1, "the timer");
                record_instant(&recorder, n_expired, argv + 4);
        }
        if (fclose(recorder.out) != 0)
                err(1, "%s", argv[1]);
        return 0;
}
