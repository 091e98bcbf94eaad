/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cgroup_files.h"
#include "source/limit.h"
#include "source/machine.h"

enum {
        CACHED_LEVELS = 512,
        CACHED_PATH_BYTES = 256,
};

/* One cgroup at or above targets, and what it said in this round. */
struct cached_level {
        uint16_t next; /* with the same hash; behind the last: 0 */
        enum controller controller;
        struct level level;
        int file; /* that is watched, or -1 */
        int r;
        char path[CACHED_PATH_BYTES];
};

/* A folder, and that nothing in it and above it limits or is watched: as with most targets. */
struct cleared {
        size_t len; /* 0: none */
        char path[CACHED_PATH_BYTES];
};

struct limit_cache {
        struct cleared cleared[N_CONTROLLERS];
        bool has_machine;
        struct machine_tasks machine;
        int machine_r;

        uint16_t n_levels;
        struct cached_levels {
                uint16_t first[256]; /* by hash: place in `items` + 1; 0: none */
                struct cached_level items[CACHED_LEVELS];
        } * levels; /* those that are not used cost no memory */
};

/*
 * The place of the cgroup whose folder is `path`; `*ret_known` says whether it was read in this
 * round, and otherwise it is to be filled. NULL when there is none for it, or `cache` is NULL.
 */
struct cached_level *limit_cache_find(
        struct limit_cache *cache, enum controller controller, const char *path, bool *ret_known);

/* Keeps the last folder that was found to be so in this round, and tells whether it is this one. */
void limit_cache_clear_above(
        struct limit_cache *cache, enum controller controller, const char *path, size_t len);
bool limit_cache_is_clear(
        const struct limit_cache *cache, enum controller controller, const char *path, size_t len);
