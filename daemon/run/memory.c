/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum { LARGE_BYTES = 16 * 1024 };

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

void memory_trim(void)
{
#ifdef M_MMAP_THRESHOLD
        malloc_trim(0);
#endif
}
