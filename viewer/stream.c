/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "api.h"

enum {
        UPDATE_MS = 1000,   /* while live, the 60 seconds move on */
        COMMENT_MS = 15000, /* proxies take what says nothing for dead */
};

struct stream {
        struct streams *streams;
        struct stream *next;
        struct evhttp_request *request;
};

struct streams {
        struct view *view;
        struct watch *timer;
        struct stream *first;
        unsigned n;
        bool is_awake;    /* the timer is set to the next moment that is allowed */
        uint64_t sent_ms; /* when something was sent last */
        uint64_t serial;  /* of the view then */
        uint64_t order;
        uint64_t last_id; /* of a happening that was sent */
};

static uint64_t monotonic_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void remove_stream(struct stream *gone)
{
        struct streams *streams = gone->streams;
        struct stream **at = &streams->first;

        while (*at != gone)
                at = &(*at)->next;
        *at = gone->next;
        streams->n--;
        free(gone);
}

/* libevent releases the request. */
static void on_close(struct evhttp_connection *connection, void *data)
{
        (void)connection;
        remove_stream(data);
}

static bool is_behind(struct evhttp_connection *connection)
{
        struct bufferevent *bufferevent = evhttp_connection_get_bufferevent(connection);

        return evbuffer_get_length(bufferevent_get_output(bufferevent)) > STREAM_BEHIND_BYTES;
}

static void send_text(struct stream *stream, const struct out *text)
{
        struct evhttp_connection *connection = evhttp_request_get_connection(stream->request);
        struct evbuffer *buffer;

        if (!connection)
                return;
        if (is_behind(connection)) {
                /* Its end comes back as on_close(). */
                shutdown(bufferevent_getfd(evhttp_connection_get_bufferevent(connection)),
                        SHUT_RDWR);
                return;
        }
        buffer = evbuffer_new();
        if (!buffer)
                return;
        if (evbuffer_add(buffer, text->text, text->len) == 0)
                evhttp_send_reply_chunk(stream->request, buffer);
        evbuffer_free(buffer);
}

static void send_all(struct streams *streams, const struct out *text)
{
        struct stream *next;

        for (struct stream *stream = streams->first; stream; stream = next) {
                next = stream->next;
                send_text(stream, text);
        }
}

static void add_happenings(struct streams *streams, struct out *text)
{
        const struct happenings *happenings = &streams->view->happenings;
        size_t first = happenings->n;

        while (first > 0 && happenings_at(happenings, first - 1)->id > streams->last_id)
                first--;
        for (; first < happenings->n; first++) {
                const struct happening *happening = happenings_at(happenings, first);

                out_printf(
                        text, "event: event\nid: %llu\ndata: ", (unsigned long long)happening->id);
                api_happening(happening, text, NULL);
                out_text(text, "\n\n");
        }
        streams->last_id = happenings->n_told;
}

/* What happens is told at once; the numbers can wait. */
static void send_happenings(struct streams *streams)
{
        struct out text = {0};

        add_happenings(streams, &text);
        if (!text.failed)
                send_all(streams, &text);
        out_done(&text);
}

static void send_update(struct streams *streams, uint64_t now_ms)
{
        struct out text = {0};

        out_text(&text, "event: update\ndata: ");
        api_update(streams->view, streams->serial, &streams->order, &text);
        out_text(&text, "\n\n");
        add_happenings(streams, &text);
        streams->serial = streams->view->serial;
        streams->sent_ms = now_ms;
        if (!text.failed)
                send_all(streams, &text);
        out_done(&text);
}

static void send_comment(struct streams *streams, uint64_t now_ms)
{
        const struct out text = {
                .text = (char[]){':', '\n', '\n'},
                  .len = 3
        };

        streams->sent_ms = now_ms;
        send_all(streams, &text);
}

static void on_timer(void *data)
{
        struct streams *streams = data;
        const uint64_t now_ms = monotonic_ms();
        struct timespec wall;

        streams->is_awake = false;
        clock_gettime(CLOCK_REALTIME, &wall);
        view_advance(
                streams->view, (uint64_t)wall.tv_sec * 1000 + (uint64_t)wall.tv_nsec / 1000000);
        if (streams->n > 0) {
                if (streams->view->serial != streams->serial ||
                        (view_is_live(streams->view) && now_ms - streams->sent_ms >= UPDATE_MS))
                        send_update(streams, now_ms);
                else if (now_ms - streams->sent_ms >= COMMENT_MS)
                        send_comment(streams, now_ms);
        }
        watch_after(streams->timer, UPDATE_MS);
}

int streams_new(struct loop *loop, struct view *view, struct streams **ret)
{
        struct streams *streams = calloc(1, sizeof(*streams));

        if (!streams)
                return -ENOMEM;
        streams->view = view;
        streams->timer = watch_new(loop, -1, on_timer, streams);
        if (!streams->timer) {
                free(streams);
                return -ENOMEM;
        }
        watch_after(streams->timer, 0);
        *ret = streams;
        return 0;
}

void streams_free(struct streams *streams)
{
        if (!streams)
                return;
        while (streams->first) {
                struct stream *stream = streams->first;
                struct evhttp_connection *connection =
                        evhttp_request_get_connection(stream->request);

                if (connection)
                        evhttp_connection_set_closecb(connection, NULL, NULL);
                remove_stream(stream);
        }
        watch_free(streams->timer);
        free(streams);
}

int streams_add(struct streams *streams, struct evhttp_request *request)
{
        struct evhttp_connection *connection = evhttp_request_get_connection(request);
        const struct timeval never = {.tv_sec = 365 * 86400};
        struct stream *stream;
        struct out text = {0};

        if (streams->n == STREAMS_MAX)
                return -EAGAIN;
        out_text(&text, "retry: 2000\n\nevent: overview\ndata: ");
        api_overview(streams->view, &text);
        out_text(&text, "\n\n");
        stream = text.failed ? NULL : calloc(1, sizeof(*stream));
        if (!stream) {
                out_done(&text);
                return -ENOMEM;
        }
        *stream = (struct stream){streams, streams->first, request};
        if (streams->n++ == 0) {
                streams->serial = streams->view->serial;
                streams->last_id = streams->view->happenings.n_told;
        }
        streams->first = stream;
        evhttp_connection_set_closecb(connection, on_close, stream);
        /* It is for us to say something, and nothing more is to come. */
        evhttp_connection_set_timeout_tv(connection, &never);
        evhttp_add_header(
                evhttp_request_get_output_headers(request), "Content-Type", "text/event-stream");
        evhttp_send_reply_start(request, HTTP_OK, "OK");
        send_text(stream, &text);
        out_done(&text);
        return 0;
}

void streams_wake(struct streams *streams)
{
        const uint64_t now_ms = monotonic_ms(), next_ms = streams->sent_ms + STREAM_PERIOD_MS;

        if (streams->n == 0)
                return;
        if (streams->view->happenings.n_told != streams->last_id)
                send_happenings(streams);
        if (streams->is_awake)
                return;
        streams->is_awake = true;
        watch_after(streams->timer, next_ms > now_ms ? next_ms - now_ms : 0);
}
