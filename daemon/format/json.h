/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "base/measure.h"
#include "model/record.h"

/* {"ts":"2026-01-05T00:00:00.000000+00:00","source":"web.1","dyno":"ID","memory_total":22250782,…}:
 * the keys and units of logfmt. */
void json_write(const struct record *record, struct measure wall_ns, struct buf *line);
