/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Where lines go. A sink never waits for its reader: it takes what can be written now, by whole
 * lines, and leaves the rest to the caller. A line that could be written in part only is taken,
 * and its end is written before anything else.
 */
struct sink;

/* Whether there is such a sink, without opening it: 0, or -EINVAL with a sentence in `error`. */
int sink_check(const char *output, struct buf *error);

/*
 * Opens the sink that `output` names: "stdout", "journal", "file:PATH", "textfile:PATH"; or "auto",
 * which is the journal when standard output is the journal's stream, and else standard output.
 *
 * Returns 0; -EINVAL when there is no such sink, else -errno from opening it, with a sentence
 * about it in `error`. sink_free() accepts NULL.
 */
int sink_open(const char *output, struct sink **ret, struct buf *error);
void sink_free(struct sink *sink);

/* Whether it takes entries of the journal instead of lines; or pages, in the text format of
 * Prometheus. */
bool sink_takes_entries(const struct sink *sink);
bool sink_takes_pages(const struct sink *sink);

/*
 * Writes `len` bytes, whole lines each with its newline, or entries each with its NUL. `*ret_taken`
 * becomes the number of bytes taken, always up to the end of a line.
 *
 * Returns 0 when all were taken; -EPIPE when the reader of a standard output has gone for ever;
 * another -errno, such as -EAGAIN or -ENOSPC, when not all were.
 */
int sink_write(struct sink *sink, const char *text, size_t len, size_t *ret_taken);

/*
 * Ends a page: what was written since the last one takes its place. When a part of it was not
 * taken, the old one stays. Returns 0, or -errno; of other sinks always 0.
 */
int sink_commit(struct sink *sink);

/*
 * Before it is freed or opened anew: writes the end of the line that was written in part. Returns
 * 0, or the length of that line when it is lost; a file then ends with the line before.
 */
size_t sink_finish(struct sink *sink);

/*
 * Opens it anew where that means something: a file, so that logrotate may move the old one away.
 * Returns 0, or -errno and goes on with the old one.
 */
int sink_reopen(struct sink *sink);

/* The file that it opens anew, or NULL. Of one that takes pages, the name of the file that is then
 * renamed to it lies behind its NUL. */
const char *sink_path(const struct sink *sink);

/* The same at another address, which is borrowed: a sandbox lets a file be opened by one
 * address alone. */
void sink_fix_path(struct sink *sink, const char *path);

/* The descriptor of the terminal it writes to; -1 when it is none. */
int sink_terminal(const struct sink *sink);

/* What a user knows it by: "standard output", or the path. */
const char *sink_name(const struct sink *sink);
