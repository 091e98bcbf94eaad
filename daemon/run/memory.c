/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

enum {
        LARGE_BYTES = 16 * 1024,
        STACK_BYTES = 64 * 1024, /* more than the start uses */
};

/* Some kernels give 2 MB to who touches the first byte of a large buffer; see prctl(2). */
static void refuse_huge_pages(void)
{
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

/*
 * Large buffers of which few pages are used are to be mappings of their own, where those that are
 * not used cost nothing. The GNU C library begins so, but puts later ones among the small ones once
 * such a large one was given back, and fills them with zeros; unless told a size, see mallopt(3).
 * It does so, too, with those that fit into what it has in stock for small ones.
 */
static void keep_large_buffers_apart(void)
{
#ifdef M_MMAP_THRESHOLD
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
        mallopt(M_TOP_PAD, 0);
#endif
}

void memory_prepare(void)
{
        refuse_huge_pages();
        keep_large_buffers_apart();
}

void memory_lock(void)
{
        mlockall(MCL_CURRENT | MCL_ONFAULT);
}

/*
 * The stack is as deep as it ever was. What is below this function's frame, but for the page that
 * it ends in and the next, is read as 0 when it is used again. See madvise(2): what is locked is
 * only given back by kernels that were asked for it in particular.
 */
__attribute__((noinline)) static void trim_stack(void)
{
#ifndef __hppa__ /* where it grows upwards */
        const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
        const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
        char *end = (char *)(frame - frame % page_bytes - page_bytes);

        if (madvise(end - STACK_BYTES, STACK_BYTES, MADV_DONTNEED) < 0 && errno == EINVAL)
                madvise(end - STACK_BYTES, STACK_BYTES, MADV_DONTNEED_LOCKED);
#endif
}

void memory_trim(void)
{
#ifdef M_MMAP_THRESHOLD
        malloc_trim(0);
#endif
        trim_stack();
}
