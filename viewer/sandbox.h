/* SPDX-License-Identifier: MIT */
#pragma once

#include "options.h"

/*
 * Gives up all that is no longer needed once the inputs and the server are there: other files,
 * system calls, what an exec could give. Where the kernel or the build does not offer it, a
 * sentence for each such thing, with a newline, is appended to `missing`.
 */
void sandbox_enter(const struct options *options, struct buf *missing);
