/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "format/platform.h"
#include "history.h"
#include "minute.h"

/* What the router's lines of the last 60 seconds say together, and one row of history each 20
 * seconds. */

enum {
        STATUS_CLASSES = 5, /* 1xx to 5xx */
        REQUESTS_SLOT_S = 20,
};

struct requests;

/* Figures over some seconds. Times are known when a request had one. */
struct request_figures {
        uint64_t n;
        uint64_t status[STATUS_CLASSES];
        uint64_t n_errors; /* requests with a code */
        struct measure service_median_ms, service_p95_ms, service_max_ms;
        struct measure connect_median_ms;
};

/* Returns 0 or -ENOMEM. requests_free() accepts NULL. */
int requests_new(struct requests **ret);
void requests_free(struct requests *requests, struct history *history);

/* Counts a request that was at `t_ms`. */
void requests_add(struct requests *requests, const struct columns *columns, struct history *history,
        const struct platform_line *line, uint64_t t_ms);

/* It is `now_ms`: a row whose time is over is complete. */
void requests_advance(struct requests *requests, const struct columns *columns,
        struct history *history, uint64_t now_ms);

/* The figures of the `n_s` seconds, 60 at most, that end with that of `now_ms`. */
void requests_figures(const struct requests *requests, uint64_t now_ms, unsigned n_s,
        struct request_figures *ret);

uint64_t requests_total(const struct requests *requests);
uint64_t requests_first_ms(const struct requests *requests); /* of the first one */
const struct minute *requests_minute(const struct requests *requests);
const struct series *requests_series(const struct requests *requests);
