/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SIGNALS = 8 };

struct watched_signal {
        struct event *event;
        void (*caught)(void *data, int signal);
        void *data;
};

struct loop {
        struct event_base *base;
        struct event *timer;
        int timer_fd;
        void (*expired)(void *data, uint64_t n_expired);
        void *expired_data;
        struct event *reader, *delay;
        void (*readable)(void *data);
        void *readable_data;
        void (*elapsed)(void *data);
        void *elapsed_data;
        struct watched_signal signals[MAX_SIGNALS];
        unsigned n_signals;
};

int loop_new(struct loop **ret)
{
        struct loop *loop = calloc(1, sizeof(*loop));
        struct event_config *config = event_config_new();

        if (loop && config) {
                /* The environment could ask for a second timerfd, or another way to wait. */
                event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV |
                                                      EVENT_BASE_FLAG_NO_CACHE_TIME);
                loop->timer_fd = -1;
                loop->base = event_base_new_with_config(config);
        }
        if (config)
                event_config_free(config);
        if (!loop || !loop->base) {
                free(loop);
                return -ENOMEM;
        }
        *ret = loop;
        return 0;
}

void loop_free(struct loop *loop)
{
        if (!loop)
                return;
        for (unsigned i = 0; i < loop->n_signals; i++)
                event_free(loop->signals[i].event);
        if (loop->reader)
                event_free(loop->reader);
        if (loop->delay)
                event_free(loop->delay);
        if (loop->timer)
                event_free(loop->timer);
        if (loop->timer_fd >= 0)
                close(loop->timer_fd);
        event_base_free(loop->base);
        free(loop);
}

static void on_timer(int fd, short what, void *data)
{
        struct loop *loop = data;
        uint64_t n_expired;

        (void)what;
        if (read(fd, &n_expired, sizeof(n_expired)) == sizeof(n_expired))
                loop->expired(loop->expired_data, n_expired);
}

static struct timespec timespec_of(uint64_t ns)
{
        return (struct timespec){
                .tv_sec = (time_t)(ns / 1000000000),
                .tv_nsec = (long)(ns % 1000000000),
        };
}

int loop_set_timer(struct loop *loop, uint64_t start_ns, uint64_t interval_ns)
{
        const struct itimerspec times = {
                .it_value = timespec_of(start_ns),
                .it_interval = timespec_of(interval_ns),
        };

        return timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &times, NULL) < 0 ? -errno : 0;
}

/* Timer slack, which lets the kernel wake several sleepers at once, is for those that sleep in a
 * call, and does nothing for a timerfd: see prctl(2), PR_SET_TIMERSLACK. */
int loop_add_timer(struct loop *loop, uint64_t start_ns, uint64_t interval_ns,
        void (*expired)(void *data, uint64_t n_expired), void *data)
{
        int r;

        loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        if (loop->timer_fd < 0)
                return -errno;
        r = loop_set_timer(loop, start_ns, interval_ns);
        if (r < 0)
                return r;
        loop->expired = expired;
        loop->expired_data = data;
        loop->timer = event_new(loop->base, loop->timer_fd, EV_READ | EV_PERSIST, on_timer, loop);
        if (!loop->timer || event_add(loop->timer, NULL) < 0)
                return -ENOMEM;
        return 0;
}

static void on_signal(int signal, short what, void *data)
{
        const struct watched_signal *watched = data;

        (void)what;
        watched->caught(watched->data, signal);
}

int loop_add_signal(
        struct loop *loop, int signal, void (*caught)(void *data, int signal), void *data)
{
        struct watched_signal *watched = &loop->signals[loop->n_signals];

        if (loop->n_signals == MAX_SIGNALS)
                return -ENOMEM;
        *watched = (struct watched_signal){.caught = caught, .data = data};
        watched->event = evsignal_new(loop->base, signal, on_signal, watched);
        if (!watched->event)
                return -ENOMEM;
        loop->n_signals++;
        return event_add(watched->event, NULL) < 0 ? -ENOMEM : 0;
}

static void on_readable(int fd, short what, void *data)
{
        struct loop *loop = data;

        (void)fd;
        (void)what;
        loop->readable(loop->readable_data);
}

int loop_add_reader(struct loop *loop, int fd, void (*readable)(void *data), void *data)
{
        loop->readable = readable;
        loop->readable_data = data;
        loop->reader = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_readable, loop);
        return loop->reader && event_add(loop->reader, NULL) == 0 ? 0 : -ENOMEM;
}

static void on_elapsed(int fd, short what, void *data)
{
        struct loop *loop = data;

        (void)fd;
        (void)what;
        loop->elapsed(loop->elapsed_data);
}

int loop_add_delay(struct loop *loop, void (*elapsed)(void *data), void *data)
{
        const struct timeval once = {.tv_sec = 1};

        loop->elapsed = elapsed;
        loop->elapsed_data = data;
        loop->delay = evtimer_new(loop->base, on_elapsed, loop);
        /* What libevent keeps its delays in is made for the first one: now, and not in a tick. */
        return loop->delay && evtimer_add(loop->delay, &once) == 0 && evtimer_del(loop->delay) == 0
                       ? 0
                       : -ENOMEM;
}

void loop_delay(struct loop *loop, uint64_t ns)
{
        const struct timeval time = {
                .tv_sec = (time_t)(ns / 1000000000),
                .tv_usec = (suseconds_t)(ns / 1000 % 1000000),
        };

        evtimer_add(loop->delay, &time);
}

int loop_run(struct loop *loop)
{
        return event_base_dispatch(loop->base) < 0 ? -EIO : 0;
}

void loop_stop(struct loop *loop)
{
        event_base_loopbreak(loop->base);
}
