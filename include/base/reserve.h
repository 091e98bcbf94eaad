/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors that are held for the time when there are no others: a process, or the machine, may
 * run out of them any time, and what is to be said then is in files that have to be opened.
 *
 * They belong to the process, as its other descriptors do.
 */

/* Takes what is missing of the reserve, as far as that can be had. */
void reserve_fill(void);

/* As openat(2), or fence_open() of a path that is fenced; where there is no descriptor left for it,
 * in place of one of the reserve. */
int reserve_openat(int dir_fd, const char *path, int flags, unsigned mode);
