/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include <event2/keyvalq_struct.h>

#include "api.h"
#include "base/text.h"
#include "drain.h"
#include "json.h"
#include "page.h"
#include "snapshot.h"

enum { EVENTS_DEFAULT = 200, EVENTS_MAX = 2000, SNAPSHOT_POINTS_DEFAULT = 400 };

/* One request while it is answered. */
struct asked {
        struct answering *answering;
        struct evhttp_request *request;
        const char *path;
        struct evkeyvalq query;
};

uint64_t answering_now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void set_header(const struct asked *asked, const char *name, const char *value)
{
        evhttp_add_header(evhttp_request_get_output_headers(asked->request), name, value);
}

static const char *get_header(const struct asked *asked, const char *name)
{
        return evhttp_find_header(evhttp_request_get_input_headers(asked->request), name);
}

/* The page may load nothing from elsewhere, run nothing that is not a file of ours, and be shown in
 * no other page. */
static void set_policy(const struct asked *asked)
{
        set_header(asked, "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        set_header(asked, "X-Content-Type-Options", "nosniff");
        set_header(asked, "X-Frame-Options", "DENY");
        set_header(asked, "Referrer-Policy", "no-referrer");
        set_header(asked, "Cross-Origin-Opener-Policy", "same-origin");
        set_header(asked, "Cross-Origin-Resource-Policy", "same-origin");
        set_header(asked, "Cache-Control", "no-store");
}

static void send_bytes(
        const struct asked *asked, int status, const char *type, const char *bytes, size_t len)
{
        struct evbuffer *buffer = evbuffer_new();

        set_header(asked, "Content-Type", type);
        if (buffer)
                evbuffer_add(buffer, bytes, len);
        /* Without a reason, libevent has one for the status. */
        evhttp_send_reply(asked->request, status, NULL, buffer);
        if (buffer)
                evbuffer_free(buffer);
}

static void send_error(const struct asked *asked, int status, const char *words)
{
        struct out text = {0};

        json_open(&text, NULL, '{');
        json_text(&text, "error", words);
        json_close(&text, '}');
        send_bytes(asked, status, "application/json", text.text, text.len);
        out_done(&text);
}

/* Sends what was written, unless an error kept it from that. */
static void send_out(const struct asked *asked, int r, const char *type, struct out *text)
{
        if (text->failed)
                r = -ENOMEM;
        if (r == 0)
                send_bytes(asked, HTTP_OK, type, text->text, text->len);
        else if (r == -ENOENT)
                send_error(asked, HTTP_NOTFOUND,
                        "there is no such target; /api/overview has their names in \"source\"");
        else if (r == -EINVAL)
                send_error(asked, HTTP_BADREQUEST,
                        "'keys' has a key that there is not; they are those of the lines, "
                        "with commas between");
        else if (r == -ENOSYS)
                send_error(asked, HTTP_NOTIMPLEMENTED, "this program was built without snapshots");
        else
                send_error(asked, HTTP_SERVUNAVAIL, strerror(-r));
        out_done(text);
}

static const char *argument(const struct asked *asked, const char *name)
{
        return evhttp_find_header(&asked->query, name);
}

/* A number of the query, between `min` and `max`; what is there already stays without one. */
static bool read_number(
        const struct asked *asked, const char *name, uint64_t min, uint64_t max, uint64_t *ret)
{
        const char *text = argument(asked, name);
        uint64_t number;

        if (!text)
                return true;
        if (text_parse_u64(text, &number) < 0 || number < min || number > max)
                return false;
        *ret = number;
        return true;
}

/* Returns whether the query is right; else it was answered. */
static bool read_query(const struct asked *asked, unsigned n_points, struct api_query *ret)
{
        uint64_t points = n_points, limit = EVENTS_DEFAULT;
        const char *wrong = NULL;

        *ret = (struct api_query){
                .source = argument(asked, "source"),
                .keys = argument(asked, "keys"),
                .to_ms = UINT64_MAX - 1,
        };
        if (!read_number(asked, "from", 0, UINT64_MAX / 4, &ret->from_ms))
                wrong = "'from' is no time in milliseconds after 1970";
        else if (!read_number(asked, "to", 0, UINT64_MAX / 4, &ret->to_ms))
                wrong = "'to' is no time in milliseconds after 1970";
        else if (ret->to_ms < ret->from_ms)
                wrong = "'to' is before 'from'";
        else if (!read_number(asked, "points", QUERY_POINTS_MIN, QUERY_POINTS_MAX, &points))
                wrong = "'points' is not between 16 and 4000";
        else if (!read_number(asked, "limit", 1, EVENTS_MAX, &limit))
                wrong = "'limit' is not between 1 and 2000";
        else if (!read_number(asked, "before", 1, UINT64_MAX - 1, &ret->before))
                wrong = "'before' is no id of an event";
        if (wrong)
                send_error(asked, HTTP_BADREQUEST, wrong);
        ret->n_points = (unsigned)points;
        ret->limit = (unsigned)limit;
        return !wrong;
}

static bool has_source(const struct asked *asked, const struct api_query *query)
{
        if (!query->source)
                send_error(asked, HTTP_BADREQUEST,
                        "'source' is missing: the name of a target, as in ?source=web.1");
        return query->source;
}

static void send_overview(const struct asked *asked)
{
        struct out text = {0};

        api_overview(asked->answering->view, &text);
        send_out(asked, 0, "application/json", &text);
}

static void send_stream(const struct asked *asked)
{
        if (streams_add(asked->answering->streams, asked->request) < 0)
                send_error(asked, HTTP_SERVUNAVAIL,
                        "there are too many pages open; close some, or try again later");
}

static void send_history(const struct asked *asked)
{
        struct api_query query;
        struct out text = {0};
        int r;

        if (!read_query(asked, QUERY_POINTS_DEFAULT, &query) || !has_source(asked, &query))
                return;
        r = api_history(asked->answering->view, &query, &text, NULL);
        send_out(asked, r, "application/json", &text);
}

static void send_csv(const struct asked *asked)
{
        struct api_query query;
        struct out text = {0};
        int r;

        if (!read_query(asked, QUERY_POINTS_DEFAULT, &query) || !has_source(asked, &query))
                return;
        r = api_csv(asked->answering->view, &query, &text);
        if (r == 0)
                set_header(asked, "Content-Disposition", "attachment; filename=\"runstat.csv\"");
        send_out(asked, r, "text/csv; charset=utf-8", &text);
}

static void send_events(const struct asked *asked)
{
        struct api_query query;
        struct out text = {0};

        if (!read_query(asked, QUERY_POINTS_DEFAULT, &query))
                return;
        api_events(asked->answering->view, &query, &text);
        send_out(asked, 0, "application/json", &text);
}

/* "attachment; filename="runstat-20260105-000000.html"" */
static void name_snapshot(const struct asked *asked)
{
        const time_t now = (time_t)(answering_now_ms() / 1000);
        char text[96];
        struct tm tm;

        if (gmtime_r(&now, &tm) &&
                strftime(text, sizeof(text), "attachment; filename=\"runstat-%Y%m%d-%H%M%S.html\"",
                        &tm) > 0)
                set_header(asked, "Content-Disposition", text);
}

static void send_snapshot(const struct asked *asked)
{
        struct api_query query;
        struct out text = {0};
        int r;

        if (!read_query(asked, SNAPSHOT_POINTS_DEFAULT, &query))
                return;
        r = snapshot_write(asked->answering->view, &query, &text);
        if (r == 0)
                name_snapshot(asked);
        send_out(asked, r, "text/html; charset=utf-8", &text);
}

static void send_file(const struct asked *asked)
{
        const char *name = strcmp(asked->path, "/") == 0 ? "index.html" : asked->path + 1;
        const struct page_file *file = page_find(name);

        if (!file || strcmp(name, "snapshot.html") == 0)
                send_error(asked, HTTP_NOTFOUND, "there is no such page; '/' is one");
        else
                send_bytes(asked, HTTP_OK, page_type(file), (const char *)file->bytes, file->len);
}

/* The name of the host that sends, if the address of the drain has one: "/drain?host=db3". */
static const char *host_of(const struct asked *asked)
{
        const char *host = argument(asked, "host");

        if (!host)
                return "";
        return name_is_valid(host) ? host : NULL;
}

static void take_drain(const struct asked *asked)
{
        struct evbuffer *input = evhttp_request_get_input_buffer(asked->request);
        const size_t len = evbuffer_get_length(input);
        const char *host = host_of(asked);
        char *body;
        int n;

        if (!*asked->answering->access->token) {
                send_error(asked, 403, "no lines are taken here; start runstat-view with --drain");
                return;
        }
        if (!access_token(asked->answering->access, get_header(asked, "Authorization"))) {
                set_header(asked, "WWW-Authenticate", "Basic realm=\"drain\"");
                send_error(
                        asked, 401, "the token is missing or wrong: Authorization: Bearer TOKEN");
                return;
        }
        if (!host) {
                send_error(asked, HTTP_BADREQUEST,
                        "'host' is no name: 1 to 63 letters, digits, '.', '_' and '-'");
                return;
        }
        body = malloc(len + 1);
        if (!body) {
                send_error(asked, HTTP_SERVUNAVAIL, strerror(ENOMEM));
                return;
        }
        evbuffer_remove(input, body, len);
        n = drain_take(asked->answering->view, get_header(asked, "Content-Type"), host, body, len,
                answering_now_ms() * 1000000);
        free(body);
        streams_wake(asked->answering->streams);
        if (n < 0)
                send_error(asked, HTTP_BADREQUEST,
                        "a frame has no count of its bytes, or a wrong one; those before it were "
                        "taken");
        else
                evhttp_send_reply(asked->request, HTTP_NOCONTENT, NULL, NULL);
}

static const struct route {
        const char *path;
        enum evhttp_cmd_type method;
        void (*answer)(const struct asked *asked);
} routes[] = {
        {"/api/overview",    EVHTTP_REQ_GET,  send_overview},
        {"/api/stream",      EVHTTP_REQ_GET,  send_stream  },
        {"/api/history",     EVHTTP_REQ_GET,  send_history },
        {"/api/history.csv", EVHTTP_REQ_GET,  send_csv     },
        {"/api/events",      EVHTTP_REQ_GET,  send_events  },
        {"/api/snapshot",    EVHTTP_REQ_GET,  send_snapshot},
        {"/drain",           EVHTTP_REQ_POST, take_drain   },
};

static void answer(const struct asked *asked)
{
        const enum evhttp_cmd_type command = evhttp_request_get_command(asked->request);
        const enum evhttp_cmd_type method = command == EVHTTP_REQ_HEAD ? EVHTTP_REQ_GET : command;
        struct route route = {asked->path, EVHTTP_REQ_GET, send_file};

        for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
                if (strcmp(routes[i].path, asked->path) == 0)
                        route = routes[i];
        }
        if (route.method != method) {
                set_header(asked, "Allow", route.method == EVHTTP_REQ_GET ? "GET, HEAD" : "POST");
                send_error(asked, HTTP_BADMETHOD, "that cannot be asked here in this way");
                return;
        }
        /* A stream has no end, and a HEAD nothing but one. */
        if (command == EVHTTP_REQ_HEAD && route.answer == send_stream)
                evhttp_send_reply(asked->request, HTTP_OK, NULL, NULL);
        else
                route.answer(asked);
}

/* Whether a page of somebody else's has its browser ask; browsers say so in these. */
static bool is_ours(const struct asked *asked)
{
        const char *host = get_header(asked, "Host");
        const char *site = get_header(asked, "Sec-Fetch-Site");

        if (!access_host(asked->answering->access, host)) {
                send_error(asked, 403,
                        "this is not the host that was asked for; --host=NAME allows its name");
                return false;
        }
        if (access_origin(get_header(asked, "Origin"), host) &&
                (!site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0 ||
                        strcmp(asked->path, "/") == 0))
                return true;
        send_error(asked, 403, "pages of other origins get no answer here");
        return false;
}

void answer_request(struct answering *answering, struct evhttp_request *request)
{
        const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
        const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
        const char *query = uri ? evhttp_uri_get_query(uri) : NULL;
        struct asked asked = {answering, request, path && *path ? path : "/", {0}};

        set_policy(&asked);
        TAILQ_INIT(&asked.query);
        if (query && evhttp_parse_query_str(query, &asked.query) < 0) {
                send_error(&asked, HTTP_BADREQUEST, "the query is not name=value&name=value");
                return;
        }
        view_advance(answering->view, answering_now_ms());
        if (is_ours(&asked))
                answer(&asked);
        evhttp_clear_headers(&asked.query);
}
