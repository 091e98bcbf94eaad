/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What the service manager is told, see sd_notify(3): nothing where there is none, and nothing when
 * it would have to be waited for. There are two sources of it; one is for a build without
 * libsystemd, and does nothing.
 */
struct notify;

/* Finds out whether there is a manager to tell. Returns 0 or -ENOMEM. notify_free() takes NULL. */
int notify_new(struct notify **ret);
void notify_free(struct notify *notify);

/* A watchdog that would bark before three ticks have passed is given a longer leash. */
void notify_interval(struct notify *notify, uint64_t interval_ns);

/* The first tick is out, or a reload is done. */
void notify_ready(struct notify *notify);

/* A tick is out: feeds the watchdog and tells `status`, at most once a second. */
void notify_tick(struct notify *notify, uint64_t now_ns, const char *status);

/* Whether notify_tick() would tell anybody anything now. */
bool notify_wants_tick(const struct notify *notify, uint64_t now_ns);

/* The configuration is read anew; `monotonic_ns` is on CLOCK_MONOTONIC. */
void notify_reloading(struct notify *notify, uint64_t monotonic_ns);

void notify_stopping(struct notify *notify);
