/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The little of libm that is needed here, and not in the C library itself: one more library would
 * be two pages of memory, and a tenth of the time that a start takes.
 */

/* The greater and the lesser one, as fmax(3) and fmin(3): of a number and a NaN it is the number.
 */
static inline double real_max(double a, double b)
{
        return __builtin_isnan(a) || b > a ? b : a;
}

static inline double real_min(double a, double b)
{
        return __builtin_isnan(a) || b < a ? b : a;
}

static inline float real_maxf(float a, float b)
{
        return __builtin_isnan(a) || b > a ? b : a;
}

static inline float real_minf(float a, float b)
{
        return __builtin_isnan(a) || b < a ? b : a;
}

/* exp(-x) of an x that is not negative, to twelve digits. */
double real_decay(double x);
