/* SPDX-License-Identifier: MIT */
#pragma once

#include "collector_state.h"

/*
 * Of many targets, none is in a cache of the processor when its turn comes. While the one at index
 * `i` is looked at, what the next ones have is got from memory. Changes nothing but how long a tick
 * takes.
 */
void fetch_ahead(const struct collector *collector, size_t i);
