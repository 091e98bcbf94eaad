/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A mount, as mountinfo has it; all text is within the line. */
struct mount_line {
        uint64_t id;
        char *root, *point, *type, *options;
};

/*
 * Takes a line of mountinfo apart, see proc(5):
 * "36 35 98:0 /root /mnt rw,noatime shared:1 - cgroup cgroup rw,memory"
 * Returns false when it is none. The line is changed in both cases.
 */
bool mount_line_parse(char *line, struct mount_line *ret);
