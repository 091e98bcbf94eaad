/* SPDX-License-Identifier: MIT */
#include "model/trend.h"

#include <math.h>
#include <stddef.h>

#include "real.h"

#define MS_NS UINT64_C(1000000)
#define S_NS  UINT64_C(1000000000)
#define H_NS  (3600 * S_NS)
#define DAY_H 24

/* No leak is called on the evidence of milliseconds, however short the ticks. */
#define UNIT_MIN_NS (3 * S_NS)

/* Ticks are a day apart at most. */
#define UNIT_MAX_NS (3 * DAY_H * H_NS)

/* A former high counts less and less, with this time constant: it outlives a quiet week's end. */
#define FADE_NS (21 * DAY_H * H_NS)

enum {
        TICKS_IN_UNIT = 3,
        TICKS_TOO_MANY = 12,  /* in a unit: the first two ticks were not typical */
        N_QUICK = 2,          /* scales that see only minutes at the usual interval */
        N_LIMITED = 3,        /* the smallest scales, which are of use only with a limit */
        WINDOW_MIN = 5,       /* stretches to judge by */
        WINDOW_MIN_FIRST = 8, /* on the smallest scale, where they are of few samples */
        PEAK_STRETCHES = TREND_LOWS / TREND_RATIO /* in which a ring of the scale below goes by */
};

const struct alarm_rule trend_rule = {
        .enter_ns = 0,
        .leave_ns = H_NS / 2,
        .again_ns = H_NS,
};

/* What a window has to show. The room is what was left at its start, up to the limit. */
struct demand {
        double rise;       /* of the room */
        double above;      /* of what was left above the former high, up to the limit */
        double share;      /* of its variance, that a parabola explains */
        double settles;    /* of the room, where a rise that slows down would end */
        double head, tail; /* the rise of the first and last third, of what a line has there */
};

static const struct demand usual = {0.3, 0.25, 0.87, 1, 0, 0.5};

/* Pools of threads grow and shrink within minutes. */
static const struct demand quick = {0.35, 0.22, 0.87, 1.1, 0, 0.5};

/* Before a day has been seen, what rises for this many hours may be the morning. */
static const struct demand wave = {0.46, 0.3, 0.87, 1, 0.7, 0.7};
static const double wave_from_h = 4.2, wave_to_h = 9;

/* What is far above all that a day or more has shown need not be as steady. */
static const struct demand unheard = {0.25, 0.33, 0.82, 0.6, -HUGE_VAL, 0};

/* With less than this a leak that was told of has ended. */
static const struct demand trace = {0.2, 0.1, 0.6, 0.6, -HUGE_VAL, -HUGE_VAL};

/* More than this part of a rise in a single stretch is a step. */
static const double jump_max = 0.45;

/* The part of the limit above which a leak is not over because it stopped. */
static const double close_to_limit = 0.9;

/* Weighted; ages `u` in stretches before now, values `y` above the newest. */
struct sums {
        double w, u, uu, uuu, uuuu, y, yy, uy, uuy;
};

/* The line and the parabola through the floors of a window. */
struct fit {
        double slope, start; /* of the line */
        double half[2];      /* what the parabola rises in each half */
        double share;        /* of the variance, that the parabola explains */
        double straight;     /* that the line explains */
};

/* The newest stretches of one scale: these many that are over, and part of the one there is now. */
struct window {
        size_t n, n_known;
        double length;             /* in stretches */
        double length_h, before_h; /* it, and what is known from before it, in hours */
        bool is_quick;
        double rise, head, tail, jump;
        double room, above;
        struct fit fit;
};

static void add(struct sums *sums, double u, double y, double w)
{
        sums->w += w;
        sums->u += w * u;
        sums->uu += w * u * u;
        sums->uuu += w * u * u * u;
        sums->uuuu += w * u * u * u * u;
        sums->y += w * y;
        sums->yy += w * y * y;
        sums->uy += w * u * y;
        sums->uuy += w * u * u * y;
}

/* Least squares; the parabola is the line and what is orthogonal to it. */
static struct fit solve(const struct sums *s, double length)
{
        const double uu = s->uu - s->u * s->u / s->w;
        const double uy = s->uy - s->u * s->y / s->w;
        const double yy = s->yy - s->y * s->y / s->w;
        const double qu = s->uuu - s->uu * s->u / s->w;
        const double qq = s->uuuu - s->uu * s->uu / s->w - qu * qu / uu;
        const double qy = s->uuy - s->uu * s->y / s->w - qu * uy / uu;
        const double bend = qy / qq * length * length / 4;
        const double half = -uy / uu * length / 2;

        return (struct fit){
                .slope = -uy / uu,
                .start = s->y / s->w + uy / uu * (length - s->u / s->w),
                .half = {half - bend, half + bend},
                .share = yy > 0 ? (uy * uy / uu + qy * qy / qq) / yy : 0,
                .straight = yy > 0 ? uy * uy / uu / yy : 0,
        };
}

/* What slows down as caches and pools do when they fill, by the same factor in equal times, ends
 * where the geometric series does. */
static double settles_at(const struct fit *fit)
{
        const double ratio = fit->half[1] / fit->half[0];

        if (fit->half[0] <= 0 || ratio >= 1)
                return HUGE_VAL;
        return ratio > 0 ? fit->half[0] / (1 - ratio) : 0;
}

static bool meets(const struct window *window, const struct demand *demand)
{
        const double third = window->rise / 3;

        return window->room > 0 && window->rise >= demand->rise * window->room &&
               window->above >= demand->above && window->jump <= jump_max * window->rise &&
               window->head >= demand->head * third && window->tail >= demand->tail * third &&
               window->fit.share >= demand->share &&
               settles_at(&window->fit) >= demand->settles * window->room;
}

static enum condition judge(const struct window *window)
{
        const struct demand *demand = window->is_quick ? &quick : &usual;

        if (window->before_h < DAY_H && window->length_h > wave_from_h &&
                window->length_h < wave_to_h)
                demand = &wave;
        if (meets(window, demand) || (window->before_h >= DAY_H && meets(window, &unheard)))
                return CONDITION_ON;
        return meets(window, &trace) ? CONDITION_BETWEEN : CONDITION_OFF;
}

/* The floor of the stretch that ended `age` stretches before the last. */
static double low_at(const struct trend_scale *scale, size_t age)
{
        return (double)scale->lows[(scale->oldest + 2U * TREND_LOWS - 1 - age) % TREND_LOWS];
}

/* The newest floor, if only that of a part. */
static double last_of(const struct trend_scale *scale)
{
        return isnan(scale->low) ? low_at(scale, 0) : (double)scale->low;
}

/* The highest floor before the last `n` stretches. */
static double high_before(const struct trend_scale *scale, double now, size_t n)
{
        const uint64_t n_peaks = (uint64_t)now / PEAK_STRETCHES; /* whole ones */
        const double since = now - (double)(n_peaks * PEAK_STRETCHES);
        double high = (double)scale->high;

        for (size_t i = n; i < TREND_LOWS; i++)
                high = real_max(high, low_at(scale, i));
        for (size_t i = 1; i < TREND_PEAKS; i++) {
                if (since + (double)(PEAK_STRETCHES * i) >= (double)n)
                        high = real_max(high, (double)scale->peaks[i]);
        }
        return high;
}

/* What counts as one where there is none: the number has to become a multiple of what it was. */
static double limit_from(struct measure limit, double start)
{
        return limit.known ? (double)limit.value : start + 4 * real_max(start, 64);
}

/* Most looks end here: nothing has risen enough. */
static bool has_risen(const struct trend_scale *scale, struct measure limit)
{
        const double last = last_of(scale);
        double least = last, room;

        for (size_t i = 0; i < TREND_LOWS; i++)
                least = real_min(least, (double)scale->lows[i]);
        room = limit_from(limit, least) - least;
        return room > 0 && last - least >= trace.rise * room;
}

/* What the floors themselves say, beside the curves through them. */
static void measure_window(
        const struct trend_scale *scale, double now, struct measure limit, struct window *window)
{
        const size_t oldest = window->n - 1, third = window->n / 3;
        const double first = low_at(scale, oldest), last = last_of(scale);
        const double part = now - floor(now);
        const double start = window->fit.start;
        const double high = high_before(scale, now, window->n);
        const double top = limit_from(limit, start);

        window->rise = real_min(window->fit.slope * window->length, last - first);
        window->head = low_at(scale, oldest - third) - first;
        window->tail = last - low_at(scale, part > 0 ? third - 1 : third);
        window->room = top - start;
        window->above = isnan(high) ? 1 : top > high ? (last - high) / (top - high) : -1;
}

static void keep(struct trend_scale *scale, const struct window *window, enum condition condition)
{
        if (condition == CONDITION_OFF || condition < (enum condition)scale->condition)
                return;
        if (condition == (enum condition)scale->condition &&
                window->fit.straight < (double)scale->straight)
                return;
        scale->condition = (uint8_t)condition;
        scale->n_known = (uint8_t)window->n_known;
        scale->slope = (float)window->fit.slope;
        scale->straight = (float)window->fit.straight;
        scale->window = (float)window->length;
        scale->relief = (float)(window->fit.start + window->rise / 2);
}

/* Makes the window larger, from now into the past, and keeps the one that is most like a line.
 * `now` is in stretches, which last `stretch_h`. */
static void look_at(struct trend_scale *scale, double now, double stretch_h, size_t n_min,
        struct measure limit, bool is_quick)
{
        const double part = now - floor(now), last = last_of(scale);
        double later = last;
        struct window window = {.is_quick = is_quick};
        struct sums sums = {0};

        if (part > 0 && !isnan(scale->low))
                add(&sums, part, 0, part);
        for (size_t i = 0; i < TREND_LOWS; i++) {
                const double low = low_at(scale, i);

                if (isnan(low))
                        continue;
                window.n = i + 1;
                window.n_known++;
                window.length = part + (double)window.n;
                window.length_h = window.length * stretch_h;
                window.before_h = now * stretch_h - window.length_h;
                window.jump = real_max(window.jump, later - low);
                later = low;
                add(&sums, window.length, low - last, 1);
                if (window.n_known < n_min)
                        continue;
                window.fit = solve(&sums, window.length);
                window.fit.start += last;
                measure_window(scale, now, limit, &window);
                keep(scale, &window, judge(&window));
        }
}

/* A scale is looked at whenever a stretch of the scale below is over. */
static void look(struct trend *trend, struct measure limit)
{
        const double unit_h = (double)trend->unit_ns / (double)H_NS;
        uint64_t length = 1, below = 1;

        for (size_t i = 0; i < TREND_SCALES && trend->index % below == 0; i++) {
                struct trend_scale *scale = &trend->scales[i];

                scale->condition = CONDITION_OFF;
                if ((limit.known || i >= N_LIMITED) && has_risen(scale, limit))
                        look_at(scale, (double)trend->index / (double)length,
                                unit_h * (double)length, i == 0 ? WINDOW_MIN_FIRST : WINDOW_MIN,
                                limit, i < N_QUICK);
                if (scale->condition == CONDITION_OFF)
                        trend->risen &= (uint8_t) ~(1U << i);
                else
                        trend->risen |= (uint8_t)(1U << i);
                below = length;
                length *= TREND_RATIO;
        }
}

/* Returns what falls out of the ring. */
static float push(struct trend_scale *scale, float low)
{
        const float oldest = scale->lows[scale->oldest];

        scale->lows[scale->oldest] = low;
        scale->oldest = (uint8_t)((scale->oldest + 1) % TREND_LOWS);
        return oldest;
}

/* The share `fade` of a former high is forgotten. */
static void raise_high(struct trend_scale *scale, float peak, double fade)
{
        if (isnan(peak))
                return;
        scale->high -= (float)real_min(1, fade) * (scale->high - peak);
        scale->high = real_maxf(scale->high, peak);
}

static void age_peaks(struct trend_scale *scale, double fade)
{
        raise_high(scale, scale->peaks[TREND_PEAKS - 1], fade);
        for (size_t i = TREND_PEAKS - 1; i > 0; i--)
                scale->peaks[i] = scale->peaks[i - 1];
        scale->peaks[0] = NAN;
}

/* From one stretch of a scale to another; there was no sample in those between. Returns the
 * highest of what fell out of the ring. */
static float advance_scale(struct trend_scale *scale, uint64_t from, uint64_t to, double fade)
{
        uint64_t peaks = to / PEAK_STRETCHES - from / PEAK_STRETCHES;
        float out = push(scale, scale->low);

        for (uint64_t i = 1; i < to - from && i <= TREND_LOWS; i++)
                out = real_maxf(out, push(scale, NAN));
        for (; peaks > 0; peaks = peaks > TREND_PEAKS ? TREND_PEAKS : peaks - 1)
                age_peaks(scale, fade * PEAK_STRETCHES);
        scale->low = NAN;
        return out;
}

static void advance(struct trend *trend, uint64_t index)
{
        double fade = (double)trend->unit_ns / (double)FADE_NS;
        uint64_t from = trend->index, to = index;

        for (size_t i = 0; i < TREND_SCALES && from < to; i++) {
                struct trend_scale *scale = &trend->scales[i];
                struct trend_scale *above = i + 1 < TREND_SCALES ? scale + 1 : NULL;
                float out;

                if (above)
                        above->low = real_minf(above->low, scale->low);
                out = advance_scale(scale, from, to, fade);
                if (i == 0)
                        raise_high(scale, out, fade);
                if (above)
                        above->peaks[0] = real_maxf(above->peaks[0], out);
                from /= TREND_RATIO;
                to /= TREND_RATIO;
                fade *= TREND_RATIO;
        }
        trend->index = index;
        trend->n_units++;
        trend->n_in_unit = 0;
}

static void restart(struct trend *trend, uint64_t now_ns, uint64_t unit_ns)
{
        *trend = (struct trend){.first_ns = now_ns, .last_ns = now_ns, .unit_ns = unit_ns};
        for (size_t i = 0; i < TREND_SCALES; i++) {
                struct trend_scale *scale = &trend->scales[i];

                scale->low = NAN;
                scale->high = NAN;
                for (size_t j = 0; j < TREND_LOWS; j++)
                        scale->lows[j] = NAN;
                for (size_t j = 0; j < TREND_PEAKS; j++)
                        scale->peaks[j] = NAN;
        }
}

/* The first two ticks that differ say how long stretches are; if the two were far apart, because
 * some were missed, this shows soon. */
static void choose_unit(struct trend *trend, uint64_t now_ns)
{
        uint64_t passed_ns = now_ns - trend->last_ns;

        if (passed_ns > UNIT_MAX_NS / TICKS_IN_UNIT)
                passed_ns = UNIT_MAX_NS / TICKS_IN_UNIT;
        if (trend->n_samples == 0)
                restart(trend, now_ns, 0);
        else if (trend->unit_ns == 0 && passed_ns > UNIT_MIN_NS / TICKS_IN_UNIT)
                trend->unit_ns = (passed_ns + MS_NS / 2) / MS_NS * MS_NS * TICKS_IN_UNIT;
        else if (trend->unit_ns == 0 && passed_ns > 0)
                trend->unit_ns = UNIT_MIN_NS;
        else if (trend->n_in_unit > TICKS_TOO_MANY && trend->unit_ns > UNIT_MIN_NS)
                restart(trend, now_ns, trend->unit_ns / 4);
}

static uint64_t to_u64(double value)
{
        return value >= 0x1p64 ? UINT64_MAX : value > 0 ? (uint64_t)(value + 0.5) : 0;
}

/* How many units a stretch of the scale is long. */
static double units_of(size_t scale)
{
        double n = 1;

        for (size_t i = 0; i < scale; i++)
                n *= TREND_RATIO;
        return n;
}

static void describe(const struct trend *trend, size_t i, uint64_t value, struct measure limit,
        struct trend_finding *ret)
{
        const struct trend_scale *scale = &trend->scales[i];
        const double n_units = units_of(i);
        const double stretch_s = (double)trend->unit_ns / (double)S_NS * n_units;
        const double slope = (double)scale->slope / stretch_s;
        const double n = (double)trend->n_samples / trend->n_units * n_units;

        *ret = (struct trend_finding){
                .slope_per_h = to_u64(slope * 3600),
                .window_s = to_u64((double)scale->window * stretch_s),
                .n_samples = to_u64(scale->n_known * n),
        };
        if (limit.known)
                ret->eta_s = measure_of(
                        value < limit.value ? to_u64((double)(limit.value - value) / slope) : 0);
}

/* The scale that knows best, or TREND_SCALES when none knows of a leak. */
static size_t find_best(struct trend *trend, uint64_t value)
{
        size_t best = TREND_SCALES;

        for (size_t i = 0; trend->risen >> i != 0; i++) {
                struct trend_scale *scale = &trend->scales[i];

                if (scale->condition == CONDITION_OFF)
                        continue;
                if ((float)value < scale->relief)
                        scale->condition = CONDITION_OFF;
                else if (best == TREND_SCALES || scale->condition > trend->scales[best].condition ||
                         (scale->condition == trend->scales[best].condition &&
                                 scale->straight > trend->scales[best].straight))
                        best = i;
        }
        return best;
}

static enum condition conclude(
        struct trend *trend, uint64_t value, struct measure limit, struct trend_finding *ret)
{
        const size_t best = find_best(trend, value);

        if (best < TREND_SCALES) {
                describe(trend, best, value, limit, ret);
                return (enum condition)trend->scales[best].condition;
        }
        if (!limit.known || (double)value < close_to_limit * (double)limit.value)
                return CONDITION_OFF;
        *ret = (struct trend_finding){.n_samples = trend->n_samples};
        return CONDITION_BETWEEN;
}

/* Stretches begin between two ticks, so that a time that is off by little, as those in lines are,
 * makes no difference. */
static uint64_t stretch_of(const struct trend *trend, uint64_t now_ns)
{
        const uint64_t half_tick_ns = trend->unit_ns / TICKS_IN_UNIT / 2;

        return (now_ns - trend->first_ns + half_tick_ns) / trend->unit_ns;
}

enum condition trend_feed(struct trend *trend, uint64_t now_ns, uint64_t value,
        struct measure limit, struct trend_finding *ret)
{
        uint64_t index;

        choose_unit(trend, now_ns);
        index = trend->unit_ns > 0 ? stretch_of(trend, now_ns) : 0;
        if (index > trend->index) {
                advance(trend, index);
                look(trend, limit);
        }
        trend->scales[0].low = real_minf(trend->scales[0].low, (float)value);
        trend->last_ns = now_ns;
        trend->n_samples++;
        trend->n_in_unit++;
        return conclude(trend, value, limit, ret);
}
