/* SPDX-License-Identifier: MIT */
#include "judging.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pages.h"
#include "source/proc.h"
#include "zombies.h"

enum {
        /* A tick needs few of its lines. */
        JUDGING_BYTES = (sizeof(struct judging) + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES *
                        CACHE_LINE_BYTES,
};

void judging_free(struct judging *judging)
{
        if (!judging)
                return;
        free(judging->suspects);
        free(judging);
}

/* Without memory a target is not judged, and its samples go on. */
static struct judging *get(struct target *target)
{
        if (!target->judging) {
                target->judging = aligned_alloc(CACHE_LINE_BYTES, JUDGING_BYTES);
                if (target->judging)
                        memset(target->judging, 0, sizeof(*target->judging));
        }
        return target->judging;
}

struct judge_rules judging_rules(const struct collector *collector, const struct target *target)
{
        struct judge_rules rules = collector->settings->rules;

        for (unsigned i = 0; i < N_RULES; i++) {
                const struct measure *own = &target->watch->choices.rules[i];

                if (own->known)
                        rules.values[i] = own->value;
        }
        return rules;
}

void judging_begin_round(struct target *target)
{
        struct judging *judging = target->judging;

        if (!judging)
                return;
        top_begin_round(&judging->threads);
        top_begin_round(&judging->memory);
        top_begin_round(&judging->children);
        if (judging->suspects)
                suspects_begin_round(judging->suspects);
        judging->met = (struct met){0};
}

static void meet_zombie(
        struct collector *collector, struct judging *judging, const struct process *process)
{
        const struct zombie zombie = {
                .pid = process->stat.pid,
                .parent_pid = process->stat.ppid,
                .start_ticks = process->stat.start_ticks,
                .is_new = !process->zombie_before,
                .comm = process->stat.comm,
                .comm_len = process->stat.comm_len,
        };

        if (!judging->suspects)
                judging->suspects = calloc(1, sizeof(*judging->suspects));
        if (judging->suspects && zombie.parent_pid > 0)
                suspects_add(judging->suspects, &zombie, collector->ticks_per_s);
}

void judging_meet(struct collector *collector, struct target *target, const struct process *process)
{
        const struct proc_stat *stat = &process->stat;
        struct judging *judging = get(target);

        if (!judging)
                return;
        if (stat->ppid > 0)
                top_add_child(&judging->children, stat->ppid);
        if (process->zombie) {
                judging->met.n_zombies++;
                meet_zombie(collector, judging, process);
                return;
        }
        judging->met.n_processes++;
        judging->met.n_threads += process->n_threads;
        if (process->started)
                churn_add(&judging->churn, stat->comm, stat->comm_len);
        if (process->n_threads > 1)
                top_add(&judging->threads, stat->pid, stat->start_ticks, stat->comm, stat->comm_len,
                        process->n_threads);
        if (stat->rss_pages > 0)
                top_add(&judging->memory, stat->pid, stat->start_ticks, stat->comm, stat->comm_len,
                        stat->rss_pages);
}

void judging_end_round(struct collector *collector, struct target *target)
{
        struct judging *judging = target->judging;

        if (!judging || target->presence != PRESENT)
                return;
        top_end_round(&judging->threads);
        top_end_round(&judging->memory);
        top_end_round(&judging->children);
        if (judging->suspects)
                suspects_end_round(judging->suspects, collector->now_ns, collector->ticks_per_s);
        judging->churn_condition = churn_end_round(&judging->churn, collector->now_ns,
                judging->met.n_processes, judging_rules(collector, target).values[RULE_CHURN],
                &judging->churn_finding);
        judging->all = judging->met;
        judging->met = (struct met){0};
        judging->round_over = true;
}

/* The name of a process of which only the pid is known. */
static void look_up(struct collector *collector, struct culprit *culprit)
{
        struct proc_stat stat;

        if (proc_read_stat(&collector->root, (pid_t)culprit->pid, &collector->scratch, &stat) < 0)
                return;
        comm_copy(culprit->comm, stat.comm, stat.comm_len);
}

static void accuse(const struct top_process *process, struct culprit *ret)
{
        if (!process)
                return;
        ret->known = true;
        ret->pid = process->pid;
        memcpy(ret->comm, process->comm, sizeof(ret->comm));
}

/* The process behind each rise; that with children, and with zombies, is only known by its pid. */
static void find_culprits(
        struct collector *collector, struct judging *judging, struct evidence *evidence)
{
        struct culprit *zombies = &evidence->grown[LEAKING_ZOMBIES];
        struct culprit *processes = &evidence->grown[LEAKING_PROCESSES];
        const struct suspect *worst =
                judging->suspects ? suspects_next(judging->suspects, NULL) : NULL;

        accuse(top_grown(&judging->threads), &evidence->grown[LEAKING_THREADS]);
        accuse(top_grown(&judging->memory), &evidence->grown[LEAKING_MEMORY_RSS]);
        accuse(top_largest(&judging->memory), &evidence->largest);
        accuse(top_grown(&judging->children), processes);
        if (processes->known && !*processes->comm) {
                look_up(collector, processes);
                top_name(&judging->children, processes->pid, processes->comm,
                        strlen(processes->comm));
        }
        if (worst) {
                *zombies = (struct culprit){.known = true, .pid = worst->pid};
                memcpy(zombies->comm, worst->comm, sizeof(zombies->comm));
                if (!*zombies->comm)
                        look_up(collector, zombies);
        }
}

static void say(void *data, const struct record *record)
{
        struct collector *collector = data;

        output_record(collector->output, record);
}

static void say_churn(struct collector *collector, struct target *target)
{
        static const struct alarm_rule rule = {
                .leave_ns = UINT64_C(600000000000),
                .again_ns = UINT64_C(3600000000000),
        };
        struct judging *judging = target->judging;
        const struct churn_finding *finding = &judging->churn_finding;
        struct record *record = &collector->record;
        enum say due = alarm_feed(&judging->churn.alarm, &rule, collector->now_ns,
                judging->churn_condition, LEVEL_INFO);

        if (due == SAY_NOTHING)
                return;
        record_event(EVENT_CHURN, target->source, target->dyno, record);
        record_say(record, due);
        record_add_number(record, "started", finding->started);
        record_add_number(record, "exited", finding->exited);
        record_add_number(record, "per_min", finding->per_min);
        record_add_text(record, "comm", finding->comm);
        output_record(collector->output, record);
}

/* Judges by the limits there are now, and by the sample that was just taken, if there is one. */
static void judge(struct collector *collector, struct target *target, const struct sample *sample)
{
        struct judging *judging = target->judging;
        const struct judge_rules rules = judging_rules(collector, target);
        struct evidence evidence = {
                .now_ns = collector->now_ns,
                .source = target->source,
                .dyno = target->dyno,
                .sample = sample,
        };

        collector_gather_limits(collector, target);
        evidence.limits = collector->limits->items;
        evidence.n_limits = collector->limits->n_items;
        evidence.memory_limits = collector->memory_limits->items;
        evidence.n_memory_limits = collector->n_memory_limits;
        evidence.n_oom_kills = collector->oom_kills;
        find_culprits(collector, judging, &evidence);
        judge_feed(&judging->judge, &rules, &evidence, &collector->record, say, collector);
}

void judging_look(struct collector *collector, struct target *target)
{
        if (get(target))
                judge(collector, target, NULL);
}

/* The walk of this tick may have been cut; what several of them have seen together is whole, when
 * one of them came to the end. */
static void complete(struct collector *collector, const struct judging *judging)
{
        struct tasks_sample *tasks = &collector->sample.tasks;

        if (!tasks->partial.known || !judging->round_over || collector->blind)
                return;
        tasks->processes = measure_of(judging->all.n_processes);
        tasks->threads = measure_of(judging->all.n_threads);
        tasks->zombies = measure_of(judging->all.n_zombies);
        tasks->partial = (struct measure){0};
}

void judging_say(struct collector *collector, struct target *target)
{
        struct judging *judging = get(target);

        if (!judging)
                return;
        complete(collector, judging);
        judge(collector, target, &collector->sample);
        if (judging->round_over && !collector->blind) {
                if (judging->suspects)
                        zombies_say(collector, target);
                say_churn(collector, target);
        }
        judging->round_over = false;
}
