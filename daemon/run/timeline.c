/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "event_queue.h"
#include "model/name.h"

/* Lines of a tick are written at once; what carries them may stamp each by itself. */
#define SPREAD_MAX_NS UINT64_C(1000000000)

/* A clock that is set goes back by less. More than that is another log, put behind a later one. */
#define OTHER_LOG_NS UINT64_C(3600000000000)

enum {
        SOURCES_MAX = 65536,
        SLOTS_MIN = 64,     /* of the table; a power of two */
        HOLD_INTERVALS = 3, /* for that long at most, when the source has no further ticks */
};

struct source {
        char name[NAME_MAX_BYTES];
        char dyno[READING_DYNO_MAX_BYTES];

        /* of the tick whose lines are being read, or were read last */
        bool has_tick;   /* there has been one since the incarnation began */
        bool is_pending; /* it is still to be judged, and is in the list of those that are */
        struct source *previous, *next;
        bool is_timed;
        uint64_t at_ns;
        uint64_t step_ns; /* since the tick before */
        uint32_t groups;
        struct sample sample;

        /* of the incarnation */
        struct judge judge;
        bool is_judged;            /* once at least */
        uint64_t judged_ns;        /* when that was last, on a clock that does not go back */
        uint64_t shift_ns;         /* what that clock is ahead of the lines' */
        bool logs_limits[N_KINDS]; /* who wrote the lines said these events himself */
        struct held_events held;
};

struct timeline {
        uint64_t interval_ns;
        struct judge_rules rules;
        struct record record; /* room for events */

        struct source **slots; /* by name; empty ones are NULL, and there are some */
        size_t n_slots;
        struct source *first, *last; /* to be judged, in the order of their lines */

        uint64_t now_ns;    /* of the last line; counted when it has no time */
        uint64_t missed_ns; /* to be added when the next tick is counted */
        int r;              /* -ENOMEM once an event was lost */
        struct timeline_counts counts;
        struct event_queue queue;
};

static uint64_t difference(uint64_t a, uint64_t b)
{
        return a > b ? a - b : b - a;
}

/* The sum, or the largest number there is. */
static uint64_t add(uint64_t a, uint64_t b)
{
        return a + b < a ? UINT64_MAX : a + b;
}

static uint64_t spread_ns(const struct timeline *timeline)
{
        return timeline->interval_ns / 2 < SPREAD_MAX_NS ? timeline->interval_ns / 2
                                                         : SPREAD_MAX_NS;
}

/* Names are as short as struct reading promises. */
static void copy(char *to, size_t size, const char *from)
{
        const size_t len = strlen(from);

        assert(len < size);
        memcpy(to, from, len + 1);
}

/* The slot of that name, which is empty when there is no such source. */
static struct source **find_slot(struct source **slots, size_t n_slots, const char *name)
{
        size_t i = text_hash(name, strlen(name)) & (n_slots - 1);

        while (slots[i] && strcmp(slots[i]->name, name) != 0)
                i = (i + 1) & (n_slots - 1);
        return &slots[i];
}

static int grow(struct timeline *timeline)
{
        const size_t n_slots = timeline->n_slots > 0 ? timeline->n_slots * 2 : SLOTS_MIN;
        struct source **slots = calloc(n_slots, sizeof(struct source *));

        if (!slots)
                return -ENOMEM;
        for (size_t i = 0; i < timeline->n_slots; i++) {
                struct source *source = timeline->slots[i];

                if (source)
                        *find_slot(slots, n_slots, source->name) = source;
        }
        free(timeline->slots);
        timeline->slots = slots;
        timeline->n_slots = n_slots;
        return 0;
}

static int find_source(struct timeline *timeline, const char *name, struct source **ret)
{
        struct source **slot = NULL;

        if (timeline->n_slots > 0)
                slot = find_slot(timeline->slots, timeline->n_slots, name);
        if (!slot || !*slot) {
                if (timeline->counts.n_sources == SOURCES_MAX)
                        return -ENOSPC;
                if (timeline->counts.n_sources >= timeline->n_slots / 2 && grow(timeline) < 0)
                        return -ENOMEM;
                slot = find_slot(timeline->slots, timeline->n_slots, name);
                *slot = calloc(1, sizeof(**slot));
                if (!*slot)
                        return -ENOMEM;
                copy((*slot)->name, sizeof((*slot)->name), name);
                timeline->counts.n_sources++;
        }
        *ret = *slot;
        return 0;
}

static const char *text_of(const struct record *record, const char *key)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                if (record->fields[i].unit == UNIT_TEXT && strcmp(record->fields[i].key, key) == 0)
                        return record->fields[i].text;
        }
        return "";
}

/* "memory.max" and "memory_quota" are of memory; all others refuse tasks. */
static enum kind kind_of(const char *limit_by)
{
        return strncmp(limit_by, "memory", 6) == 0 ? KIND_MEMORY : KIND_TASKS;
}

struct trial {
        struct timeline *timeline;
        struct source *source;
};

/*
 * An event that a tick's samples tell. Limits are better known to who wrote the lines, who sees
 * more of them than is in any sample: an event of his replaces ours, also if his is a tick later.
 */
static void on_event(void *data, const struct record *record)
{
        const struct trial *trial = data;
        struct source *source = trial->source;
        const enum kind kind = kind_of(text_of(record, "limit_by"));
        const bool is_limit = strcmp(text_of(record, "event"), "limit") == 0;
        int r = 0;

        if (!is_limit)
                r = event_queue_add(
                        &trial->timeline->queue, record, source->is_timed, source->at_ns);
        else if (!source->logs_limits[kind])
                r = event_queue_hold(&trial->timeline->queue, record, source->is_timed,
                        source->at_ns, kind, HOLD_INTERVALS * source->step_ns, &source->held);
        if (r < 0)
                trial->timeline->r = r;
}

/* The samples alone: what refused a task, or would have, is not in them. */
static size_t find_task_limit(const struct sample *sample, struct limit *ret)
{
        const struct tasks_sample *tasks = &sample->tasks;

        if (!tasks->pids.known || !tasks->pids_limit.known || tasks->pids_limit.value == 0)
                return 0;
        *ret = (struct limit){
                .by = "pids_limit",
                .used = tasks->pids.value,
                .max = tasks->pids_limit.value,
                .n_refused = sample->detail.pids_events_max,
        };
        return 1;
}

/* Lines that tell of processes are ours, and would have told of a limit on memory. */
static size_t find_memory_limit(const struct sample *sample, struct limit *ret)
{
        const struct memory_sample *memory = &sample->memory;

        if (!memory->rss_bytes.known || !memory->quota_bytes.known || sample->tasks.pids.known)
                return 0;
        *ret = (struct limit){
                .by = "memory_quota",
                .used = add(memory->rss_bytes.value,
                        memory->swap_bytes.known ? memory->swap_bytes.value : 0),
                .max = memory->quota_bytes.value,
        };
        return 1;
}

/*
 * The time of the tick on a clock that never goes back. When that of the lines was set back, this
 * one goes on by an interval; that lines overtook each other is no reason for that.
 */
static uint64_t steady_ns(const struct timeline *timeline, struct source *source)
{
        const uint64_t now_ns = add(source->at_ns, source->shift_ns);

        if (!source->is_judged || now_ns >= source->judged_ns)
                return now_ns;
        if (source->judged_ns - now_ns <= spread_ns(timeline))
                return source->judged_ns;
        source->shift_ns =
                add(source->shift_ns, source->judged_ns - now_ns + timeline->interval_ns);
        return add(source->judged_ns, timeline->interval_ns);
}

static void push_pending(struct timeline *timeline, struct source *source)
{
        source->is_pending = true;
        source->previous = timeline->last;
        source->next = NULL;
        if (timeline->last)
                timeline->last->next = source;
        else
                timeline->first = source;
        timeline->last = source;
}

static void remove_pending(struct timeline *timeline, struct source *source)
{
        source->is_pending = false;
        if (source->previous)
                source->previous->next = source->next;
        else
                timeline->first = source->next;
        if (source->next)
                source->next->previous = source->previous;
        else
                timeline->last = source->previous;
}

/* All lines of the tick have been read. */
static void judge(struct timeline *timeline, struct source *source)
{
        struct trial trial = {timeline, source};
        struct limit task_limit, memory_limit;
        struct evidence evidence = {
                .source = source->name,
                .dyno = source->dyno,
                .sample = &source->sample,
                .limits = &task_limit,
                .memory_limits = &memory_limit,
        };

        remove_pending(timeline, source);
        /* The memory line prints 0 for a quota that is not known. */
        if (source->sample.memory.quota_bytes.value == 0)
                source->sample.memory.quota_bytes.known = false;
        evidence.now_ns = steady_ns(timeline, source);
        evidence.n_limits = find_task_limit(&source->sample, &task_limit);
        evidence.n_memory_limits = find_memory_limit(&source->sample, &memory_limit);
        source->is_judged = true;
        source->judged_ns = evidence.now_ns;
        held_events_count(&source->held);
        judge_feed(
                &source->judge, &timeline->rules, &evidence, &timeline->record, on_event, &trial);
        timeline->counts.n_ticks++;
}

static void judge_all(struct timeline *timeline)
{
        while (timeline->first)
                judge(timeline, timeline->first);
}

/* Those that were read before `source`, and it. */
static void judge_up_to(struct timeline *timeline, struct source *source)
{
        while (source->is_pending)
                judge(timeline, timeline->first);
}

/* It is `at_ns`: ticks of before are complete. */
static void advance(struct timeline *timeline, uint64_t at_ns)
{
        while (timeline->first && timeline->first->at_ns < at_ns &&
                at_ns - timeline->first->at_ns > spread_ns(timeline))
                judge(timeline, timeline->first);
        timeline->now_ns = at_ns;
}

static void begin_incarnation(struct timeline *timeline, struct source *source, const char *dyno)
{
        if (source->is_pending)
                judge(timeline, source);
        held_events_let_go(&source->held);
        source->has_tick = source->is_judged = false;
        source->shift_ns = 0;
        source->judge = (struct judge){0};
        memset(source->logs_limits, 0, sizeof(source->logs_limits));
        copy(source->dyno, sizeof(source->dyno), dyno);
}

/*
 * Lines without a time have that of the line before, until one tells what its source has told
 * since: this is then the next tick, of all sources.
 */
static void count_time(
        struct timeline *timeline, const struct source *source, const struct reading *reading)
{
        uint64_t step_ns;

        if (!source->has_tick || source->at_ns != timeline->now_ns ||
                !(source->groups & reading->groups))
                return;
        judge_all(timeline);
        step_ns = add(timeline->interval_ns, timeline->missed_ns);
        timeline->missed_ns = 0;
        timeline->now_ns = add(timeline->now_ns, step_ns);
        timeline->counts.counted_ns = add(timeline->counts.counted_ns, step_ns);
}

static void see_time(struct timeline *timeline, const struct measure *wall_ns)
{
        struct timeline_counts *counts = &timeline->counts;

        advance(timeline, wall_ns->value);
        counts->first_ns = measure_min(counts->first_ns, *wall_ns);
        if (!counts->last_ns.known || counts->last_ns.value < wall_ns->value)
                counts->last_ns = *wall_ns;
}

static bool is_of_tick(
        const struct timeline *timeline, const struct source *source, const struct reading *reading)
{
        return source->is_pending && !(source->groups & reading->groups) &&
               difference(source->at_ns, timeline->now_ns) <= spread_ns(timeline);
}

static void add_samples(
        struct timeline *timeline, struct source *source, const struct reading *reading)
{
        if (!is_of_tick(timeline, source, reading)) {
                if (source->is_pending)
                        judge(timeline, source);
                /* What is left of a tick that was judged, as an event came in between. */
                if (!source->has_tick || source->at_ns != timeline->now_ns ||
                        (source->groups & reading->groups))
                        source->groups = 0;
                source->step_ns = timeline->interval_ns;
                if (source->has_tick && timeline->now_ns > add(source->at_ns, source->step_ns))
                        source->step_ns = timeline->now_ns - source->at_ns;
                source->has_tick = true;
                source->is_timed = reading->wall_ns.known;
                source->at_ns = timeline->now_ns;
                source->sample = (struct sample){0};
                push_pending(timeline, source);
        }
        source->groups |= reading->groups;
        sample_merge(&source->sample, &reading->sample);
}

static const char *field_of(const struct reading *reading, const char *key)
{
        for (size_t i = 0; i < reading->n_fields; i++) {
                const struct field *field = &reading->fields[i];

                if (strcmp(field->key, key) == 0)
                        return field->text;
        }
        return "";
}

/* These follow from the samples, and are judged anew. */
static bool is_derived(const char *event)
{
        return strcmp(event, "leak") == 0 || strcmp(event, "quota") == 0;
}

/* An event that a line tells of. */
static void add_event(
        struct timeline *timeline, struct source *source, const struct reading *reading)
{
        struct record record = {.source = source->name, .dyno = source->dyno, .is_event = true};
        const char *limit_by = field_of(reading, "limit_by");
        uint64_t n_missed;

        /* It was said behind the samples that it follows from. */
        judge_up_to(timeline, source);
        if (is_derived(reading->event))
                return;
        if (strcmp(reading->event, "limit") == 0) {
                held_events_drop(&source->held, kind_of(limit_by));
                source->logs_limits[kind_of(limit_by)] = true;
        }
        if (strcmp(reading->event, "missed") == 0 && !reading->wall_ns.known &&
                text_parse_u64(field_of(reading, "ticks"), &n_missed) == 0 &&
                n_missed <= UINT32_MAX)
                timeline->missed_ns = add(timeline->missed_ns, n_missed * timeline->interval_ns);
        record_add_text(&record, "event", reading->event);
        if (*reading->state)
                record_add_text(&record, "state", reading->state);
        if (*reading->level)
                record_add_text(&record, "level", reading->level);
        for (size_t i = 0; i < reading->n_fields; i++) {
                const struct field *field = &reading->fields[i];

                if (field->unit == UNIT_TEXT)
                        record_add_text(&record, field->key, field->text);
                else if (field->unit == UNIT_BYTES)
                        record_add_bytes(&record, field->key, field->number);
                else
                        record_add_number(&record, field->key, field->number);
        }
        if (event_queue_add(&timeline->queue, &record, reading->wall_ns.known, timeline->now_ns) <
                0)
                timeline->r = -ENOMEM;
}

int timeline_add(struct timeline *timeline, const struct reading *reading)
{
        struct source *source;
        int r = find_source(timeline, reading->source, &source);

        if (r < 0)
                return r;
        if (reading->wall_ns.known)
                see_time(timeline, &reading->wall_ns);
        else
                count_time(timeline, source, reading);
        if (strcmp(source->dyno, reading->dyno) != 0 ||
                (source->has_tick && source->at_ns > timeline->now_ns &&
                        source->at_ns - timeline->now_ns > OTHER_LOG_NS))
                begin_incarnation(timeline, source, reading->dyno);
        if (reading->is_event)
                add_event(timeline, source, reading);
        else
                add_samples(timeline, source, reading);
        event_queue_write(&timeline->queue, timeline->now_ns);
        return timeline->r;
}

int timeline_end(struct timeline *timeline)
{
        judge_all(timeline);
        event_queue_write_all(&timeline->queue);
        return timeline->r;
}

struct timeline_counts timeline_counts(const struct timeline *timeline)
{
        struct timeline_counts counts = timeline->counts;

        counts.n_events = timeline->queue.n_written;
        return counts;
}

int timeline_new(uint64_t interval_ns, const struct judge_rules *rules, const struct format *format,
        void (*say)(void *data, const char *line, size_t len), void *data, struct timeline **ret)
{
        struct timeline *timeline = calloc(1, sizeof(*timeline));

        if (!timeline)
                return -ENOMEM;
        timeline->interval_ns = interval_ns;
        timeline->rules = *rules;
        event_queue_init(&timeline->queue, format, say, data);
        timeline->now_ns = interval_ns;
        *ret = timeline;
        return 0;
}

void timeline_free(struct timeline *timeline)
{
        if (!timeline)
                return;
        event_queue_done(&timeline->queue);
        for (size_t i = 0; i < timeline->n_slots; i++)
                free(timeline->slots[i]);
        free(timeline->slots);
        free(timeline);
}
