/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "format/reader.h"
#include "model/judge.h"

/* What the samples of a target mean whose lines do not say it themselves, as those of the platform:
 * the same as runstatd would say. */

struct conclusions;

/* Returns 0 or -ENOMEM. conclusions_free() accepts NULL. */
int conclusions_new(struct conclusions **ret);
void conclusions_free(struct conclusions *conclusions);

/* Another line of the tick there is. */
void conclusions_take(struct conclusions *conclusions, const struct sample *sample);

/* The tick, which was at `t_ms`, is over: calls `say` for each event that follows. */
void conclusions_draw(struct conclusions *conclusions, uint64_t t_ms, const char *source,
        const char *dyno, judge_say *say, void *data);
