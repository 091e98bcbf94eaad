/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"

/*
 * Takes a time, in any of the forms logs have it in. A time without a zone is taken as UTC, one
 * without a year as the last such that is no more than a day after `now_ns`. Returns what is behind
 * it, or NULL when there is none.
 */
const char *time_read(const char *text, uint64_t now_ns, uint64_t *ret_wall_ns);

/*
 * The length of all that stands before the body of a line; of the whole line when no body of ours
 * is there. `*ret` is the last time on the way, if there is any.
 */
size_t prefix_len(const char *line, uint64_t now_ns, struct measure *ret);
