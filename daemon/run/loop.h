/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * The event loop: one timer, a few signals, one descriptor to read, one delay. The only part that
 * knows libevent.
 */
struct loop;

/* Returns 0, or -ENOMEM. loop_free() accepts NULL. */
int loop_new(struct loop **ret);
void loop_free(struct loop *loop);

/*
 * Calls `expired` at `start_ns` on CLOCK_BOOTTIME and every `interval_ns` from there on, with the
 * number of times that have come since the last call. The timer is set once and for all: a late
 * call does not shift the later ones. Returns 0, or -errno from timerfd_create(2).
 */
int loop_add_timer(struct loop *loop, uint64_t start_ns, uint64_t interval_ns,
        void (*expired)(void *data, uint64_t n_expired), void *data);

/* Sets the timer anew. Returns 0, or -errno from timerfd_settime(2). */
int loop_set_timer(struct loop *loop, uint64_t start_ns, uint64_t interval_ns);

/* Calls `caught` in the loop, not in a signal handler. Returns 0, or -ENOMEM. */
int loop_add_signal(
        struct loop *loop, int signal, void (*caught)(void *data, int signal), void *data);

/* Calls `readable` when `fd` is. Returns 0 or -ENOMEM. */
int loop_add_reader(struct loop *loop, int fd, void (*readable)(void *data), void *data);

/*
 * Prepares `elapsed` to be called, once, a time after each loop_delay(). Returns 0 or -ENOMEM.
 * There is one delay.
 */
int loop_add_delay(struct loop *loop, void (*elapsed)(void *data), void *data);
void loop_delay(struct loop *loop, uint64_t ns);

/* Runs until loop_stop(). Returns 0, or -errno when it cannot wait for events. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
