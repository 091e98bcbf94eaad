/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void source_done(struct source *source)
{
        watch_free(source->watch);
        if (source->fd > STDERR_FILENO)
                close(source->fd);
        journal_close(source->journal);
        feed_done(&source->feed);
        *source = (struct source){.fd = -1};
}

static void end(struct source *source, uint64_t now_ns)
{
        feed_end(&source->feed, true, now_ns);
        source->is_over = true;
        source->has_more = false;
        if (source->input->state != INPUT_FAILED)
                source->input->state = INPUT_ENDED;
        watch_free(source->watch);
        source->watch = NULL;
}

static void fail(struct source *source, int error, uint64_t now_ns)
{
        source->input->state = INPUT_FAILED;
        strncpy(source->input->error, strerror(error), sizeof(source->input->error) - 1);
        end(source, now_ns);
}

int source_open(struct source *source)
{
        const int fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat st;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
                close(fd);
                return -EISDIR;
        }
        if (source->fd > STDERR_FILENO)
                close(source->fd);
        source->fd = fd;
        source->offset = 0;
        source->device = st.st_dev;
        source->inode = st.st_ino;
        source->has_more = true;
        source->input->state = INPUT_READING;
        return 0;
}

/* Another file may have the path now, and the one that is open may have been cut. */
static bool has_changed(struct source *source, uint64_t now_ns)
{
        struct stat open, named;

        if (fstat(source->fd, &open) == 0 && (uint64_t)open.st_size < source->offset &&
                lseek(source->fd, 0, SEEK_SET) == 0) {
                feed_end(&source->feed, false, now_ns);
                source->offset = 0;
                return true;
        }
        if (stat(source->path, &named) < 0 ||
                (named.st_dev == source->device && named.st_ino == source->inode))
                return false;
        feed_end(&source->feed, true, now_ns);
        return source_open(source) == 0;
}

/* What was written before is read to its end: lines of it that had no time ended when the file was
 * written last. */
static void settle(struct source *source, struct view *view)
{
        struct stat st;

        if (!source->is_backlog)
                return;
        source->is_backlog = false;
        if (source->follows && fstat(source->fd, &st) == 0)
                view_settle_time(view, (uint64_t)st.st_mtim.tv_sec * 1000 +
                                               (uint64_t)st.st_mtim.tv_nsec / 1000000);
}

static void read_end(struct source *source, struct view *view, uint64_t now_ns)
{
        settle(source, view);
        if (source->follows && source->path && !source->watch)
                source->has_more = has_changed(source, now_ns);
        else
                end(source, now_ns);
}

static void read_fd(struct source *source, struct view *view, uint64_t now_ns)
{
        size_t size;
        char *room = feed_room(&source->feed, &size);
        const ssize_t n = read(source->fd, room, size);

        if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
                source->has_more = false;
        } else if (n < 0) {
                fail(source, errno, now_ns);
        } else if (n == 0) {
                read_end(source, view, now_ns);
        } else {
                source->input->state = INPUT_READING;
                source->offset += (uint64_t)n;
                source->has_more = !source->watch;
                view->counts_time = source->is_backlog;
                feed_added(&source->feed, (size_t)n, now_ns);
                view->counts_time = false;
        }
}

static void read_journal(struct source *source, uint64_t now_ns)
{
        enum { ENTRIES = 256 }; /* at a time */

        source->has_more = true;
        for (unsigned i = 0; i < ENTRIES && source->has_more; i++) {
                size_t size, len = 0;
                char *room = feed_room(&source->feed, &size);
                const int r = journal_next(source->journal, room, size, &len);

                if (r < 0) {
                        fail(source, -r, now_ns);
                        return;
                }
                source->has_more = r > 0;
                if (r > 0 && len > 0)
                        feed_added(&source->feed, len, now_ns);
        }
        if (!source->has_more && !source->follows)
                end(source, now_ns);
}

void source_read(struct source *source, struct view *view, uint64_t now_ns)
{
        if (source->is_over)
                return;
        source->has_more = false;
        if (source->journal)
                read_journal(source, now_ns);
        else if (source->fd >= 0 || source_open(source) == 0)
                read_fd(source, view, now_ns);
        else
                source->input->state = INPUT_WAITING;
}
