/* SPDX-License-Identifier: MIT */
#include "drain.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "format/platform.h"

/* The host that a frame names, if targets can be named after it. */
static const char *find_host(const char *frame, char ret[NAME_MAX_BYTES])
{
        const char *host;
        const size_t len = platform_host(frame, &host);

        if (len == 0 || len >= NAME_MAX_BYTES)
                return "";
        memcpy(ret, host, len);
        ret[len] = '\0';
        return name_is_valid(ret) ? ret : "";
}

static void take_frame(
        struct view *view, const char *host, char *frame, size_t len, uint64_t now_ns)
{
        char memory[NAME_MAX_BYTES];
        char *const end = frame + len;
        const char after = *end;

        *end = '\0';
        if (len > 0 && frame[len - 1] == '\n')
                frame[--len] = '\0';
        if (!*host)
                host = find_host(frame, memory);
        if (len > 0)
                view_take(view, frame, len, host, now_ns);
        /* The next frame begins there. */
        *end = after;
}

/* The number before a frame, and the space behind it; 0 when there is none. */
static size_t take_size(char **at, const char *end)
{
        size_t size = 0;

        while (*at < end && **at >= '0' && **at <= '9' && size < DRAIN_BYTES)
                size = size * 10 + (size_t)(*(*at)++ - '0');
        if (*at == end || **at != ' ')
                return 0;
        (*at)++;
        return size;
}

static int take_frames(struct view *view, const char *host, char *body, size_t len, uint64_t now_ns)
{
        char *at = body, *const end = body + len;
        int n = 0;

        while (at < end) {
                size_t size;

                if (*at == '\n') {
                        at++;
                        continue;
                }
                size = take_size(&at, end);
                if (size == 0 || size > (size_t)(end - at))
                        return -EBADMSG;
                take_frame(view, host, at, size, now_ns);
                at += size;
                n++;
        }
        return n;
}

static int take_lines(struct view *view, const char *host, char *body, size_t len, uint64_t now_ns)
{
        char *at = body, *const end = body + len;
        int n = 0;

        while (at < end) {
                char *newline = memchr(at, '\n', (size_t)(end - at));
                const size_t line_len = (size_t)((newline ? newline : end) - at);

                at[line_len] = '\0';
                if (line_len > 0) {
                        view_take(view, at, line_len, host, now_ns);
                        n++;
                }
                at += line_len + 1;
        }
        return n;
}

int drain_take(struct view *view, const char *type, const char *host, char *body, size_t len,
        uint64_t now_ns)
{
        static const char logplex[] = "application/logplex-1";

        if (type && strncasecmp(type, logplex, sizeof(logplex) - 1) == 0)
                return take_frames(view, host, body, len, now_ns);
        return take_lines(view, host, body, len, now_ns);
}
