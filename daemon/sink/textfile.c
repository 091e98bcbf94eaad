/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/reserve.h"
#include "kinds.h"

/*
 * A page is written beside the file, and takes its place by a new name: who reads the file sees the
 * old page or the new one, and never a part. See rename(2).
 */
static const char *temporary_of(const struct sink *sink)
{
        return sink->path + strlen(sink->path) + 1;
}

/* A file that is there was left by one that was killed, or put there by somebody: it goes. */
static int open_temporary(const struct sink *sink)
{
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
        int fd = reserve_openat(AT_FDCWD, temporary_of(sink), flags, 0644);

        if (fd < 0 && errno == EEXIST && unlinkat(AT_FDCWD, temporary_of(sink), 0) == 0)
                fd = reserve_openat(AT_FDCWD, temporary_of(sink), flags, 0644);
        return fd < 0 ? -errno : fd;
}

/* Whether it can be written is found out before the first tick, where it is a mistake. */
static int textfile_open(struct sink *sink, const char *argument, struct buf *error)
{
        int fd;

        sink->path = sink->name;
        fd = open_temporary(sink);
        if (fd < 0) {
                buf_printf(error, "cannot open '%s.tmp' for writing: %s", argument, strerror(-fd));
                return fd;
        }
        close(fd);
        unlinkat(AT_FDCWD, temporary_of(sink), 0);
        return 0;
}

/* Nothing is taken any more of a page that has lost something. */
static int textfile_write(struct sink *sink, const char *text, size_t len, size_t *ret_taken)
{
        *ret_taken = 0;
        if (sink->page_error == 0 && sink->writer.fd < 0) {
                int fd = open_temporary(sink);

                if (fd < 0)
                        sink->page_error = fd;
                else
                        writer_open(&sink->writer, fd, WRITER_PLAIN);
        }
        if (sink->page_error == 0) {
                sink->page_error = writer_write(&sink->writer, text, len, ret_taken);
                if (sink->page_error < 0)
                        *ret_taken = 0;
        }
        return sink->page_error;
}

static int textfile_commit(struct sink *sink)
{
        int fd = sink->writer.fd, r = sink->page_error;

        sink->page_error = 0;
        sink->writer.fd = -1;
        sink->writer.tail_len = 0;
        if (fd < 0 && r == 0)
                r = fd = open_temporary(sink); /* a page without a line */
        if (fd < 0)
                return r;
        if (r > 0)
                r = 0;
        if (close(fd) < 0 && r == 0) /* what a network's file system says at last */
                r = -errno;
        if (r == 0 && renameat(AT_FDCWD, temporary_of(sink), AT_FDCWD, sink->path) < 0)
                r = -errno;
        if (r < 0)
                unlinkat(AT_FDCWD, temporary_of(sink), 0);
        return r;
}

static int textfile_reopen(struct sink *sink)
{
        (void)sink; /* each page is another file */
        return 0;
}

const struct sink_kind sink_kind_textfile = {
        .prefix = "textfile:",
        .takes_pages = true,
        .open = textfile_open,
        .write = textfile_write,
        .reopen = textfile_reopen,
        .commit = textfile_commit,
};
