/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Folders that lie in the mounts of others, who may put anything over what is in them: another file
 * system that answers when it likes, a FIFO, a link that leads elsewhere. Such a folder is held by
 * a descriptor; its path is that of the descriptor, FENCE_PATH and the number. Below it nothing is
 * opened that is not on the folder's own mount.
 */

#define FENCE_PATH "/proc/self/fd/"

/*
 * The number of the mount that an open file, also one of O_PATH, is on, as in mountinfo; without
 * asking the file system. Returns 0; -EOPNOTSUPP on Linux before 5.8; or another -errno.
 */
int fence_mount_of(int fd, uint64_t *ret);

/* Opens the folder `name`, of one part, in another one: by O_PATH, which asks its file system for
 * nothing. Returns the descriptor or -errno: -ENOTDIR for a link, wherever it leads. */
int fence_enter(int dir_fd, const char *name);

/* Whether a path is one below a folder that is held so. */
bool fence_has(const char *path);

/*
 * As open(2) of a path for which fence_has(): neither follows a link nor leaves the mount. Returns
 * the descriptor, or -1 with errno: EXDEV where something was mounted over it.
 */
int fence_open(const char *path, int flags);
