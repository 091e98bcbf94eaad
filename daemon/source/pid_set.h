/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

enum {
        PID_SET_CHUNK_BYTES = 4096,
        PID_SET_CHUNKS = 128, /* the kernel's largest pid is 2^22; see PID_MAX_LIMIT in proc(5) */
};

/* A set of pids: a bit each, in pages that are allocated when first used and then kept. */
struct pid_set {
        unsigned char *chunks[PID_SET_CHUNKS];
};

/*
 * Puts `pid` into the set, or takes it out. Returns whether it was in before. A pid no kernel
 * gives, and one there is no memory for, is never in.
 */
bool pid_set_put(struct pid_set *set, pid_t pid, bool in);

bool pid_set_has(const struct pid_set *set, pid_t pid);

void pid_set_done(struct pid_set *set);
