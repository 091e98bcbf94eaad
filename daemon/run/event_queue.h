/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "model/record.h"

enum {
        EVENT_LINE_BYTES = 65536,
        HELD_EVENTS_MAX = 8, /* of one source */
};

/* What an event is of, to tell apart those that are held back. */
enum kind {
        KIND_TASKS,
        KIND_MEMORY,
        N_KINDS,
};

/* The events that a source holds back, because others may come that replace them. All 0 is none. */
struct held_events {
        struct said *items[HELD_EVENTS_MAX];
        unsigned n;
};

/* Lines of events. They wait for those before them, so that all are in the order of time. */
struct event_queue {
        const struct format *format;
        void (*say)(void *data, const char *line, size_t len);
        void *data;
        struct said *head, **tail;
        size_t n;
        uint64_t n_written;
        char memory[EVENT_LINE_BYTES]; /* room for a line */
};

/* `format` is borrowed; `say` is called with each line, which ends in a newline. */
void event_queue_init(struct event_queue *ret, const struct format *format,
        void (*say)(void *data, const char *line, size_t len), void *data);
void event_queue_done(struct event_queue *queue);

/* Makes a line of the record and has it wait. It shows its time `at_ns` if `is_timed`. Returns 0 or
 * -ENOMEM: then it is lost. */
int event_queue_add(
        struct event_queue *queue, const struct record *record, bool is_timed, uint64_t at_ns);

/*
 * The same, and `by` holds it back: until that had two ticks more, for `hold_ns` at most, or until
 * it holds back too many. `by` stays where it is until it is let go.
 */
int event_queue_hold(struct event_queue *queue, const struct record *record, bool is_timed,
        uint64_t at_ns, enum kind kind, uint64_t hold_ns, struct held_events *by);

/* The source has had a tick more; events of a kind shall not be written; none is held back any
 * longer. */
void held_events_count(struct held_events *held);
void held_events_drop(struct held_events *held, enum kind kind);
void held_events_let_go(struct held_events *held);

/* Writes what nothing holds back any longer when it is `now_ns`; or all. */
void event_queue_write(struct event_queue *queue, uint64_t now_ns);
void event_queue_write_all(struct event_queue *queue);
