/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum {
        CACHE_LINE_BYTES = 64 /* what a cache of the processor gets at once */
};

/*
 * Room of which little is used, most of the time: `size` bytes that are 0, in pages of their own.
 * Pages that were never written cost no memory; malloc(3) would write before the first byte, and
 * between what is small.
 *
 * Returns NULL when there is no memory. Given back by pages_free(), of the same size, which accepts
 * NULL.
 */
void *pages_new(size_t size);
void pages_free(void *pages, size_t size);
