/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter.h"

/*
 * What the loop, the readers, the sinks and the C libraries call, on all architectures: those that
 * one of them does not have, or libseccomp does not know, are left out.
 */
/* clang-format off */
static const char *const allowed[] = {
        /* files that are open, and what there is */
        "read", "readv", "pread64", "write", "writev", "close", "lseek", "_llseek",
        "fstat", "fstat64", "stat", "stat64", "lstat", "lstat64", "newfstatat", "fstatat64", "statx",
        "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "fgetxattr",
        "inotify_add_watch", "inotify_rm_watch",
        /* waiting */
        "epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl", "poll", "ppoll", "ppoll_time64",
        "timerfd_settime", "timerfd_settime64", "restart_syscall", "futex", "futex_time64",
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "sched_yield",
        /* sockets, all of which are AF_UNIX */
        "connect", "send", "sendto", "sendmsg", "sendmmsg", "setsockopt", "getsockopt", "shutdown",
        /* memory, without what could change a mapping; see add_rules() */
        "brk",
        /* the time, the machine, and this process */
        "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday",
        "time", "getrandom", "uname", "sysinfo", "sched_getaffinity", "getcpu", "getpid", "gettid",
        "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32", "getegid", "getegid32",
        "exit", "exit_group",
};
/* clang-format on */

/* Arguments that are an int are compared as one: the upper half of the register is anything. */
#define INT_IS(i, value)           SCMP_CMP64(i, SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)(value))
#define BITS_ARE(i, mask, value)   SCMP_CMP64(i, SCMP_CMP_MASKED_EQ, (mask), (value))
#define POINTER_IS(i, pointer)     SCMP_CMP64(i, SCMP_CMP_EQ, (uintptr_t)(pointer), 0)
#define POINTER_IS_BEHIND(i, last) SCMP_CMP64(i, SCMP_CMP_GT, (uintptr_t)(last), 0)

/* What makes opening a file more than reading it, and how the output is opened. */
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
#define OUTPUT  (O_WRONLY | O_CREAT | O_APPEND)

#define ANY_PLACE 0x100000 /* MAP_FIXED_NOREPLACE, which not all C libraries have */

enum { MAX_TESTS = 3 };

struct rule {
        const char *name;
        unsigned n_tests;
        struct scmp_arg_cmp tests[MAX_TESTS];
};

static int add(scmp_filter_ctx filter, const struct rule *rule)
{
        const int number = seccomp_syscall_resolve_name(rule->name);
        int r;

        if (number == __NR_SCMP_ERROR)
                return 0;
        r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, rule->n_tests, rule->tests);
        return r == -EDOM ? 0 : r;
}

/*
 * Those that depend on their arguments. `output` lies below all other memory: what changes a
 * mapping, or puts one in the place of another, must begin behind it.
 */
static int add_rules(scmp_filter_ctx filter, const char *output, const char *output_end)
{
        const uint64_t fixed = MAP_FIXED | ANY_PLACE;
        /* clang-format off */
        const struct rule rules[] = {
                {"open", 1, {BITS_ARE(1, WRITING, 0)}},
                {"openat", 1, {BITS_ARE(2, WRITING, 0)}},
                /* the two that come with an output are the last */
                {"mmap", 2, {BITS_ARE(2, PROT_EXEC, 0), BITS_ARE(3, fixed, 0)}},
                {"mmap2", 2, {BITS_ARE(2, PROT_EXEC, 0), BITS_ARE(3, fixed, 0)}},
                {"munmap", 1, {POINTER_IS_BEHIND(0, output_end)}},
                {"madvise", 1, {POINTER_IS_BEHIND(0, output_end)}},
                {"mremap", 2, {POINTER_IS_BEHIND(0, output_end), BITS_ARE(3, ~(uint64_t)MREMAP_MAYMOVE, 0)}},
                {"mprotect", 2, {POINTER_IS_BEHIND(0, output_end), BITS_ARE(2, PROT_EXEC, 0)}},
                {"socket", 1, {INT_IS(0, AF_UNIX)}},
                {"fcntl", 1, {INT_IS(1, F_DUPFD_CLOEXEC)}},
                {"fcntl", 1, {INT_IS(1, F_GETFD)}},
                {"fcntl", 1, {INT_IS(1, F_SETFD)}},
                {"fcntl", 1, {INT_IS(1, F_GETFL)}},
                {"fcntl64", 1, {INT_IS(1, F_DUPFD_CLOEXEC)}},
                {"fcntl64", 1, {INT_IS(1, F_GETFD)}},
                {"fcntl64", 1, {INT_IS(1, F_SETFD)}},
                {"fcntl64", 1, {INT_IS(1, F_GETFL)}},
                /* isatty(3), in two C libraries */
                {"ioctl", 1, {INT_IS(1, TCGETS)}},
                {"ioctl", 1, {INT_IS(1, TIOCGWINSZ)}},
                /* abort(3) */
                {"tgkill", 1, {INT_IS(0, getpid())}},
                {"open", 2, {POINTER_IS(0, output), BITS_ARE(1, WRITING, OUTPUT)}},
                {"openat", 2, {POINTER_IS(1, output), BITS_ARE(2, WRITING, OUTPUT)}},
        };
        /* clang-format on */
        const size_t n = sizeof(rules) / sizeof(rules[0]) - (output ? 0 : 2);
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++)
                r = add(filter, &rules[i]);
        return r;
}

static int load(const char *output, const char *output_end)
{
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        int r = 0;

        if (!filter)
                return -ENOMEM;
        /* A tree in place of a list, and no penalty for speculation on older kernels: there is no
         * secret in here. Where these are not known, it is slower. */
        (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
        (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
        r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]) && r == 0; i++)
                r = add(filter, &(struct rule){.name = allowed[i]});
        if (r == 0)
                r = add_rules(filter, output, output_end);
        if (r == 0)
                r = seccomp_load(filter);
        seccomp_release(filter);
        return r;
}

/* A copy of the name in pages of its own that can only be read, below all other memory. */
static char *place(const char *name, size_t size)
{
        for (uintptr_t at = 0x20000; at < 0x400000; at += 0x10000) {
                char *pages = mmap((void *)at, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | ANY_PLACE, -1, 0);

                if (pages == MAP_FAILED)
                        continue;
                if ((uintptr_t)pages == at) {
                        memcpy(pages, name, size);
                        if (mprotect(pages, size, PROT_READ) == 0)
                                return pages;
                }
                munmap(pages, size);
        }
        return NULL;
}

int filter_enter(const char *output, const char **ret_output)
{
        const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
        const size_t size = output ? strlen(output) + 1 : 0;
        char *copy = NULL;
        int r;

        if (output) {
                copy = place(output, size);
                if (!copy)
                        return -ENOMEM;
        }
        r = load(copy, copy ? copy + (size - 1) / page_bytes * page_bytes : NULL);
        if (r < 0) {
                if (copy)
                        munmap(copy, size);
                return r;
        }
        if (copy)
                *ret_output = copy;
        return 0;
}
