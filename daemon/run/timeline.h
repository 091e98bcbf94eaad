/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "format/format.h"
#include "format/reader.h"
#include "model/judge.h"

/*
 * What old lines say, in the order of time: lines become ticks again, their samples are judged, and
 * the events of that, with those that the lines themselves tell of, become lines.
 */
struct timeline;

struct timeline_counts {
        uint64_t n_ticks; /* of all sources together */
        uint64_t n_events;
        uint64_t n_sources;
        struct measure first_ns, last_ns; /* the earliest and the latest time in a line */
        uint64_t counted_ns;              /* the time of lines that have none */
};

/*
 * `interval_ns` is the time between ticks whose lines do not tell it. `say` is called for each line
 * to be written in that format, which ends in a newline. Returns 0 or -ENOMEM. timeline_free()
 * accepts NULL.
 */
int timeline_new(uint64_t interval_ns, const struct judge_rules *rules, const struct format *format,
        void (*say)(void *data, const char *line, size_t len), void *data, struct timeline **ret);
void timeline_free(struct timeline *timeline);

/* The next line. Returns 0; -ENOSPC when there are too many sources to remember one more; or
 * -ENOMEM. */
int timeline_add(struct timeline *timeline, const struct reading *reading);

/* There are no more lines: judges and says what is held back. Returns 0 or -ENOMEM. */
int timeline_end(struct timeline *timeline);

struct timeline_counts timeline_counts(const struct timeline *timeline);
