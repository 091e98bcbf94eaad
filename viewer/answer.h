/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "access.h"
#include "stream.h"
#include "view.h"

struct evhttp_request;

/* What answers are made of. */
struct answering {
        struct view *view;
        const struct access *access;
        struct streams *streams;
};

/* Answers one request, whatever it is. */
void answer_request(struct answering *answering, struct evhttp_request *request);

/* The time after 1970 (UTC). */
uint64_t answering_now_ms(void);
