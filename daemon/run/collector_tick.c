/* SPDX-License-Identifier: MIT */
#include "collector.h"

#include <string.h>

#include "base/held.h"
#include "base/reserve.h"
#include "budget.h"
#include "collector_state.h"
#include "judging.h"
#include "read_ahead.h"

enum {
        /* What events are judged by, printed or not. */
        JUDGED_GROUPS = 1 << GROUP_MEMORY | 1 << GROUP_PROCESSES,
};

static const char own_source[] = "runstatd.1";

static void say_missed(struct collector *collector, uint64_t n_missed)
{
        struct record *record = &collector->record;

        record_event(EVENT_MISSED, own_source, collector->own_dyno, record);
        record_add_number(record, "ticks", n_missed);
        output_record(collector->output, record);
}

/* The target came, went, or is another one than before. */
static void say_presence(struct collector *collector, struct target *target)
{
        struct record *record = &collector->record;

        record_event(target->event, target->source, target->dyno, record);
        /* Units and containers that come and go among many are nothing to worry about. */
        if (target->watch->is_pattern)
                record_set_level(record, LEVEL_INFO);
        /* What a runtime starts again under its id is called as it was before. */
        if (target->event != EVENT_GONE && strcmp(target->old_dyno, "none") != 0 &&
                strcmp(target->old_dyno, target->dyno) != 0)
                record_add_text(record, "old_dyno", target->old_dyno);
        output_record(collector->output, record);
        target->says = false;
}

/* A tick has the time of its grid point, which a look or an extra sample may have come after. */
static void advance(struct collector *collector, uint64_t now_ns)
{
        if (now_ns > collector->now_ns)
                collector->now_ns = now_ns;
}

/* What was read before may have changed. */
static void begin_round(struct collector *collector)
{
        held_begin_round(collector->root.held);
        collector->above = (struct cgroups_above){0};
}

void collector_look(struct collector *collector, uint64_t now_ns, uint64_t wall_ns)
{
        reserve_fill();
        begin_round(collector);
        advance(collector, now_ns);
        collector_refresh(collector);
        output_begin(
                collector->output, collector->now_ns, wall_ns, own_source, collector->own_dyno);
        limits_begin(collector);
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (target->says)
                        say_presence(collector, target);
                /* Its files have to be watched from the start. */
                if (limits_are_new(target))
                        judging_look(collector, target);
        }
        output_end(collector->output);
}

void collector_look_at_limits(struct collector *collector, uint64_t now_ns, uint64_t wall_ns)
{
        begin_round(collector);
        advance(collector, now_ns);
        limits_begin(collector);
        output_begin(
                collector->output, collector->now_ns, wall_ns, own_source, collector->own_dyno);
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (target->presence == PRESENT &&
                        limit_state_is_told(&target->limit_state, collector->view.changes))
                        judging_look(collector, target);
        }
        change_watch_forget(collector->view.changes);
        output_end(collector->output);
}

/* That there are processes that cannot be seen; once, and once when that has an end. */
static void say_denied(struct collector *collector)
{
        struct record *record = &collector->record;

        if (collector->blind == collector->said_denied)
                return;
        collector->said_denied = collector->blind;
        record_event(EVENT_DENIED, own_source, collector->own_dyno, record);
        record_add_text(record, "what", collector->hides ? "hidden_processes" : "processes");
        if (!collector->hides && collector->blind)
                record_add_number(record, "count", task_scan_denied(collector->scan));
        if (!collector->blind)
                record_leave(record);
        output_record(collector->output, record);
}

static void say_target(struct collector *collector, struct target *target)
{
        const struct watch *watch = target->watch;
        const uint32_t groups =
                (watch->choices.has_groups ? watch->choices.groups : collector->settings->groups) &
                ~(UINT32_C(1) << GROUP_SELF);

        if (target->says)
                say_presence(collector, target);
        if (target->presence != PRESENT)
                return;
        /* A walk that was cut has not seen all that run. */
        if (target->counts.by == COUNTED_BY_WALK ? !collector->partial && !collector->blind
                                                 : !target->counts.states_unknown)
                load_count(&target->load, collector->now_ns, target->counts.n_running);
        collector_gather(collector, target, groups | JUDGED_GROUPS | budget_groups(collector));
        budget_offer(collector, target, groups);
        judging_say(collector, target);
}

static void count_some(
        struct collector *collector, size_t from, size_t end, const struct deadline *deadline)
{
        held_begin_part(collector->root.held, PART_COUNT);
        for (size_t i = from; i < end; i++) {
                collector_refresh_target(collector, collector->targets.items[i]);
                collector_count_target(collector, collector->targets.items[i], deadline);
        }
}

static void say_some(struct collector *collector, size_t from, size_t end)
{
        held_begin_part(collector->root.held, PART_SAY);
        for (size_t i = from; i < end; i++)
                say_target(collector, collector->targets.items[i]);
}

/*
 * Looks for the targets and counts their tasks, some at a time. What was read of a target is best
 * made use of while the processor has it, and what the kernel has of it, near: where the last tick
 * could do without a walk over all tasks, they are said as soon as they are counted, until one
 * needs a walk. Returns how many were said.
 */
static size_t count_all(struct collector *collector, const struct deadline *deadline, bool says)
{
        size_t n_said = 0;

        for (size_t i = 0, end; i < collector->targets.n_items; i = end) {
                says = says && !collector->walks;
                end = read_ahead(collector, i, says ? PART_COUNT | PART_SAY : PART_COUNT);
                count_some(collector, i, end, deadline);
                if (!says || collector->walks)
                        continue;
                say_some(collector, i, end);
                n_said = end;
        }
        collector_end_count(collector, deadline);
        return n_said;
}

void collector_tick(struct collector *collector, const struct tick *tick)
{
        const bool walked = collector->walks;
        size_t n_said;

        reserve_fill();
        begin_round(collector);
        advance(collector, tick->now_ns);
        collector->machine_bytes = collector->machine_max_pids = (struct measure){0};

        /* What was told until now is not left to the look that follows. */
        if (collector->view.changes)
                change_watch_drain(collector->view.changes);
        collector_expand(collector);
        collector_begin_count(collector);

        output_begin(collector->output, collector->now_ns, tick->wall_ns, own_source,
                collector->own_dyno);
        if (tick->n_missed > 0)
                say_missed(collector, tick->n_missed);
        if (!walked)
                say_denied(collector);
        limits_begin(collector);
        budget_begin(collector);
        n_said = count_all(collector, &tick->deadline, !walked);
        say_denied(collector);
        for (size_t i = n_said, end; i < collector->targets.n_items; i = end) {
                end = read_ahead(collector, i, PART_SAY);
                say_some(collector, i, end);
        }
        budget_end(collector);
        limits_end(collector);
        held_end_tick(collector->root.held);
        collector->sample.self = tick->self;
        output_samples(collector->output, collector->settings->groups & UINT32_C(1) << GROUP_SELF,
                &collector->sample, own_source, collector->own_dyno);
        output_end_tick(collector->output);
}
