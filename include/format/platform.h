/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "model/name.h"

/* Reads what the platform says besides samples: requests, errors, and what becomes of processes. */

enum platform_kind {
        PLATFORM_REQUEST, /* a line of the router */
        PLATFORM_ERROR,   /* "Error R14 (Memory quota exceeded)" */
        PLATFORM_MEMORY,  /* "Process running mem=681M(133.1%)" */
        PLATFORM_STATE,   /* "State changed from up to crashed" */
        PLATFORM_EXIT,    /* "Process exited with status 137" */
};

enum {
        PLATFORM_WORD_BYTES = 32,
        PLATFORM_CODE_BYTES = 4,
        PLATFORM_TEXT_BYTES = 96,
};

/* What one line says. Texts are "" when it does not say. */
struct platform_line {
        enum platform_kind kind;
        struct measure wall_ns;       /* after 1970 (UTC) */
        char process[NAME_MAX_BYTES]; /* "web.1": that of the line, or that served the request */

        /* of a request, and of an error */
        char code[PLATFORM_CODE_BYTES]; /* "H12", "R14": a capital letter and two digits */
        char text[PLATFORM_TEXT_BYTES]; /* "Request timeout"; hostile */

        /* of a request */
        struct measure status;
        struct measure connect_ms, service_ms;

        /* of memory */
        struct measure permille; /* of the quota */

        /* of a state */
        char from[PLATFORM_WORD_BYTES], to[PLATFORM_WORD_BYTES];

        /* of an exit */
        struct measure exit_status;
};

/*
 * Reads a line, which has no newline and ends in a NUL, with what logplex, a drain or syslog put
 * before it; a request also with nothing. A time without a year is the last such that is no more
 * than a day after `now_ns`.
 *
 * Returns whether it is such a line; on false `*ret` is undefined.
 */
bool platform_read(const char *line, uint64_t now_ns, struct platform_line *ret);

/*
 * The host that sent a line of syslog in the form of RFC 5424, as drains get them, with or without
 * a count of bytes before: its length, and where it begins in `*ret`. 0 when there is none, and for
 * "host" and "-", which name nobody.
 */
size_t platform_host(const char *line, const char **ret);
