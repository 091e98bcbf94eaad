/* SPDX-License-Identifier: MIT */
#pragma once

#include "out.h"
#include "query.h"
#include "view.h"

/* What API.md says, as JSON. */

/* Which part of the time is asked for. 0 and UINT64_MAX: all of it. */
struct api_query {
        const char *source; /* NULL: all targets */
        const char *keys;   /* "memory_rss,memory_swap"; NULL: all */
        uint64_t from_ms, to_ms;
        unsigned n_points;
        uint64_t before; /* events of smaller ids; 0: all */
        unsigned limit;  /* events at most */
};

void api_overview(const struct view *view, struct out *ret);

/* What has changed since the view had that serial number. The order of the targets is a number that
 * two alike orders share; with the last one told, it is left out. */
void api_update(const struct view *view, uint64_t serial, uint64_t *order, struct out *ret);

void api_happening(const struct happening *happening, struct out *ret, const char *key);
void api_events(const struct view *view, const struct api_query *query, struct out *ret);

/* Returns 0; -ENOENT when there is no such target; -EINVAL when there is no such key; -ENOMEM. */
int api_history(
        const struct view *view, const struct api_query *query, struct out *ret, const char *key);
int api_csv(const struct view *view, const struct api_query *query, struct out *ret);

/* All that a page needs which can ask no more. Returns 0, -ENOENT or -ENOMEM. */
int api_snapshot(const struct view *view, const struct api_query *query, struct out *ret);

/* The number of a column as it is printed: in seconds, bytes or as a fraction. */
void api_number(struct out *ret, const struct columns *columns, unsigned column, double value);
