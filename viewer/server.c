/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "base/text.h"
#include "clients.h"
#include "drain.h"

enum {
        HEADERS_MAX_BYTES = 16384,
        TIMEOUT_S = 30,
        BACKLOG = 64,
        LOOK_MS = 1000,
};

struct server {
        struct evhttp *http;
        struct evconnlistener *listener;
        struct watch *timer; /* to look at the clients */
        struct answering answering;
        struct clients clients;
        unsigned n_accepted; /* since the last look */
        struct sockaddr_storage address;
};

/* Connections can be refused by not accepting them: they wait in the kernel until there is room. */
static void look(struct server *server)
{
        server->n_accepted = 0;
        loop_accept(server->listener,
                clients_look(&server->clients, answering_now_ms() / 1000) < CLIENTS_MAX);
}

static void on_timer(void *data)
{
        struct server *server = data;

        look(server);
        watch_after(server->timer, LOOK_MS);
}

/* Called for each connection that was accepted, before libevent has looked at it. */
static struct bufferevent *on_accept(struct event_base *base, void *data)
{
        struct server *server = data;

        if (server->clients.n + ++server->n_accepted >= CLIENTS_MAX)
                look(server);
        return bufferevent_socket_new(base, -1, 0);
}

static void on_request(struct evhttp_request *request, void *data)
{
        struct server *server = data;
        struct evhttp_connection *connection = evhttp_request_get_connection(request);
        const char *uri = evhttp_request_get_uri(request);
        const bool is_stream = uri && strcmp(uri, "/api/stream") == 0;

        clients_asked(&server->clients,
                bufferevent_getfd(evhttp_connection_get_bufferevent(connection)),
                answering_now_ms() / 1000, is_stream);
        answer_request(&server->answering, request);
}

/* "127.0.0.1:7878", "[::1]:7878" */
static int parse_address(const char *text, struct sockaddr_storage *ret, socklen_t *ret_len)
{
        struct sockaddr_in *in = (void *)ret;
        struct sockaddr_in6 *in6 = (void *)ret;
        const char *colon = strrchr(text, ':');
        const bool has_brackets = *text == '[' && colon && colon[-1] == ']';
        const size_t skipped = has_brackets ? 1 : 0;
        char host[INET6_ADDRSTRLEN];
        uint64_t port;
        size_t len;

        if (!colon || text_parse_u64(colon + 1, &port) < 0 || port > UINT16_MAX)
                return -EINVAL;
        len = (size_t)(colon - text) - 2 * skipped;
        if (len >= sizeof(host))
                return -EINVAL;
        memcpy(host, text + skipped, len);
        host[len] = '\0';
        if (has_brackets && inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
                in6->sin6_family = AF_INET6;
                in6->sin6_port = htons((uint16_t)port);
                *ret_len = sizeof(*in6);
                return 0;
        }
        if (has_brackets || inet_pton(AF_INET, host, &in->sin_addr) != 1)
                return -EINVAL;
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)port);
        *ret_len = sizeof(*in);
        return 0;
}

static int listen_on(const struct sockaddr_storage *address, socklen_t len)
{
        const int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const int on = 1;
        int error;

        if (fd < 0)
                return -errno;
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
                bind(fd, (const struct sockaddr *)address, len) == 0 && listen(fd, BACKLOG) == 0)
                return fd;
        error = errno;
        close(fd);
        return -error;
}

static int start(struct server *server, struct loop *loop, int fd)
{
        socklen_t len = sizeof(server->address);

        server->listener = loop_listen(loop, fd);
        if (!server->listener) {
                close(fd);
                return -ENOMEM;
        }
        getsockname(fd, (struct sockaddr *)&server->address, &len);
        server->http = evhttp_new(loop_base(loop));
        server->timer = watch_new(loop, -1, on_timer, server);
        if (!server->http || !server->timer ||
                !evhttp_bind_listener(server->http, server->listener))
                return -ENOMEM;
        watch_after(server->timer, LOOK_MS);
        evhttp_set_max_headers_size(server->http, HEADERS_MAX_BYTES);
        evhttp_set_max_body_size(server->http, DRAIN_BYTES);
        evhttp_set_timeout(server->http, TIMEOUT_S);
        /* What else is asked is answered with what would be right. */
        evhttp_set_allowed_methods(
                server->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                      EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
        evhttp_set_bevcb(server->http, on_accept, server);
        evhttp_set_gencb(server->http, on_request, server);
        return streams_new(loop, server->answering.view, &server->answering.streams);
}

int server_new(struct loop *loop, struct view *view, const struct access *access,
        const char *address, struct buf *error, struct server **ret)
{
        struct sockaddr_storage where = {0};
        struct server *server;
        socklen_t len;
        int fd, r = parse_address(address, &where, &len);

        if (r < 0) {
                buf_printf(error, "'%s' is no address; one is like 127.0.0.1:7878 or [::1]:7878",
                        address);
                return r;
        }
        fd = listen_on(&where, len);
        if (fd < 0) {
                buf_printf(error, "cannot listen on '%s': %s", address, strerror(-fd));
                return fd;
        }
        server = calloc(1, sizeof(*server));
        if (!server) {
                close(fd);
                return -ENOMEM;
        }
        server->answering = (struct answering){.view = view, .access = access};
        clients_init(&server->clients);
        r = start(server, loop, fd);
        if (r < 0) {
                buf_printf(error, "%s", strerror(-r));
                server_free(server);
                return r;
        }
        *ret = server;
        return 0;
}

void server_free(struct server *server)
{
        if (!server)
                return;
        streams_free(server->answering.streams);
        watch_free(server->timer);
        /* It has the listener, unless it never got it. */
        if (server->http)
                evhttp_free(server->http);
        else if (server->listener)
                loop_unlisten(server->listener);
        free(server);
}

void server_write_url(const struct server *server, struct buf *ret)
{
        const struct sockaddr_in *in = (const void *)&server->address;
        const struct sockaddr_in6 *in6 = (const void *)&server->address;
        char text[INET6_ADDRSTRLEN];

        if (server->address.ss_family == AF_INET6)
                buf_printf(ret, "http://[%s]:%u/",
                        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)),
                        ntohs(in6->sin6_port));
        else
                buf_printf(ret, "http://%s:%u/",
                        inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)), ntohs(in->sin_port));
}

struct streams *server_streams(const struct server *server)
{
        return server->answering.streams;
}
