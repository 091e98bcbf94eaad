/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * When to look at what has changed between two ticks. A moment after a change, so that several of
 * them are one: a unit's start is several changes, and its restart a stop and a start. Where
 * changes do not end, looks take a tenth of the time. All times are of one clock.
 */
struct look {
        uint64_t pause_ns; /* between the end of one and the start of the next, at least */
        bool is_due;
        uint64_t at_ns;    /* when, if one is due */
        uint64_t ended_ns; /* the last one; 0: there was none */
        uint64_t took_ns;
};

/* Something has changed: a look is due, if none was. */
void look_plan(struct look *look, uint64_t now_ns);

/* How long until it is due: 0 when that is now, UINT64_MAX when none is. */
uint64_t look_wait(const struct look *look, uint64_t now_ns);

/* The one that was due was taken. */
void look_end(struct look *look, uint64_t began_ns, uint64_t ended_ns);
