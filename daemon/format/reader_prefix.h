/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "format/time.h"

/* Skips "335 <134>1 ", without the count as well, and "<134>" alone. */
const char *priority_skip(const char *text);

/*
 * The length of all that stands before the body of a line; of the whole line when no body of ours
 * is there. `*ret` is the last time on the way, if there is any.
 */
size_t prefix_len(const char *line, uint64_t now_ns, struct measure *ret);
