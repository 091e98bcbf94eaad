/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
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

/* Whether what is written is always all that is known, as in a file for Prometheus. */
bool output_is_complete(const struct output *output);

/* The terminal, if it is one, has another size. */
void output_look_at_screen(struct output *output);

/*
 * Begins a tick: its lines carry the time `wall_ns`. When lines were dropped before, the first one
 * says so, in the name of `source` and `dyno`.
 */
void output_begin(struct output *output, uint64_t now_ns, uint64_t wall_ns, const char *source,
        const char *dyno);

/* Adds a line. */
void output_record(struct output *output, const struct record *record);

/* Adds the samples of the groups, bits 1 << enum group: a line each, or one for all, as the format
 * has it. */
void output_samples(struct output *output, uint32_t groups, const struct sample *sample,
        const char *source, const char *dyno);

/* Writes the lines, all at once if they are not very many. At the end of a tick that had a sample
 * of all targets, a page no longer has those that it had none of. */
void output_end(struct output *output);
void output_end_tick(struct output *output);

/* Before the sink is freed or opened anew: the line it cannot write to its end counts as dropped.
 */
void output_finish(struct output *output);

/* 0; -EAGAIN when the reader is too slow; another -errno when writing failed; -EPIPE for good. */
int output_status(const struct output *output);

/* Lines dropped since the start, and those of them that no line has told of yet. */
uint64_t output_dropped(const struct output *output);
uint64_t output_dropped_unsaid(const struct output *output);
