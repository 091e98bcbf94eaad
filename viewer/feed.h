/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "format/frame.h"
#include "view.h"

/* Cuts what comes in pieces into lines, and gives them to the view. */

enum { FEED_BYTES = 256 * 1024 }; /* a line, or an entry of the journal, may be so long */

struct feed {
        struct view *view;
        struct input *input; /* what its lines are counted for; NULL: nothing */
        char host[TARGET_NAME_BYTES - NAME_MAX_BYTES - 1];
        char *text;
        size_t len;
        struct frame frame;
        size_t n_skipped; /* bytes of a line that did not fit, so far; 0: it fits */
};

/* Returns 0 or -ENOMEM. feed_done() accepts one that is all 0. */
int feed_init(struct feed *ret, struct view *view, struct input *input);
void feed_done(struct feed *feed);

/* Where the next bytes are to be read to; there is always room for one. */
char *feed_room(struct feed *feed, size_t *ret_size);

/* So many bytes were put there. */
void feed_added(struct feed *feed, size_t len, uint64_t now_ns);

/* The text ends here. A last line without an end is taken when it `is_whole`. */
void feed_end(struct feed *feed, bool is_whole, uint64_t now_ns);
