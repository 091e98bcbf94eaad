/* SPDX-License-Identifier: MIT */
#pragma once

#include <linux/audit.h>
#include <sys/syscall.h>

/*
 * The numbers of system calls, SYS_read and so on, as syscalls(2) lists them. Those below are not
 * there on all architectures, or not known to all C libraries: -1.
 */

#ifndef SYS__llseek
#define SYS__llseek (-1)
#endif
#ifndef SYS_access
#define SYS_access (-1)
#endif
#ifndef SYS_clock_getres
#define SYS_clock_getres (-1)
#endif
#ifndef SYS_clock_getres_time64
#define SYS_clock_getres_time64 (-1)
#endif
#ifndef SYS_clock_gettime
#define SYS_clock_gettime (-1)
#endif
#ifndef SYS_clock_gettime64
#define SYS_clock_gettime64 (-1)
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 (-1)
#endif
#ifndef SYS_epoll_wait
#define SYS_epoll_wait (-1)
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 (-1)
#endif
#ifndef SYS_fcntl
#define SYS_fcntl (-1)
#endif
#ifndef SYS_fcntl64
#define SYS_fcntl64 (-1)
#endif
#ifndef SYS_fstat
#define SYS_fstat (-1)
#endif
#ifndef SYS_fstat64
#define SYS_fstat64 (-1)
#endif
#ifndef SYS_fstatat64
#define SYS_fstatat64 (-1)
#endif
#ifndef SYS_futex
#define SYS_futex (-1)
#endif
#ifndef SYS_futex_time64
#define SYS_futex_time64 (-1)
#endif
#ifndef SYS_getegid32
#define SYS_getegid32 (-1)
#endif
#ifndef SYS_geteuid32
#define SYS_geteuid32 (-1)
#endif
#ifndef SYS_getgid32
#define SYS_getgid32 (-1)
#endif
#ifndef SYS_gettimeofday
#define SYS_gettimeofday (-1)
#endif
#ifndef SYS_getuid32
#define SYS_getuid32 (-1)
#endif
#ifndef SYS_lseek
#define SYS_lseek (-1)
#endif
#ifndef SYS_lstat
#define SYS_lstat (-1)
#endif
#ifndef SYS_lstat64
#define SYS_lstat64 (-1)
#endif
#ifndef SYS_mmap
#define SYS_mmap (-1)
#endif
#ifndef SYS_mmap2
#define SYS_mmap2 (-1)
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat (-1)
#endif
#ifndef SYS_open
#define SYS_open (-1)
#endif
#ifndef SYS_poll
#define SYS_poll (-1)
#endif
#ifndef SYS_ppoll
#define SYS_ppoll (-1)
#endif
#ifndef SYS_ppoll_time64
#define SYS_ppoll_time64 (-1)
#endif
#ifndef SYS_readlink
#define SYS_readlink (-1)
#endif
#ifndef SYS_send
#define SYS_send (-1)
#endif
#ifndef SYS_sigreturn
#define SYS_sigreturn (-1)
#endif
#ifndef SYS_socketcall
#define SYS_socketcall (-1)
#endif
#ifndef SYS_stat
#define SYS_stat (-1)
#endif
#ifndef SYS_stat64
#define SYS_stat64 (-1)
#endif
#ifndef SYS_wait4
#define SYS_wait4 (-1)
#endif
#ifndef SYS_waitid
#define SYS_waitid (-1)
#endif
#ifndef SYS_waitpid
#define SYS_waitpid (-1)
#endif
#ifndef SYS_time
#define SYS_time (-1)
#endif
#ifndef SYS_timerfd_settime
#define SYS_timerfd_settime (-1)
#endif
#ifndef SYS_timerfd_settime64
#define SYS_timerfd_settime64 (-1)
#endif

/* The architecture that this is built for, as the kernel tells filters of it; see seccomp(2). */
#ifndef SYS_rename
#define SYS_rename (-1)
#endif
#ifndef SYS_renameat
#define SYS_renameat (-1)
#endif
#ifndef SYS_renameat2
#define SYS_renameat2 (-1)
#endif
#ifndef SYS_unlink
#define SYS_unlink (-1)
#endif
#ifndef SYS_unlinkat
#define SYS_unlinkat (-1)
#endif
#if defined(__x86_64__)
#define CALLS_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define CALLS_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define CALLS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define CALLS_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define CALLS_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define CALLS_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define CALLS_ARCH AUDIT_ARCH_S390X
#elif defined(__loongarch__) && defined(AUDIT_ARCH_LOONGARCH64)
#define CALLS_ARCH AUDIT_ARCH_LOONGARCH64
#endif
