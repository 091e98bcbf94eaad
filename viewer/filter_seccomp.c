/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/calls.h"
#include "filter.h"

/* What the loop, the inputs and the server call, and the libraries for them; those that one
 * architecture does not have are -1 there. */
/* clang-format off */
static const int32_t allowed[] = {
        /* files and connections that are open */
        SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_close, SYS_lseek, SYS__llseek,
        SYS_fstat, SYS_fstat64, SYS_stat, SYS_stat64, SYS_lstat, SYS_lstat64, SYS_newfstatat,
        SYS_fstatat64, SYS_statx, SYS_access, SYS_faccessat, SYS_faccessat2, SYS_readlink,
        SYS_readlinkat, SYS_getdents64, SYS_fstatfs,
        SYS_inotify_add_watch, SYS_inotify_rm_watch,
        SYS_accept, SYS_accept4, SYS_recvfrom, SYS_recvmsg, SYS_sendto, SYS_sendmsg, SYS_shutdown,
        SYS_getsockopt, SYS_setsockopt, SYS_getsockname, SYS_getpeername,
        SYS_fcntl, SYS_fcntl64,
        /* waiting */
        SYS_epoll_wait, SYS_epoll_pwait, SYS_epoll_pwait2, SYS_epoll_ctl, SYS_poll, SYS_ppoll,
        SYS_ppoll_time64, SYS_restart_syscall, SYS_futex, SYS_futex_time64,
        SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigreturn, SYS_sched_yield,
        /* memory; see rules[], too */
        SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise,
        /* the time, the machine, and this process */
        SYS_clock_gettime, SYS_clock_gettime64, SYS_clock_getres, SYS_clock_getres_time64,
        SYS_gettimeofday, SYS_time, SYS_getrandom, SYS_uname, SYS_sysinfo, SYS_getcpu,
        SYS_sched_getaffinity, SYS_getpid, SYS_gettid, SYS_getuid, SYS_getuid32, SYS_geteuid,
        SYS_geteuid32, SYS_getgid, SYS_getgid32, SYS_getegid, SYS_getegid32,
        SYS_exit, SYS_exit_group,
};

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)

/* Those that may not have any of these bits in an argument, of which the lower half counts. */
static const struct rule {
        int32_t call;
        unsigned argument;
        uint32_t forbidden;
} rules[] = {
        {SYS_open,     1, WRITING},
        {SYS_openat,   2, WRITING},
        {SYS_mmap,     2, PROT_EXEC},
        {SYS_mmap2,    2, PROT_EXEC},
        {SYS_mprotect, 2, PROT_EXEC},
};

/* The bytes there are to be read of a connection, and what isatty(3) asks. */
static const uint32_t controls[] = {FIONREAD, TCGETS};
/* clang-format on */

struct program {
        struct sock_filter code[256];
        unsigned short n;
        bool overflow;
};

static void emit(struct program *program, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
        if (program->n == sizeof(program->code) / sizeof(program->code[0])) {
                program->overflow = true;
                return;
        }
        program->code[program->n++] = (struct sock_filter){
                .code = (uint16_t)code, .jt = (uint8_t)yes, .jf = (uint8_t)no, .k = k};
}

static void load(struct program *program, size_t offset)
{
        emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void load_argument(struct program *program, unsigned argument)
{
        load(program, offsetof(struct seccomp_data, args) + 8 * argument +
                              (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0));
}

static void finish(struct program *program, uint32_t action)
{
        emit(program, BPF_RET | BPF_K, action, 0, 0);
}

static void add_rule(struct program *program, const struct rule *rule)
{
        if (rule->call < 0)
                return;
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->call, 0, 4);
        load_argument(program, rule->argument);
        emit(program, BPF_JMP | BPF_JSET | BPF_K, rule->forbidden, 0, 1);
        finish(program, SECCOMP_RET_KILL_PROCESS);
        finish(program, SECCOMP_RET_ALLOW);
}

static void add_controls(struct program *program)
{
        enum { N = sizeof(controls) / sizeof(controls[0]) };

        emit(program, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, N + 3);
        load_argument(program, 1);
        for (unsigned i = 0; i < N; i++)
                emit(program, BPF_JMP | BPF_JEQ | BPF_K, controls[i], N - i, 0);
        finish(program, SECCOMP_RET_KILL_PROCESS);
        finish(program, SECCOMP_RET_ALLOW);
}

int filter_enter(void)
{
        struct program program = {0};
        struct sock_fprog kernels = {.filter = program.code};

        load(&program, offsetof(struct seccomp_data, arch));
        emit(&program, BPF_JMP | BPF_JEQ | BPF_K, CALLS_ARCH, 1, 0);
        finish(&program, SECCOMP_RET_KILL_PROCESS);
        load(&program, offsetof(struct seccomp_data, nr));
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
                add_rule(&program, &rules[i]);
        add_controls(&program);
        for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
                if (allowed[i] < 0)
                        continue;
                emit(&program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1);
                finish(&program, SECCOMP_RET_ALLOW);
        }
        finish(&program, SECCOMP_RET_KILL_PROCESS);
        if (program.overflow)
                return -E2BIG;
        kernels.len = program.n;
        /* Without the penalty for speculation that older kernels give; still older ones know of
         * none. */
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                    &kernels) == 0 ||
                syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &kernels) == 0)
                return 0;
        return -errno;
}
