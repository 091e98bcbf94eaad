/* SPDX-License-Identifier: MIT */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "source/hierarchy.h"

/*
 * The folder of a container's cgroup as one of its own processes has it mounted, found through
 * /proc/PID/root. That takes the right to trace the process, see ptrace(2), and no mount of ours.
 *
 * What lies there is the container's to arrange: it may put a link, another cgroup or a file system
 * that never answers in the place of its own. So links are not followed, no step is taken on a file
 * system that is not the kernel's own to answer for, and which cgroup a folder shows is what
 * /proc/PID/mountinfo says of its mount, which the container cannot choose.
 */

/* What was found: the point of a mount for layout_add_mount(). */
struct container_folder {
        int fd; /* which the point is made of, to be kept open as long as it is used; -1 in a
                 * recorded tree */
        char point[PATH_MAX];
};

/*
 * Looks for the cgroup `path` of `hierarchy`, both as layout_read() has them, through process
 * `pid`. `is_live` says whether the root's /proc is one; a recorded tree has folders for it.
 *
 * Returns 0; -EACCES without the right; -ENOENT when the process has no such cgroup mounted;
 * -ESTALE when it is mounted where it cannot be trusted; -EOPNOTSUPP where the kernel does not say
 * what a folder is on; or another -errno.
 */
int container_root_open(const struct root *root, bool is_live, struct scratch *scratch,
        const struct layout *layout, const struct hierarchy *hierarchy, pid_t pid, const char *path,
        struct container_folder *ret);
