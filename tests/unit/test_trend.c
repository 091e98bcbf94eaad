/* SPDX-License-Identifier: MIT */
#include "model/trend.h"

#include <math.h>

#include "test.h"

#define S_NS UINT64_C(1000000000)
#define H_S  3600

/* What a made-up series is, `t` seconds after it began. */
struct series {
        double start, end;           /* of the value */
        double from_s, to_s;         /* when it goes from one to the other */
        double gap_from_s, gap_to_s; /* without a sample */
};

static double line(const struct series *series, double t)
{
        const double part = (t - series->from_s) / (series->to_s - series->from_s);

        return series->start + (series->end - series->start) * fmax(0, fmin(1, part));
}

/* `to_s` is when about two thirds have come. */
static double saturating(const struct series *series, double t)
{
        const double part = 1 - exp(-fmax(0, t - series->from_s) / (series->to_s - series->from_s));

        return series->start + (series->end - series->start) * part;
}

static double two_forward_one_back(const struct series *series, double t)
{
        const double height = (series->end - series->start) / 20;

        return line(series, t) + height * fabs(fmod(t, 600) / 300 - 1);
}

struct result {
        double on_s;              /* when it was called first; negative: never */
        enum condition condition; /* at the end */
        struct trend_finding finding;
};

static struct result feed(double (*value)(const struct series *, double),
        const struct series *series, double tick_s, double until_s, struct measure limit)
{
        struct result result = {.on_s = -1};
        struct trend trend = {0};

        for (double t = 0; t <= until_s; t += tick_s) {
                if (t > series->gap_from_s && t < series->gap_to_s)
                        continue;
                result.condition = trend_feed(&trend, (uint64_t)(t * 1e9),
                        (uint64_t)value(series, t), limit, &result.finding);
                if (result.condition == CONDITION_ON && result.on_s < 0)
                        result.on_s = t;
        }
        return result;
}

/* Called between two fractions of the whole time, or never. */
static void test_shapes(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                double (*value)(const struct series *, double);
                struct series series;
                double tick_s, until_s;
                int64_t limit; /* negative: unknown */
                double from, to; /* of until_s; 0: never */
        } rows[] = {
                {"constant", line, {100, 100, 0, 1, 0, 0}, 20, 48 * H_S, 512, 0, 0},
                {"constant at 0", line, {0, 0, 0, 1, 0, 0}, 20, 48 * H_S, 512, 0, 0},
                {"constant, no limit", line, {100, 100, 0, 1, 0, 0}, 20, 48 * H_S, -1, 0, 0},
                {"limit is 0", line, {0, 100, 0, 3600, 0, 0}, 20, 3600, 0, 0, 0},
                {"2 hours", line, {50, 512, 0, 2 * H_S, 0, 0}, 20, 2 * H_S, 512, 0.3, 0.5},
                {"48 hours", line, {50, 512, 0, 48 * H_S, 0, 0}, 20, 48 * H_S, 512, 0.3, 0.5},
                {"a minute", line, {0, 60, 0, 60, 0, 0}, 1, 60, 60, 0.3, 0.6},
                {"two minutes", line, {0, 60, 0, 120, 0, 0}, 1, 120, 60, 0.3, 0.5},
                {"ten days", line, {50, 512, 0, 240 * H_S, 0, 0}, 20, 240 * H_S, 512, 0.3, 0.5},
                {"from 0", line, {0, 512, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, 512, 0.3, 0.5},
                {"after a day", line, {50, 512, 24 * H_S, 32 * H_S, 0, 0}, 20, 32 * H_S, 512, 0.8, 0.875},
                {"two steps, one back", two_forward_one_back, {50, 490, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, 512, 0.3, 0.5},
                {"falls", line, {512, 50, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, 512, 0, 0},
                {"a step", line, {50, 300, 8 * H_S, 8 * H_S + 60, 0, 0}, 20, 16 * H_S, 512, 0, 0},
                {"a step at start", line, {0, 300, 20, 60, 0, 0}, 20, 16 * H_S, 512, 0, 0},
                {"a burst at start", line, {0, 50, 0, 15, 0, 0}, 1, 600, 60, 0, 0},
                {"warm-up, minutes", saturating, {20, 300, 0, 300, 0, 0}, 20, 16 * H_S, 512, 0, 0},
                {"warm-up, hours", saturating, {20, 300, 0, 3 * H_S, 0, 0}, 20, 48 * H_S, 512, 0, 0},
                {"too little", line, {50, 150, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, 512, 0, 0},
                {"too few samples", line, {0, 500, 0, 400, 0, 0}, 20, 400, 512, 0, 0},
                {"above the limit", line, {600, 900, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, 512, 0, 0},
                {"a gap early", line, {50, 512, 0, 8 * H_S, 600, 3000}, 20, 8 * H_S, 512, 0.3, 0.6},
                {"a gap of which it was half", line, {50, 512, 0, 8 * H_S, 600, 4 * H_S}, 20, 8 * H_S, 512, 0.5, 0.8},
                {"no limit, half as much again", line, {400, 600, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, -1, 0, 0},
                {"no limit, four times", line, {400, 1600, 0, 8 * H_S, 0, 0}, 20, 8 * H_S, -1, 0.3, 0.7},
                {"no limit, minutes", line, {400, 4000, 0, 1800, 0, 0}, 20, 1800, -1, 0, 0},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct measure limit = rows[i].limit < 0
                                                     ? (struct measure){0}
                                                     : measure_of((uint64_t)rows[i].limit);
                const double on =
                        feed(rows[i].value, &rows[i].series, rows[i].tick_s, rows[i].until_s, limit)
                                .on_s /
                        rows[i].until_s;

                if (rows[i].to > 0 ? on < rows[i].from || on > rows[i].to : on >= 0)
                        fail_msg("'%s': called at %.3f", rows[i].name, on);
        }
}

/* The numbers of an event agree with each other and with the series. */
static void test_finding(void **state)
{
        const struct series series = {52, 512, 0, 8 * H_S, 0, 0};
        struct result result = feed(line, &series, 20, 4 * H_S, measure_of(512));

        (void)state;
        check_int("condition", result.condition, CONDITION_ON);
        check("slope", result.finding.slope_per_h >= 56 && result.finding.slope_per_h <= 59);
        check("eta", result.finding.eta_s.known && result.finding.eta_s.value > H_S * 38 / 10 &&
                             result.finding.eta_s.value < H_S * 42 / 10);
        check("window", result.finding.window_s > H_S && result.finding.window_s <= 4 * H_S);
        check("samples", result.finding.n_samples > result.finding.window_s / 20 * 9 / 10 &&
                                 result.finding.n_samples < result.finding.window_s / 20 * 11 / 10);
        result = feed(line, &series, 20, 4 * H_S, (struct measure){0});
        check("no limit", !result.finding.eta_s.known);
}

/* It ends when the number falls, or rests; but not when it rests close to the limit. */
static void test_end(void **state)
{
        static const struct {
                const char *name;
                double to;
                enum condition condition;
        } rows[] = {
                {"falls", 60,  CONDITION_OFF    },
                {"rests", 300, CONDITION_OFF    },
                {"full",  512, CONDITION_BETWEEN},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                enum condition condition = CONDITION_OFF;
                struct trend_finding finding;
                struct trend trend = {0};
                bool was_on = false;

                for (uint64_t t = 0; t < 72 * H_S; t += 20) {
                        const double rise = 50 + (double)t * 450 / (8 * H_S);
                        const uint64_t value = (uint64_t)(t < 4 * H_S ? rise : rows[i].to);

                        condition = trend_feed(&trend, t * S_NS, value, measure_of(512), &finding);
                        was_on = was_on || condition == CONDITION_ON;
                }
                check(rows[i].name, was_on);
                check_int(rows[i].name, condition, rows[i].condition);
        }
}

/* Whatever it is fed, it stays with numbers that are numbers. */
static void test_extremes(void **state)
{
        static const struct {
                const char *name;
                uint64_t step_ns, value_step, limit;
        } rows[] = {
                {"huge values",    20 * S_NS,         UINT64_MAX / 2000, UINT64_MAX},
                {"huge, limit 1",  20 * S_NS,         UINT64_MAX / 2000, 1         },
                {"time stands",    0,                 1,                 512       },
                {"a nanosecond",   1,                 1,                 512       },
                {"a millisecond",  1000000,           1,                 512       },
                {"a day",          86400 * S_NS,      1,                 512       },
                {"half a century", UINT64_MAX / 2000, 1,                 512       },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct trend_finding finding = {0};
                struct trend trend = {0};

                for (uint64_t n = 0; n < 2000; n++)
                        (void)trend_feed(&trend, n * rows[i].step_ns, n * rows[i].value_step,
                                measure_of(rows[i].limit), &finding);
                for (size_t j = 0; j < TREND_SCALES; j++)
                        check(rows[i].name, !isinf(trend.scales[j].slope));
        }
}

/* 2000 samples of time that stands still are one look. */
static void test_no_time(void **state)
{
        struct trend_finding finding;
        struct trend trend = {0};

        (void)state;
        for (uint64_t n = 0; n < 500; n++)
                check_int("time stands", trend_feed(&trend, 7, n, measure_of(512), &finding),
                        n > 460 ? CONDITION_BETWEEN : CONDITION_OFF);
}

/* The first ticks were far apart, as those around a suspend are, and those after them are not. */
static void test_first_gap(void **state)
{
        enum condition condition = CONDITION_OFF;
        struct trend_finding finding;
        struct trend trend = {0};

        (void)state;
        (void)trend_feed(&trend, 0, 50, measure_of(512), &finding);
        for (uint64_t t = 0; t < 4 * H_S; t += 20)
                condition = trend_feed(&trend, (5 * H_S + t) * S_NS, 50 + t * 450 / (8 * H_S),
                        measure_of(512), &finding);
        check_int("first gap", condition, CONDITION_ON);
}

static void test_size(void **state)
{
        (void)state;
        check("fits", sizeof(struct trend) <= 700);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_shapes),
                cmocka_unit_test(test_finding),
                cmocka_unit_test(test_end),
                cmocka_unit_test(test_extremes),
                cmocka_unit_test(test_no_time),
                cmocka_unit_test(test_first_gap),
                cmocka_unit_test(test_size),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
