/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"
#include "output.h"
#include "settings.h"
#include "source/change.h"
#include "source/hierarchy.h"
#include "source/tasks.h"

/* Makes the lines of a tick: looks for the targets, walks over the tasks, reads, and writes. */
struct collector;

/*
 * Opens the root and finds out what this machine offers. `settings` and `output` are borrowed;
 * without targets in the settings there will be one, the default. `output` may be NULL when only
 * collector_list() will be called.
 *
 * Returns 0; -EINVAL when a target cannot be one here; -ENOMEM or another -errno when something
 * cannot be read; with a sentence in `error`. collector_free() accepts NULL.
 */
int collector_new(const struct settings *settings, struct output *output, struct collector **ret,
        struct buf *error);
void collector_free(struct collector *collector);

/*
 * Goes over to the watches of other settings, which are borrowed from now on; the caller then moves
 * those settings to where the old ones are. Targets that are in both keep their state. Returns as
 * collector_new(); on failure, but for want of memory, all is as before.
 */
int collector_reload(
        struct collector *collector, const struct settings *settings, struct buf *error);

/* One instant, as the caller's clocks say. */
struct tick {
        uint64_t now_ns;   /* on CLOCK_BOOTTIME; of a tick the grid point, see model/beat.h */
        uint64_t wall_ns;  /* after 1970, UTC */
        uint64_t n_missed; /* ticks before this one that nobody took */
        struct deadline deadline; /* for the walk over the tasks */
        struct self_sample self;  /* what the caller knows about this process */
};

/* Takes a sample of each target and writes the lines. */
void collector_tick(struct collector *collector, const struct tick *tick);

/* Looks for the targets between ticks, and says which came and went. */
void collector_look(struct collector *collector, uint64_t now_ns, uint64_t wall_ns);

/* Looks between ticks at the limits of the targets for which one was told to have refused. */
void collector_look_at_limits(struct collector *collector, uint64_t now_ns, uint64_t wall_ns);

/* Becomes readable when a look may be worth it; -1 when there is none. */
int collector_change_fd(const struct collector *collector);

/* Takes what has become readable, as CHANGE_FOLDERS, which asks for a look at the targets, and
 * CHANGE_EVENTS, which asks for one at their limits. */
unsigned collector_take_changes(struct collector *collector);

/* Whether there is something to read of other processes that only their tracers may: the memory of
 * each, where it is summed, and all of them where they are hidden. See ptrace(2), "Ptrace access
 * mode checking". */
bool collector_reads_processes(struct collector *collector);

/* Whether one of the targets is for containers whose cgroups are to be read through them. */
bool collector_enters_containers(const struct collector *collector);

/* Whether a watch is for such memory. */
bool collector_reads_for(const struct collector *collector, const struct watch *watch);

/* The mounts of cgroups, which it reads. */
const struct layout *collector_layout(const struct collector *collector);

uint64_t collector_n_targets(const struct collector *collector);
uint64_t collector_n_present(const struct collector *collector);

/* Appends what `--list-targets` prints. */
void collector_list(struct collector *collector, struct buf *ret);
