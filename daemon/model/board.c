/* SPDX-License-Identifier: MIT */
#include "model/board.h"

#include <string.h>

#include "base/text.h"

static const struct field *find(const struct record *record, const char *key)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                if (strcmp(record->fields[i].key, key) == 0)
                        return &record->fields[i];
        }
        return NULL;
}

static const char *text_of(const struct record *record, const char *key)
{
        const struct field *field = find(record, key);

        return field && field->unit == UNIT_TEXT ? field->text : "";
}

static struct measure number_of(const struct record *record, const char *key)
{
        const struct field *field = find(record, key);

        if (!field || field->unit == UNIT_TEXT)
                return (struct measure){0};
        return measure_of(field->number);
}

/* A text that is too long is cut. */
static void copy(char *to, size_t size, const char *from)
{
        const size_t len = strnlen(from, size - 1);

        memcpy(to, from, len);
        to[len] = '\0';
}

void board_begin(struct board *board, uint64_t wall_ns)
{
        board->page++;
        board->wall_ns = wall_ns;
        board->next = 0;
}

void board_forget(struct board *board)
{
        size_t n = 0;

        for (size_t i = 0; i < board->n_targets; i++) {
                if (board->targets[i].page != board->page)
                        continue;
                if (n < i)
                        board->targets[n] = board->targets[i];
                n++;
        }
        board->n_targets = n;
}

struct board_target *board_find(struct board *board, const char *source)
{
        /* They mostly come in the same order again. */
        for (size_t i = 0; i < board->n_targets; i++) {
                const size_t at = (board->next + i) % board->n_targets;

                if (strcmp(board->targets[at].source, source) == 0) {
                        board->next = at;
                        return &board->targets[at];
                }
        }
        return NULL;
}

struct board_target *board_add(struct board *board, const char *source)
{
        struct board_target *target;

        if (board->n_targets == board->n_room)
                return NULL;
        board->next = board->n_targets++;
        target = &board->targets[board->next];
        memset(target, 0, sizeof(*target));
        copy(target->source, sizeof(target->source), source);
        return target;
}

static void see_dyno(struct board *board, struct board_target *target, const char *dyno)
{
        target->page = board->page;
        if (strncmp(target->dyno, dyno, sizeof(target->dyno) - 1) == 0)
                return;
        /* Another incarnation: nothing that was known of the one before is so of this. */
        target->groups = 0;
        target->wall_ns = 0;
        target->n_events = 0;
        copy(target->dyno, sizeof(target->dyno), dyno);
}

void board_see_samples(struct board *board, struct board_target *target, uint32_t groups,
        const struct sample *sample, const char *dyno)
{
        see_dyno(board, target, dyno);
        target->before = target->sample;
        target->before_ns = target->wall_ns;
        target->sample = *sample;
        target->wall_ns = board->wall_ns;
        target->groups = groups;
}

/* What tells an event that lasts from others of its kind; NULL when it does not last. Which limit
 * binds may change while it does: there is one of memory, and one of tasks. */
static const char *key_of(const struct record *record)
{
        switch (record->event) {
        case EVENT_ZOMBIES:
                return find(record, "parent_pid") ? "pid" : "others";
        case EVENT_LEAK:
                return text_of(record, "metric");
        case EVENT_LIMIT:
                return text_after(text_of(record, "limit_by"), "memory") ? "memory" : "tasks";
        case EVENT_QUOTA:
        case EVENT_CHURN:
        case EVENT_DENIED:
                return "";
        default:
                return NULL;
        }
}

static void fill(const struct record *record, const char *key, struct board_event *ret)
{
        const char *number = record->event == EVENT_ZOMBIES ? "zombies"
                             : record->event == EVENT_LEAK  ? "eta_s"
                                                            : "percent";
        const char *what = record->event == EVENT_ZOMBIES ? "parent_comm"
                           : record->event == EVENT_CHURN ? "comm"
                                                          : "limit_by";
        struct buf buf;

        ret->event = record->event;
        ret->level = record->level;
        buf_init(&buf, ret->key, sizeof(ret->key));
        if (strcmp(key, "pid") == 0)
                buf_add_u64(&buf, number_of(record, "parent_pid").value, 0);
        else
                buf_add(&buf, key);
        copy(ret->what, sizeof(ret->what), text_of(record, what));
        copy(ret->unit, sizeof(ret->unit), text_of(record, "parent_unit"));
        copy(ret->cause, sizeof(ret->cause), text_of(record, "cause"));
        ret->number = number_of(record, number);
        ret->slope_per_h = number_of(record, "slope_per_h");
}

/* The same event of before, or room for one more; NULL when there is none. */
static struct board_event *place(struct board_target *target, const struct board_event *event)
{
        for (size_t i = 0; i < target->n_events; i++) {
                struct board_event *other = &target->events[i];

                if (other->event == event->event && strcmp(other->key, event->key) == 0)
                        return other;
        }
        return target->n_events < BOARD_MAX_EVENTS ? &target->events[target->n_events++] : NULL;
}

void board_see_event(struct board *board, struct board_target *target, const struct record *record)
{
        const char *key = key_of(record), *state = text_of(record, "state");
        struct board_event event = {.wall_ns = board->wall_ns}, *kept;

        see_dyno(board, target, record->dyno);
        if (strcmp(state, "update") != 0 && (!key || strcmp(state, "leave") != 0))
                target->n_said[record->event]++;
        if (record->event == EVENT_GONE) {
                target->groups = 0;
                target->n_events = 0;
        }
        if (!key)
                return;
        fill(record, key, &event);
        kept = place(target, &event);
        if (!kept)
                return;
        if (strcmp(state, "leave") == 0)
                *kept = target->events[--target->n_events];
        else
                *kept = event;
}

bool board_level(const struct board_target *target, enum level *ret)
{
        for (size_t i = 0; i < target->n_events; i++) {
                if (i == 0 || target->events[i].level > *ret)
                        *ret = target->events[i].level;
        }
        return target->n_events > 0;
}
