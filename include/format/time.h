/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Takes a time, in any of the forms logs have it in. A time without a zone is taken as UTC, one
 * without a year as the last such that is no more than a day after `now_ns`. Returns what is behind
 * it, or NULL when there is none.
 */
const char *time_read(const char *text, uint64_t now_ns, uint64_t *ret_wall_ns);
