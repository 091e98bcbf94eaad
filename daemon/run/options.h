/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/format.h"
#include "watch.h"

/* What the command line asks for. */
struct settings {
        enum action {
                ACTION_RUN,
                ACTION_LIST_TARGETS,
                ACTION_HELP,
                ACTION_VERSION,
        } action;
        struct watch *watches;
        size_t n_watches;
        uint64_t interval_ns;
        uint64_t count; /* ticks; 0: no end */
        char *output;
        const struct format *format;
        enum prefix prefix;
        uint32_t groups; /* bits 1 << enum group */
        char *source;    /* NULL: derived */
        char *root;
};

/*
 * Reads the command line into `*ret`, defaults where it says nothing. Returns 0; -EINVAL with one
 * line a mistake in `error`; -ENOMEM. Release with settings_done().
 */
int settings_from_arguments(int argc, char **argv, struct settings *ret, struct buf *error);
void settings_done(struct settings *settings);

/* Appends what `--help` prints. */
void settings_write_help(struct buf *ret);
