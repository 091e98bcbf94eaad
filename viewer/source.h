/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "feed.h"
#include "journal.h"
#include "loop.h"

struct inputs;

/* One of the inputs. */
struct source {
        struct inputs *owner;
        struct input *input;
        struct feed feed;
        const char *path; /* of a file that is named; borrowed. NULL: none has to be looked for */
        bool follows;
        int fd;              /* -1: none is open */
        struct watch *watch; /* tells when there is something; NULL: it has to be asked */
        bool has_more;       /* it has to be read at once */
        bool is_over;

        /* of a file */
        bool is_backlog; /* what was there when it was opened first has not been read to its end */
        uint64_t offset;
        dev_t device;
        ino_t inode;

        struct journal *journal; /* NULL: none */
};

/* Reads a piece. Sets has_more, is_over and the state of the input. */
void source_read(struct source *source, struct view *view, uint64_t now_ns);

/* Opens the file that has the path now. Returns 0 or -errno. */
int source_open(struct source *source);

void source_done(struct source *source);
