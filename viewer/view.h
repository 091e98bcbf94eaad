/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codes.h"
#include "columns.h"
#include "happenings.h"
#include "history.h"
#include "requests.h"
#include "target.h"

/* All that was read, as it is to be shown. It knows no file, no clock and no browser: lines go in,
 * the time is told to it, and who shows it reads its members. */

enum {
        TARGETS_MAX = 1000,
        TARGET_SLOTS = 2048,
        INPUTS_MAX = 64,
        INPUT_NAME_BYTES = 256,
        FORGET_MS = 60 * 60 * 1000, /* a target is silent for so long when it may make room */
};

/* Lines by what they were. */
struct view_counts {
        uint64_t n_bytes, n_lines;
        uint64_t n_samples, n_events;
        uint64_t n_router, n_platform;
        uint64_t n_unknown, n_too_long;
        uint64_t n_late;    /* of a time that is packed away */
        uint64_t n_ignored; /* of targets for which there was no room */
};

enum input_state {
        INPUT_WAITING,
        INPUT_READING,
        INPUT_ENDED,
        INPUT_FAILED,
};

/* Where lines come from. */
struct input {
        char name[INPUT_NAME_BYTES];
        enum input_state state;
        uint64_t n_lines;
        char error[INPUT_NAME_BYTES];
};

struct view {
        struct columns columns;
        struct history *history;
        struct requests *requests; /* NULL before the first line of the router */
        struct codes codes;
        struct happenings happenings;

        struct target *first, **tail, *last_used;
        struct target *slots[TARGET_SLOTS];
        size_t n_targets;
        struct input inputs[INPUTS_MAX];
        unsigned n_inputs;
        struct view_counts counts;

        uint64_t serial;     /* grows with all that changes */
        uint64_t newest_ms;  /* the latest time in a line; 0: none so far */
        uint64_t wall_ms;    /* as it was told last */
        uint64_t untimed_ms; /* the time of lines that have none, when they are counted */
        uint64_t step_ms;    /* between the ticks of those */
        /* Lines without a time were written earlier, and are counted; else they are of now. Who
         * gives them sets it. */
        bool counts_time;
        struct reading reading;
};

/* `history_bytes` are for what is kept of the numbers; `step_ms` is the time between ticks whose
 * lines do not tell it. Returns 0 or -ENOMEM. view_free() accepts NULL. */
int view_new(size_t history_bytes, uint64_t step_ms, struct view **ret);
void view_free(struct view *view);

/*
 * Takes a line, or an entry of the journal, of `len` bytes, without its newline; it and `text[len]`
 * are written to. `host` is who sent it; "": this machine, or nobody knows. `now_ns` is the time
 * after 1970 (UTC).
 */
void view_take(struct view *view, char *text, size_t len, const char *host, uint64_t now_ns);

/* A line that was too long to be taken. */
void view_skip(struct view *view, size_t len);

/* Those of view->counts_time that were counted, a tick after the other, begin at a time that nobody
 * knows: now they end at `end_ms`. */
void view_settle_time(struct view *view, uint64_t end_ms);

/* It is `wall_ms` after 1970. Returns whether anything has changed by that. */
bool view_advance(struct view *view, uint64_t wall_ms);

/* Whether more is to come, and what there is is not old. */
bool view_is_live(const struct view *view);
/* The time that "the last 60 seconds" end with: the clock's, or of what is old, its end. */
uint64_t view_now_ms(const struct view *view);

/* The target of that name, or NULL. */
struct target *view_find(const struct view *view, const char *name);

/* The target of a source, and of the host that sent its lines if that is not "", made if it is not
 * there. NULL when there is no room. */
struct target *view_target(struct view *view, const char *host, const char *source);

void view_see_time(struct view *view, uint64_t t_ms);

/* All targets, the worst first; the memory of both is the caller's, and has room for n_targets.
 * Returns how many. */
size_t view_sort(const struct view *view, const struct target **ret);

/* Adds an input; NULL when there are too many. */
struct input *view_add_input(struct view *view, const char *name);
