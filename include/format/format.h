/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/measure.h"
#include "model/board.h"
#include "model/record.h"

/* Up to where a page is written. All 0: nothing is. */
struct cursor {
        size_t part, target, item;
        unsigned n_headers; /* lines that this part began with */
};

/* A way to write a record: a line of text, or an entry of fields. Or all that is known, as a page
 * of lines. */
struct format {
        const char *name;
        char end;      /* what ends a line or an entry; write() does not append it */
        bool is_whole; /* samples are a line with all groups, see record_whole(), and lines say
                        * their time */
        /* `wall_ns` is after 1970 (UTC). */
        void (*write)(const struct record *record, struct measure wall_ns, struct buf *line);
        /* The messages that stand behind it in the platform's log stream; NULL: none. Returns
         * false, and writes nothing, when there is no message `index`. */
        bool (*write_message)(const struct record *record, unsigned index, struct buf *line);
        /* Of a format that writes pages: the next line; false, and nothing is written, when there
         * is none. Other formats: NULL. */
        bool (*write_next)(const struct board *board, struct cursor *cursor, struct buf *line);
};

/* The format of that name, or NULL. */
const struct format *format_find(const char *name);

/* "heroku, logfmt or json", for a message. */
extern const char format_names[], prefix_names[];

/* The entries of the journal, which are not chosen by name. Each ends in a NUL byte. */
extern const struct format format_journal;

/* The text format of Prometheus. It has pages alone, and is not chosen by name. */
extern const struct format format_prometheus;

/* What stands before each line. */
enum prefix {
        PREFIX_NONE,
        PREFIX_LOGPLEX, /* "2026-01-05T00:00:00.000000+00:00 heroku[web.1]: " */
        PREFIX_RFC5424, /* "335 <134>1 2026-01-05T00:00:00.000000+00:00 host heroku web.1 - " */
};

/* Returns 0, or -EINVAL for a name that is none. */
int prefix_find(const char *name, enum prefix *ret);

/* Appends a time after 1970 (UTC), as "2026-01-05T00:00:00.000000+00:00". */
void time_write(uint64_t wall_ns, struct buf *ret);

/* Appends the prefix for a line of `source` written at `wall_ns` after 1970 (UTC). */
void prefix_write(enum prefix prefix, const char *source, uint64_t wall_ns, struct buf *line);

/* Completes the prefix of the line that began at `start` and is there to its end: what says how
 * long it is. */
void prefix_complete(enum prefix prefix, size_t start, struct buf *line);
