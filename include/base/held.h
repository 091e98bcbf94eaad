/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ahead.h"
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

/* The number of the round, which is not 0. */
uint32_t held_round(const struct held_files *held);

/*
 * As root_read(), of a file that is held if the root has held files. Its text must be made of
 * records of less than 1 KiB, or of one.
 */
int root_read_held(const struct root *root, const char *path, struct scratch *scratch);

/*
 * A folder whose files are held: found once, its files cost no search for their paths. `path` has
 * `len` bytes. Valid as long as held_generation() is the same; NULL when the root has no held
 * files, or there is no room for it.
 */
struct held_folder;
struct held_folder *held_folder(const struct root *root, const char *path, size_t len);

/* Another number after a tick in which a folder was forgotten; not 0. */
uint32_t held_generation(const struct held_files *held);

/* Has the processor get what is known of its files, which is soon asked for. */
void held_fetch_files(const struct held_folder *folder);

/*
 * Adds the files of a folder to those that ahead_read() reads: those that were asked for in the
 * last tick, in the order in which they first were. Each is then taken for just read by the first
 * who asks for it in this tick, unless it was forgotten.
 *
 * A tick has parts, each a bit, the first one the lowest. held_begin_part() begins one; a file is
 * of the first in which it was ever asked for, and added when `parts` has that.
 */
void held_add_ahead(struct held_files *held, struct held_folder *folder, unsigned parts);
void held_begin_part(struct held_files *held, unsigned part);

/* Where they are read to, which is the held files'. */
struct ahead *held_ahead(const struct held_files *held);

/* Its path, of `*ret_len` bytes. */
const char *held_folder_path(const struct held_folder *folder, size_t *ret_len);

/* As root_read_held(), of a file in it; `anew`: although it may have been read in this round. */
int held_read(const struct root *root, struct held_folder *folder, const char *name, bool anew,
        struct scratch *scratch);

/*
 * Whether a file can still be read that was opened before the last tick: then the cgroup that has
 * its path since the last tick or longer is the one that it is a file of, and need not be looked
 * for. It is read into `scratch`, unless it was read in this round.
 */
bool held_lives(const struct root *root, struct held_folder *folder, const char *name,
        struct scratch *scratch);

/*
 * The descriptor of a folder that stays open; it is not the caller's to close, and valid until
 * another file is read. Returns -EMFILE when it is not held, or -errno from open(2).
 *
 * Of a cgroup that was removed it goes on to say what it said: a file in it must tell whether it
 * lives, and held_release_folder() has it opened anew when that does not.
 */
int root_hold_folder(const struct root *root, const char *path);
void held_release_folder(const struct root *root, struct held_folder *folder);

/*
 * A number that stays with the file while it is open, -1 at first; NULL when it is not held. Valid
 * until another one is read.
 */
int *held_tag(struct held_folder *folder, const char *name);
