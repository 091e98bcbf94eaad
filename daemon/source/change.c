/* SPDX-License-Identifier: MIT */
#include "source/change.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buf.h"

struct change_watch {
        int fd;
        char *root_path;
};

int change_watch_new(const char *root_path, struct change_watch **ret)
{
        struct change_watch *watch = calloc(1, sizeof(*watch));
        int r = -ENOMEM;

        if (watch) {
                watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
                r = watch->fd < 0 ? -errno : 0;
                watch->root_path = strdup(root_path);
                if (r == 0 && !watch->root_path)
                        r = -ENOMEM;
        }
        if (r < 0) {
                change_watch_free(watch);
                return r;
        }
        *ret = watch;
        return 0;
}

void change_watch_free(struct change_watch *watch)
{
        if (!watch)
                return;
        if (watch->fd >= 0)
                close(watch->fd);
        free(watch->root_path);
        free(watch);
}

int change_watch_fd(const struct change_watch *watch)
{
        return watch->fd;
}

void change_watch_add(struct change_watch *watch, const char *path)
{
        char memory[PATH_MAX];
        struct buf full;

        if (!watch)
                return;
        buf_init(&full, memory, sizeof(memory));
        buf_add(&full, watch->root_path);
        buf_add_char(&full, '/');
        buf_add(&full, path);
        /* It fails for one that is gone, and where a user may not have more watches: changes are
         * then seen at the next tick. */
        if (!full.overflow &&
                inotify_add_watch(watch->fd, memory,
                        IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR) < 0)
                return;
}

bool change_watch_drain(struct change_watch *watch)
{
        char buffer[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
        bool changed = false;
        ssize_t n;

        while ((n = read(watch->fd, buffer, sizeof(buffer))) > 0) {
                for (ssize_t at = 0; at < n;) {
                        const struct inotify_event *event = (const void *)(buffer + at);

                        /* An overflow lost some, which may have been of this kind. */
                        changed |= (event->mask & (IN_ISDIR | IN_Q_OVERFLOW)) != 0;
                        at += (ssize_t)(sizeof(*event) + event->len);
                }
        }
        return changed;
}
