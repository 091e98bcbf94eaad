/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"

/*
 * Files of the kernel that are read over and over: each stays open, and is read by pread(2), which
 * gives its text anew. One that is read twice in a round is read once.
 *
 * A file is known by its path. Of a cgroup that was removed a read fails with ENODEV, whatever has
 * that path by then: the file is closed, and looked for again. One that was not there many times is
 * not looked for in some ticks. A file that may be replaced by another one unnoticed must not be
 * read here: only those below /proc and in cgroups are like that.
 */
struct held_files;

/* Holds at most `n_max` files; others are opened each time. Returns 0 or -ENOMEM. held_free()
 * accepts NULL. */
int held_new(size_t n_max, struct held_files **ret);
void held_free(struct held_files *held);

/* Begins a round: what was read before may have changed. */
void held_begin_round(struct held_files *held);

/* Ends a tick: closes what was not read since the last one ended. */
void held_end_tick(struct held_files *held);

size_t held_n_files(const struct held_files *held);

/*
 * As root_read(), of a file that is held if the root has held files. Its text must be made of
 * records of less than 1 KiB, or of one.
 */
int root_read_held(const struct root *root, const char *path, struct scratch *scratch);

/* The same, although it may have been read in this round. */
int root_reread_held(const struct root *root, const char *path, struct scratch *scratch);

/*
 * A number that stays with the file while it is open, -1 at first; NULL when it is not held. Valid
 * until another one is read.
 */
int *root_held_tag(const struct root *root, const char *path);
