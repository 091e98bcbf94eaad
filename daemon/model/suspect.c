/* SPDX-License-Identifier: MIT */
#include "model/suspect.h"

#include <string.h>

#define S_NS    UINT64_C(1000000000)
#define HOUR_NS (3600 * S_NS)

enum {
        CLOCK_MIN = 4,   /* times between births, to be called steady */
        SEEN_MIN = 5,    /* zombies seen to come, to tell more than their births do */
        CREATED_MIN = 2, /* births, to give a rate */
};

/* Of a clock the times differ by less than this part of their mean. A load-driven process has about
 * 1; the machine's delays are small against the minutes and seconds of health checks. */
#define CLOCK_SPREAD_MAX 0.25

const char cause_names[N_CAUSES][24] = {
        [CAUSE_NEVER_WAITS] = "never_waits",
        [CAUSE_TOO_SLOW] = "too_slow",
        [CAUSE_SIGCHLD_BLOCKED] = "sigchld_blocked",
        [CAUSE_PARENT_STOPPED] = "parent_stopped",
        [CAUSE_PARENT_STUCK] = "parent_stuck",
        [CAUSE_INIT_NOT_REAPING] = "init_not_reaping",
        [CAUSE_PROBE_ORPHANS] = "probe_orphans",
};

static uint64_t weight(const struct suspect *suspect)
{
        return suspect->n_now > suspect->n_zombies ? suspect->n_now : suspect->n_zombies;
}

/* A place for another parent: a free one, or that of the one with the fewest zombies, of which
 * nothing has been said. */
static struct suspect *make_room(struct suspects *suspects)
{
        struct suspect *least = NULL;

        if (suspects->n < SUSPECTS_MAX)
                return &suspects->items[suspects->n++];
        for (size_t i = 0; i < suspects->n; i++) {
                struct suspect *suspect = &suspects->items[i];

                if (!suspect->alarm.entered && (!least || weight(suspect) < weight(least)))
                        least = suspect;
        }
        if (!least || weight(least) > 1)
                return NULL;
        suspects->others_now += least->n_now;
        return least;
}

static struct suspect *find(struct suspects *suspects, int64_t pid)
{
        struct suspect *suspect;

        /* Zombies of one parent often stand together. */
        if (suspects->last < suspects->n && suspects->items[suspects->last].pid == pid)
                return &suspects->items[suspects->last];
        for (size_t i = 0; i < suspects->n; i++) {
                if (suspects->items[i].pid == pid) {
                        suspects->last = i;
                        return &suspects->items[i];
                }
        }
        suspect = make_room(suspects);
        if (suspect) {
                *suspect = (struct suspect){.pid = pid};
                suspects->last = (size_t)(suspect - suspects->items);
        }
        return suspect;
}

/* A name that more than half of the zombies have wins, by Boyer and Moore's majority vote. */
static void vote(struct suspect *suspect, const char *comm, size_t len)
{
        char name[COMM_BYTES];

        comm_copy(name, comm, len);
        if (strcmp(suspect->child_comm, name) == 0) {
                suspect->child_votes++;
        } else if (suspect->child_votes > 0) {
                suspect->child_votes--;
        } else {
                memcpy(suspect->child_comm, name, sizeof(name));
                suspect->child_votes = 1;
        }
}

static void count_birth(struct births *births, uint64_t start_ticks)
{
        if (births->n == 0 || start_ticks < births->first)
                births->first = start_ticks;
        if (births->n == 0 || start_ticks > births->last)
                births->last = start_ticks;
        births->n++;
}

/* A probe may leave several at once. */
static bool is_same_birth(const struct suspect *suspect, uint64_t interval, uint64_t ticks_per_s)
{
        return interval < ticks_per_s / 5 ||
               (suspect->clock_n > 0 && (double)interval < suspect->clock_mean / 8);
}

static void count_interval(struct suspect *suspect, uint64_t start_ticks, uint64_t ticks_per_s)
{
        const uint64_t last = suspect->clock_last;
        double interval, before;

        if (start_ticks <= last)
                return; /* out of order: where a round began in the middle */
        if (last == 0) {
                suspect->clock_last = start_ticks;
                return;
        }
        if (is_same_birth(suspect, start_ticks - last, ticks_per_s))
                return;
        suspect->clock_last = start_ticks;
        interval = (double)(start_ticks - last);
        before = suspect->clock_mean;
        suspect->clock_n++;
        suspect->clock_mean += (interval - before) / (double)suspect->clock_n;
        suspect->clock_spread += (interval - before) * (interval - suspect->clock_mean);
}

void suspects_add(struct suspects *suspects, const struct zombie *zombie, uint64_t ticks_per_s)
{
        struct suspect *suspect = find(suspects, zombie->parent_pid);

        if (!suspect) {
                suspects->others_now++;
                return;
        }
        if (suspect->n_now == 0 || zombie->start_ticks < suspect->oldest_now)
                suspect->oldest_now = zombie->start_ticks;
        suspect->n_now++;
        if (!zombie->is_new && suspect->n_rounds > 0)
                return;
        suspect->n_new += zombie->is_new;
        vote(suspect, zombie->comm, zombie->comm_len);
        count_birth(&suspect->births[0], zombie->start_ticks);
        count_interval(suspect, zombie->start_ticks, ticks_per_s);
}

/* The round's counts become those of the last one. */
static void end_round(struct suspect *suspect, uint64_t now_ns, uint64_t ticks_per_s)
{
        struct births *births = suspect->births;

        if (suspect->n_rounds == 0) {
                suspect->since_ns = now_ns;
        } else {
                const uint64_t before = suspect->n_zombies + suspect->n_new;

                suspect->n_created += suspect->n_new;
                if (before > suspect->n_now)
                        suspect->n_reaped += before - suspect->n_now;
        }
        suspect->last_ns = now_ns;
        suspect->oldest = suspect->oldest_now;
        suspect->n_rounds++;
        suspect->n_zombies = suspect->n_now;
        suspect->n_stuck = suspect->n_now - suspect->n_new;
        suspect->n_now = suspect->n_new = 0;
        if (births[0].n > 1 && births[0].last - births[0].first >= 3600 * ticks_per_s) {
                births[1] = births[0];
                births[0] = (struct births){0};
        }
}

void suspects_begin_round(struct suspects *suspects)
{
        for (size_t i = 0; i < suspects->n; i++)
                suspects->items[i].n_now = suspects->items[i].n_new = 0;
        suspects->others_now = 0;
}

void suspects_end_round(struct suspects *suspects, uint64_t now_ns, uint64_t ticks_per_s)
{
        size_t n = 0;

        for (size_t i = 0; i < suspects->n; i++) {
                struct suspect *suspect = &suspects->items[i];

                end_round(suspect, now_ns, ticks_per_s);
                if (suspect->n_zombies > 0 || suspect->alarm.entered)
                        suspects->items[n++] = *suspect;
        }
        suspects->n = n;
        suspects->n_others = suspects->others_now;
        suspects->others_now = 0;
}

/* Whether `a` comes before `b`: the worse first. */
static bool is_worse(const struct suspect *a, const struct suspect *b)
{
        return a->n_zombies != b->n_zombies ? a->n_zombies > b->n_zombies : a->pid < b->pid;
}

struct suspect *suspects_next(struct suspects *suspects, const struct suspect *after)
{
        struct suspect *next = NULL;

        for (size_t i = 0; i < suspects->n; i++) {
                struct suspect *suspect = &suspects->items[i];

                if (after && !is_worse(after, suspect))
                        continue;
                if (!next || is_worse(suspect, next))
                        next = suspect;
        }
        return next;
}

struct measure suspect_created_per_h(const struct suspect *suspect, uint64_t ticks_per_s)
{
        const struct births *now = &suspect->births[0], *before = &suspect->births[1];
        uint64_t n = now->n + before->n;
        uint64_t first = before->n > 0 ? before->first : now->first;
        uint64_t last = now->n > 0 ? now->last : before->last;

        double by_births, seen;

        if (n < CREATED_MIN || last <= first)
                return (struct measure){0};
        by_births = (double)(n - 1) * 3600 * (double)ticks_per_s / (double)(last - first);
        if (suspect->n_created < SEEN_MIN)
                return measure_of((uint64_t)(by_births + 0.5));
        /* Children that were started together may die one by one: then the two have nothing to do
         * with each other. Births are the better of two that do, as their times are exact. */
        seen = (double)suspect->n_created * (double)HOUR_NS /
               (double)(suspect->last_ns - suspect->since_ns);
        if (by_births > 2 * seen || by_births < seen / 2)
                return measure_of((uint64_t)(seen + 0.5));
        return measure_of((uint64_t)(by_births + 0.5));
}

struct measure suspect_reaped_per_h(const struct suspect *suspect, uint64_t now_ns)
{
        if (now_ns <= suspect->since_ns)
                return (struct measure){0};
        return measure_of((uint64_t)((double)suspect->n_reaped * (double)HOUR_NS /
                                             (double)(now_ns - suspect->since_ns) +
                                     0.5));
}

struct measure suspect_period_ticks(const struct suspect *suspect, uint64_t ticks_per_s)
{
        double limit;

        /* Faster ones are no health checks. */
        if (suspect->clock_n < CLOCK_MIN || suspect->clock_mean < (double)ticks_per_s)
                return (struct measure){0};
        limit = CLOCK_SPREAD_MAX * suspect->clock_mean;
        if (suspect->clock_spread / (double)suspect->clock_n > limit * limit)
                return (struct measure){0};
        return measure_of((uint64_t)(suspect->clock_mean + 0.5));
}

enum cause suspect_cause(
        const struct suspect *suspect, const struct parent_facts *facts, uint64_t ticks_per_s)
{
        /* Those that an init waits for may be its own children, and no orphans. */
        const bool reaps =
                suspect->n_reaped * 20 > suspect->n_created || (suspect->waits && !facts->is_init);

        if (facts->state == 'T' || facts->state == 't')
                return CAUSE_PARENT_STOPPED;
        if (facts->state == 'D')
                return CAUSE_PARENT_STUCK;
        if (reaps)
                return CAUSE_TOO_SLOW;
        if (facts->is_init)
                return suspect_period_ticks(suspect, ticks_per_s).known ? CAUSE_PROBE_ORPHANS
                                                                        : CAUSE_INIT_NOT_REAPING;
        if (facts->blocked)
                return CAUSE_SIGCHLD_BLOCKED;
        return CAUSE_NEVER_WAITS;
}

const char *parent_sigchld(const struct parent_facts *facts)
{
        if (facts->blocked)
                return "blocked";
        if (facts->ignored)
                return "ignored";
        return facts->caught ? "caught" : "default";
}
