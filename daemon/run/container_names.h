/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * What a user calls containers, as nobody else says it in a place that can be read: "KEY=NAME,…".
 * A key is the id of a container, or its first 12 digits or more; or, for those whose ids nobody
 * knows beforehand, the name of its first process. Spaces around each are nothing.
 */
struct container_names {
        struct container_name {
                bool is_id;
                char *key, *name;
        } * items;
        size_t n_items;
};

/* Returns 0; -EINVAL with what is wrong in `error`; -ENOMEM. Release with container_names_done().
 */
int container_names_parse(const char *text, struct container_names *ret, struct buf *error);
void container_names_done(struct container_names *names);

/* The name of a container with that id (or the first digits of it that are known, or "") and first
 * process: by its id if there is such a key, and else by its process. NULL without. */
const char *container_names_find(
        const struct container_names *names, const char *id, const char *comm);
