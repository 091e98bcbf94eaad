/* SPDX-License-Identifier: MIT */
#pragma once

#include "collector_state.h"
#include "model/churn.h"
#include "model/judge.h"
#include "model/suspect.h"
#include "model/top.h"
#include "source/tasks.h"

/* What a round has met. */
struct met {
        uint64_t n_processes, n_threads, n_zombies;
};

/* What is remembered of one incarnation of a target in order to judge it. */
struct judging {
        struct judge judge;
        struct suspects *suspects; /* NULL: there were no zombies so far */
        struct met met;            /* in the round under way */
        struct met all;            /* in the last one that is over */
        bool round_over;           /* since the last tick */
        enum condition churn_condition;
        struct churn_finding churn_finding;
        struct churn churn;
        struct top threads, memory, children;
};

/* Releases it; accepts NULL. */
void judging_free(struct judging *judging);

/* The rules for a target: its own, and for the rest those of all. */
struct judge_rules judging_rules(const struct collector *collector, const struct target *target);

/* Rounds over all processes: what was met is worth something when a round is over. */
void judging_begin_round(struct target *target);
void judging_meet(
        struct collector *collector, struct target *target, const struct process *process);
void judging_end_round(struct collector *collector, struct target *target);

/* Says what there is to say between ticks: of limits. */
void judging_look(struct collector *collector, struct target *target);

/* Says what there is to say of a target of which `collector->sample` was just taken. */
void judging_say(struct collector *collector, struct target *target);
