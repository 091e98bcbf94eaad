/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "model/judge.h"

/* Values as users write them. On failure each says in `error` what was wrong and what is right. */

/*
 * A time: numbers with a unit, "20s", "1.5s", "1min 30s", "2h"; a number alone is in seconds.
 * Units are ms, s (sec), m (min), h (hr), d. Returns 0; -EINVAL; -ERANGE outside `min_ns` and
 * `max_ns`.
 */
int value_parse_time(
        const char *text, uint64_t min_ns, uint64_t max_ns, uint64_t *ret_ns, struct buf *error);

/* A size: a number, with K, M, G or T behind for powers of 1024. Returns 0, -EINVAL or -ERANGE. */
int value_parse_bytes(const char *text, uint64_t *ret, struct buf *error);

/* A number from `min` on. Returns 0, -EINVAL or -ERANGE. */
int value_parse_number(const char *text, uint64_t min, uint64_t *ret, struct buf *error);

/* The value of a rule: a number, of percents up to 100. Returns 0, -EINVAL or -ERANGE. */
int value_parse_rule(enum rule rule, const char *text, uint64_t *ret, struct buf *error);

/*
 * Groups of samples, as bits 1 << enum group: "load,memory", "all", "none"; "+cpu,-load" adds to
 * and takes from `*groups`. Returns 0 or -EINVAL.
 */
int value_parse_groups(const char *text, uint32_t *groups, struct buf *error);

/* Appends the name among `names` that `word` was most likely meant to be, if one is near:
 * "; did you mean 'memory'?" */
void value_suggest(const char *word, const char *const *names, unsigned n_names, struct buf *error);

/* Appends the time in the form users write it, in the largest unit that needs no fraction. */
void value_write_time(uint64_t ns, struct buf *ret);
