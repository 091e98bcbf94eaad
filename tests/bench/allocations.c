/* SPDX-License-Identifier: MIT */

/*
 * Is loaded into runstatd with LD_PRELOAD, and counts how often it asks for memory or gives some
 * back while it works. Each return of epoll_wait() begins a tick; what was needed up to the end of
 * the first ALLOCATIONS_AFTER (3) is not counted, nor is the last one, which ends the loop and has
 * no known end. At the end of the program it writes to the file ALLOCATIONS a line:
 *
 *   ticks=96 allocations=0 frees=0
 *
 * and then where the first of them were made, in the form of backtrace_symbols(3).
 */

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <execinfo.h>
#else
/* Only the number is told. */
static int backtrace(void **frames, int n)
{
        (void)frames;
        (void)n;
        return 0;
}

static void backtrace_symbols_fd(void *const *frames, int n, int fd)
{
        (void)frames;
        (void)n;
        (void)fd;
}
#endif

enum {
        MAX_TRACES = 8,
        DEPTH = 16,
        SKIPPED_FRAMES = 2, /* note() and what called it */
};

struct counts {
        unsigned long allocations;
        unsigned long frees;
};

static struct trace {
        void *frames[DEPTH];
        int n;
} traces[MAX_TRACES];

static struct counts now, settled, last;
static unsigned long ticks_to_settle = 3;
static unsigned long n_ticks, n_traces, n_last_traces;

/* What the C library calls its own, for those who stand in for it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static void note(unsigned long *count)
{
        static bool is_noting;

        (*count)++;
        /* backtrace() may ask for memory itself. */
        if (n_ticks <= ticks_to_settle || n_traces == MAX_TRACES || is_noting)
                return;
        is_noting = true;
        traces[n_traces].n = backtrace(traces[n_traces].frames, DEPTH);
        n_traces++;
        is_noting = false;
}

void *malloc(size_t size)
{
        note(&now.allocations);
        return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
        note(&now.allocations);
        return __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
        note(&now.allocations);
        return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
        note(&now.allocations);
        return __libc_memalign(alignment, size);
}

void free(void *memory)
{
        /* What does nothing costs nothing, and is called a lot. */
        if (memory)
                note(&now.frees);
        __libc_free(memory);
}

/* The first call of backtrace() loads a library. */
__attribute__((constructor)) static void prepare(void)
{
        const char *after = getenv("ALLOCATIONS_AFTER");
        void *frames[DEPTH];

        if (after)
                ticks_to_settle = strtoul(after, NULL, 10);
        backtrace(frames, DEPTH);
}

int epoll_wait(int fd, struct epoll_event *events, int n, int timeout_ms)
{
        long r;

        if (n_ticks == ticks_to_settle)
                settled = now;
        last = now;
        n_last_traces = n_traces;
        r = syscall(SYS_epoll_wait, fd, events, n, timeout_ms);
        n_ticks++;
        return (int)r;
}

__attribute__((destructor)) static void report(void)
{
        const char *path = getenv("ALLOCATIONS");
        const int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;

        if (fd < 0 || n_ticks <= ticks_to_settle + 1)
                return;
        dprintf(fd, "ticks=%lu allocations=%lu frees=%lu\n", n_ticks - 1 - ticks_to_settle,
                last.allocations - settled.allocations, last.frees - settled.frees);
        for (unsigned long i = 0; i < n_last_traces; i++) {
                dprintf(fd, "\n");
                backtrace_symbols_fd(
                        traces[i].frames + SKIPPED_FRAMES, traces[i].n - SKIPPED_FRAMES, fd);
        }
}
