/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conclude.h"

enum {
        SPREAD_MS = 1000,          /* between the lines of a tick, at most */
        STEPS_TO_BELIEVE = 3,      /* another time between ticks is not believed before */
        SILENT_STEPS = 3,          /* without a tick */
        SILENT_MIN_MS = 65 * 1000, /* a target of 20 s may miss some */
        NEAR_PERCENT = 80,
        VERY_NEAR_PERCENT = 95,
};

void target_done(struct target *target, struct history *history)
{
        for (unsigned i = 0; i < target->n_troubles; i++)
                happening_release(target->troubles[i].happening);
        target->n_troubles = 0;
        times_clear(&target->times);
        series_done(history, &target->series);
        conclusions_free(target->conclusions);
        target->conclusions = NULL;
}

void target_begin_incarnation(struct target *target, const char *dyno)
{
        if (strcmp(target->old_dyno, dyno) == 0)
                target->n_turned_back++;
        memcpy(target->old_dyno, target->dyno, sizeof(target->old_dyno));
        strncpy(target->dyno, dyno, sizeof(target->dyno) - 1);
        for (unsigned i = 0; i < target->n_troubles; i++)
                happening_release(target->troubles[i].happening);
        target->n_troubles = 0;
        target->is_gone = false;
        conclusions_free(target->conclusions);
        target->conclusions = NULL;
}

static uint64_t difference(uint64_t a, uint64_t b)
{
        return a > b ? a - b : b - a;
}

static uint64_t spread_ms(const struct target *target)
{
        return target->step_ms > 0 && target->step_ms / 2 < SPREAD_MS ? target->step_ms / 2
                                                                      : SPREAD_MS;
}

/* Ticks are missed, and lines lost: a longer time is believed when it comes again and again. */
static void learn_step(struct target *target, uint64_t step_ms)
{
        const bool is_other =
                step_ms > target->step_ms * 3 / 2 || step_ms < target->step_ms * 2 / 3;

        if (target->step_ms > 0 && is_other && ++target->n_other_steps < STEPS_TO_BELIEVE)
                return;
        target->step_ms = step_ms;
        target->n_other_steps = 0;
}

static void begin_tick(struct target *target, uint64_t t_ms)
{
        if (target->has_tick && t_ms > target->tick_ms)
                learn_step(target, t_ms - target->tick_ms);
        target->has_tick = true;
        target->tick_ms = t_ms;
        target->groups = 0;
        target->is_silent = false;
}

static void note_memory(struct target *target, uint64_t t_ms, uint64_t total_bytes)
{
        struct memory_second *second = &target->memory[t_ms / 1000 % MINUTE_SECONDS];

        if (second->second > t_ms / 1000)
                return;
        if (second->second < t_ms / 1000)
                *second = (struct memory_second){.second = t_ms / 1000};
        second->n++;
        second->sum += total_bytes;
        if (total_bytes > second->max)
                second->max = total_bytes;
        if (total_bytes > target->max_total_bytes)
                target->max_total_bytes = total_bytes;
}

static void note_peaks(
        struct target *target, const struct columns *columns, const struct reading *reading)
{
        const struct memory_sample *memory = &reading->sample.memory;
        const struct measure zombies = reading->sample.tasks.zombies;
        double percent;

        if (memory->total_bytes.known)
                note_memory(target, target->tick_ms, memory->total_bytes.value);
        if (zombies.known && zombies.value > target->zombies_max)
                target->zombies_max = zombies.value;
        if (!(reading->groups & (1U << GROUP_MEMORY)))
                return;
        percent = target_memory_percent(target, columns);
        if (percent > target->max_percent)
                target->max_percent = percent;
}

/* The numbers of all groups of a line, into a row of the series. */
static int set_row(struct target *target, const struct columns *columns,
        const struct reading *reading, unsigned row)
{
        int r = 0;

        for (unsigned group = 0; group < N_GROUPS; group++) {
                if (!(reading->groups >> group & 1))
                        continue;
                for (unsigned i = columns->group_first[group]; i < columns->group_end[group]; i++) {
                        const struct measure *measure =
                                (const void *)((const char *)&reading->sample +
                                               record_key_at(i)->offset);

                        /* The memory line prints 0 for a quota that is not known. */
                        if (!measure->known ||
                                (measure->value == 0 && i == columns->known.memory_quota))
                                continue;
                        if (series_set(&target->series, row, i, measure->value) < 0)
                                r = -ENOMEM;
                }
        }
        return r;
}

int target_take_samples(struct target *target, struct history *history,
        const struct columns *columns, const struct reading *reading, uint64_t t_ms,
        bool *ret_is_new)
{
        const bool is_of_tick = target->has_tick && !(target->groups & reading->groups) &&
                                difference(t_ms, target->tick_ms) <= spread_ms(target);
        const bool is_new = !is_of_tick && (!target->has_tick || t_ms > target->tick_ms);
        unsigned row;
        int r;

        if (is_of_tick)
                t_ms = target->tick_ms;
        r = series_row(history, &target->series, t_ms, &row);
        if (r < 0)
                return r;
        if (is_new)
                begin_tick(target, t_ms);
        r = set_row(target, columns, reading, row);
        if (is_of_tick || is_new) {
                target->groups |= reading->groups;
                note_peaks(target, columns, reading);
        }
        *ret_is_new = is_new;
        return r;
}

/* Whether the last tick has no line yet of the group that a column belongs to. */
static bool is_awaited(const struct target *target, const struct columns *columns, unsigned column)
{
        return column < columns->n_record && !(target->groups >> record_key_at(column)->group & 1);
}

uint64_t target_value(const struct target *target, const struct columns *columns, unsigned column)
{
        const struct series *series = &target->series;
        const unsigned n = series->n_rows;
        uint64_t value = series_last(series, column);

        if (value == UNKNOWN && n > 1 && series->places[column] > 0 &&
                is_awaited(target, columns, column) &&
                series->t_ms[n - 1] - series->t_ms[n - 2] <= 2 * target->step_ms)
                value = series->values[series->places[column] - 1][n - 2];
        return value;
}

bool target_memory(
        const struct target *target, uint64_t now_ms, uint64_t *ret_mean, uint64_t *ret_max)
{
        const uint64_t now_s = now_ms / 1000;
        uint64_t sum = 0, max = 0, n = 0;

        for (unsigned i = 0; i < MINUTE_SECONDS; i++) {
                const struct memory_second *second = &target->memory[i];

                if (second->n == 0 || second->second > now_s ||
                        now_s - second->second >= MINUTE_SECONDS)
                        continue;
                n += second->n;
                sum += second->sum;
                if (second->max > max)
                        max = second->max;
        }
        if (n == 0)
                return false;
        *ret_mean = sum / n;
        *ret_max = max;
        return true;
}

double target_memory_percent(const struct target *target, const struct columns *columns)
{
        const struct known_columns *known = &columns->known;
        const uint64_t rss = target_value(target, columns, known->memory_rss);
        const uint64_t swap = target_value(target, columns, known->memory_swap);
        const uint64_t quota = target_value(target, columns, known->memory_quota);

        if (rss == UNKNOWN || quota == UNKNOWN || quota == 0)
                return (double)NAN;
        return ((double)rss + (swap == UNKNOWN ? 0 : (double)swap)) * 100 / (double)quota;
}

uint64_t target_tasks(const struct target *target, const struct columns *columns)
{
        const struct known_columns *known = &columns->known;
        const uint64_t pids = target_value(target, columns, known->pids);
        const uint64_t threads = target_value(target, columns, known->threads);
        const uint64_t zombies = target_value(target, columns, known->zombies);

        if (pids != UNKNOWN || threads == UNKNOWN)
                return pids;
        return threads + (zombies == UNKNOWN ? 0 : zombies);
}

double target_tasks_percent(const struct target *target, const struct columns *columns)
{
        const uint64_t tasks = target_tasks(target, columns);
        const uint64_t limit = target_value(target, columns, columns->known.pids_limit);

        if (tasks == UNKNOWN || limit == UNKNOWN || limit == 0)
                return (double)NAN;
        return (double)tasks * 100 / (double)limit;
}

void target_count_code(struct target *target, const char *code)
{
        for (unsigned i = 0; i < CODES_MAX; i++) {
                struct code_count *count = &target->codes[i];

                if (count->n == 0)
                        memcpy(count->code, code, strlen(code) + 1);
                if (strcmp(count->code, code) == 0) {
                        count->n++;
                        return;
                }
        }
}

void target_shift(struct target *target, struct history *history, uint64_t shift_ms)
{
        series_shift(history, &target->series, shift_ms);
        target->tick_ms += shift_ms;
        target->is_untimed = false;
        for (unsigned i = 0; i < target->n_troubles; i++) {
                if (target->troubles[i].expires_ms < UINT64_MAX - shift_ms)
                        target->troubles[i].expires_ms += shift_ms;
        }
        /* What was in which second is known no longer. */
        target->lines = target->requests = (struct minute){0};
        times_clear(&target->times);
        memset(target->memory, 0, sizeof(target->memory));
}

bool target_advance(struct target *target, uint64_t now_ms)
{
        const uint64_t limit_ms = SILENT_STEPS * target->step_ms;
        const bool is_silent =
                target->has_tick && now_ms > target->tick_ms &&
                now_ms - target->tick_ms > (limit_ms > SILENT_MIN_MS ? limit_ms : SILENT_MIN_MS);
        bool changed = is_silent != target->is_silent;

        target->is_silent = is_silent;
        for (unsigned i = 0; i < target->n_troubles;) {
                struct trouble *trouble = &target->troubles[i];

                if (trouble->expires_ms > now_ms) {
                        i++;
                        continue;
                }
                happening_release(trouble->happening);
                *trouble = target->troubles[--target->n_troubles];
                changed = true;
        }
        return changed;
}

/* Of those that are as bad, one that names a parent says most, and then the one that was told
 * last. */
static bool is_worse(const struct happening *a, const struct happening *b)
{
        const unsigned rank_a = level_rank(a->level), rank_b = level_rank(b->level);

        if (rank_a != rank_b)
                return rank_a > rank_b;
        if (happening_is(a, "zombies") != happening_is(b, "zombies"))
                return happening_is(a, "zombies");
        return a->id > b->id;
}

const struct happening *target_worst(const struct target *target)
{
        const struct happening *worst = NULL;

        for (unsigned i = 0; i < target->n_troubles; i++) {
                const struct happening *happening = target->troubles[i].happening;

                if (!worst || is_worse(happening, worst))
                        worst = happening;
        }
        return worst;
}

/* How near it is to one of its limits, in percent. */
static double nearness(const struct target *target, const struct columns *columns)
{
        return fmax(
                fmax(target_memory_percent(target, columns), target_tasks_percent(target, columns)),
                0);
}

unsigned target_severity(const struct target *target, const struct columns *columns)
{
        const double percent = nearness(target, columns);
        unsigned severity = target->is_silent && !target->is_gone;

        if (percent >= NEAR_PERCENT)
                severity = percent >= VERY_NEAR_PERCENT ? 2 : 1;
        for (unsigned i = 0; i < target->n_troubles; i++) {
                const unsigned rank = level_rank(target->troubles[i].happening->level);

                if (rank > severity)
                        severity = rank;
        }
        return severity;
}

int target_compare(const struct target *a, const struct target *b, const struct columns *columns)
{
        const unsigned severity_a = target_severity(a, columns);
        const unsigned severity_b = target_severity(b, columns);
        /* What changes all the time must not change places all the time. */
        const int near_a = (int)(nearness(a, columns) / 10);
        const int near_b = (int)(nearness(b, columns) / 10);

        if (severity_a != severity_b)
                return severity_a > severity_b ? -1 : 1;
        if (near_a != near_b)
                return near_a > near_b ? -1 : 1;
        return strcmp(a->name, b->name);
}
