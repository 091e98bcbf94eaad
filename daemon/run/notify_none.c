/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "notify.h"

int notify_new(struct notify **ret)
{
        *ret = NULL;
        return 0;
}

void notify_free(struct notify *notify)
{
        (void)notify;
}

void notify_interval(struct notify *notify, uint64_t interval_ns)
{
        (void)notify;
        (void)interval_ns;
}

void notify_ready(struct notify *notify)
{
        (void)notify;
}

bool notify_wants_tick(const struct notify *notify, uint64_t now_ns)
{
        (void)notify;
        (void)now_ns;
        return false;
}

void notify_tick(struct notify *notify, uint64_t now_ns, const char *status)
{
        (void)notify;
        (void)now_ns;
        (void)status;
}

void notify_reloading(struct notify *notify, uint64_t monotonic_ns)
{
        (void)notify;
        (void)monotonic_ns;
}

void notify_stopping(struct notify *notify)
{
        (void)notify;
}
