/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "format/format.h"

/*
 * The next line of a page in Prometheus' text format, version 0.0.4, which is what node_exporter
 * takes from files: for each key that a target has, "# HELP", "# TYPE", and
 * "runstatd_memory_rss_bytes{source=\"web.1\",dyno=\"ID\"} 22250782" a target; then the events.
 * Sizes are in bytes and times in seconds.
 */
bool prometheus_write_next(const struct board *board, struct cursor *cursor, struct buf *line);
