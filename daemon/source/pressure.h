/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "model/sample.h"

/* The pressure files of the machine and of a cgroup, and where their lines go. */
struct pressure_file {
        char machine_path[24]; /* relative to the root: "proc/pressure/cpu" */
        char cgroup_name[16];
        size_t some_offset, full_offset; /* in struct pressure_sample */
};

enum { N_PRESSURE_FILES = 3 };

extern const struct pressure_file pressure_files[N_PRESSURE_FILES];

/*
 * Parses the text of one pressure file into its two members of `ret`. Returns 0, or -EBADMSG when
 * a line of it is not what a kernel writes; `ret` is then as it was.
 */
int pressure_parse(const char *text, const struct pressure_file *file, struct pressure_sample *ret);
