/* SPDX-License-Identifier: MIT */
#pragma once

#include "collector_state.h"

/* Which samples are written; see --changes-only and --top in runstatd(8). Events always are. */

/* Room for as many samples as --top lets through, in a tick. Returns 0 or -ENOMEM, and is then as
 * before. */
int budget_prepare(struct collector *collector, const struct settings *settings);
void budget_done(struct collector *collector);

/* The groups that have to be read for it, as bits 1 << enum group. */
uint32_t budget_groups(const struct collector *collector);

/* Writes `collector->sample`, which is of that target, now or in budget_end(); or does not. */
void budget_begin(struct collector *collector);
void budget_offer(struct collector *collector, struct target *target, uint32_t groups);
void budget_end(struct collector *collector);
