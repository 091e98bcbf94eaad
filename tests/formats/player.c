/* SPDX-License-Identifier: MIT */

/*
 * A library that is loaded into runstatd before all others (LD_PRELOAD) and shows it the machine
 * that "recorder" has recorded: the same instants, whenever and however often it is run.
 *
 *   RUNSTATD_RECORD   what was recorded
 *   RUNSTATD_TREE     an empty folder, for the recorded files: what --root is told
 *   RUNSTATD_PAGES    unset, or the file of -o textfile: that of each tick stays, as FILE.TICK
 *
 * The timer expires as soon as the program waits for it; before that the files become those of the
 * next instant, and the clocks go on to it. At the end of the recording the program is asked to
 * end.
 */

#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *ret);
int epoll_wait(int fd, struct epoll_event *events, int n_events, int timeout);
int inotify_init1(int flags);
int openat(int dir_fd, const char *path, int flags, ...);
int timerfd_create(int clock, int flags);
int timerfd_settime(
        int fd, int flags, const struct itimerspec *times, struct itimerspec *ret_before);

static FILE *record;
static const char *tree;
static int tree_fd = -1, timer = -1;
static uintmax_t boot_ns, wall_ns, cpu_ns, n_expired;
static unsigned n_ticks;

/* The C library's own function of that name. */
static void *real(const char *name)
{
        void *function = dlsym(RTLD_NEXT, name);

        if (!function)
                errx(1, "no function '%s'", name);
        return function;
}

static int open_real(int dir_fd, const char *path, int flags, unsigned mode)
{
        static int (*function)(int, const char *, int, ...);

        if (!function)
                function = (int (*)(int, const char *, int, ...))real("openat");
        return function(dir_fd, path, flags, mode);
}

/* Makes the folders that `path` is in. */
static void make_folders(const char *path)
{
        char folder[PATH_MAX];

        for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
                snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
                if (mkdirat(tree_fd, folder, 0755) < 0 && errno != EEXIST)
                        err(1, "cannot make '%s'", folder);
        }
}

static void put_file(const char *path, size_t len)
{
        const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
        char bytes[4096];
        int fd = open_real(tree_fd, path, flags, 0644);

        if (fd < 0 && errno == ENOENT) {
                make_folders(path);
                fd = open_real(tree_fd, path, flags, 0644);
        }
        if (fd < 0)
                err(1, "cannot make '%s'", path);
        for (size_t n; len > 0; len -= n) {
                n = len < sizeof(bytes) ? len : sizeof(bytes);
                if (fread(bytes, 1, n, record) != n || write(fd, bytes, n) != (ssize_t)n)
                        err(1, "cannot copy '%s'", path);
        }
        close(fd);
}

/* Removes a file, and the folders that are empty without it. */
static void remove_file(char *path)
{
        char *slash;

        if (unlinkat(tree_fd, path, 0) < 0)
                err(1, "cannot remove '%s'", path);
        while ((slash = strrchr(path, '/'))) {
                *slash = '\0';
                if (unlinkat(tree_fd, path, AT_REMOVEDIR) < 0)
                        break;
        }
}

/* Goes on to the next instant. Returns whether there is one. */
static bool advance(void)
{
        static char *line;
        static size_t size;
        ssize_t n;
        long at;

        if (getline(&line, &size, record) < 0)
                return false;
        if (sscanf(line, "T %ju %ju %ju %ju", &boot_ns, &wall_ns, &cpu_ns, &n_expired) != 4)
                errx(1, "no instant: '%s'", line);
        for (at = ftell(record); (n = getline(&line, &size, record)) > 0 && line[0] != 'T';
                at = ftell(record)) {
                size_t len;
                int skip;

                line[n - 1] = '\0';
                if (line[0] == 'R')
                        remove_file(line + 2);
                else if (sscanf(line, "F %zu %n", &len, &skip) == 1)
                        put_file(line + skip, len);
                else
                        errx(1, "not understood: '%s'", line);
        }
        fseek(record, at, SEEK_SET);
        return true;
}

__attribute__((constructor)) static void begin(void)
{
        const char *path = getenv("RUNSTATD_RECORD");

        tree = getenv("RUNSTATD_TREE");
        if (!path || !tree)
                errx(1, "no RUNSTATD_RECORD, or no RUNSTATD_TREE");
        record = fopen(path, "re");
        tree_fd = open_real(AT_FDCWD, tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        if (!record || tree_fd < 0)
                err(1, "cannot open '%s' or '%s'", path, tree);
        if (!advance())
                errx(1, "nothing is recorded");
}

/* The page that the last tick has left is to stay when the next one replaces it. */
static void keep_page(void)
{
        const char *page = getenv("RUNSTATD_PAGES");
        char kept[PATH_MAX];

        if (!page || n_ticks == 0)
                return;
        snprintf(kept, sizeof(kept), "%s.%u", page, n_ticks);
        if (link(page, kept) < 0)
                err(1, "cannot keep '%s'", page);
}

int epoll_wait(int fd, struct epoll_event *events, int n_events, int timeout)
{
        static int (*function)(int, struct epoll_event *, int, int);
        struct pollfd expired = {.fd = timer, .events = POLLIN};

        if (!function)
                function = (int (*)(int, struct epoll_event *, int, int))real("epoll_wait");
        if (timer >= 0 && poll(&expired, 1, 0) == 0) {
                keep_page();
                n_ticks++;
                if (!advance())
                        raise(SIGTERM);
                else if (eventfd_write(timer, n_expired) < 0)
                        err(1, "the timer");
        }
        return function(fd, events, n_events, timeout);
}

int timerfd_create(int clock, int flags)
{
        (void)clock;
        (void)flags;
        timer = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        return timer;
}

int timerfd_settime(
        int fd, int flags, const struct itimerspec *times, struct itimerspec *ret_before)
{
        (void)fd;
        (void)flags;
        (void)times;
        (void)ret_before;
        return 0;
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
        const uintmax_t ns = clock == CLOCK_REALTIME             ? wall_ns
                             : clock == CLOCK_PROCESS_CPUTIME_ID ? cpu_ns
                                                                 : boot_ns;

        ret->tv_sec = (time_t)(ns / 1000000000);
        ret->tv_nsec = (long)(ns % 1000000000);
        return 0;
}

/* Files that change between two instants are no changes of the machine. */
int inotify_init1(int flags)
{
        (void)flags;
        errno = ENOSYS;
        return -1;
}

static int open_shown(int dir_fd, const char *path, int flags, unsigned mode)
{
        if (dir_fd == AT_FDCWD && strcmp(path, "/proc/self/stat") == 0)
                return open_real(tree_fd, path + 1, flags, mode);
        return open_real(dir_fd, path, flags, mode);
}

/* What runstatd says of itself is what the recorder was. */
int openat(int dir_fd, const char *path, int flags, ...)
{
        va_list more;
        unsigned mode;

        va_start(more, flags);
        mode = flags & O_CREAT ? va_arg(more, unsigned) : 0;
        va_end(more);
        return open_shown(dir_fd, path, flags, mode);
}

/* With other C libraries it is the same function, or another name for it. */
#ifdef __GLIBC__
int openat64(int dir_fd, const char *path, int flags, ...);
int openat64(int dir_fd, const char *path, int flags, ...) __attribute__((alias("openat")));
#endif
