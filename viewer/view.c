/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { ENDED_MS = 10 * 60 * 1000 }; /* what is older than that when it is read is not live */

int view_new(size_t history_bytes, uint64_t step_ms, struct view **ret)
{
        struct view *view = calloc(1, sizeof(*view));

        if (!view)
                return -ENOMEM;
        columns_init(&view->columns);
        view->tail = &view->first;
        view->step_ms = view->untimed_ms = step_ms;
        if (history_new(history_bytes, &view->history) < 0) {
                free(view);
                return -ENOMEM;
        }
        *ret = view;
        return 0;
}

void view_free(struct view *view)
{
        if (!view)
                return;
        while (view->first) {
                struct target *target = view->first;

                view->first = target->next;
                target_done(target, view->history);
                free(target);
        }
        requests_free(view->requests, view->history);
        happenings_done(&view->happenings);
        history_free(view->history);
        free(view);
}

struct input *view_add_input(struct view *view, const char *name)
{
        struct input *input;

        if (view->n_inputs == INPUTS_MAX)
                return NULL;
        input = &view->inputs[view->n_inputs++];
        *input = (struct input){0};
        strncpy(input->name, name, sizeof(input->name) - 1);
        return input;
}

static size_t slot_of(const char *name)
{
        return text_hash(name, strlen(name)) % TARGET_SLOTS;
}

struct target *view_find(const struct view *view, const char *name)
{
        struct target *target = view->slots[slot_of(name)];

        while (target && strcmp(target->name, name) != 0)
                target = target->next_in_slot;
        return target;
}

static void forget(struct view *view, struct target *gone)
{
        struct target **at = &view->slots[slot_of(gone->name)];

        while (*at != gone)
                at = &(*at)->next_in_slot;
        *at = gone->next_in_slot;
        for (at = &view->first; *at != gone; at = &(*at)->next)
                ;
        *at = gone->next;
        if (!gone->next)
                view->tail = at;
        for (struct target *target = view->first; target; target = target->next) {
                if (target->follower == gone)
                        target->follower = NULL;
        }
        if (view->last_used == gone)
                view->last_used = NULL;
        target_done(gone, view->history);
        free(gone);
        view->n_targets--;
}

/* Makes room for one more: at the cost of the one that has been silent for longest. */
static bool make_room(struct view *view)
{
        struct target *oldest = NULL;

        if (view->n_targets < TARGETS_MAX)
                return true;
        for (struct target *target = view->first; target; target = target->next) {
                if (!oldest || target->tick_ms < oldest->tick_ms)
                        oldest = target;
        }
        if (!oldest || view_now_ms(view) < oldest->tick_ms + FORGET_MS)
                return false;
        forget(view, oldest);
        return true;
}

static struct target *add_target(struct view *view, const char *name)
{
        struct target **slot = &view->slots[slot_of(name)], *target;

        if (!make_room(view))
                return NULL;
        target = calloc(1, sizeof(*target));
        if (!target)
                return NULL;
        memcpy(target->name, name, strlen(name) + 1);
        target->next_in_slot = *slot;
        *slot = target;
        *view->tail = target;
        view->tail = &target->next;
        view->n_targets++;
        return target;
}

/* Sources come in the same order in each tick, and mostly several lines of one. */
static struct target *guess(struct view *view, const char *source)
{
        struct target *last = view->last_used;

        if (last && strcmp(last->name, source) == 0)
                return last;
        if (last && last->follower && strcmp(last->follower->name, source) == 0)
                return view->last_used = last->follower;
        return NULL;
}

struct target *view_target(struct view *view, const char *host, const char *source)
{
        char memory[TARGET_NAME_BYTES];
        struct target *target;
        struct buf name;

        target = *host ? NULL : guess(view, source);
        if (target)
                return target;
        buf_init(&name, memory, sizeof(memory));
        if (*host) {
                buf_add(&name, host);
                buf_add_char(&name, '/');
        }
        buf_add(&name, source);
        if (name.overflow)
                return NULL;
        target = view_find(view, memory);
        if (!target)
                target = add_target(view, memory);
        if (!target)
                return NULL;
        if (view->last_used)
                view->last_used->follower = target;
        return view->last_used = target;
}

void view_see_time(struct view *view, uint64_t t_ms)
{
        if (t_ms > view->newest_ms)
                view->newest_ms = t_ms;
}

static void shift_happenings(struct view *view, uint64_t shift_ms)
{
        for (size_t i = 0; i < view->happenings.n; i++) {
                struct happening *happening = happenings_at(&view->happenings, i);

                if (happening->t_ms > view->untimed_ms)
                        continue;
                happening->t_ms += shift_ms;
                if (happening->since_ms != UNKNOWN)
                        happening->since_ms += shift_ms;
        }
}

void view_settle_time(struct view *view, uint64_t end_ms)
{
        const uint64_t shift_ms = end_ms - view->untimed_ms;

        if (end_ms <= view->untimed_ms)
                return;
        for (struct target *target = view->first; target; target = target->next) {
                if (!target->is_untimed)
                        continue;
                target_shift(target, view->history, shift_ms);
                view_see_time(view, target->tick_ms);
                target->serial = ++view->serial;
        }
        shift_happenings(view, shift_ms);
        view->untimed_ms = view->step_ms;
}

bool view_is_live(const struct view *view)
{
        bool is_open = view->n_inputs == 0;

        for (unsigned i = 0; i < view->n_inputs; i++)
                is_open |= view->inputs[i].state == INPUT_WAITING ||
                           view->inputs[i].state == INPUT_READING;
        return is_open && (view->newest_ms == 0 || view->newest_ms + ENDED_MS > view->wall_ms);
}

uint64_t view_now_ms(const struct view *view)
{
        if (view_is_live(view) && view->wall_ms > 0)
                return view->wall_ms;
        return view->newest_ms > 0 ? view->newest_ms : view->untimed_ms;
}

bool view_advance(struct view *view, uint64_t wall_ms)
{
        uint64_t now_ms;
        bool changed = false;

        view->wall_ms = wall_ms;
        now_ms = view_now_ms(view);
        if (view->requests)
                requests_advance(view->requests, &view->columns, view->history, now_ms);
        for (struct target *target = view->first; target; target = target->next) {
                if (!target_advance(target, now_ms))
                        continue;
                target->serial = ++view->serial;
                changed = true;
        }
        return changed;
}

static int compare(const void *a, const void *b, void *data)
{
        return target_compare(*(struct target *const *)a, *(struct target *const *)b, data);
}

size_t view_sort(const struct view *view, const struct target **ret)
{
        size_t n = 0;

        for (const struct target *target = view->first; target; target = target->next)
                ret[n++] = target;
        qsort_r(ret, n, sizeof(*ret), compare, (void *)(uintptr_t)&view->columns);
        return n;
}
