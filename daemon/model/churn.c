/* SPDX-License-Identifier: MIT */
#include "model/churn.h"

#include <string.h>

#define WINDOW_NS UINT64_C(60000000000)

static uint64_t sum(const struct churn_name *name)
{
        uint64_t n = 0;

        for (unsigned i = 0; i <= CHURN_WINDOWS; i++)
                n += name->n[i];
        return n;
}

static struct churn_name *find(struct churn *churn, const char comm[COMM_BYTES])
{
        struct churn_name *least = &churn->names[0];

        for (size_t i = 0; i < CHURN_NAMES; i++) {
                struct churn_name *name = &churn->names[i];

                if (strcmp(name->comm, comm) == 0)
                        return name;
                if (sum(name) < sum(least))
                        least = name;
        }
        memset(least, 0, sizeof(*least));
        memcpy(least->comm, comm, COMM_BYTES);
        return least;
}

void churn_add(struct churn *churn, const char *comm, size_t len)
{
        char name[COMM_BYTES];

        comm_copy(name, comm, len);
        churn->n_started++;
        find(churn, name)->n[0]++;
}

static void shift(struct churn *churn, uint64_t now_ns)
{
        for (size_t i = 0; i < CHURN_NAMES; i++) {
                uint32_t *n = churn->names[i].n;

                memmove(n + 1, n, CHURN_WINDOWS * sizeof(*n));
                n[0] = 0;
        }
        churn->last_started = churn->n_started;
        churn->last_exited = churn->n_exited;
        churn->n_started = churn->n_exited = 0;
        churn->n_windows++;
        churn->window_ns = now_ns;
}

/* The fewest that were started in one of the minutes that are over. */
static uint64_t fewest(const struct churn_name *name)
{
        uint64_t n = name->n[1];

        for (unsigned i = 2; i <= CHURN_WINDOWS; i++)
                n = name->n[i] < n ? name->n[i] : n;
        return n;
}

/* The name that was started most in the minutes that are over. */
static const struct churn_name *most(const struct churn *churn)
{
        const struct churn_name *most = &churn->names[0];

        for (size_t i = 1; i < CHURN_NAMES; i++) {
                const struct churn_name *name = &churn->names[i];

                if (sum(name) - name->n[0] > sum(most) - most->n[0])
                        most = name;
        }
        return most;
}

enum condition churn_end_round(struct churn *churn, uint64_t now_ns, uint64_t n_processes,
        uint64_t per_min, struct churn_finding *ret)
{
        const uint64_t before = churn->n_processes + churn->n_started;
        const struct churn_name *name;

        if (churn->window_ns == 0) { /* before the first round all were started */
                *churn = (struct churn){.window_ns = now_ns, .n_processes = n_processes};
                return CONDITION_OFF;
        }
        /* Counted anew each round: what was started minus what there is more now. */
        churn->n_exited = before > n_processes ? before - n_processes : 0;
        if (now_ns - churn->window_ns < WINDOW_NS)
                return CONDITION_BETWEEN;
        churn->n_processes = n_processes;
        if (now_ns - churn->window_ns >= 2 * WINDOW_NS)
                churn->n_windows = 0; /* with so few looks nobody can tell */
        shift(churn, now_ns);
        if (churn->n_windows < CHURN_WINDOWS)
                return CONDITION_OFF;
        name = most(churn);
        *ret = (struct churn_finding){
                .comm = name->comm,
                .started = churn->last_started,
                .exited = churn->last_exited,
                .per_min = (sum(name) - name->n[0]) / CHURN_WINDOWS,
        };
        if (per_min > 0 && fewest(name) >= per_min)
                return CONDITION_ON;
        return per_min > 0 && ret->per_min * 2 >= per_min ? CONDITION_BETWEEN : CONDITION_OFF;
}
