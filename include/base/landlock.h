/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Files, as Landlock closes them: what was not allowed can no longer be opened. What is open stays
 * open. See landlock(7).
 *
 * The kernel also denies such a process all that takes the rights of a tracer over others, which
 * are smaps_rollup and io in /proc/PID.
 */
struct landlock {
        int fd;
        uint64_t closes; /* the uses of files that it knows, as bits of the kernel's */
};

enum landlock_use {
        LANDLOCK_READ,
        LANDLOCK_APPEND,  /* to a file that may not be there yet */
        LANDLOCK_REPLACE, /* a file of the folder by another one */
};

/* Returns 0; -ENOSYS or -EOPNOTSUPP where the kernel has no Landlock; another -errno. */
int landlock_init(struct landlock *ret);

/* Allows a use of a file, or of all files below a folder. What is not there is left out, and so is
 * NULL. */
void landlock_allow(struct landlock *landlock, const char *path, enum landlock_use use);

/* Closes all else, for good, and frees what landlock_init() made. Returns 0 or -errno. */
int landlock_enter(struct landlock *landlock);
