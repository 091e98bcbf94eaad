/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "notify.h"

#define RARELY_NS UINT64_C(1000000000)

struct notify {
        /* Connected to the manager, and never written to: it tells whether the manager's queue is
         * full, as sd_notify(3) would wait then. -1: nobody to ask. */
        int probe_fd;
        uint64_t watchdog_usec; /* 0: none */
        uint64_t told_ns;       /* when a tick was told last */
};

/* A socket connected to $NOTIFY_SOCKET, where '@' stands for the NUL of an abstract name; -1 when
 * that is none of the two forms. */
static int open_probe(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        const size_t len = strlen(path);
        int fd;

        if ((*path != '/' && *path != '@') || len >= sizeof(address.sun_path))
                return -1;
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
        notify->probe_fd = open_probe(path);
        if (sd_watchdog_enabled(0, &notify->watchdog_usec) <= 0)
                notify->watchdog_usec = 0;
        *ret = notify;
        return 0;
}

void notify_free(struct notify *notify)
{
        if (!notify)
                return;
        if (notify->probe_fd >= 0)
                close(notify->probe_fd);
        free(notify);
}

/* Whether the manager takes a message at once. */
static bool can_tell(const struct notify *notify)
{
        struct pollfd pollfd;

        if (!notify)
                return false;
        pollfd = (struct pollfd){.fd = notify->probe_fd, .events = POLLOUT};
        return notify->probe_fd < 0 || poll(&pollfd, 1, 0) == 1;
}

void notify_interval(struct notify *notify, uint64_t interval_ns)
{
        const uint64_t leash_usec = interval_ns / 1000 * 3;

        if (!can_tell(notify) || notify->watchdog_usec == 0 || notify->watchdog_usec >= leash_usec)
                return;
        if (sd_notifyf(0, "WATCHDOG_USEC=%llu", (unsigned long long)leash_usec) > 0)
                notify->watchdog_usec = leash_usec;
}

void notify_ready(struct notify *notify)
{
        if (can_tell(notify))
                sd_notify(0, "READY=1");
}

bool notify_wants_tick(const struct notify *notify, uint64_t now_ns)
{
        return notify && (notify->told_ns == 0 || now_ns - notify->told_ns >= RARELY_NS);
}

void notify_tick(struct notify *notify, uint64_t now_ns, const char *status)
{
        if (!notify_wants_tick(notify, now_ns) || !can_tell(notify))
                return;
        sd_notifyf(0, "WATCHDOG=1\nSTATUS=%s", status);
        notify->told_ns = now_ns;
}

void notify_reloading(struct notify *notify, uint64_t monotonic_ns)
{
        if (can_tell(notify))
                sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
                        (unsigned long long)(monotonic_ns / 1000));
}

void notify_stopping(struct notify *notify)
{
        if (can_tell(notify))
                sd_notify(0, "STOPPING=1");
}
