/* SPDX-License-Identifier: MIT */
#pragma once

#include "target.h"

/*
 * Finds targets by what a cgroup is known by: those that patterns matched by their path, those that
 * are a unit by its name. With a thousand of each, comparing all with all takes longer than reading
 * their files.
 */
struct target_index {
        struct target_place *places;
        size_t n_places; /* a power of 2, more than there are targets; or 0 */
};

/*
 * Makes it of the targets there are, which takes memory only when they are more than ever before.
 * What it finds is right as long as none of them is added, removed, or gets another path.
 *
 * Returns 0; or -ENOMEM, and it is empty. An index of zeros is empty.
 */
int target_index_make(struct target_index *index, const struct targets *targets);
void target_index_done(struct target_index *index);

/*
 * The next target that is known by `key`, or NULL. `*at` is 0 before the first one, and is for
 * the next call.
 */
struct target *target_index_next(const struct target_index *index, const char *key, uint64_t *at);
