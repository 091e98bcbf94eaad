/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/reserve.h"
#include "kinds.h"

/* Opens the path for appending. O_NONBLOCK is for a FIFO, which gives -ENXIO without a reader. */
static int open_path(const char *path)
{
        int fd = reserve_openat(AT_FDCWD, path,
                O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);

        return fd < 0 ? -errno : fd;
}

static void use(struct sink *sink, int fd)
{
        struct stat st;
        const bool is_pipe = fd >= 0 && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);

        writer_open(&sink->writer, fd, is_pipe ? WRITER_PIPE : WRITER_PLAIN);
}

static int file_open(struct sink *sink, const char *argument, struct buf *error)
{
        int fd = open_path(argument);

        /* A FIFO whose reader comes later is no mistake. */
        if (fd < 0 && fd != -ENXIO) {
                buf_printf(error, "cannot open '%s' for writing: %s", argument, strerror(-fd));
                return fd;
        }
        sink->path = sink->name;
        use(sink, fd < 0 ? -1 : fd);
        return 0;
}

static int file_write(struct sink *sink, const char *text, size_t len, size_t *ret_taken)
{
        int r;

        *ret_taken = 0;
        if (sink->writer.fd < 0) {
                int fd = open_path(sink->path);

                if (fd < 0)
                        return fd;
                use(sink, fd);
        }
        r = writer_write(&sink->writer, text, len, ret_taken);
        if (r != -EPIPE)
                return r;
        /* The reader of a FIFO has gone; another one may come. */
        writer_close(&sink->writer);
        return -ENXIO;
}

static int file_reopen(struct sink *sink)
{
        int fd = open_path(sink->path);

        if (fd < 0)
                return fd;
        writer_close(&sink->writer);
        use(sink, fd);
        return 0;
}

const struct sink_kind sink_kind_file = {
        .prefix = "file:",
        .open = file_open,
        .write = file_write,
        .reopen = file_reopen,
};
