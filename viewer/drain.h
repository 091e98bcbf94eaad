/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "view.h"

/* Lines that were sent by somebody else. */

enum { DRAIN_BYTES = 1024 * 1024 }; /* in one request */

/*
 * Takes all lines of a body. With the `type` application/logplex-1 they are frames of syslog, with
 * a count of their bytes before each (RFC 6587), whose own host is part of the target's name; else
 * they end in newlines. `host` is who sent them, "" if that is not known. The body is written to,
 * and there is room for a byte behind it.
 *
 * Returns how many lines there were, or -EBADMSG when a count is none: what was before it has been
 * taken.
 */
int drain_take(struct view *view, const char *type, const char *host, char *body, size_t len,
        uint64_t now_ns);
