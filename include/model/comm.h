/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <string.h>

enum {
        COMM_BYTES = 16 /* TASK_COMM_LEN of the kernel, the NUL included */
};

/* Copies the name of a process, which is cut where no kernel gives one as long. */
static inline void comm_copy(char ret[COMM_BYTES], const char *comm, size_t len)
{
        if (len >= COMM_BYTES)
                len = COMM_BYTES - 1;
        memcpy(ret, comm, len);
        ret[len] = '\0';
}
