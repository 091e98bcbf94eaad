/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "format/platform.h"
#include "format/reader.h"
#include "happenings.h"
#include "history.h"
#include "minute.h"
#include "times.h"

/* What is known of one target: its numbers, and what is the matter with it. */

enum {
        TARGET_NAME_BYTES = 192,
        TROUBLES_MAX = 24,
        CODES_MAX = 8,
};

/* The memory of one second. */
struct memory_second {
        uint64_t second, sum, max;
        uint32_t n;
};

struct code_count {
        char code[PLATFORM_CODE_BYTES];
        uint64_t n;
};

/* Something that was entered and not left. */
struct trouble {
        struct happening *happening; /* held */
        uint64_t expires_ms;         /* unless it is told again */
};

struct conclusions; /* see conclude.h */

struct target {
        struct target *next;         /* in the order in which they came */
        struct target *next_in_slot; /* of the table of names */
        struct target *follower;     /* whose lines came behind those of this one the last time */
        char name[TARGET_NAME_BYTES];
        char dyno[READING_DYNO_MAX_BYTES], old_dyno[READING_DYNO_MAX_BYTES];
        unsigned n_turned_back; /* to the dyno before: two who send under one name */

        struct series series;
        bool has_tick;
        uint64_t tick_ms; /* of the last tick */
        uint32_t groups;  /* of which there were lines in it */
        uint64_t step_ms; /* between ticks; 0: not known yet */
        unsigned n_other_steps;
        bool is_untimed; /* its lines have no times */

        struct minute lines, requests;
        struct times times; /* of its requests */
        struct memory_second memory[MINUTE_SECONDS];
        uint64_t max_total_bytes, zombies_max;
        double max_percent; /* of the quota */

        bool is_own; /* its lines are runstatd's, who says himself what they mean */
        bool is_gone;
        bool is_silent;
        uint64_t n_restarts;
        struct code_count codes[CODES_MAX];
        struct trouble troubles[TROUBLES_MAX];
        unsigned n_troubles;
        struct conclusions *conclusions; /* NULL: none are drawn */

        uint64_t serial; /* of the view, when it last changed */
};

/* Releases what it holds; its memory remains. */
void target_done(struct target *target, struct history *history);

/* Another incarnation has begun: what was the matter with the last one is over. */
void target_begin_incarnation(struct target *target, const char *dyno);

/*
 * Takes over the samples of a line of the time `t_ms`, which belong to the last tick if that is
 * possible. `*ret_is_new` is whether it began a tick. Returns 0; -ERANGE for a time that is long
 * over; -ENOMEM.
 */
int target_take_samples(struct target *target, struct history *history,
        const struct columns *columns, const struct reading *reading, uint64_t t_ms,
        bool *ret_is_new);

/* The number of its last tick; where the lines of that are not all there yet, of the one before. */
uint64_t target_value(const struct target *target, const struct columns *columns, unsigned column);

/* Memory of the last 60 seconds: false when there was no tick with any. */
bool target_memory(
        const struct target *target, uint64_t now_ms, uint64_t *ret_mean, uint64_t *ret_max);

/* Memory and swap, in percent of the quota; tasks, in percent of their limit. NAN: not known. */
double target_memory_percent(const struct target *target, const struct columns *columns);
double target_tasks_percent(const struct target *target, const struct columns *columns);
/* Tasks that count against the limit; UNKNOWN. */
uint64_t target_tasks(const struct target *target, const struct columns *columns);

void target_count_code(struct target *target, const char *code);

/* Enters, updates or leaves a condition. Returns whether the happening is one, or ends one; what it
 * updates had begun at `*ret_since_ms`. */
bool target_note(struct target *target, struct happening *happening);

/* Since when the trouble that is told of has lasted; `t_ms` if it begins, UNKNOWN when it is
 * none. */
uint64_t target_since(const struct target *target, const struct telling *telling);

/* Lets a trouble that is told again last on, without another happening. Returns whether there is
 * one. */
bool target_renew(struct target *target, const struct telling *telling);

/* Moves all its times by `shift_ms`, which it has counted from a begin that was not known. */
void target_shift(struct target *target, struct history *history, uint64_t shift_ms);

/* It is `now_ms`. Returns whether something was over, or it has become silent. */
bool target_advance(struct target *target, uint64_t now_ms);

/* 0 well, 1 information, 2 warning, 3 error: of what is the matter, and of limits that are near
 * although nobody said so. */
unsigned target_severity(const struct target *target, const struct columns *columns);

/* The trouble that is worst, or NULL. */
const struct happening *target_worst(const struct target *target);

/* Less than 0 when `a` is to be looked at before `b`. */
int target_compare(const struct target *a, const struct target *b, const struct columns *columns);
