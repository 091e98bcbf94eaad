/* SPDX-License-Identifier: MIT */
#include "targets.h"

/* There is no viewer in this build. */

void fuzz_view(const uint8_t *data, size_t size)
{
        (void)data;
        (void)size;
}

void fuzz_pack(const uint8_t *data, size_t size)
{
        (void)data;
        (void)size;
}
