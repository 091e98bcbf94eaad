/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

/* What happened: the events that lines tell of, and those that were concluded. */

struct happening_field {
        const char *key;
        const char *text; /* as it was read; hostile */
        bool is_number;
        double number; /* in base units */
};

struct happening {
        uint64_t id; /* from 1 on, in the order in which they were told */
        uint64_t t_ms;
        uint64_t since_ms; /* when it was entered; UNKNOWN when it does not last */
        uint64_t serial;   /* of the view, when it was told */
        bool is_derived;   /* concluded from samples */
        unsigned n_users;  /* that hold it */
        size_t n_bytes;
        const char *source, *event, *state, *level;
        size_t n_fields;
        struct happening_field fields[];
};

/* What a happening is made of. Texts are copied. */
struct telling {
        const char *source, *event, *state, *level;
        uint64_t t_ms, since_ms;
        bool is_derived;
        const struct field *fields; /* those that are texts may be numbers */
        size_t n_fields;
};

/* The happenings there are, the oldest first. All 0: none. */
struct happenings {
        struct happening **items; /* a ring */
        size_t size, first, n;
        size_t n_bytes;
        uint64_t n_told, n_dropped;
};

/* Adds one, which may cost the oldest. Returns it, or NULL for want of memory. */
struct happening *happenings_add(struct happenings *happenings, const struct telling *telling);
void happenings_done(struct happenings *happenings);

/* The one of that place, 0 being the oldest. */
struct happening *happenings_at(const struct happenings *happenings, size_t index);

struct happening *happening_hold(struct happening *happening);
void happening_release(struct happening *happening); /* accepts NULL */

const struct happening_field *happening_field(const struct happening *happening, const char *key);
/* "" when there is none. */
const char *happening_text(const struct happening *happening, const char *key);
/* NAN when there is none. */
double happening_number(const struct happening *happening, const char *key);
bool happening_is(const struct happening *happening, const char *event);

/* 0 nothing known, 1 info, 2 warning, 3 error. */
unsigned level_rank(const char *level);
