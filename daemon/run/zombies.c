/* SPDX-License-Identifier: MIT */
#include "zombies.h"

#include <errno.h>
#include <string.h>

#include "judging.h"
#include "source/proc.h"
#include "source/unit.h"

enum {
        CULPRITS_MAX = 5, /* that have a line each */
        ROUNDS_MIN = 3,   /* before anything is said of a parent */
};

/* The events of a target under way. */
struct naming {
        struct collector *collector;
        struct target *target;
        struct suspects *suspects;
        uint64_t limit;     /* zombies of one parent, to name it */
        unsigned n_named;   /* parents that have a line of their own */
        uint64_t n_parents; /* others that would deserve one */
        uint64_t n_zombies; /* of them, and of those nobody had room to tell apart */
};

/* A parent that looks after its children every few seconds is none that does not wait. */
static const struct alarm_rule rule = {
        .enter_ns = UINT64_C(5000000000),
        .leave_ns = UINT64_C(60000000000),
        .again_ns = UINT64_C(3600000000000),
};

/*
 * Looks at the parent. Returns 0, or -ESRCH when it has ended, and another process may have its pid
 * now.
 */
static int look_at(struct naming *naming, struct suspect *suspect, struct parent_facts *ret)
{
        struct collector *collector = naming->collector;
        const pid_t pid = (pid_t)suspect->pid;
        struct proc_waiting waiting = {0};
        struct proc_stat stat;
        int r = proc_read_stat(&collector->root, pid, &collector->scratch, &stat);

        if (r < 0)
                return r == -ENOENT ? -ESRCH : r;
        if (suspect->start_ticks != 0 && suspect->start_ticks != stat.start_ticks)
                return -ESRCH;
        suspect->start_ticks = stat.start_ticks;
        comm_copy(suspect->comm, stat.comm, stat.comm_len);
        if (!suspect->waited_faults.known)
                suspect->waited_faults = measure_of(stat.waited_faults);
        suspect->waits |= stat.waited_faults > suspect->waited_faults.value;
        ret->state = stat.state;
        if (proc_read_waiting(&collector->root, pid, &collector->scratch, &waiting) == 0) {
                ret->blocked = waiting.sigchld_blocked;
                ret->ignored = waiting.sigchld_ignored;
                ret->caught = waiting.sigchld_caught;
                ret->is_init = waiting.is_init;
        }
        return 0;
}

static enum condition condition_of(const struct naming *naming, const struct suspect *suspect)
{
        const uint64_t limit = naming->limit;

        if (limit == 0)
                return CONDITION_OFF;
        if (suspect->n_stuck >= limit && suspect->n_rounds >= ROUNDS_MIN)
                return CONDITION_ON;
        return suspect->n_zombies * 2 < limit ? CONDITION_OFF : CONDITION_BETWEEN;
}

/* Half of the way to the limit gone to zombies is past the time for a warning. */
static enum level level_of(const struct naming *naming, const struct suspect *suspect)
{
        const struct measure limit = naming->collector->sample.tasks.pids_limit;

        return limit.known && suspect->n_zombies >= limit.value / 2 ? LEVEL_ERROR : LEVEL_WARNING;
}

static void add_age(struct naming *naming, const struct suspect *suspect)
{
        const struct collector *collector = naming->collector;
        const uint64_t born_s = suspect->oldest / collector->ticks_per_s;
        const uint64_t now_s = collector->now_ns / 1000000000;

        if (suspect->n_zombies > 0 && now_s >= born_s)
                record_add_number(&naming->collector->record, "oldest_s", now_s - born_s);
}

static void say(struct naming *naming, const struct suspect *suspect,
        const struct parent_facts *facts, enum say due)
{
        struct collector *collector = naming->collector;
        struct record *record = &collector->record;
        const uint64_t ticks_per_s = collector->ticks_per_s;
        const struct measure period = suspect_period_ticks(suspect, ticks_per_s);
        char unit[UNIT_NAME_BYTES];

        record_event(EVENT_ZOMBIES, naming->target->source, naming->target->dyno, record);
        record_set_level(record, suspect->alarm.level);
        record_say(record, due);
        record_add_number(record, "parent_pid", (uint64_t)suspect->pid);
        record_add_text(record, "parent_comm", suspect->comm);
        if (unit_of_process(&collector->view, suspect->pid, unit) == 0)
                record_add_text(record, "parent_unit", unit);
        record_add_number(record, "zombies", suspect->n_zombies);
        add_age(naming, suspect);
        record_add_measure(record, "created_per_h", suspect_created_per_h(suspect, ticks_per_s));
        record_add_measure(
                record, "reaped_per_h", suspect_reaped_per_h(suspect, collector->now_ns));
        record_add_text(record, "child_comm", suspect->child_comm);
        if (facts) {
                record_add_text(record, "sigchld", parent_sigchld(facts));
                record_add_text(record, "cause", cause_names[suspect->cause]);
                if (period.known)
                        record_add_number(
                                record, "period_s", (period.value + ticks_per_s / 2) / ticks_per_s);
        }
        output_record(collector->output, record);
}

/* A verdict that has changed for two looks is told at once. */
static bool is_another_cause(struct suspect *suspect, enum cause cause)
{
        if (cause == suspect->cause) {
                suspect->n_other_cause = 0;
                return false;
        }
        return ++suspect->n_other_cause >= 2;
}

static void judge(struct naming *naming, struct suspect *suspect)
{
        const uint64_t now_ns = naming->collector->now_ns;
        struct alarm *alarm = &suspect->alarm;
        struct parent_facts facts = {0};
        enum cause cause;
        enum say due;

        if (look_at(naming, suspect, &facts) == -ESRCH) {
                /* With the parent its zombies went; those of another one are another story. */
                suspect->n_zombies = 0;
                if (alarm->entered)
                        say(naming, suspect, NULL, SAY_LEAVE);
                *alarm = (struct alarm){0};
                suspect->start_ticks = suspect->n_rounds = 0;
                return;
        }
        cause = suspect_cause(suspect, &facts, naming->collector->ticks_per_s);
        due = alarm_feed(
                alarm, &rule, now_ns, condition_of(naming, suspect), level_of(naming, suspect));
        if (due == SAY_ENTER)
                suspect->cause = cause;
        else if (due == SAY_NOTHING && alarm->entered &&
                 condition_of(naming, suspect) == CONDITION_ON && is_another_cause(suspect, cause))
                due = SAY_UPDATE;
        if (due == SAY_NOTHING)
                return;
        if (due == SAY_UPDATE)
                suspect->cause = cause;
        suspect->n_other_cause = 0;
        say(naming, suspect, &facts, due);
}

static void say_others(struct naming *naming)
{
        struct alarm *alarm = &naming->suspects->others_alarm;
        struct record *record = &naming->collector->record;
        const enum condition condition = naming->limit > 0 && naming->n_zombies >= naming->limit
                                                 ? CONDITION_ON
                                                 : CONDITION_OFF;
        const enum say due =
                alarm_feed(alarm, &rule, naming->collector->now_ns, condition, LEVEL_WARNING);

        if (due == SAY_NOTHING)
                return;
        record_event(EVENT_ZOMBIES, naming->target->source, naming->target->dyno, record);
        record_say(record, due);
        record_add_text(record, "parent_comm", "others");
        record_add_number(record, "parents", naming->n_parents);
        record_add_number(record, "zombies", naming->n_zombies);
        output_record(naming->collector->output, record);
}

void zombies_say(struct collector *collector, struct target *target)
{
        struct naming naming = {
                .collector = collector,
                .target = target,
                .suspects = target->judging->suspects,
                .limit = judging_rules(collector, target).values[RULE_ZOMBIES],
        };
        struct suspect *suspect = NULL, last;

        for (size_t i = 0; i < naming.suspects->n; i++)
                naming.n_named += naming.suspects->items[i].alarm.entered;
        naming.n_zombies = naming.suspects->n_others;
        while ((suspect = suspects_next(naming.suspects, suspect ? &last : NULL))) {
                const bool was_named = suspect->alarm.entered;

                last = *suspect; /* what is found may change its place */
                if (was_named || (naming.n_named < CULPRITS_MAX &&
                                         condition_of(&naming, suspect) != CONDITION_OFF)) {
                        judge(&naming, suspect);
                        naming.n_named += suspect->alarm.entered && !was_named;
                } else if (condition_of(&naming, suspect) == CONDITION_ON) {
                        naming.n_parents++;
                        naming.n_zombies += suspect->n_zombies;
                }
        }
        say_others(&naming);
}
