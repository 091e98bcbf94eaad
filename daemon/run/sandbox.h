/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "source/hierarchy.h"

/* What the process still has to do once it has started. All else is given up for good. */
struct sandbox_plan {
        const char *root;            /* the folder below which proc and sys are read */
        const struct layout *layout; /* whose mounts are read; NULL: no file is opened any more */
        const char *config;          /* a file that is read anew, with its folder; or NULL */
        const char *output;          /* a file that is opened anew for appending; or NULL */
        bool replaces_output;        /* instead of that, another one takes its place each time; its
                                      * name lies behind the NUL of `output` */
        bool reads_processes;        /* what only a tracer of other processes may read */
        bool enters_containers;      /* through their processes, which has a tracer have all
                                      * capabilities that they have */
};

/* What came of it. */
struct sandbox {
        bool closes_outputs;   /* no file but that of the plan can be opened for writing */
        bool closes_processes; /* what only a tracer may read is out of reach */
        const char *output;    /* the plan's: to be opened by this very pointer from now on */
};

/*
 * Gives up all that the plan does not name: capabilities, files, system calls. What the kernel or
 * the build does not offer stays open; a sentence for each such thing, with a newline, is appended
 * to `missing`.
 */
void sandbox_enter(const struct sandbox_plan *plan, struct sandbox *ret, struct buf *missing);
