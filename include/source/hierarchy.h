/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/root.h"

/*
 * The cgroup hierarchies of this machine as this process sees them: which there are, which
 * controllers each has, and where they are mounted. From /proc/self/cgroup and
 * /proc/self/mountinfo; see cgroups(7), cgroup_namespaces(7) and proc(5).
 */

/* The controllers we ask for something, and systemd's own hierarchy. */
enum controller {
        CONTROLLER_PIDS,
        CONTROLLER_MEMORY,
        CONTROLLER_CPU,
        CONTROLLER_CPUACCT,
        CONTROLLER_IO, /* v1: blkio */
        CONTROLLER_SYSTEMD,
        N_CONTROLLERS,
};

struct cgroup_mount {
        char *root;  /* the cgroup that is its top, as in mountinfo */
        char *point; /* the folder, relative to the root folder: "sys/fs/cgroup/memory" */
};

struct hierarchy {
        bool v2;
        bool pids_localevents; /* of v2: mounted so that pids.events count as before Linux 6.11 */
        uint32_t controllers;  /* bits 1 << enum controller; of v1 alone */
        char *own_path;        /* the cgroup this process is in */
        struct cgroup_mount *mounts;
        size_t n_mounts;
        char *above; /* the whole path of the top of the cgroup namespace; NULL: all paths are as
                      * the kernel tells them */
        char *room;  /* for a path made whole */
};

struct layout {
        struct hierarchy *hierarchies; /* in the order of /proc/self/cgroup */
        size_t n_hierarchies;
        /* The hierarchy a controller is in, or NULL: v1 before v2, as one that is bound to a v1
         * hierarchy is not in v2. */
        const struct hierarchy *of[N_CONTROLLERS];
        const struct hierarchy *unified; /* v2, or NULL */
        uint32_t n_changes;              /* of its mounts since it was read */
};

/*
 * Reads the layout. `root_path` is the folder `root` was opened from: with another one than "/",
 * mount points below it are taken if there are any, for then it shows the machine's live mounts.
 *
 * In a cgroup namespace the kernel tells paths from the namespace's top on. Where a mount shows the
 * whole tree they are made whole.
 *
 * Returns 0; -ENOMEM; -EBADMSG when a file holds what no kernel writes; another -errno from
 * reading. A machine without cgroups is no error: its layout is empty. Free with layout_done().
 */
int layout_read(const struct root *root, const char *root_path, struct scratch *scratch,
        struct layout *ret);
void layout_done(struct layout *layout);

/*
 * Adds a mount of a hierarchy, whose files are then looked for there, too: `point` as in struct
 * cgroup_mount, or a fenced path, see base/fence.h. Returns 0 or -ENOMEM. It stays until it is
 * removed.
 */
int layout_add_mount(struct layout *layout, const struct hierarchy *hierarchy, const char *root,
        const char *point);
void layout_remove_mount(struct layout *layout, const char *point);

/* The hierarchy that a mount of that type with these super options shows, or NULL. */
const struct hierarchy *layout_find(
        const struct layout *layout, const char *type, const char *options);

/* Whether a path leads out of the cgroup namespace: "/..", "/../other". */
bool hierarchy_is_outside(const char *path);

/*
 * Appends to `ret` the folder of the cgroup `path` in `hierarchy`, relative to the root, without
 * asking whether it exists: of several mounts that show it, in the one that shows most of what is
 * above it. `ret_point_len`, if not NULL, becomes the length of that part which is
 * the mount point: the cgroups above are out of sight.
 *
 * Returns 0; -ENOENT when no mount shows that cgroup; -ENAMETOOLONG.
 */
int hierarchy_folder(const struct hierarchy *hierarchy, const char *path, struct buf *ret,
        size_t *ret_point_len);

/*
 * Finds in the text of a /proc/PID/cgroup the path of `hierarchy`: `*ret_len` bytes, not
 * terminated, inside `text`, or valid until the next call where it is made whole. A " (deleted)"
 * behind it is cut off and sets `*ret_deleted`. Returns NULL when the text has no line for the
 * hierarchy.
 */
const char *hierarchy_path_in(
        const struct hierarchy *hierarchy, const char *text, size_t *ret_len, bool *ret_deleted);

/*
 * When a path that a user gave begins with a mount point of a hierarchy ("/sys/fs/cgroup/a"),
 * appends the cgroup path meant ("/a", below the cgroup that is mounted there); else the path
 * itself.
 */
void layout_strip_mount_point(const struct layout *layout, const char *path, struct buf *ret);
