/* SPDX-License-Identifier: MIT */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/calls.h"
#include "filter.h"

/*
 * What the loop, the readers, the sinks and the C libraries call, on all architectures: those that
 * one of them does not have are left out.
 */
/* clang-format off */
static const int32_t allowed[] = {
        /* files that are open, and what there is */
        SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_close, SYS_lseek, SYS__llseek,
        SYS_fstat, SYS_fstat64, SYS_stat, SYS_stat64, SYS_lstat, SYS_lstat64, SYS_newfstatat,
        SYS_fstatat64, SYS_statx,
        SYS_access, SYS_faccessat, SYS_faccessat2, SYS_readlink, SYS_readlinkat, SYS_getdents64,
        SYS_fgetxattr,
        SYS_inotify_add_watch, SYS_inotify_rm_watch,
        /* waiting */
        SYS_epoll_wait, SYS_epoll_pwait, SYS_epoll_pwait2, SYS_epoll_ctl, SYS_poll, SYS_ppoll,
        SYS_ppoll_time64,
        SYS_timerfd_settime, SYS_timerfd_settime64, SYS_restart_syscall, SYS_futex,
        SYS_futex_time64,
        SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigreturn, SYS_sched_yield,
        /* sockets, all of which are AF_UNIX */
        SYS_connect, SYS_send, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_setsockopt,
        SYS_getsockopt, SYS_shutdown,
        /* memory, without what could change a mapping; see add_rules() */
        SYS_brk,
        /* the time, the machine, and this process */
        SYS_clock_gettime, SYS_clock_gettime64, SYS_clock_getres, SYS_clock_getres_time64,
        SYS_gettimeofday,
        SYS_time, SYS_getrandom, SYS_uname, SYS_sysinfo, SYS_sched_getaffinity, SYS_getcpu,
        SYS_getpid, SYS_gettid,
        SYS_getuid, SYS_getuid32, SYS_geteuid, SYS_geteuid32, SYS_getgid, SYS_getgid32,
        SYS_getegid, SYS_getegid32,
        SYS_exit, SYS_exit_group,
};
/* clang-format on */

/* What else waitpid(3) is, of the first process of a PID namespace: see reaper.h. */
static const int32_t of_init[] = {SYS_wait4, SYS_waitid, SYS_waitpid};

/* Of an argument: (argument & mask) == value, or argument > value. */
struct test {
        unsigned argument;
        bool is_greater;
        uint64_t mask, value;
};

/* Arguments that are an int are compared as one: the upper half of the register is anything. */
/* clang-format off */
#define INT_IS(i, value)           {(i), false, UINT32_MAX, (uint32_t)(value)}
#define BITS_ARE(i, mask, value)   {(i), false, (mask), (value)}
#define POINTER_IS(i, pointer)     {(i), false, UINT64_MAX, (uintptr_t)(pointer)}
#define POINTER_IS_BEHIND(i, last) {(i), true, 0, (uintptr_t)(last)}
/* clang-format on */

/* What makes opening a file more than reading it, and how the output is opened. */
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
#define OUTPUT  (O_WRONLY | O_CREAT | O_APPEND)
#define MAKING  (O_WRONLY | O_CREAT | O_EXCL)

#define ANY_PLACE 0x100000 /* MAP_FIXED_NOREPLACE, which not all C libraries have */

enum { MAX_TESTS = 3 };

struct rule {
        int32_t call;
        unsigned n_tests;
        struct test tests[MAX_TESTS];
};

/*
 * What the kernel runs at each system call, see seccomp(2). It is put together here: that takes a
 * library a hundred kilobytes, most of which stay with the process.
 */
struct program {
        struct sock_filter code[512];
        unsigned short n;
        bool overflow;
};

static void emit(
        struct program *program, unsigned code, uint32_t k, unsigned if_true, unsigned if_false)
{
        if (program->n == sizeof(program->code) / sizeof(program->code[0])) {
                program->overflow = true;
                return;
        }
        program->code[program->n++] = (struct sock_filter){
                .code = (uint16_t)code,
                .jt = (uint8_t)if_true,
                .jf = (uint8_t)if_false,
                .k = k,
        };
}

static void load_word(struct program *program, size_t offset)
{
        emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void load_number(struct program *program)
{
        load_word(program, offsetof(struct seccomp_data, nr));
}

static void load_half(struct program *program, unsigned argument, bool upper)
{
        const bool second = upper == (__BYTE_ORDER == __LITTLE_ENDIAN);

        load_word(program, offsetof(struct seccomp_data, args) + 8 * argument + (second ? 4 : 0));
}

static void finish(struct program *program, uint32_t action)
{
        emit(program, BPF_RET | BPF_K, action, 0, 0);
}

/* A jump that add() directs to the end of the rule. */
enum { TO_END = 255 };

static void test_bits(struct program *program, unsigned argument, uint64_t mask, uint64_t value)
{
        for (unsigned upper = 0; upper < 2; upper++) {
                const uint32_t half_mask = (uint32_t)(mask >> 32 * upper);

                if (half_mask == 0)
                        continue;
                load_half(program, argument, upper);
                emit(program, BPF_ALU | BPF_AND | BPF_K, half_mask, 0, 0);
                emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value >> 32 * upper), 0,
                        TO_END);
        }
}

static void test_greater(struct program *program, unsigned argument, uint64_t value)
{
        load_half(program, argument, true);
        emit(program, BPF_JMP | BPF_JGT | BPF_K, (uint32_t)(value >> 32), 3, 0);
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value >> 32), 0, TO_END);
        load_half(program, argument, false);
        emit(program, BPF_JMP | BPF_JGT | BPF_K, (uint32_t)value, 0, TO_END);
}

/* Allows a call for which all tests hold. The number of the call is loaded before and behind. */
static void add(struct program *program, const struct rule *rule)
{
        const unsigned first = program->n;

        if (rule->call < 0)
                return;
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->call, 0, TO_END);
        for (unsigned i = 0; i < rule->n_tests; i++) {
                const struct test *test = &rule->tests[i];

                if (test->is_greater)
                        test_greater(program, test->argument, test->value);
                else
                        test_bits(program, test->argument, test->mask, test->value);
        }
        finish(program, SECCOMP_RET_ALLOW);
        if (rule->n_tests > 0)
                load_number(program);
        for (unsigned i = first; i < program->n; i++) {
                struct sock_filter *jump = &program->code[i];
                /* Where tests have loaded something else, to where the number is loaded again. */
                const unsigned end = i == first ? program->n : program->n - 1U;

                if (BPF_CLASS(jump->code) == BPF_JMP && jump->jf == TO_END)
                        jump->jf = (uint8_t)(end - i - 1);
        }
}

/*
 * Those that depend on their arguments. `output` lies below all other memory: what changes a
 * mapping, or puts one in the place of another, must begin behind it.
 */
static void add_rules(struct program *program, const char *output_end)
{
        const uint64_t fixed = MAP_FIXED | ANY_PLACE;
        /* clang-format off */
        const struct rule rules[] = {
                {SYS_open, 1, {BITS_ARE(1, WRITING, 0)}},
                {SYS_openat, 1, {BITS_ARE(2, WRITING, 0)}},
                {SYS_mmap, 2, {BITS_ARE(2, PROT_EXEC, 0), BITS_ARE(3, fixed, 0)}},
                {SYS_mmap2, 2, {BITS_ARE(2, PROT_EXEC, 0), BITS_ARE(3, fixed, 0)}},
                {SYS_munmap, 1, {POINTER_IS_BEHIND(0, output_end)}},
                {SYS_madvise, 1, {POINTER_IS_BEHIND(0, output_end)}},
                {SYS_mremap, 2, {POINTER_IS_BEHIND(0, output_end), BITS_ARE(3, ~(uint64_t)MREMAP_MAYMOVE, 0)}},
                {SYS_mprotect, 2, {POINTER_IS_BEHIND(0, output_end), BITS_ARE(2, PROT_EXEC, 0)}},
                {SYS_socket, 1, {INT_IS(0, AF_UNIX)}},
                {SYS_fcntl, 1, {INT_IS(1, F_DUPFD_CLOEXEC)}},
                {SYS_fcntl, 1, {INT_IS(1, F_GETFD)}},
                {SYS_fcntl, 1, {INT_IS(1, F_SETFD)}},
                {SYS_fcntl, 1, {INT_IS(1, F_GETFL)}},
                {SYS_fcntl64, 1, {INT_IS(1, F_DUPFD_CLOEXEC)}},
                {SYS_fcntl64, 1, {INT_IS(1, F_GETFD)}},
                {SYS_fcntl64, 1, {INT_IS(1, F_SETFD)}},
                {SYS_fcntl64, 1, {INT_IS(1, F_GETFL)}},
                /* isatty(3), in two C libraries */
                {SYS_ioctl, 1, {INT_IS(1, TCGETS)}},
                {SYS_ioctl, 1, {INT_IS(1, TIOCGWINSZ)}},
                /* abort(3) */
                {SYS_tgkill, 1, {INT_IS(0, getpid())}},
        };
        /* clang-format on */

        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
                add(program, &rules[i]);
}

/* A file that is appended to. */
static void add_output(struct program *program, const char *output)
{
        const struct rule rules[] = {
                {SYS_open,   2, {POINTER_IS(0, output), BITS_ARE(1, WRITING, OUTPUT)}},
                {SYS_openat, 2, {POINTER_IS(1, output), BITS_ARE(2, WRITING, OUTPUT)}},
        };

        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
                add(program, &rules[i]);
}

/* A file that another one, made anew each time, takes the place of. */
static void add_replaced_output(struct program *program, const char *output)
{
        const char *made = output + strlen(output) + 1;
        /* clang-format off */
        const struct rule rules[] = {
                {SYS_open, 2, {POINTER_IS(0, made), BITS_ARE(1, WRITING | O_EXCL, MAKING)}},
                {SYS_openat, 2, {POINTER_IS(1, made), BITS_ARE(2, WRITING | O_EXCL, MAKING)}},
                {SYS_renameat, 2, {POINTER_IS(1, made), POINTER_IS(3, output)}},
                {SYS_renameat2, 3, {POINTER_IS(1, made), POINTER_IS(3, output), INT_IS(4, 0)}},
                {SYS_unlinkat, 2, {POINTER_IS(1, made), INT_IS(2, 0)}},
                /* what the C library makes of these on some architectures */
                {SYS_rename, 2, {POINTER_IS(0, made), POINTER_IS(1, output)}},
                {SYS_unlink, 1, {POINTER_IS(0, made)}},
        };
        /* clang-format on */

        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
                add(program, &rules[i]);
}

static int load(const char *output, bool is_replaced, const char *output_end)
{
        struct program program = {0};
        struct sock_fprog kernels = {.filter = program.code};

        /* There sockets are made by a call whose arguments lie in memory, where no filter sees
         * them. */
        if (SYS_socketcall >= 0)
                return -EOPNOTSUPP;
        load_word(&program, offsetof(struct seccomp_data, arch));
        emit(&program, BPF_JMP | BPF_JEQ | BPF_K, CALLS_ARCH, 1, 0);
        finish(&program, SECCOMP_RET_KILL_PROCESS);
        load_number(&program);
        add_rules(&program, output_end);
        if (output && is_replaced)
                add_replaced_output(&program, output);
        else if (output)
                add_output(&program, output);
        for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
                add(&program, &(struct rule){.call = allowed[i]});
        for (size_t i = 0; getpid() == 1 && i < sizeof(of_init) / sizeof(of_init[0]); i++)
                add(&program, &(struct rule){.call = of_init[i]});
        finish(&program, SECCOMP_RET_KILL_PROCESS);
        if (program.overflow)
                return -E2BIG;
        kernels.len = program.n;
        /* Without the penalty for speculation that older kernels give, as there is no secret in
         * here; still older ones know of none. */
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                    &kernels) == 0 ||
                syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &kernels) == 0)
                return 0;
        return -errno;
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

int filter_enter(const char *output, bool is_replaced, const char **ret_output)
{
        const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
        size_t size = output ? strlen(output) + 1 : 0;
        char *copy = NULL;
        int r;

        if (output && is_replaced)
                size += strlen(output + size) + 1;

        if (output) {
                copy = place(output, size);
                if (!copy)
                        return -ENOMEM;
        }
        r = load(copy, is_replaced, copy ? copy + (size - 1) / page_bytes * page_bytes : NULL);
        if (r < 0) {
                if (copy)
                        munmap(copy, size);
                return r;
        }
        if (copy)
                *ret_output = copy;
        return 0;
}
