/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/buf.h"
#include "notify.h"

#define RARELY_NS UINT64_C(1000000000)

struct notify {
        /* Connected to the manager from the start: sd_notify(3) makes a socket for each message,
         * which takes a descriptor, and waits while the manager's queue is full. -1: the manager
         * has not been there yet. */
        int fd;
        char *path;             /* NULL: of a kind that only sd_notify(3) knows */
        uint64_t watchdog_usec; /* 0: none */
        uint64_t told_ns;       /* when a tick was told last */
};

static bool is_name(const char *path)
{
        return (*path == '/' || *path == '@') &&
               strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}

/* A socket connected to $NOTIFY_SOCKET, where '@' stands for the NUL of an abstract name; or -1. */
static int open_socket(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        const size_t len = strlen(path);
        int fd;

        memcpy(address.sun_path, path, len);
        if (*path == '@')
                address.sun_path[0] = '\0';
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && connect(fd, (const struct sockaddr *)&address,
                               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0) {
                close(fd);
                fd = -1;
        }
        return fd;
}

int notify_new(struct notify **ret)
{
        const char *path = getenv("NOTIFY_SOCKET");
        struct notify *notify;

        *ret = NULL;
        if (!path || !*path)
                return 0;
        notify = calloc(1, sizeof(*notify));
        if (!notify)
                return -ENOMEM;
        notify->fd = -1;
        if (is_name(path)) {
                notify->path = strdup(path);
                if (!notify->path) {
                        free(notify);
                        return -ENOMEM;
                }
                notify->fd = open_socket(path);
        }
        if (sd_watchdog_enabled(0, &notify->watchdog_usec) <= 0)
                notify->watchdog_usec = 0;
        *ret = notify;
        return 0;
}

void notify_free(struct notify *notify)
{
        if (!notify)
                return;
        if (notify->fd >= 0)
                close(notify->fd);
        free(notify->path);
        free(notify);
}

static bool send_now(const struct notify *notify, const char *text)
{
        return send(notify->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* Tells the manager, if it takes the message at once. Returns whether it did. */
static bool tell(struct notify *notify, const char *text)
{
        int fd;

        if (!notify)
                return false;
        if (!notify->path)
                return sd_notify(0, text) > 0;
        if (notify->fd >= 0 && send_now(notify, text))
                return true;
        /* One that made its socket anew has to be looked for. */
        if (notify->fd >= 0 && errno != ECONNREFUSED && errno != ENOTCONN)
                return false;
        fd = open_socket(notify->path);
        if (fd < 0)
                return false;
        if (notify->fd >= 0)
                close(notify->fd);
        notify->fd = fd;
        return send_now(notify, text);
}

void notify_interval(struct notify *notify, uint64_t interval_ns)
{
        const uint64_t leash_usec = interval_ns / 1000 * 3;
        char memory[64];
        struct buf text;

        if (!notify || notify->watchdog_usec == 0 || notify->watchdog_usec >= leash_usec)
                return;
        buf_init(&text, memory, sizeof(memory));
        buf_add(&text, "WATCHDOG_USEC=");
        buf_add_u64(&text, leash_usec, 0);
        if (tell(notify, memory))
                notify->watchdog_usec = leash_usec;
}

void notify_ready(struct notify *notify)
{
        tell(notify, "READY=1");
}

bool notify_wants_tick(const struct notify *notify, uint64_t now_ns)
{
        return notify && (notify->told_ns == 0 || now_ns - notify->told_ns >= RARELY_NS);
}

void notify_tick(struct notify *notify, uint64_t now_ns, const char *status)
{
        char memory[512];
        struct buf text;

        if (!notify_wants_tick(notify, now_ns))
                return;
        buf_init(&text, memory, sizeof(memory));
        buf_add(&text, "WATCHDOG=1\nSTATUS=");
        buf_add(&text, status);
        if (tell(notify, memory))
                notify->told_ns = now_ns;
}

void notify_reloading(struct notify *notify, uint64_t monotonic_ns)
{
        char memory[64];
        struct buf text;

        buf_init(&text, memory, sizeof(memory));
        buf_add(&text, "RELOADING=1\nMONOTONIC_USEC=");
        buf_add_u64(&text, monotonic_ns / 1000, 0);
        tell(notify, memory);
}

void notify_stopping(struct notify *notify)
{
        tell(notify, "STOPPING=1");
}
