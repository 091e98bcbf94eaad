/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What the program waits for. libevent's `struct event` and the `enum event` of our lines cannot be
 * in one file: this is the only one that knows the former.
 */
struct loop;
struct event_base;
struct evconnlistener;

/* Returns 0 or -ENOMEM. loop_free() accepts NULL. */
int loop_new(struct loop **ret);
void loop_free(struct loop *loop);
struct event_base *loop_base(const struct loop *loop);

/* Returns when loop_stop() was called, on SIGINT and on SIGTERM: 0, or -EIO. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/*
 * Something that calls `happened` when `fd` can be read from, or has ended, and when a time has
 * passed; `fd` is -1 when it is for the time alone. NULL for want of memory. watch_free() accepts
 * NULL.
 */
struct watch;
struct watch *watch_new(struct loop *loop, int fd, void (*happened)(void *data), void *data);
void watch_free(struct watch *watch);

/* Once, so many milliseconds from now; takes the place of a time that was set before. */
void watch_after(struct watch *watch, uint64_t ms);

/* A socket that listens; it is closed with it. NULL for want of memory. */
struct evconnlistener *loop_listen(struct loop *loop, int fd);
void loop_accept(struct evconnlistener *listener, bool accepts);
void loop_unlisten(struct evconnlistener *listener);
