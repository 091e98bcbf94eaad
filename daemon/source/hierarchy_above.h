/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

#include "source/hierarchy.h"

/*
 * A process in a cgroup namespace of its own is told all paths from there: its own as "/", those
 * beside it as "/../x". Where a mount shows the whole tree nevertheless, as one of the machine's
 * /sys/fs/cgroup does, it can be found out what lies above, and all paths be made whole.
 */

/*
 * Looks for the top of the namespace in such a mount, by its inode, or as the folder that has
 * process `pid`, which is this one, in its own path. If it is found, the paths of the hierarchy and
 * of its mounts become whole, and `above` is the top's.
 *
 * Returns 0, found or not; or -ENOMEM.
 */
int hierarchy_look_above(
        const struct root *root, struct scratch *scratch, pid_t pid, struct hierarchy *hierarchy);

/* Appends the whole path of one that the kernel has told, of `len` bytes. Returns false when it
 * leads out of the tree. */
bool hierarchy_join(const char *above, const char *path, size_t len, struct buf *ret);
