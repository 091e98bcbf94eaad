/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/alarm.h"
#include "model/trend.h"

/*
 * Feeds the leak detector with made-up series of which it is known whether they leak, and prints
 * how it did. A series is a ground, which is healthy, and on top of it perhaps a leak. All of it
 * follows from a seed, so that any series can be had again.
 */

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define S_NS UINT64_C(1000000000)

static const double minute_s = 60, hour_s = 3600, day_s = 86400;
static const double tick_s = 20;
static const double limit = 512;

/* What the detector has to achieve. */
static const double least_called = 0.95;
static const double most_false = 1; /* alarms in a month of a unit, that is of all its metrics */
static const double most_eta_error = 0.2;

/* Numbers that look random: "splitmix64" of Steele, Lea and Flood. */
struct dice {
        uint64_t state;
};

static uint64_t roll(struct dice *dice)
{
        uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
}

static double between(struct dice *dice, double low, double high)
{
        return low + (high - low) * (double)(roll(dice) >> 11) / 9007199254740992.0;
}

/* As many of each order of magnitude. */
static double log_between(struct dice *dice, double low, double high)
{
        return low * pow(high / low, between(dice, 0, 1));
}

static double exponential(struct dice *dice, double mean)
{
        return -mean * log(between(dice, 1e-12, 1));
}

/* The sum of four is normal enough, and quick. */
static double normal(struct dice *dice)
{
        const uint64_t z = roll(dice);
        const uint64_t sum = (z & 0xffff) + (z >> 16 & 0xffff) + (z >> 32 & 0xffff) + (z >> 48);

        return ((double)sum - 2 * 65535.0) / 65535.0 * sqrt(3);
}

/* What a healthy target is like. Which members are used, and for what, is up to its shape. */
struct ground {
        struct dice *dice;
        double base, room; /* room: between base and limit */
        double noise;      /* standard deviation */
        double height;     /* of waves, teeth, steps, bursts */
        double period_s, phase_s;
        double start_s, end_s; /* of the tooth or burst there is, or the step */
        double level, target;
};

struct shape {
        const char *name;
        void (*begin)(struct ground *ground);
        double (*value)(struct ground *ground, double now_s); /* without base and noise */
        bool is_memory;                                       /* and of no other metric */
};

/* Shapes. */

static void begin_flat(struct ground *ground)
{
        (void)ground;
}

static double value_flat(struct ground *ground, double now_s)
{
        (void)ground;
        (void)now_s;
        return 0;
}

static void begin_noisy(struct ground *ground)
{
        ground->noise = between(ground->dice, 2, 25);
}

static void begin_noisy_leak(struct ground *ground)
{
        ground->noise = between(ground->dice, 2, 10);
}

/* A walk that is drawn back to where it began. */
static void begin_wander(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.02, 0.1);
        ground->period_s = log_between(ground->dice, hour_s / 4, 6 * hour_s);
        ground->level = ground->height * normal(ground->dice);
}

static void begin_wander_leak(struct ground *ground)
{
        begin_wander(ground);
        ground->height = between(ground->dice, 5, 20);
        ground->level = 0;
}

static double value_wander(struct ground *ground, double now_s)
{
        const double keep = 1 - tick_s / ground->period_s;

        (void)now_s;
        ground->level = keep * ground->level +
                        sqrt(1 - keep * keep) * ground->height * normal(ground->dice);
        return ground->level;
}

static void begin_daily(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.05, 0.6);
        ground->phase_s = between(ground->dice, 0, day_s);
        ground->noise = between(ground->dice, 0, 5);
}

static void begin_daily_leak(struct ground *ground)
{
        begin_daily(ground);
        ground->height = ground->base * between(ground->dice, 0.2, 0.8);
}

static double value_daily(struct ground *ground, double now_s)
{
        return ground->height * (1 - cos((now_s + ground->phase_s) * 2 * M_PI / day_s)) / 2;
}

/* Days differ, and those of the week's end are quiet. */
static double value_weekly(struct ground *ground, double now_s)
{
        const double at_s = now_s + ground->phase_s;

        if (at_s >= ground->end_s) {
                const long day = (long)(at_s / day_s);
                const double quiet = day % 7 >= 5 ? ground->base / 200 + 0.2 : 1;

                ground->level = quiet * between(ground->dice, 0.85, 1.15);
                ground->end_s = (double)(day + 1) * day_s;
        }
        return ground->level * value_daily(ground, now_s);
}

/* Rises until a collector or a change of workers takes it back. */
static void begin_saw(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.05, 0.5);
        ground->period_s = between(ground->dice, hour_s, 12 * hour_s);
        ground->noise = between(ground->dice, 0, 5);
        ground->target = ground->period_s;
        ground->end_s = between(ground->dice, 0, ground->period_s);
        ground->start_s = ground->end_s - ground->target;
}

static double value_saw(struct ground *ground, double now_s)
{
        if (now_s >= ground->end_s) {
                ground->start_s = ground->end_s;
                ground->end_s += ground->period_s * between(ground->dice, 0.8, 1.2);
        }
        return ground->height * (now_s - ground->start_s) / ground->period_s;
}

static void begin_step(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.05, 0.6);
        ground->start_s = between(ground->dice, 0, 30 * day_s);
        ground->noise = between(ground->dice, 0, 5);
}

static double value_step(struct ground *ground, double now_s)
{
        return now_s < ground->start_s ? 0 : ground->height;
}

static void begin_warm_up(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.1, 0.7);
        ground->period_s = log_between(ground->dice, 2 * minute_s, 6 * hour_s);
        ground->noise = between(ground->dice, 0, 5);
}

static double value_warm_up(struct ground *ground, double now_s)
{
        return ground->height * (1 - exp(-now_s / ground->period_s));
}

/* As a warm-up, and what comes in later can throw out what was there. */
static void begin_cache(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.3, 0.8);
        ground->period_s = log_between(ground->dice, hour_s / 2, day_s);
        ground->noise = between(ground->dice, 0, 3);
}

static double value_cache(struct ground *ground, double now_s)
{
        const double filled = (ground->height - ground->level) / ground->height;

        (void)now_s;
        ground->level +=
                ground->height * filled * tick_s / ground->period_s * between(ground->dice, 0, 2);
        if (roll(ground->dice) % 2000 == 0)
                ground->level *= between(ground->dice, 0.9, 1);
        return ground->level;
}

/* `period_s` is the mean pause, `phase_s` the longest that a burst lasts. */
static void begin_bursts(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.1, 0.6);
        ground->period_s = log_between(ground->dice, 10 * minute_s, 4 * hour_s);
        ground->phase_s = between(ground->dice, 5 * minute_s, hour_s);
        ground->noise = between(ground->dice, 0, 3);
}

static void begin_bursts_leak(struct ground *ground)
{
        begin_bursts(ground);
        ground->height = between(ground->dice, 10, 100);
        ground->period_s = log_between(ground->dice, 10 * minute_s, hour_s);
        ground->phase_s = between(ground->dice, 2 * minute_s, 15 * minute_s);
}

static double value_bursts(struct ground *ground, double now_s)
{
        if (now_s >= ground->end_s) {
                ground->start_s = now_s + exponential(ground->dice, ground->period_s);
                ground->end_s = ground->start_s + between(ground->dice, minute_s, ground->phase_s);
                ground->level = ground->height * between(ground->dice, 0.3, 1);
        }
        return now_s < ground->start_s ? 0 : ground->level;
}

/* Threads or workers that come and go with the load, some at a time. */
static void begin_pool(struct ground *ground)
{
        ground->height = ground->room * between(ground->dice, 0.1, 0.5);
        ground->period_s = log_between(ground->dice, 5 * minute_s, 2 * hour_s);
        ground->phase_s = log_between(ground->dice, minute_s, hour_s); /* from end to end */
}

static double value_pool(struct ground *ground, double now_s)
{
        const double most = ground->height * tick_s / ground->phase_s;

        if (now_s >= ground->end_s) {
                ground->end_s = now_s + exponential(ground->dice, ground->period_s);
                ground->target = between(ground->dice, 0, ground->height);
        }
        ground->level += fmax(-most, fmin(most, ground->target - ground->level));
        return ground->level;
}

static const struct shape healthy[] = {
        {"flat",    begin_flat,    value_flat,    false},
        {"noisy",   begin_noisy,   value_flat,    false},
        {"wander",  begin_wander,  value_wander,  false},
        {"daily",   begin_daily,   value_daily,   false},
        {"weekly",  begin_daily,   value_weekly,  false},
        {"saw",     begin_saw,     value_saw,     false},
        {"step",    begin_step,    value_step,    false},
        {"warm-up", begin_warm_up, value_warm_up, false},
        {"cache",   begin_cache,   value_cache,   true },
        {"bursts",  begin_bursts,  value_bursts,  false},
        {"pool",    begin_pool,    value_pool,    false},
};

static const struct shape leaking[] = {
        {"flat",   begin_flat,        value_flat,   false},
        {"noisy",  begin_noisy_leak,  value_flat,   false},
        {"wander", begin_wander_leak, value_wander, false},
        {"daily",  begin_daily_leak,  value_daily,  false},
        {"bursts", begin_bursts_leak, value_bursts, false},
};

static void begin(const struct shape *shape, struct dice *dice, struct ground *ret)
{
        *ret = (struct ground){.dice = dice, .base = between(dice, 20, 120)};
        ret->room = limit - ret->base;
        shape->begin(ret);
}

static double ground_at(const struct shape *shape, struct ground *ground, double now_s)
{
        const double noise = ground->noise > 0 ? ground->noise * normal(ground->dice) : 0;

        return ground->base + shape->value(ground, now_s) + noise;
}

/* The detector and its alarm, as the daemon has them. */
struct watch {
        struct trend trend;
        struct alarm alarm;
        struct trend_finding finding;
        enum condition condition;
};

static enum say watch(struct watch *watch, double now_s, double value, double scale)
{
        const uint64_t now_ns = (uint64_t)now_s * S_NS;
        const uint64_t number = value > 0 ? (uint64_t)llrint(value) * (uint64_t)scale : 0;

        watch->condition = trend_feed(&watch->trend, now_ns, number,
                measure_of((uint64_t)(limit * scale)), &watch->finding);
        return alarm_feed(&watch->alarm, &trend_rule, now_ns, watch->condition, LEVEL_WARNING);
}

/* What a unit's metrics have of its shape. Processes are fewer than threads; memory is as large,
 * and on its own. Zombies are none. */
static const struct metric {
        const char *name;
        double share;
        double scale;
        unsigned n_alarms; /* pids.max counts threads again */
} metrics[] = {
        {"threads",    1,    1,       2},
        {"processes",  0.25, 1,       1},
        {"memory_rss", 1,    1 << 20, 1},
};

static bool verbose;

static void show_false(const char *name, const struct metric *metric, uint64_t seed, double now_s,
        const struct ground *ground, const struct watch *watch)
{
        if (!verbose)
                return;
        printf("  %s %s %" PRIu64 ": after %.2f h, ", name, metric->name, seed, now_s / hour_s);
        printf("room %.0f, height %.0f, period %.2f h, ", ground->room, ground->height,
                ground->period_s / hour_s);
        printf("window %.2f h, slope %" PRIu64 "/h\n", (double)watch->finding.window_s / hour_s,
                watch->finding.slope_per_h);
}

/* How many alarms there are in `n_s` of one healthy metric. */
static unsigned count_false(
        const struct shape *shape, const struct metric *metric, uint64_t seed, double n_s)
{
        struct dice dice = {seed};
        struct watch state = {0};
        struct ground ground;
        unsigned n = 0;

        begin(shape, &dice, &ground);
        for (double now_s = 0; now_s < n_s; now_s += tick_s) {
                const double value = ground_at(shape, &ground, now_s) * metric->share;

                if (watch(&state, now_s, value, metric->scale) != SAY_ENTER)
                        continue;
                n += metric->n_alarms;
                show_false(shape->name, metric, seed, now_s, &ground, &state);
        }
        return n;
}

/* What became of one leak. Fractions are of the time from its start to the limit. */
struct outcome {
        double called;    /* infinite: never */
        double eta_error; /* at half time, of the time that was then left; negative: no eta */
        bool was_false;   /* called before it began */
};

/* A leak: one more each time, or with `back` two more and then one less. */
struct leak {
        struct dice *dice;
        double mean_s; /* between two arrivals */
        double next_s;
        double level;
        bool back;
        double cycle_s;
};

static double leak_at(struct leak *leak, double since_s)
{
        while (leak->next_s <= since_s) {
                const bool falls =
                        leak->back && fmod(leak->next_s, leak->cycle_s) * 3 > 2 * leak->cycle_s;

                leak->level += falls ? -1 : 1;
                leak->next_s +=
                        exponential(leak->dice, leak->back ? leak->mean_s / 3 : leak->mean_s);
        }
        return leak->level;
}

/* A third of them leak from the start, a third after hours, a third after days. */
static double healthy_s(struct dice *dice)
{
        switch (roll(dice) % 3) {
        case 0:
                return 0;
        case 1:
                return floor(between(dice, 1, 12) * 180) * tick_s;
        default:
                return floor(between(dice, 1, 4) * 4320) * tick_s;
        }
}

static struct outcome follow(const struct shape *shape, bool back, double to_limit_s, uint64_t seed)
{
        struct dice dice = {seed};
        struct watch state = {0};
        struct ground ground;
        struct outcome outcome = {.called = HUGE_VAL, .eta_error = -1};
        double eta_s = -1, value = 0, now_s;

        begin(shape, &dice, &ground);
        const double start_s = healthy_s(&dice);
        struct leak leak = {.dice = &dice,
                .mean_s = to_limit_s / ground.room,
                .back = back,
                .cycle_s = to_limit_s / between(&dice, 20, 100)};
        const double half_s = start_s + floor(to_limit_s / 2 / tick_s) * tick_s;

        leak.next_s = exponential(&dice, leak.mean_s);
        for (now_s = 0; value < limit; now_s += tick_s) {
                value = ground_at(shape, &ground, now_s);
                if (now_s >= start_s)
                        value += leak_at(&leak, now_s - start_s);
                if (watch(&state, now_s, value, 1) == SAY_ENTER) {
                        if (now_s < start_s)
                                outcome.was_false = true;
                        else if (isinf(outcome.called))
                                outcome.called = now_s - start_s;
                }
                if (now_s == half_s && state.alarm.entered && state.condition != CONDITION_OFF)
                        eta_s = (double)state.finding.eta_s.value;
        }
        outcome.called /= now_s - start_s;
        if (eta_s >= 0)
                outcome.eta_error = fabs(eta_s / (now_s - half_s) - 1);
        if (verbose && outcome.called > 0.5)
                printf("  %s seed %" PRIu64 ": called at %.2f, before: %.1f h, room %.0f noise "
                       "%.1f height %.0f period %.2f h\n",
                        shape->name, seed, outcome.called, start_s / hour_s, ground.room,
                        ground.noise, ground.height, ground.period_s / hour_s);
        return outcome;
}

/* The scoreboard. */

struct options {
        uint64_t first, last; /* seeds */
        double months;        /* of each healthy unit */
        const char *shape;    /* NULL: all */
        bool lenient;         /* few series: what two standard deviations explain is no failure */
};

static int compare(const void *a, const void *b)
{
        const double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
        if (n == 0)
                return (double)NAN;
        qsort(values, n, sizeof(*values), compare);
        return values[n / 2];
}

/* What became of many leaks. */
struct score {
        size_t n, n_called, n_errors, n_false;
        double *called, *errors;
};

static void score_new(struct score *ret, size_t n_max)
{
        *ret = (struct score){
                .called = calloc(n_max, sizeof(double)),
                .errors = calloc(n_max, sizeof(double)),
        };
        if (!ret->called || !ret->errors)
                abort();
}

static void score_free(struct score *score)
{
        free(score->called);
        free(score->errors);
}

static void score_add(struct score *score, const struct outcome *outcome)
{
        score->called[score->n++] = outcome->called;
        score->n_called += outcome->called <= 0.5;
        score->n_false += outcome->was_false;
        if (outcome->eta_error >= 0)
                score->errors[score->n_errors++] = outcome->eta_error;
}

static void print_score(struct score *score, const char *name, const char *how, const char *verdict)
{
        printf("%-8s %-10s %7zu %7.1f %% %8.2f %7.1f %% %7zu  %s\n", name, how, score->n,
                100.0 * (double)score->n_called / (double)score->n, median(score->called, score->n),
                100 * median(score->errors, score->n_errors), score->n_false, verdict);
}

static void follow_all(const struct options *options, const struct shape *shape, bool back,
        double to_limit_h, struct score *total)
{
        const size_t n = options->last - options->first + 1;
        struct score score;
        char how[32];

        score_new(&score, n);
        for (uint64_t seed = options->first; seed <= options->last; seed++) {
                const struct outcome outcome = follow(
                        shape, back, to_limit_h * hour_s, seed * 1000003 + (uint64_t)to_limit_h);

                score_add(&score, &outcome);
                score_add(total, &outcome);
        }
        snprintf(how, sizeof(how), "%.0f h%s", to_limit_h, back ? " back" : "");
        print_score(&score, shape->name, how, "");
        score_free(&score);
}

/* Leaks on one ground. */
static bool score_ground(const struct options *options, const struct shape *shape)
{
        static const double to_limit_h[] = {2, 8, 24, 48};
        struct score total;
        bool good;

        score_new(&total, 2 * ARRAY_SIZE(to_limit_h) * (options->last - options->first + 1));
        for (size_t i = 0; i < ARRAY_SIZE(to_limit_h); i++) {
                follow_all(options, shape, false, to_limit_h[i], &total);
                follow_all(options, shape, true, to_limit_h[i], &total);
        }
        const double chance =
                options->lenient ? 2 * sqrt(least_called * (1 - least_called) / (double)total.n)
                                 : 0;

        good = (double)total.n_called >= (least_called - chance) * (double)total.n &&
               median(total.errors, total.n_errors) <= most_eta_error;
        print_score(&total, shape->name, "all", good ? "ok" : "FAILED");
        score_free(&total);
        return good;
}

static bool score_healthy(const struct options *options, const struct shape *shape)
{
        unsigned n[ARRAY_SIZE(metrics)] = {0}, sum = 0;
        double months = 0, chance, rate;

        for (uint64_t seed = options->first; seed <= options->last; seed++) {
                for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
                        if (shape->is_memory && metrics[i].scale == 1)
                                continue;
                        n[i] += count_false(shape, &metrics[i], seed * 1000003 + i,
                                options->months * 30 * day_s);
                }
                months += options->months;
        }
        printf("%-8s %10.0f", shape->name, months);
        for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
                printf(" %10u", n[i]);
                sum += n[i];
        }
        rate = sum / months;
        chance = options->lenient ? 2 * sqrt(most_false / months) : 0;
        printf(" %10.2f  %s\n", rate, rate <= most_false + chance ? "ok" : "FAILED");
        return rate <= most_false + chance;
}

static bool is_wanted(const struct options *options, const struct shape *shape)
{
        return !options->shape || strcmp(options->shape, shape->name) == 0;
}

static bool score_leaks(const struct options *options)
{
        bool good = true;

        printf("ground   leak        series  in time     when  eta off before\n");
        for (size_t i = 0; i < ARRAY_SIZE(leaking); i++) {
                if (is_wanted(options, &leaking[i]))
                        good &= score_ground(options, &leaking[i]);
        }
        return good;
}

static bool score_all_healthy(const struct options *options)
{
        bool good = true;

        printf("healthy      months");
        for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
                printf(" %10s", metrics[i].name);
        printf("   in month\n");
        for (size_t i = 0; i < ARRAY_SIZE(healthy); i++) {
                if (is_wanted(options, &healthy[i]))
                        good &= score_healthy(options, &healthy[i]);
        }
        return good;
}

static void wrong_usage(void)
{
        fprintf(stderr, "usage: series [--seeds A-B] [--months N] [--shape NAME] [--lenient] "
                        "[--verbose]\n");
        exit(64);
}

static void parse_seeds(const char *text, struct options *ret)
{
        char end;

        if (sscanf(text, "%" SCNu64 "-%" SCNu64 "%c", &ret->first, &ret->last, &end) != 2 ||
                ret->first > ret->last)
                wrong_usage();
}

static struct options parse(int argc, char **argv)
{
        static const struct option known[] = {
                {"seeds",   required_argument, NULL, 's'},
                {"months",  required_argument, NULL, 'm'},
                {"shape",   required_argument, NULL, 'n'},
                {"lenient", no_argument,       NULL, 'l'},
                {"verbose", no_argument,       NULL, 'v'},
                {NULL,      0,                 NULL, 0  },
        };
        struct options options = {.first = 1, .last = 40, .months = 1};

        for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
                if (c == 's')
                        parse_seeds(optarg, &options);
                else if (c == 'm')
                        options.months = atof(optarg);
                else if (c == 'n')
                        options.shape = optarg;
                else if (c == 'l')
                        options.lenient = true;
                else if (c == 'v')
                        verbose = true;
                else
                        wrong_usage();
        }
        return options;
}

int main(int argc, char **argv)
{
        const struct options options = parse(argc, argv);
        const bool leaks = score_leaks(&options);
        const bool rest = options.months <= 0 || score_all_healthy(&options);

        return leaks && rest ? 0 : 1;
}
