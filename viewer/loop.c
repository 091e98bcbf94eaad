/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdlib.h>

struct loop {
        struct event_base *base;
        struct event *signals[2];
};

struct watch {
        struct event *reader, *timer;
        void (*happened)(void *data);
        void *data;
};

static void on_signal(int signal, short what, void *data)
{
        (void)signal;
        (void)what;
        loop_stop(data);
}

int loop_new(struct loop **ret)
{
        static const int signals[] = {SIGINT, SIGTERM};
        struct loop *loop = calloc(1, sizeof(*loop));
        struct event_config *config = event_config_new();

        if (loop && config) {
                event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
                loop->base = event_base_new_with_config(config);
        }
        if (config)
                event_config_free(config);
        if (!loop || !loop->base) {
                free(loop);
                return -ENOMEM;
        }
        for (unsigned i = 0; i < 2; i++) {
                loop->signals[i] = evsignal_new(loop->base, signals[i], on_signal, loop);
                if (!loop->signals[i] || event_add(loop->signals[i], NULL) < 0) {
                        loop_free(loop);
                        return -ENOMEM;
                }
        }
        *ret = loop;
        return 0;
}

void loop_free(struct loop *loop)
{
        if (!loop)
                return;
        for (unsigned i = 0; i < 2; i++) {
                if (loop->signals[i])
                        event_free(loop->signals[i]);
        }
        event_base_free(loop->base);
        free(loop);
}

struct event_base *loop_base(const struct loop *loop)
{
        return loop->base;
}

int loop_run(struct loop *loop)
{
        return event_base_dispatch(loop->base) < 0 ? -EIO : 0;
}

void loop_stop(struct loop *loop)
{
        event_base_loopbreak(loop->base);
}

static void on_event(int fd, short what, void *data)
{
        const struct watch *watch = data;

        (void)fd;
        (void)what;
        watch->happened(watch->data);
}

struct watch *watch_new(struct loop *loop, int fd, void (*happened)(void *data), void *data)
{
        struct watch *watch = calloc(1, sizeof(*watch));

        if (!watch)
                return NULL;
        watch->happened = happened;
        watch->data = data;
        watch->timer = evtimer_new(loop->base, on_event, watch);
        if (fd >= 0)
                watch->reader = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_event, watch);
        if (!watch->timer || (fd >= 0 && (!watch->reader || event_add(watch->reader, NULL) < 0))) {
                watch_free(watch);
                return NULL;
        }
        return watch;
}

void watch_free(struct watch *watch)
{
        if (!watch)
                return;
        if (watch->reader)
                event_free(watch->reader);
        if (watch->timer)
                event_free(watch->timer);
        free(watch);
}

void watch_after(struct watch *watch, uint64_t ms)
{
        const struct timeval time = {
                .tv_sec = (time_t)(ms / 1000),
                .tv_usec = (suseconds_t)(ms % 1000 * 1000),
        };

        evtimer_add(watch->timer, &time);
}

struct evconnlistener *loop_listen(struct loop *loop, int fd)
{
        return evconnlistener_new(
                loop->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
}

void loop_accept(struct evconnlistener *listener, bool accepts)
{
        if (accepts)
                evconnlistener_enable(listener);
        else
                evconnlistener_disable(listener);
}

void loop_unlisten(struct evconnlistener *listener)
{
        evconnlistener_free(listener);
}
