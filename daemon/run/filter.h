/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Has the kernel end this process at any system call but those that it needs to go on: no thread,
 * no process, no other program, no memory that can be run, no socket but AF_UNIX, no file opened
 * for writing but `output`, for appending, if it is not NULL.
 *
 * The kernel compares addresses, not texts: `*ret_output` becomes a copy of the name that nothing
 * in the process can change any more, and it is to be opened by that pointer. There are two
 * sources of it; one is for architectures whose calls are not known, and returns -ENOSYS.
 *
 * Returns 0, or -errno and has done nothing.
 */
int filter_enter(const char *output, const char **ret_output);
