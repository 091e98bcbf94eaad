/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Tells that cgroups came or went in folders that were looked at, and that files were changed by
 * the kernel, so that nobody has to look again to find out; see inotify(7). Where it cannot be had,
 * it just tells nothing.
 */
struct change_watch;

/* What there can be to tell. */
enum {
        CHANGE_FOLDERS = 1, /* a folder came or went */
        CHANGE_EVENTS = 2,  /* a file changed: change_watch_has_told() says which */
};

/*
 * `root_path` is the folder that the paths of change_watch_add() are relative to. Returns 0;
 * -ENOMEM; or -errno from inotify_init1(2). change_watch_free() accepts NULL.
 */
int change_watch_new(const char *root_path, struct change_watch **ret);
void change_watch_free(struct change_watch *watch);

/* Becomes readable when something changed. */
int change_watch_fd(const struct change_watch *watch);

/*
 * Watches a folder, or a file. The kernel does not tell when those of a cgroup are removed, so that
 * each has to be added again in every round, which is free for most rounds of a folder; see
 * change_watch_end_round(). NULL is accepted as the watch.
 */
void change_watch_add(struct change_watch *watch, const char *path);

/* Whether the folders above a cgroup, whose path is `len` bytes, are to be added: not when those
 * were added last in this round. Many targets have the same ones. */
bool change_watch_begin_above(struct change_watch *watch, const char *path, size_t len);

/*
 * What comes and goes in the folders that are listed between these two need not be looked for by
 * another listing, as long as it is silent: all could be watched, and nothing was told of one since
 * the listing began. That was taken by change_watch_drain(). As if all folders were added again,
 * then. NULL is never silent.
 */
void change_watch_begin_listing(struct change_watch *watch);
bool change_watch_is_silent(struct change_watch *watch);

/* Returns the number by which change_watch_has_told() knows the file, the same each time; -1 when
 * it cannot be watched: it is gone, or the user may not have more watches. */
int change_watch_add_file(struct change_watch *watch, const char *path);

/* As if the file of that number were added again. False when it is not watched. */
bool change_watch_keep(struct change_watch *watch, int number);

/* Whether that file has changed, as far as was taken, since the last change_watch_forget(). */
bool change_watch_has_told(const struct change_watch *watch, int number);
void change_watch_forget(struct change_watch *watch);

/* Ends a round: what was not added in it is no longer watched. */
void change_watch_end_round(struct change_watch *watch);

/* Takes what there is to tell. Returns CHANGE_* flags. */
unsigned change_watch_drain(struct change_watch *watch);
