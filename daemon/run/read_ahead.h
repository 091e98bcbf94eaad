/* SPDX-License-Identifier: MIT */
#pragma once

#include "collector_state.h"

/* The parts of a tick in which files are read, see base/held.h. */
enum {
        PART_COUNT = 1 << 0,
        PART_SAY = 1 << 1,
};

/*
 * Of many targets, none is in a cache of the processor when its turn comes, and each time the
 * kernel was called little is left of what was there. So their turn is taken by some together: from
 * index `i` on. Reads what they need in these parts of a tick, and has what is known of them got
 * from memory. Returns the index behind the last of them. Changes nothing but how long a tick
 * takes.
 */
size_t read_ahead(const struct collector *collector, size_t i, unsigned parts);
