/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Tells that cgroups came or went in folders that were looked at, so that nobody has to look again
 * to find out; see inotify(7). Where it cannot be had, it just tells nothing.
 */
struct change_watch;

/*
 * `root_path` is the folder that the paths of change_watch_add() are relative to. Returns 0;
 * -ENOMEM; or -errno from inotify_init1(2). change_watch_free() accepts NULL.
 */
int change_watch_new(const char *root_path, struct change_watch **ret);
void change_watch_free(struct change_watch *watch);

/* Becomes readable when something changed. */
int change_watch_fd(const struct change_watch *watch);

/* Watches a folder, if that is not done already. NULL is accepted as the watch. A folder that is
 * removed is forgotten by itself. */
void change_watch_add(struct change_watch *watch, const char *path);

/* Takes what there is to tell. Returns whether any folder came or went. */
bool change_watch_drain(struct change_watch *watch);
