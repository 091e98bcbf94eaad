/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/folder.h"
#include "base/text.h"
#include "source/cgroup.h"

/* The folder of one cgroup in one hierarchy. */
struct folder {
        const struct root *root;
        struct scratch *scratch;
        struct buf path;
        size_t top_len;           /* of the mount point within `path` */
        struct held_folder *held; /* of `path`; NULL: not looked for so far, or not held */
        const struct hierarchy *hierarchy;
        struct cgroup_places *places; /* of the cgroup; NULL: none, or `path` is another's now */
        struct cgroups_above *above;  /* of the view; or NULL */
        char memory[PATH_MAX];
};

/* Reads the file `name` of the folder into the scratch buffer; see base/held.h. Returns as
 * file_read_at(). */
int folder_read(struct folder *folder, const char *name);
int folder_reread(struct folder *folder, const char *name);

/* The same of a file that is opened for it. */
int folder_read_once(struct folder *folder, const char *name);

/*
 * Reads a file that holds one number, or "max", which leaves `*ret` unknown. Returns 0; -EBADMSG;
 * or as file_read_at().
 */
int folder_read_number(struct folder *folder, const char *name, struct measure *ret);

/* Reads a file of keys and numbers, see text_read_keys(). */
int folder_read_keys(struct folder *folder, const char *name, const struct text_key *keys,
        size_t n_keys, void *ret);

/*
 * Lowers `*limit` to the number in the file `name` of this folder and of each one above it up to
 * the mount point. A folder without the file, or with "max" in it, does not limit. What those above
 * say is read once in a round, if the folder's `above` is not NULL.
 *
 * Returns 0, or the first -errno other than -ENOENT.
 */
int folder_read_limit(struct folder *folder, const char *name, struct measure *limit);

/* Keeps the first error that means something: a missing file does not. */
static inline void note_error(int *first, int r)
{
        if (*first == 0 && r < 0 && r != -ENOENT)
                *first = r;
}

/* Calls `visit` for this folder and each one above it up to the mount point, as long as it returns
 * true. */
void folder_walk_up(struct folder *folder, bool (*visit)(struct folder *, void *), void *data);

/*
 * Calls `visit` for each folder below this one, as many as there is `*budget` for; each takes one.
 * Those that vanish meanwhile are skipped.
 */
void folder_walk_down(struct folder *folder, unsigned *budget,
        void (*visit)(struct folder *, void *), void *data);

/*
 * The folder of the cgroup in that hierarchy, without asking whether it is there unless its stat(2)
 * is asked for. Returns 0; -ENOENT; -ENOTDIR; as hierarchy_folder().
 */
int folder_locate(const struct cgroup_view *view, const struct cgroup *cgroup,
        const struct hierarchy *hierarchy, struct folder *ret, struct stat *ret_stat);

/* Whether `file`, one in the folder that is read in each tick, tells that the folder is the one it
 * was; see held_lives(). */
bool folder_lives(struct folder *folder, const char *file);

/* See held_tag(). */
int *folder_tag(struct folder *folder, const char *name);

/* The hierarchies in which members are looked for, the best first; some may be NULL. */
enum { N_CANDIDATES = N_CONTROLLERS + 1 };
void list_candidates(const struct layout *layout, const struct hierarchy *ret[N_CANDIDATES]);

/* The cgroups right below one, as its folder has them. */
struct folder_listing {
        struct folder_reader reader;
        struct scratch *scratch;
        /* One is on the stack for each level of a walk; the kernel is asked once for some thirty
         * cgroups. */
        _Alignas(8) char entries[2048];
};

/* `fd` is that of the folder just opened, borrowed; or -1, which has none. */
void folder_listing_start(struct folder_listing *ret, int fd, struct scratch *scratch);

/* The next one's name, valid until the next call; NULL at the end, and when that is all that can be
 * read. */
const char *folder_listing_next(struct folder_listing *listing);

/* The folder that has the files of `controller`. -ENOENT when no hierarchy here has it. */
int folder_open(const struct cgroup_view *view, const struct cgroup *cgroup,
        enum controller controller, struct folder *ret);

enum { LEVEL_LIMITS = 3 };

/* What one cgroup limits by itself. */
struct level {
        struct level_limit {
                const char *name;
                uint64_t used, max;
                struct measure n_refused;
        } limits[LEVEL_LIMITS];
        size_t n_limits;
        const char *events; /* the file that changes when one of them refuses, if there is one */
};

/* The variants of reading the limits on memory; see source/limit.h. */
int cgroup_v1_read_memory_level(struct folder *folder, struct level *ret);
int cgroup_v2_read_memory_level(struct folder *folder, struct level *ret);

/* Whether no cgroup below was ever charged for memory, by memory.stat: so none there was ever short
 * of it, and whether there is one need not be asked. */
bool cgroup_v1_is_charged_alone(struct folder *folder);

/* The variants; the declarations in source/cgroup.h say what each reads. */
int cgroup_v1_read_memory(struct folder *folder, struct memory_sample *ret);
int cgroup_v1_read_cpu(struct folder *folder, struct cpu_sample *ret);
int cgroup_v1_read_cpuacct(struct folder *folder, struct cpu_sample *ret);
int cgroup_v1_read_io(struct folder *folder, struct io_sample *ret);
int cgroup_v1_read_memory_detail(struct folder *folder, struct detail_sample *ret);

int cgroup_v2_read_memory(struct folder *folder, struct memory_sample *ret);
int cgroup_v2_read_cpu(struct folder *folder, struct cpu_sample *ret);
int cgroup_v2_read_io(struct folder *folder, struct io_sample *ret);
int cgroup_v2_read_memory_detail(struct folder *folder, struct detail_sample *ret);
int cgroup_v2_read_tree_detail(struct folder *folder, struct detail_sample *ret);
