/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"
#include "base/buf.h"

/* What the command line asks for. */

enum view_action {
        VIEW_SERVE,
        VIEW_REPORT,
        VIEW_SNAPSHOT,
        VIEW_HELP,
        VIEW_VERSION,
};

enum view_sandbox {
        VIEW_SANDBOX_AUTO,
        VIEW_SANDBOX_ON,
        VIEW_SANDBOX_OFF,
};

struct options {
        enum view_action action;
        const char *listen;   /* "127.0.0.1:7878" */
        const char *snapshot; /* the file that VIEW_SNAPSHOT writes */
        char **files;         /* of the command line; "-" is standard input */
        int n_files;
        const char *journal; /* what entries have to have; NULL: it is not read */
        uint64_t since_ns;   /* after 1970 */
        uint64_t step_ms;    /* between ticks whose lines have no time */
        size_t history_bytes;
        struct access access;
        enum view_sandbox sandbox;
};

/*
 * Reads the command line. `now_ns` is the time after 1970. Returns 0; -EINVAL, with a line for what
 * is wrong in `error`; or -errno, also with one, when a file that it names cannot be read.
 */
int options_read(int argc, char **argv, uint64_t now_ns, struct options *ret, struct buf *error);

void options_write_help(struct buf *ret);

/* "90s", "1min 30s", "24h": as runstatd(8) has times. Returns 0 or -EINVAL. */
int options_span(const char *text, uint64_t *ret_ns);
