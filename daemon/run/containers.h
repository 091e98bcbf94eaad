/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector_state.h"
#include "model/comm.h"
#include "source/container_path.h"

/*
 * Targets of the spec "containers". They are found in the walk over all processes, whose cgroups
 * say which container each is in, and known by the path of the container's cgroup.
 */

enum {
        CONTAINER_FOLDERS = N_CONTROLLERS + 1, /* as many as there may be hierarchies of interest */
};

/* Its oldest process, after which it is called. */
struct first_process {
        pid_t pid; /* 0: none seen */
        uint64_t start_ticks;
        char comm[COMM_BYTES];
};

/* A folder of it that is read as if it were mounted. */
struct container_mount {
        int fd; /* see struct container_folder */
        char *point;
};

struct container {
        struct container_path path;     /* what its path says; id "" when that is nothing */
        bool is_own;                    /* this process is in it, and in none inside of it */
        struct first_process first;     /* as of the last round over all processes */
        uint64_t last_ticks;            /* then the start of its youngest */
        uint64_t inode;                 /* of its cgroup, where that was found; else 0 */
        char first_comm[COMM_BYTES];    /* what that process was called when it was seen first */
        char base[NAME_WORD_MAX_BYTES]; /* of its name, before the number */

        /* of the round */
        bool any; /* process is in it, dead or alive */
        bool met; /* one that is alive */
        struct first_process oldest;
        uint64_t youngest_ticks;

        /* where its cgroup's files are read */
        enum container_files {
                FILES_NOWHERE,
                FILES_MOUNTED, /* a mount of this process has them */
                FILES_THROUGH, /* one of its own has, which a process of it led to */
        } files;
        struct first_process through; /* that process */
        int error;                    /* of FILES_NOWHERE: why none leads there, 0 or -errno */
        unsigned n_tried;             /* of its processes, in this tick */
        struct container_mount mounts[CONTAINER_FOLDERS];
        unsigned n_mounts;
};

/* Accepts NULL. */
void container_free(struct container *container);

/*
 * The container that a cgroup's path of `len` bytes leads to next, see container_path_next(); in
 * the cgroup namespace of a container, where a path may say nothing, also this one and those right
 * beside it.
 */
bool containers_next(const struct collector *collector, const struct hierarchy *hierarchy,
        const char *path, size_t len, struct container_path *container);

/* The length of that part of a path that is the innermost container's; 0: it is in none. */
size_t containers_find_last(const struct collector *collector, const struct hierarchy *hierarchy,
        const char *path, size_t len);

/* Before the walk of a tick: looks for the watch, and whether files are where they were. */
void containers_begin(struct collector *collector);

/* Has the process that is visited counted for the containers it is in. */
void containers_visit(struct collector *collector, const struct process *process);

/* A round over all processes is over: names the new ones, says which are gone or others. */
void containers_end_round(struct collector *collector);

/* Other names are configured: forgets those that would have another one. */
void containers_rename(struct collector *collector, const struct settings *settings);

/* What follows is in containers_access.c. */

/* Finds where the files of a container can be read, through `process`, which is in it, if nowhere
 * else: sets `target->cgroup`. */
void container_find_files(
        struct collector *collector, struct target *target, const struct process *process);

/* Stops reading them where they have gone from. */
void container_check_files(struct collector *collector, struct target *target);
void container_leave_files(struct collector *collector, struct target *target);

/* Closes the folders left in the tick before, below which no file is held any more. */
void containers_close(struct collector *collector);
void containers_done(struct collector *collector);
