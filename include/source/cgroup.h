/* SPDX-License-Identifier: MIT */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/root.h"
#include "model/sample.h"
#include "source/change.h"
#include "source/hierarchy.h"

/* Where the folders of cgroups are looked for, and memory to read their files into. */
struct cgroup_view {
        const struct root *root;
        const struct layout *layout;
        struct scratch *scratch;
        struct change_watch *changes; /* watches the folders that are listed; or NULL */
        struct cgroups_above *above;  /* or NULL */
};

/* The smallest limits of one folder and all above it, which are those of many cgroups: in one round
 * they are read once. All 0: not read. */
struct cgroups_above {
        struct cgroup_above {
                const char *name; /* of the file; borrowed */
                struct measure limit;
                size_t len;
                char path[256];
        } items[3];
};

/*
 * Where the folders of one cgroup were found, so that they are not looked for in each tick; and
 * what one of its files has said that is asked for twice. All 0 at first, and when the path is
 * another.
 */
struct held_folder;
struct cgroup_places {
        uint32_t generation, n_changes; /* of the held files, of the layout */
        unsigned n_items;
        struct cgroup_place {
                const struct hierarchy *hierarchy;
                struct held_folder *held;
                size_t top_len; /* of the mount point in the path */
        } items[3];
        uint32_t charged_round; /* of the held files, in which the next was read */
        bool is_charged_alone;  /* see cgroup_v1_is_charged_alone() */
};

/* One cgroup: the same path in each hierarchy that has it. */
struct cgroup {
        const char *path;                /* as in /proc/PID/cgroup */
        const struct hierarchy *members; /* the hierarchy that says who is in it */
        uint64_t inode;                  /* of its folder there; a new one when made anew */
        bool is_leaf;                    /* it had no cgroup below it when it was looked for */
        struct cgroup_places *places;    /* borrowed; NULL: its folders are looked for each time */
};

/*
 * Looks for the cgroup `path` (NULL: the one this process is in). Who is in it is decided by the
 * hierarchy of the pids controller, else memory, cpu, blkio, systemd's, v2: the first in which it
 * exists; for the own cgroup the first in which that is not the root. `path`, or the layout whose
 * path it then has, is borrowed.
 *
 * Returns 0; -ENOENT when no hierarchy has it; -ENOTDIR when it names a file.
 */
int cgroup_find(const struct cgroup_view *view, const char *path, struct cgroup *ret);

/*
 * The same for a cgroup that was found before, which `*cgroup` is: costs less as long as it lives,
 * and leaves `is_leaf` and `places` as they were then. On failure `*cgroup` is untouched.
 */
int cgroup_find_again(const struct cgroup_view *view, const char *path, struct cgroup *cgroup);

/* Looks anew whether it is a leaf. */
void cgroup_look_below(const struct cgroup_view *view, struct cgroup *cgroup);

/* The folder that the files of `controller` are in, relative to the root; returns as
 * hierarchy_folder(). */
int cgroup_folder(const struct cgroup_view *view, const struct cgroup *cgroup,
        enum controller controller, struct buf *ret);

/*
 * The path of the cgroup that a process is in, in that hierarchy. Returns 0; -ENOENT when there is
 * none, or no hierarchy (NULL); or -errno from reading /proc/PID/cgroup.
 */
int cgroup_of_process(const struct cgroup_view *view, pid_t pid, const struct hierarchy *hierarchy,
        char ret[PATH_MAX]);

/* Whether it is the top of all: the machine itself, which is charged nothing and so has no files
 * for most of what it uses. */
bool cgroup_is_top(const struct cgroup_view *view, const struct cgroup *cgroup);

/*
 * Each reads one group of files into its part of a sample that was zeroed before. A file that this
 * kernel or this cgroup does not offer leaves its measures unknown; so does one that holds what no
 * kernel writes.
 *
 * Returns 0, or the first -errno other than "no such file": -EACCES, -ENODEV, -EBADMSG ….
 */

/* memory.stat, memory.swap.current, io.stat and the limits; v1: memory.stat. */
int cgroup_read_memory(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct memory_sample *ret);

/* pids.current, and the smallest pids.max on the way up. Fills these two members alone. */
int cgroup_read_pids(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct tasks_sample *ret);

/* cpu.stat and cpu.max; v1: cpuacct.usage*, cpu.stat, cpu.cfs_*. */
int cgroup_read_cpu(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct cpu_sample *ret);

/* cpu.pressure, memory.pressure, io.pressure; v2, and the v2 part of hybrid layouts. */
int cgroup_read_pressure(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct pressure_sample *ret);

/* io.stat; v1: blkio.throttle.*_recursive. */
int cgroup_read_io(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct io_sample *ret);

/* The rest of memory.stat, memory.*, pids.*, cgroup.stat. */
int cgroup_read_detail(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct detail_sample *ret);

/*
 * The cgroups that match `pattern`, a path in which `*` and `?` stand for parts of names: calls
 * `found` with the path of each, in no order. A folder that vanishes meanwhile is skipped.
 *
 * Returns 0, or what `found` returned that was not 0. What could not be listed is noted in the
 * view's scratch, see error_is_passing().
 */
int cgroup_match(const struct cgroup_view *view, const char *pattern,
        int (*found)(void *data, const char *path), void *data);

/*
 * Calls `found` with the path of each cgroup in the hierarchy that has all units: systemd's own, or
 * v2. Returns as cgroup_match().
 */
int cgroup_walk(
        const struct cgroup_view *view, int (*found)(void *data, const char *path), void *data);

/* Has changes watched in the folders that a cgroup of this path is, or will be, below. */
void cgroup_watch_above(const struct cgroup_view *view, const char *path);
