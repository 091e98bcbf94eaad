/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/comm.h"
#include "model/name.h"
#include "model/record.h"
#include "model/sample.h"

/*
 * What is known now, for formats that show it all at once: the last sample of each target, the
 * events that last, and how often each has been. It is put together from samples and events alone.
 */

enum {
        BOARD_DYNO_BYTES = 128, /* the NUL included; a longer one is cut */
        BOARD_WORD_BYTES = 64,
        BOARD_MAX_EVENTS = 16, /* of one target; further ones are not kept */
};

/* One that lasts: said to have begun, and not yet to have ended. */
struct board_event {
        enum event event;
        enum level level;
        char key[BOARD_WORD_BYTES];  /* what tells it from others: a parent's pid, a metric, … */
        char what[BOARD_WORD_BYTES]; /* a parent's name, or what limits */
        char unit[BOARD_WORD_BYTES]; /* of a parent */
        char cause[BOARD_WORD_BYTES];
        struct measure number; /* zombies, seconds to the end of a leak, percent of a limit */
        struct measure slope_per_h;
        uint64_t wall_ns; /* when that was said */
};

struct board_target {
        char source[NAME_MAX_BYTES];
        char dyno[BOARD_DYNO_BYTES];
        uint64_t page;                /* the one it was on last */
        uint32_t groups;              /* of its sample; 0: it has none */
        struct sample sample, before; /* the last one, and the one before it */
        uint64_t wall_ns, before_ns;  /* of these; 0: there was none */
        struct board_event events[BOARD_MAX_EVENTS];
        size_t n_events;
        uint32_t n_said[N_EVENTS]; /* how often each began */
};

/* What the page is shown on. */
struct screen {
        unsigned columns, rows;
        bool is_coloured, is_utf8;
        /* of the header that was shown last; all 0: none was */
        unsigned n_lines; /* since then, it included */
        unsigned source_width, gap;
        uint32_t groups; /* of samples */
        uint64_t columns_shown;
};

struct board {
        struct board_target *targets; /* borrowed memory, in the order of their first lines */
        size_t n_targets, n_room;
        size_t next; /* where the next one that is asked for probably is */
        uint64_t page;
        uint64_t wall_ns;
        struct screen *screen; /* borrowed; NULL: none */
        const char *said;      /* borrowed: what there is to say below, a line each; or NULL */
};

/* Begins a page, of the time `wall_ns`. Of a tick, what is not on it is forgotten at its end. */
void board_begin(struct board *board, uint64_t wall_ns);

/* Forgets the targets that nothing was said of since board_begin(). */
void board_forget(struct board *board);

/* The target of that name, or NULL. A new one; NULL when there is no room. */
struct board_target *board_find(struct board *board, const char *source);
struct board_target *board_add(struct board *board, const char *source);

void board_see_samples(struct board *board, struct board_target *target, uint32_t groups,
        const struct sample *sample, const char *dyno);
void board_see_event(struct board *board, struct board_target *target, const struct record *record);

/* The worst level of the events that last; false when there are none. */
bool board_level(const struct board_target *target, enum level *ret);
