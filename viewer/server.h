/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "access.h"
#include "base/buf.h"
#include "loop.h"
#include "stream.h"
#include "view.h"

/* Answers requests; see API.md. */
struct server;

/*
 * Listens on `address`, "127.0.0.1:7878" or "[::1]:7878"; with the port 0 on any that is free. All
 * that is given must stay as long as the server.
 *
 * Returns 0; or -EINVAL or another -errno, and a sentence in `error`. server_free() accepts NULL.
 */
int server_new(struct loop *loop, struct view *view, const struct access *access,
        const char *address, struct buf *error, struct server **ret);
void server_free(struct server *server);

/* "http://127.0.0.1:7878/" */
void server_write_url(const struct server *server, struct buf *ret);

struct streams *server_streams(const struct server *server);
