/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "loop.h"
#include "view.h"

struct evhttp_request;

/* Pages that are told of all changes, as server-sent events. */
struct streams;

enum {
        STREAMS_MAX = 32,
        STREAM_PERIOD_MS = 500,               /* between updates, at least */
        STREAM_BEHIND_BYTES = 8 * 1024 * 1024 /* who has so much unread is dropped */
};

/* Returns 0 or -ENOMEM. streams_free() accepts NULL. */
int streams_new(struct loop *loop, struct view *view, struct streams **ret);
void streams_free(struct streams *streams);

/* Makes the request a stream. Returns 0; -EAGAIN when there are too many; -ENOMEM. */
int streams_add(struct streams *streams, struct evhttp_request *request);

/* Something may have changed. */
void streams_wake(struct streams *streams);
