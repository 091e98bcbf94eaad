/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "conclude.h"
#include "view.h"

#define DAY_MS UINT64_C(86400000)

static void touch(struct view *view, struct target *target)
{
        target->serial = ++view->serial;
}

/* One that is far ahead of the clock is no time that anything was at. */
static bool is_credible(uint64_t wall_ns, uint64_t now_ns)
{
        return wall_ns / 1000000 <= now_ns / 1000000 + DAY_MS;
}

/* The time of a line: what it says itself, or the clock's, or that of the tick that is counted. */
static uint64_t time_of(struct view *view, struct target *target, const struct measure *wall_ns,
        uint32_t groups, uint64_t now_ns)
{
        uint64_t t_ms = now_ns / 1000000;

        if (wall_ns->known && is_credible(wall_ns->value, now_ns)) {
                t_ms = wall_ns->value / 1000000;
        } else if (view->counts_time) {
                if (target->has_tick && target->tick_ms == view->untimed_ms &&
                        (target->groups & groups))
                        view->untimed_ms += view->step_ms;
                target->is_untimed = true;
                return view->untimed_ms;
        }
        view_see_time(view, t_ms);
        return t_ms;
}

static void tell(struct view *view, struct target *target, const struct telling *telling)
{
        struct happening *happening = happenings_add(&view->happenings, telling);

        if (!happening)
                return;
        target_note(target, happening);
        touch(view, target);
        happening->serial = view->serial;
}

/* An event that was concluded. */
struct saying {
        struct view *view;
        struct target *target;
        uint64_t t_ms;
};

static void on_conclusion(void *data, const struct record *record)
{
        const struct saying *saying = data;
        struct telling telling = {
                .source = saying->target->name,
                .event = record->fields[0].text,
                .state = record->fields[1].text,
                .level = record->fields[2].text,
                .t_ms = saying->t_ms,
                .is_derived = true,
                .fields = record->fields + 3,
                .n_fields = record->n_fields - 3,
        };

        telling.since_ms = target_since(saying->target, &telling);
        tell(saying->view, saying->target, &telling);
}

/* The tick of which all lines are there: what it means, if who wrote them does not say so. */
static void conclude(struct view *view, struct target *target)
{
        struct saying saying = {view, target, target->tick_ms};

        if (target->is_own) {
                conclusions_free(target->conclusions);
                target->conclusions = NULL;
                return;
        }
        if (target->conclusions)
                conclusions_draw(target->conclusions, target->tick_ms, target->name, target->dyno,
                        on_conclusion, &saying);
}

static void collect(struct target *target, const struct reading *reading)
{
        if (reading->groups & ((1U << GROUP_PROCESSES) | (1U << GROUP_SELF)))
                target->is_own = true;
        if (target->is_own)
                return;
        if (!target->conclusions && conclusions_new(&target->conclusions) < 0)
                return;
        conclusions_take(target->conclusions, &reading->sample);
}

/* Another dyno than before, which no line has told of. */
static void restart(
        struct view *view, struct target *target, const char *dyno, uint64_t t_ms, bool is_told)
{
        enum { TURNS_MAX = 3 };
        const bool is_first = !*target->dyno;
        char old[READING_DYNO_MAX_BYTES];
        struct field field = {.key = "old_dyno", .unit = UNIT_TEXT, .text = old};
        const struct telling telling = {
                .source = target->name,
                .event = "restarted",
                .state = "enter",
                .level = "info",
                .t_ms = t_ms,
                .since_ms = UNKNOWN,
                .is_derived = true,
                .fields = &field,
                .n_fields = 1,
        };

        memcpy(old, target->dyno, sizeof(old));
        target_begin_incarnation(target, dyno);
        /* Two who send under one name are no restarts. */
        if (is_first || target->n_turned_back > TURNS_MAX)
                return;
        target->n_restarts++;
        if (!is_told)
                tell(view, target, &telling);
}

static void take_samples(
        struct view *view, struct target *target, const struct reading *reading, uint64_t t_ms)
{
        const bool may_end = target->has_tick && (target->groups & reading->groups);
        bool is_new;
        int r;

        if (strcmp(target->dyno, reading->dyno) != 0)
                restart(view, target, reading->dyno, t_ms, false);
        else if (may_end && t_ms > target->tick_ms)
                conclude(view, target);
        r = target_take_samples(target, view->history, &view->columns, reading, t_ms, &is_new);
        if (r == -ERANGE) {
                view->counts.n_late++;
                return;
        }
        collect(target, reading);
        minute_add(&target->lines, t_ms / 1000, 1);
        touch(view, target);
}

static void take_event(
        struct view *view, struct target *target, const struct reading *reading, uint64_t t_ms)
{
        struct telling telling = {
                .source = target->name,
                .event = reading->event,
                .state = *reading->state ? reading->state : "enter",
                .level = *reading->level ? reading->level : "info",
                .t_ms = t_ms,
                .fields = reading->fields,
                .n_fields = reading->n_fields,
        };

        target->is_own = true;
        minute_add(&target->lines, t_ms / 1000, 1);
        if (strcmp(reading->event, "restarted") == 0 && strcmp(target->dyno, reading->dyno) != 0)
                restart(view, target, reading->dyno, t_ms, true);
        telling.since_ms = target_since(target, &telling);
        tell(view, target, &telling);
}

static void take_reading(struct view *view, const char *host, uint64_t now_ns)
{
        const struct reading *reading = &view->reading;
        struct target *target = view_target(view, host, reading->source);
        uint64_t t_ms;

        if (!target) {
                view->counts.n_ignored++;
                return;
        }
        t_ms = time_of(view, target, &reading->wall_ns, reading->groups, now_ns);
        if (reading->is_event) {
                view->counts.n_events++;
                take_event(view, target, reading, t_ms);
        } else {
                view->counts.n_samples++;
                take_samples(view, target, reading, t_ms);
        }
}

static void take_request(
        struct view *view, const char *host, const struct platform_line *line, uint64_t t_ms)
{
        struct target *target;

        view->counts.n_router++;
        if (!view->requests && requests_new(&view->requests) < 0)
                return;
        requests_add(view->requests, &view->columns, view->history, line, t_ms);
        view->serial++;
        if (*line->code)
                codes_add(&view->codes, line->code, line->text, t_ms);
        if (!*line->process)
                return;
        target = view_target(view, host, line->process);
        if (!target)
                return;
        minute_add(&target->requests, t_ms / 1000, 1);
        if (line->service_ms.known)
                times_add(&target->times, t_ms / 1000, line->service_ms.value);
        if (*line->code)
                target_count_code(target, line->code);
        touch(view, target);
}

static const char *level_of_code(const char *code)
{
        return strcmp(code, "R14") == 0 || *code == 'L' ? "warning" : "error";
}

static void take_process(
        struct view *view, const char *host, const struct platform_line *line, uint64_t t_ms)
{
        struct target *target = view_target(view, host, line->process);
        struct field fields[2];
        struct telling telling = {
                .state = "enter", .level = "info", .t_ms = t_ms, .fields = fields, .n_fields = 1};

        view->counts.n_platform++;
        if (!target)
                return;
        minute_add(&target->lines, t_ms / 1000, 1);
        touch(view, target);
        switch (line->kind) {
        case PLATFORM_ERROR:
                codes_add(&view->codes, line->code, line->text, t_ms);
                target_count_code(target, line->code);
                telling.event = "error";
                telling.level = level_of_code(line->code);
                fields[0] = (struct field){"code", UNIT_TEXT, 0, line->code};
                break;
        case PLATFORM_STATE:
                telling.event = "state_changed";
                telling.level = strcmp(line->to, "crashed") == 0 ? "error" : "info";
                fields[0] = (struct field){"from", UNIT_TEXT, 0, line->from};
                fields[1] = (struct field){"to", UNIT_TEXT, 0, line->to};
                telling.n_fields = 2;
                break;
        case PLATFORM_EXIT:
                telling.event = "exited";
                telling.level = line->exit_status.value == 0 ? "info" : "warning";
                fields[0] = (struct field){"status", UNIT_NONE, line->exit_status.value, NULL};
                break;
        case PLATFORM_REQUEST:
        case PLATFORM_MEMORY:
                return;
        }
        telling.source = target->name;
        telling.since_ms = target_since(target, &telling);
        /* What comes with each sample is told once, and then counted. */
        if (line->kind == PLATFORM_ERROR && target_renew(target, &telling))
                return;
        tell(view, target, &telling);
}

static void take_platform(
        struct view *view, const char *host, const struct platform_line *line, uint64_t now_ns)
{
        uint64_t t_ms = now_ns / 1000000;

        if (line->wall_ns.known && is_credible(line->wall_ns.value, now_ns))
                t_ms = line->wall_ns.value / 1000000;
        else if (view->counts_time)
                t_ms = view->untimed_ms;
        if (!view->counts_time || line->wall_ns.known)
                view_see_time(view, t_ms);
        if (line->kind == PLATFORM_REQUEST)
                take_request(view, host, line, t_ms);
        else
                take_process(view, host, line, t_ms);
}

void view_take(struct view *view, char *text, size_t len, const char *host, uint64_t now_ns)
{
        struct platform_line line;

        view->counts.n_lines++;
        view->counts.n_bytes += len + 1;
        if (reader_read(text, len, now_ns, &view->reading))
                take_reading(view, host, now_ns);
        else if (platform_read(text, now_ns, &line))
                take_platform(view, host, &line, now_ns);
        else
                view->counts.n_unknown++;
}

void view_skip(struct view *view, size_t len)
{
        view->counts.n_lines++;
        view->counts.n_too_long++;
        view->counts.n_bytes += len + 1;
}
