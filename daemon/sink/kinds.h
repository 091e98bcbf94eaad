/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "sink/sink.h"
#include "writer.h"

/* A kind of sink. The declarations in sink/sink.h say what each function does. */
struct sink_kind {
        const char *prefix; /* "stdout", or "file:", which an argument follows */
        bool takes_entries, takes_pages;
        int (*open)(struct sink *sink, const char *argument, struct buf *error);
        int (*write)(struct sink *sink, const char *text, size_t len, size_t *ret_taken);
        int (*reopen)(struct sink *sink);
        int (*commit)(struct sink *sink); /* NULL: there is nothing to do */
};

struct sink {
        const struct sink_kind *kind;
        char *name;
        const char *path; /* of a file; by what pointer, see sink_fix_path() */
        int page_error;   /* of the page being written: why it cannot be whole */
        struct writer writer;
};

extern const struct sink_kind sink_kind_stdout, sink_kind_journal, sink_kind_file,
        sink_kind_textfile;

/* Whether standard output is the stream to the journal that the service manager made. */
bool journal_is_stdout(void);
