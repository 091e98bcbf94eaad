/* SPDX-License-Identifier: MIT */
#include "source/change.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fence.h"
#include "base/reserve.h"
#include "base/text.h"

/* A folder or a file. */
struct watched {
        int number;     /* inotify's watch descriptor */
        uint64_t round; /* in which it was added last */
        bool told;      /* of a file: it has changed */
        bool is_folder;
};

enum {
        SEEN_PATHS = 64, /* a power of two */
        /* A folder may have been removed and made again: that is known when it is added next. Until
         * then ticks alone tell what comes and goes in it. */
        KEPT_ROUNDS = 8,
};

/* A folder that was added; the last one of those with equal ends of their ids. */
struct seen {
        uint64_t id, round; /* a hash of its path, 0: none; when it was added */
        bool kept;          /* in this round, or since a folder came or went */
        int number;
};

struct change_watch {
        int fd;
        char *root_path;
        uint64_t round;
        bool lost;             /* events were, so any file may have changed */
        bool silent;           /* nothing came or went in folders, as far as is known, */
        bool blind;            /* and as far as could be watched */
        struct watched *items; /* sorted by number: new ones get higher ones */
        size_t n_items, n_allocated;
        struct seen seen[SEEN_PATHS];
        uint64_t
                above; /* a hash of the path whose folders were added last in this round; 0: none */
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
        free(watch->items);
        free(watch);
}

int change_watch_fd(const struct change_watch *watch)
{
        return watch->fd;
}

/* The place of an item among those that are watched, or where it would be. */
static size_t find_place(const struct change_watch *watch, int number)
{
        size_t low = 0, high = watch->n_items;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (watch->items[middle].number < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static struct watched *find(const struct change_watch *watch, int number)
{
        size_t at = find_place(watch, number);

        return at < watch->n_items && watch->items[at].number == number ? &watch->items[at] : NULL;
}

static struct watched *insert(struct change_watch *watch, int number)
{
        size_t at = find_place(watch, number);

        if (watch->n_items == watch->n_allocated) {
                size_t n = watch->n_allocated ? watch->n_allocated * 2 : 64;
                struct watched *grown = reallocarray(watch->items, n, sizeof(*grown));

                if (!grown)
                        return NULL;
                watch->items = grown;
                watch->n_allocated = n;
        }
        memmove(&watch->items[at + 1], &watch->items[at],
                (watch->n_items - at) * sizeof(*watch->items));
        watch->items[at] = (struct watched){.number = number};
        watch->n_items++;
        return &watch->items[at];
}

static int add_below(struct change_watch *watch, const char *path, uint32_t mask)
{
        char memory[PATH_MAX];
        struct buf full;

        buf_init(&full, memory, sizeof(memory));
        buf_add(&full, watch->root_path);
        buf_add_char(&full, '/');
        buf_add(&full, path);
        if (full.overflow) {
                errno = ENAMETOOLONG;
                return -1;
        }
        return inotify_add_watch(watch->fd, memory, mask);
}

static int add_fenced(struct change_watch *watch, const char *path, uint32_t mask)
{
        cleanup_fd int fd = reserve_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
        char memory[sizeof(FENCE_PATH) + 3 * sizeof(int)];
        struct buf held;

        if (fd < 0)
                return -1;
        buf_init(&held, memory, sizeof(memory));
        buf_add(&held, FENCE_PATH);
        buf_add_u64(&held, (uint64_t)fd, 0);
        return inotify_add_watch(watch->fd, memory, mask);
}

/*
 * Has inotify watch `path` below the root. Returns its watch descriptor; or -1 for one that is
 * gone, and where a user may not have more watches: changes are then seen at the next tick.
 */
static int add(struct change_watch *watch, const char *path, uint32_t mask)
{
        struct watched *item;
        int number = fence_has(path) ? add_fenced(watch, path, mask) : add_below(watch, path, mask);

        if (number < 0) {
                /* What is not there comes in the folder above it. */
                watch->blind |= errno != ENOENT;
                return -1;
        }
        item = find(watch, number);
        if (!item)
                item = insert(watch, number);
        if (!item) {
                inotify_rm_watch(watch->fd, number);
                watch->blind = true;
                return -1;
        }
        item->round = watch->round;
        item->is_folder = mask & IN_CREATE;
        return number;
}

/* Many targets have the same folders above them. */
void change_watch_add(struct change_watch *watch, const char *path)
{
        const uint64_t id = text_hash(path, strlen(path));
        struct seen *seen;

        if (!watch)
                return;
        seen = &watch->seen[id % SEEN_PATHS];
        if (seen->id == id && seen->kept)
                return;
        if (seen->id != id || watch->round - seen->round >= KEPT_ROUNDS ||
                !change_watch_keep(watch, seen->number))
                *seen = (struct seen){.id = id,
                        .round = watch->round,
                        .number = add(watch, path,
                                IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)};
        seen->kept = true;
}

bool change_watch_begin_above(struct change_watch *watch, const char *path, size_t len)
{
        const uint64_t above = text_hash(path, len);

        if (!watch || watch->above == above)
                return false;
        watch->above = above;
        return true;
}

/* What is removed and made again looks the same: all are added anew. */
static void forget_seen(struct change_watch *watch)
{
        memset(watch->seen, 0, sizeof(watch->seen));
        watch->above = 0;
        watch->silent = false;
}

void change_watch_begin_listing(struct change_watch *watch)
{
        if (!watch)
                return;
        watch->silent = true;
        watch->blind = false;
}

bool change_watch_is_silent(struct change_watch *watch)
{
        if (!watch || !watch->silent || watch->blind)
                return false;
        for (size_t i = 0; i < watch->n_items; i++) {
                if (watch->items[i].is_folder)
                        watch->items[i].round = watch->round;
        }
        return true;
}

int change_watch_add_file(struct change_watch *watch, const char *path)
{
        return watch ? add(watch, path, IN_MODIFY) : -1;
}

bool change_watch_keep(struct change_watch *watch, int number)
{
        struct watched *item = watch ? find(watch, number) : NULL;

        if (item)
                item->round = watch->round;
        return item;
}

bool change_watch_has_told(const struct change_watch *watch, int number)
{
        const struct watched *item = watch ? find(watch, number) : NULL;

        return item && (item->told || watch->lost);
}

void change_watch_forget(struct change_watch *watch)
{
        if (!watch)
                return;
        for (size_t i = 0; i < watch->n_items; i++)
                watch->items[i].told = false;
        watch->lost = false;
}

/* A watch holds the inode of what it watches, and of a removed cgroup the kernel does not take the
 * inodes for deleted: without this, those of all cgroups that ever were would stay. */
void change_watch_end_round(struct change_watch *watch)
{
        size_t n_kept = 0;

        if (!watch)
                return;
        for (size_t i = 0; i < watch->n_items; i++) {
                if (watch->items[i].round == watch->round)
                        watch->items[n_kept++] = watch->items[i];
                else
                        inotify_rm_watch(watch->fd, watch->items[i].number);
        }
        watch->n_items = n_kept;
        watch->round++;
        watch->above = 0;
        for (size_t i = 0; i < SEEN_PATHS; i++)
                watch->seen[i].kept = false;
}

/* What one event tells. */
static unsigned take(struct change_watch *watch, const struct inotify_event *event)
{
        struct watched *item;

        /* An overflow lost some, which may have been of any kind. */
        if (event->mask & IN_Q_OVERFLOW) {
                watch->lost = true;
                return CHANGE_FOLDERS | CHANGE_EVENTS;
        }
        if (event->mask & IN_ISDIR)
                return CHANGE_FOLDERS;
        item = event->mask & IN_MODIFY ? find(watch, event->wd) : NULL;
        if (!item)
                return 0;
        item->told = true;
        return CHANGE_EVENTS;
}

unsigned change_watch_drain(struct change_watch *watch)
{
        char buffer[4 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
        unsigned changes = 0;
        ssize_t n;

        while ((n = read(watch->fd, buffer, sizeof(buffer))) > 0) {
                for (ssize_t at = 0; at < n;) {
                        const struct inotify_event *event = (const void *)(buffer + at);

                        changes |= take(watch, event);
                        at += (ssize_t)(sizeof(*event) + event->len);
                }
        }
        if (changes & CHANGE_FOLDERS)
                forget_seen(watch);
        return changes;
}
