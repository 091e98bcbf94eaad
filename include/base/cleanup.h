/* SPDX-License-Identifier: MIT */
#pragma once

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* Locals that release what they hold when their scope ends, whichever way it ends. */
#define cleanup_free __attribute__((cleanup(cleanup_free_pointer)))
#define cleanup_fd   __attribute__((cleanup(cleanup_close_fd)))
#define cleanup_dir  __attribute__((cleanup(cleanup_close_dir)))

static inline void cleanup_free_pointer(void *pointer)
{
        free(*(void **)pointer);
}

static inline void cleanup_close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

static inline void cleanup_close_dir(DIR **dir)
{
        if (*dir)
                closedir(*dir);
}
