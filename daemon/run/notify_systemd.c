/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "notify.h"

#define RARELY_NS UINT64_C(1000000000)

struct notify {
        /* To the manager: sd_notify(3) makes a socket for each message, which takes a descriptor
         * and memory, and waits while the manager's queue is full. -1: none so far. */
        int fd;
        struct sockaddr_un address;
        socklen_t address_len;    /* 0: of another kind */
        typeof(sd_notify) *other; /* knows those; NULL: is not needed, or not there */
        uint64_t watchdog_usec;   /* 0: none */
        uint64_t told_ns;         /* when a tick was told last */
};

/* Whether $NOTIFY_SOCKET is a path, or '@' for the NUL of an abstract name and that; the form in
 * which managers give it to services. */
static bool take_address(struct notify *notify, const char *text)
{
        const size_t len = strlen(text);

        if ((*text != '/' && *text != '@') || len >= sizeof(notify->address.sun_path))
                return false;
        notify->address.sun_family = AF_UNIX;
        memcpy(notify->address.sun_path, text, len);
        if (*text == '@')
                notify->address.sun_path[0] = '\0';
        notify->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
        return true;
}

static bool connect_to_manager(struct notify *notify)
{
        if (notify->fd < 0)
                notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        return connect(notify->fd, (const struct sockaddr *)&notify->address,
                       notify->address_len) == 0;
}

/* libsystemd and what it needs take more memory than all the rest: only for who needs it. */
static typeof(sd_notify) *load_libsystemd(void)
{
        void *library = dlopen("libsystemd.so.0", RTLD_NOW);

        return library ? (typeof(sd_notify) *)dlsym(library, "sd_notify") : NULL;
}

/* As sd_watchdog_enabled(3) does: microseconds, 0 when there is none for this process. */
static uint64_t read_watchdog(void)
{
        const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
        uint64_t number, result;

        if (!usec || text_parse_u64(usec, &result) < 0 || result == UINT64_MAX)
                return 0;
        if (pid && (text_parse_u64(pid, &number) < 0 || number != (uint64_t)getpid()))
                return 0;
        return result;
}

int notify_new(struct notify **ret)
{
        const char *text = getenv("NOTIFY_SOCKET");
        struct notify *notify;

        *ret = NULL;
        if (!text || !*text)
                return 0;
        notify = calloc(1, sizeof(*notify));
        if (!notify)
                return -ENOMEM;
        notify->fd = -1;
        if (take_address(notify, text))
                connect_to_manager(notify);
        else
                notify->other = load_libsystemd();
        notify->watchdog_usec = read_watchdog();
        *ret = notify;
        return 0;
}

void notify_free(struct notify *notify)
{
        if (!notify)
                return;
        if (notify->fd >= 0)
                close(notify->fd);
        free(notify);
}

static bool send_text(const struct notify *notify, const char *text)
{
        return send(notify->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* Tells the manager, if it takes the message at once. Returns whether it did. */
static bool tell(struct notify *notify, const char *text)
{
        if (!notify)
                return false;
        if (notify->address_len == 0)
                return notify->other && notify->other(0, text) > 0;
        if (notify->fd >= 0 && send_text(notify, text))
                return true;
        /* One that made its socket anew has to be looked for. */
        if (notify->fd >= 0 && errno != ECONNREFUSED && errno != ENOTCONN)
                return false;
        return connect_to_manager(notify) && send_text(notify, text);
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
