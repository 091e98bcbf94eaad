/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/record.h"

/* A way to write a record: a line of text, or an entry of fields. */
struct format {
        const char *name;
        char end; /* what ends a line or an entry; write() does not append it */
        void (*write)(const struct record *record, struct buf *line);
        /* The messages that stand behind it in the platform's log stream; NULL: none. Returns
         * false, and writes nothing, when there is no message `index`. */
        bool (*write_message)(const struct record *record, unsigned index, struct buf *line);
};

/* The format of that name, or NULL. */
const struct format *format_find(const char *name);

/* The entries of the journal, which are not chosen by name. Each ends in a NUL byte. */
extern const struct format format_journal;

/* What stands before each line. */
enum prefix {
        PREFIX_NONE,
        PREFIX_LOGPLEX, /* "2026-01-05T00:00:00.000000+00:00 heroku[web.1]: " */
};

/* Returns 0, or -EINVAL for a name that is none. */
int prefix_find(const char *name, enum prefix *ret);

/* Appends a time after 1970 (UTC), as "2026-01-05T00:00:00.000000+00:00". */
void time_write(uint64_t wall_ns, struct buf *ret);

/* Appends the prefix for a line of `source` written at `wall_ns` after 1970 (UTC). */
void prefix_write(enum prefix prefix, const char *source, uint64_t wall_ns, struct buf *line);
