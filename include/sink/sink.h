/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/buf.h"

/*
 * Where lines go. A sink never waits for its reader: it takes what can be written now, by whole
 * lines, and leaves the rest to the caller. A line that could be written in part only is taken,
 * and its end is written before anything else.
 */
struct sink;

/*
 * Opens the sink that `output` names: "stdout", "file:PATH", or "auto", which chooses one.
 *
 * Returns 0; -EINVAL when there is no such sink, else -errno from opening it, with a sentence
 * about it in `error`. sink_free() accepts NULL.
 */
int sink_open(const char *output, struct sink **ret, struct buf *error);
void sink_free(struct sink *sink);

/*
 * Writes `len` bytes, whole lines each with its newline. `*ret_taken` becomes the number of bytes
 * taken, always up to the end of a line.
 *
 * Returns 0 when all were taken; -EPIPE when the reader of a standard output has gone for ever;
 * another -errno, such as -EAGAIN or -ENOSPC, when not all were.
 */
int sink_write(struct sink *sink, const char *text, size_t len, size_t *ret_taken);

/*
 * Opens it anew where that means something: a file, so that logrotate may move the old one away.
 * Returns 0, or -errno and goes on with the old one.
 */
int sink_reopen(struct sink *sink);

/* What a user knows it by: "standard output", or the path. */
const char *sink_name(const struct sink *sink);
