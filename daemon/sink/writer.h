/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum {
        WRITER_LINE_BYTES = 16 * 1024 /* the longest line that can be written in two parts */
};

/* Writes lines to a descriptor without ever waiting, whatever the descriptor is. */
struct writer {
        int fd; /* -1: none now */
        enum writer_way {
                WRITER_PLAIN, /* a file, or a description of our own that does not block */
                WRITER_PIPE,  /* a pipe, by a description of our own that does not block */
                WRITER_POLL,  /* a description that others share, asked first */
                WRITER_SEND,  /* a socket */
        } way;
        size_t head_len, tail_len;
        char *tail; /* of WRITER_LINE_BYTES: what is left of a line that begins with head_len bytes
                     * that are written */
};

/* Makes one that has no descriptor. Returns 0 or -ENOMEM; released by writer_done() in both cases,
 * which closes it, too. */
int writer_init(struct writer *ret);
void writer_done(struct writer *writer);

/* Takes over the descriptor `fd`. */
void writer_open(struct writer *writer, int fd, enum writer_way way);

/* Closes it; what writer_finish() did not write is forgotten. A writer that has none (fd -1) is
 * left alone. */
void writer_close(struct writer *writer);

/*
 * Writes the end of a line whose begin has been written, or takes the begin away again from a file
 * where that cannot be. Returns how many bytes of the line were lost, the newline included.
 */
size_t writer_finish(struct writer *writer);

/* As sink_write(). */
int writer_write(struct writer *writer, const char *text, size_t len, size_t *ret_taken);
