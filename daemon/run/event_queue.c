/* SPDX-License-Identifier: MIT */
#include "event_queue.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum {
        QUEUE_MAX = 100000, /* events of all sources that wait for one held back before them */
        HOLD_TICKS = 2,
};

/* A line to be written. */
struct said {
        struct said *next;
        struct held_events *by; /* that hold it back; NULL: none do */
        enum kind kind;
        unsigned n_ticks; /* of the source, until it is let go */
        uint64_t at_ns;
        uint64_t hold_ns; /* the longest that it is held back */
        bool is_dropped;
        size_t len;
        char line[];
};

void event_queue_init(struct event_queue *ret, const struct format *format,
        void (*say)(void *data, const char *line, size_t len), void *data)
{
        ret->format = format;
        ret->say = say;
        ret->data = data;
        ret->head = NULL;
        ret->tail = &ret->head;
        ret->n = ret->n_written = 0;
}

static void let_go(struct said *said)
{
        struct held_events *by = said->by;

        for (unsigned i = 0; by && i < by->n; i++) {
                if (by->items[i] == said)
                        by->items[i] = by->items[--by->n];
        }
        said->by = NULL;
}

/* Takes the first one out. */
static void remove_head(struct event_queue *queue)
{
        struct said *said = queue->head;

        let_go(said);
        queue->head = said->next;
        if (!queue->head)
                queue->tail = &queue->head;
        queue->n--;
        free(said);
}

void event_queue_done(struct event_queue *queue)
{
        while (queue->head)
                remove_head(queue);
}

/* The new one at the end, or NULL. */
static struct said *append(
        struct event_queue *queue, const struct record *record, bool is_timed, uint64_t at_ns)
{
        struct said *said;
        struct buf line;

        buf_init(&line, queue->memory, sizeof(queue->memory));
        if (!queue->format->is_whole)
                prefix_write(is_timed ? PREFIX_LOGPLEX : PREFIX_NONE, record->source, at_ns, &line);
        queue->format->write(record, (struct measure){is_timed, at_ns}, &line);
        buf_add_char(&line, '\n');
        assert(!line.overflow);
        said = calloc(1, sizeof(*said) + line.len);
        if (!said)
                return NULL;
        said->at_ns = at_ns;
        said->len = line.len;
        memcpy(said->line, line.text, line.len);
        *queue->tail = said;
        queue->tail = &said->next;
        queue->n++;
        return said;
}

int event_queue_add(
        struct event_queue *queue, const struct record *record, bool is_timed, uint64_t at_ns)
{
        return append(queue, record, is_timed, at_ns) ? 0 : -ENOMEM;
}

int event_queue_hold(struct event_queue *queue, const struct record *record, bool is_timed,
        uint64_t at_ns, enum kind kind, uint64_t hold_ns, struct held_events *by)
{
        struct said *said = append(queue, record, is_timed, at_ns);

        if (!said)
                return -ENOMEM;
        if (by->n == HELD_EVENTS_MAX)
                let_go(by->items[0]);
        said->by = by;
        said->kind = kind;
        said->n_ticks = HOLD_TICKS;
        said->hold_ns = hold_ns;
        by->items[by->n++] = said;
        return 0;
}

void held_events_let_go(struct held_events *held)
{
        while (held->n > 0)
                let_go(held->items[0]);
}

void held_events_count(struct held_events *held)
{
        for (unsigned i = 0; i < held->n;) {
                if (--held->items[i]->n_ticks > 0)
                        i++;
                else
                        let_go(held->items[i]);
        }
}

void held_events_drop(struct held_events *held, enum kind kind)
{
        for (unsigned i = 0; i < held->n;) {
                struct said *said = held->items[i];

                if (said->kind == kind) {
                        said->is_dropped = true;
                        let_go(said);
                } else {
                        i++;
                }
        }
}

static void write_head(struct event_queue *queue)
{
        const struct said *said = queue->head;

        if (!said->is_dropped) {
                queue->say(queue->data, said->line, said->len);
                queue->n_written++;
        }
        remove_head(queue);
}

/* However it got here: a clock may have been set back. */
static bool is_within(uint64_t a, uint64_t b, uint64_t distance)
{
        return (a > b ? a - b : b - a) <= distance;
}

void event_queue_write(struct event_queue *queue, uint64_t now_ns)
{
        while (queue->head) {
                const struct said *said = queue->head;

                if (said->by && queue->n <= QUEUE_MAX &&
                        is_within(now_ns, said->at_ns, said->hold_ns))
                        return;
                write_head(queue);
        }
}

void event_queue_write_all(struct event_queue *queue)
{
        while (queue->head)
                write_head(queue);
}
