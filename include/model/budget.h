/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"

/*
 * Whether a number of these groups, bits 1 << enum group, is now more than `percent` away from what
 * it was when it was said last, or has become known or unknown. Sizes have to differ by more than
 * 1 MiB, averages by more than 0.10. Not looked at is what is another one each time: counters,
 * which only grow, times, and the threads that run at this very instant.
 */
bool budget_has_moved(
        uint32_t groups, const struct sample *said, const struct sample *now, uint64_t percent);
