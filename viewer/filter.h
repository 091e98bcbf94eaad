/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Has the kernel end this process at any system call but those that it needs to go on: no thread,
 * no process, no other program, no memory that can be run, no new socket, no file opened for
 * writing. There are two sources of it; one is for architectures whose calls are not known, and
 * returns -ENOSYS.
 *
 * Returns 0, or -errno and has done nothing.
 */
int filter_enter(void);
