/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/budget.h"

/* A sample that is among those of the highest values so far. */
struct candidate {
        struct target *target;
        uint32_t groups;
        uint64_t value;
        struct sample sample;
};

/* What was written of a target last. */
struct said {
        char dyno[DYNO_MAX_BYTES];
        struct sample sample;
        uint64_t n_skipped; /* ticks since then */
};

int budget_prepare(struct collector *collector, const struct settings *settings)
{
        struct candidate *grown;

        if (settings->budget.top <= collector->n_candidates_allocated)
                return 0;
        grown = reallocarray(collector->candidates, settings->budget.top, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        collector->candidates = grown;
        collector->n_candidates_allocated = settings->budget.top;
        return 0;
}

void budget_done(struct collector *collector)
{
        free(collector->candidates);
}

/* A page that holds all there is has no use for one with less. */
static const struct budget_settings *budget_of(const struct collector *collector)
{
        static const struct budget_settings none;

        return output_is_complete(collector->output) ? &none : &collector->settings->budget;
}

uint32_t budget_groups(const struct collector *collector)
{
        const struct budget_settings *budget = budget_of(collector);

        return budget->top > 0 ? UINT32_C(1) << budget->top_key->group : 0;
}

/* Without memory for what was said, all is said. */
static bool is_due(const struct budget_settings *budget, struct target *target, uint32_t groups,
        const struct sample *sample)
{
        struct said *said = target->said;

        if (!budget->changes_only)
                return true;
        if (!said)
                said = target->said = calloc(1, sizeof(*said));
        if (!said)
                return true;
        if (strcmp(said->dyno, target->dyno) == 0 && ++said->n_skipped < budget->changes_ticks &&
                !budget_has_moved(groups, &said->sample, sample, budget->changes_percent))
                return false;
        said->n_skipped = 0;
        said->sample = *sample;
        memcpy(said->dyno, target->dyno, sizeof(said->dyno));
        return true;
}

static void write_sample(struct collector *collector, struct target *target, uint32_t groups,
        const struct sample *sample)
{
        if (!is_due(budget_of(collector), target, groups, sample))
                groups = 0; /* it is there, and that is all */
        output_samples(collector->output, groups, sample, target->source, target->dyno);
}

void budget_begin(struct collector *collector)
{
        collector->n_candidates = 0;
}

/* They are in order, the highest value first; of equal ones the target that comes first. */
void budget_offer(struct collector *collector, struct target *target, uint32_t groups)
{
        const struct budget_settings *budget = budget_of(collector);
        struct candidate *candidates = collector->candidates;
        struct measure value;
        size_t at = collector->n_candidates;

        if (budget->top == 0) {
                write_sample(collector, target, groups, &collector->sample);
                return;
        }
        output_samples(collector->output, 0, &collector->sample, target->source, target->dyno);
        value = record_measure(budget->top_key, &collector->sample);
        if (!value.known || groups == 0)
                return;
        while (at > 0 && candidates[at - 1].value < value.value)
                at--;
        if (at == budget->top)
                return;
        if (collector->n_candidates < budget->top)
                collector->n_candidates++;
        memmove(&candidates[at + 1], &candidates[at],
                (collector->n_candidates - 1 - at) * sizeof(*candidates));
        candidates[at] = (struct candidate){
                .target = target,
                .groups = groups,
                .value = value.value,
                .sample = collector->sample,
        };
}

void budget_end(struct collector *collector)
{
        for (size_t i = 0; i < collector->n_candidates; i++) {
                struct candidate *candidate = &collector->candidates[i];

                write_sample(collector, candidate->target, candidate->groups, &candidate->sample);
        }
}
