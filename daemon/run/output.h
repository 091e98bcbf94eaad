/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "format/format.h"
#include "sink/sink.h"

/* The lines of a tick on their way from records to the sink, and what was lost on that way. */
struct output;

/* `sink` is borrowed. Returns 0 or -ENOMEM. output_free() accepts NULL. */
int output_new(
        struct sink *sink, const struct format *format, enum prefix prefix, struct output **ret);
void output_free(struct output *output);

/* Goes over to another sink, format and prefix. */
void output_change(
        struct output *output, struct sink *sink, const struct format *format, enum prefix prefix);

/*
 * Begins a tick: its lines carry the time `wall_ns`. When lines were dropped before, the first one
 * says so, in the name of `source` and `dyno`.
 */
void output_begin(struct output *output, uint64_t now_ns, uint64_t wall_ns, const char *source,
        const char *dyno);

/* Adds a line. */
void output_record(struct output *output, const struct record *record);

/* Writes the lines of the tick, all at once if they are not very many. */
void output_end(struct output *output);

/* Before the sink is freed or opened anew: the line it cannot write to its end counts as dropped.
 */
void output_finish(struct output *output);

/* 0; -EAGAIN when the reader is too slow; another -errno when writing failed; -EPIPE for good. */
int output_status(const struct output *output);

/* Lines dropped since the start, and those of them that no line has told of yet. */
uint64_t output_dropped(const struct output *output);
uint64_t output_dropped_unsaid(const struct output *output);
