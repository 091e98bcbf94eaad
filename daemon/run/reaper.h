/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "base/measure.h"

/*
 * The first process of a PID namespace, as the only one of a container is, becomes the parent of
 * all whose own has gone, and has to wait for them: else they stay as zombies for as long as it
 * lives. See pid_namespaces(7). This process starts none itself.
 */
struct reaper {
        bool is_init;
        uint64_t n_reaped;
};

/* Whether this process is that one, is found out once. */
void reaper_init(struct reaper *ret);

/* Waits for those that are dead, without waiting; for so many at most that no tick is late for it:
 * the others are there the next time. Nothing for a process that is not the first. */
void reaper_run(struct reaper *reaper);

/* How many there were, of a process that is the first. */
struct measure reaper_count(const struct reaper *reaper);
