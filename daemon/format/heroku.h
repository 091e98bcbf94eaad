/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "model/record.h"

/*
 * "source=web.1 dyno=ID sample#memory_total=21.22MB …", as Heroku's log-runtime-metrics has it.
 * Readers split at spaces and know no quotes, so every byte of a text but [A-Za-z0-9._:@/+-] is
 * written as '_'.
 */
void heroku_write(const struct record *record, struct measure wall_ns, struct buf *line);

/*
 * Message `index`, from 0 on, of those that the platform has follow a sample of memory and swap
 * that are above the quota: "Process running mem=681M(133.1%)", "Error R14 (Memory quota
 * exceeded)". Returns false, and writes nothing, when there is none.
 */
bool heroku_write_message(const struct record *record, unsigned index, struct buf *line);
