/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Has the kernel end this process at any system call but those that it needs to go on: no thread,
 * no process, no other program, no memory that can be run, no socket but AF_UNIX, no file opened
 * for writing but `output`, if it is not NULL: for appending; or, if `is_replaced`, a file whose
 * name lies behind its NUL, which can be made, renamed to it, and removed.
 *
 * The kernel compares addresses, not texts: `*ret_output` becomes a copy of the name that nothing
 * in the process can change any more, and it is to be opened by that pointer. There are two
 * sources of it; one is for architectures whose calls are not known, and returns -ENOSYS.
 *
 * Returns 0, or -errno and has done nothing.
 */
int filter_enter(const char *output, bool is_replaced, const char **ret_output);
