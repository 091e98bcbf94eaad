/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "model/record.h"

/*
 * "source=web.1 dyno=ID sample#memory_total=21.22MB …", as Heroku's log-runtime-metrics has it.
 * Readers split at spaces and know no quotes, so every byte of a text but [A-Za-z0-9._:@/+-] is
 * written as '_'.
 */
void heroku_write(const struct record *record, struct buf *line);
