/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "loop.h"
#include "view.h"

/* Where lines come from: standard input, files, the journal. All of them are read a little at a
 * time, so that whoever asks for the page meanwhile gets an answer. */
struct inputs;

struct inputs_plan {
        struct loop *loop;
        struct view *view;
        bool follows; /* waits for what is appended; else each ends where it ends now */
        void (*changed)(void *data); /* something was read */
        void (*ended)(void *data);   /* nothing more will come */
        void *data;
};

/* Returns 0 or -ENOMEM. inputs_free() accepts NULL. */
int inputs_new(const struct inputs_plan *plan, struct inputs **ret);
void inputs_free(struct inputs *inputs);

/*
 * Each returns 0, or -errno and a sentence in `error`. A file that is to be followed need not be
 * there yet, and may be replaced by another, or cut, any time. Of the journal those entries are
 * read that have the field `match`, "SYSLOG_IDENTIFIER=runstatd", and are not before `since_ns`.
 */
int inputs_add_stdin(struct inputs *inputs, struct buf *error);
int inputs_add_file(struct inputs *inputs, const char *path, struct buf *error);
int inputs_add_journal(
        struct inputs *inputs, const char *match, uint64_t since_ns, struct buf *error);

/* Begins to read, once all are added. */
void inputs_start(struct inputs *inputs);
