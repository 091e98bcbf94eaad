/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum {
        NAME_MAX_BYTES = 64,     /* of a source, the NUL included */
        NAME_WORD_MAX_BYTES = 48 /* of its part before the number, the NUL included */
};

/* A source as the platform forms them: "web.1". */
struct name {
        char word[NAME_WORD_MAX_BYTES]; /* lower-case letters and digits, never empty */
        uint32_t number;
};

/*
 * Reduces the last part of a cgroup's path, or a unit's name, to what every reader takes as a
 * source, with `prefix` before it: "nginx.service" gives nginx.1, "worker@3.service" worker.3,
 * "web.2" web.2, "libpod-0123456789ab….scope" libpod0123456789ab.1. A name of which nothing
 * remains becomes "cgroup".
 */
struct name name_reduce(const char *prefix, const char *path);

/* Appends "word.number". */
void name_write(const struct name *name, struct buf *ret);

/* Whether a user's name is one we print as it is: 1 to 63 of [A-Za-z0-9._-]. */
bool name_is_valid(const char *name);

/* Finds 64 hexadecimal digits, a container's id, that stand alone in `text`; NULL without. */
const char *name_find_container_id(const char *text);
