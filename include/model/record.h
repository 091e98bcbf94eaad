/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "model/sample.h"

/* What a line will say, before it has a form: either samples, of one group or of several, or an
 * event. */

/* Groups of samples: a line each, in this order. */
enum group {
        GROUP_LOAD,
        GROUP_MEMORY,
        GROUP_PROCESSES,
        GROUP_CPU,
        GROUP_PRESSURE,
        GROUP_IO,
        GROUP_DETAIL,
        GROUP_SELF,
        N_GROUPS,
};

/* "load", "memory", …: as `--metrics` has them. */
extern const char *const group_names[N_GROUPS];

enum unit {
        UNIT_NONE,       /* a count */
        UNIT_HUNDREDTHS, /* of a number without a unit */
        UNIT_BYTES,
        UNIT_PAGES,
        UNIT_NANOSECONDS,
        UNIT_TEXT,
};

struct field {
        const char *key;
        enum unit unit;
        uint64_t number;
        const char *text; /* UNIT_TEXT: borrowed, from outside, hostile */
};

enum {
        RECORD_MAX_FIELDS = 128, /* as many as there are keys, and more */
        RECORD_KEY_BYTES = 32,   /* of the longest key of a sample, the NUL included */
};

enum event {
        EVENT_GONE,
        EVENT_BACK,
        EVENT_RESTARTED,
        EVENT_MISSED,
        EVENT_DROPPED,
        EVENT_DENIED,
        EVENT_ZOMBIES,
        EVENT_LEAK,
        EVENT_LIMIT,
        EVENT_QUOTA,
        EVENT_OOM_KILL,
        EVENT_CHURN,
        N_EVENTS,
};

enum level {
        LEVEL_INFO,
        LEVEL_WARNING,
        LEVEL_ERROR,
        N_LEVELS,
};

/* Which part of a lasting event is to be told. */
enum say {
        SAY_NOTHING,
        SAY_ENTER,
        SAY_UPDATE,
        SAY_LEAVE,
};

struct record {
        const char *source;
        const char *dyno;
        bool is_event;
        enum event event; /* of an event, as is its level */
        enum level level;
        struct field fields[RECORD_MAX_FIELDS];
        size_t n_fields;
};

/*
 * Fills `*ret` with the fields of one group that are known. Returns false when there are none, and
 * so no line. The memory line has all its fields or none: its readers need every key, and one that
 * is not known is 0 there.
 */
bool record_samples(enum group group, const struct sample *sample, const char *source,
        const char *dyno, struct record *ret);

/*
 * Fills `*ret` with all fields of the groups, bits 1 << enum group, that are known. Returns false
 * when there are none, or nothing but a limit.
 */
bool record_whole(uint32_t groups, const struct sample *sample, const char *source,
        const char *dyno, struct record *ret);

/* What the table of all keys has about one. */
struct record_key {
        enum group group;
        char key[RECORD_KEY_BYTES]; /* a pointer would have to be relocated at each start */
        enum unit unit;
        uint16_t offset; /* of its struct measure in a struct sample */
        uint8_t key_len;
        bool is_counter; /* only grows during one incarnation */
};

/* The row `index` of that table, or NULL behind the last one; and how many there are. Those of a
 * group stand together. */
const struct record_key *record_key_at(size_t index);
size_t record_n_keys(void);

struct measure record_measure(const struct record_key *key, const struct sample *sample);

/*
 * The key that has these `len` bytes, or NULL. The search begins behind `last`, if that is not
 * NULL: keys mostly come in the order of the table, and each is then the first one looked at.
 */
const struct record_key *record_find(const char *key, size_t len, const struct record_key *last);

/* "zombies", "warning" */
const char *record_event_name(enum event event);
const char *record_level_name(enum level level);

/* An event, to which record_add_*() then append its own fields. */
void record_event(enum event event, const char *source, const char *dyno, struct record *ret);
void record_set_level(struct record *record, enum level level);
/* Makes it the end of what it tells of, which is good news. */
void record_leave(struct record *record);
/* Makes it that part of a lasting event which is due. */
void record_say(struct record *record, enum say say);
void record_add_text(struct record *record, const char *key, const char *text);
void record_add_number(struct record *record, const char *key, uint64_t number);
void record_add_bytes(struct record *record, const char *key, uint64_t bytes);
void record_add_measure(struct record *record, const char *key, struct measure measure);

/* Hundredths of 2^20 bytes, a tie rounded to the even one, as printf rounds "%.2f". */
uint64_t record_hundredths_of_mb(uint64_t bytes);
