/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Cuts text that comes in pieces into what reader_read() takes: lines, and entries of
 * `journalctl -o export`, which have several lines, and binary fields with any byte in them.
 * All 0: at the begin of the text.
 */
struct frame {
        enum {
                FRAME_UNDECIDED, /* not enough text to tell a line from an entry */
                FRAME_LINE,
                FRAME_NAME, /* of an entry's field: in its name */
                FRAME_VALUE,
                FRAME_SIZE,   /* in the size of a binary field */
                FRAME_BINARY, /* in its bytes, the newline behind them included */
        } state;
        size_t at;       /* what lies before was looked at */
        size_t name_len; /* of the name so far */
        unsigned n_size_bytes;
        uint64_t binary_len; /* still to come */
};

/*
 * The length of the line or entry at `text`, its end included. 0 when it ends behind the `len`
 * bytes there are: to be called again with the same text, and more behind it.
 */
size_t frame_next(struct frame *frame, const char *text, size_t len);

/* Forgets all of the text that frame_next() returned 0 for; only what follows is given to it. */
void frame_drop(struct frame *frame);
