/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/measure.h"
#include "model/alarm.h"

/*
 * Whether a number rises without coming back, how fast, and when it meets its limit.
 *
 * What rises is the floor: the lowest value of each stretch of time, so that "two steps forward,
 * one back" rises as its lows do, and a burst does not. It is looked at on several scales at once,
 * each with stretches three times as long as those of the scale below, and with as many of them.
 */

enum {
        TREND_SCALES = 7,
        TREND_LOWS = 12,
        TREND_PEAKS = 3,
        TREND_RATIO = 3 /* of the lengths of two scales */
};

/* The floors of equal stretches, and what the last look at them found. NAN is what is not known. */
struct trend_scale {
        float low;                /* of the stretch there is now */
        float lows[TREND_LOWS];   /* of stretches that are over: a ring */
        float peaks[TREND_PEAKS]; /* the highest floors of the scale below that left its ring */
        float high;               /* the highest of all that was before those; it fades */
        float slope;              /* in one stretch */
        float straight;           /* how much of the variance a line explains */
        float window;             /* the stretches it explains it in */
        float relief;             /* a value below this is the end of the rise */
        uint8_t oldest;           /* in the ring */
        uint8_t n_known;          /* lows in the window */
        uint8_t condition;
};

/* One metric of one incarnation of a target. All 0: nothing is known. Its size does not depend on
 * how often, or for how long, it is fed. Mostly a value that is fed touches but the first 64 bytes.
 */
struct trend {
        uint64_t first_ns, last_ns;
        uint64_t unit_ns; /* a stretch of the smallest scale; 0 before time has passed */
        uint64_t index;   /* of the stretch there is now, from the first */
        uint64_t n_samples;
        uint32_t n_units;   /* with a sample in them, that are over */
        uint32_t n_in_unit; /* samples in the one there is now */
        uint8_t risen;      /* a bit for each scale with a condition: mostly none, and unread */
        struct trend_scale scales[TREND_SCALES];
};

/* What a look found; an event can be checked from these alone. */
struct trend_finding {
        uint64_t slope_per_h; /* how much it rises in an hour */
        uint64_t window_s;    /* the time looked at */
        uint64_t n_samples;   /* that fell into it, about */
        struct measure eta_s; /* until it meets the limit, at this slope; unknown without one */
};

/* How an alarm is to follow what trend_feed() says. */
extern const struct alarm_rule trend_rule;

/*
 * The value at `now_ns`, which must not run backwards; gaps are allowed. `limit` may change, and
 * may be unknown. Returns whether this is a leak; `*ret` is then filled in, as it is for
 * CONDITION_BETWEEN. That is also what a number without a slope gets that rests close below its
 * limit: what brought it there is not over.
 */
enum condition trend_feed(struct trend *trend, uint64_t now_ns, uint64_t value,
        struct measure limit, struct trend_finding *ret);
