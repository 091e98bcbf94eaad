/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pages.h"

int writer_init(struct writer *ret)
{
        *ret = (struct writer){.fd = -1, .tail = pages_new(WRITER_LINE_BYTES)};
        return ret->tail ? 0 : -ENOMEM;
}

void writer_done(struct writer *writer)
{
        writer_close(writer);
        pages_free(writer->tail, WRITER_LINE_BYTES);
        writer->tail = NULL;
}

void writer_open(struct writer *writer, int fd, enum writer_way way)
{
        writer->fd = fd;
        writer->way = way;
        writer->tail_len = 0;
}

void writer_close(struct writer *writer)
{
        if (writer->fd >= 0)
                close(writer->fd);
        writer->fd = -1;
        writer->tail_len = 0;
}

/*
 * The part of the text that fits into PIPE_BUF bytes, if possible up to the end of a line. A pipe
 * that does not block takes so much whole or not at all, see pipe(7), and so does a UNIX socket:
 * no line is torn when the reader stops, or others write, too.
 */
static size_t first_portion(const char *text, size_t len)
{
        const char *end;

        if (len <= PIPE_BUF)
                return len;
        end = memrchr(text, '\n', PIPE_BUF);
        return end ? (size_t)(end - text) + 1 : PIPE_BUF;
}

/*
 * A shared description must not be made non-blocking, as that would hit all who share it. But a
 * pipe that polls as writable takes PIPE_BUF bytes at once; see pipe(7).
 */
static ssize_t write_polled(int fd, const char *text, size_t len)
{
        struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
        int n = poll(&pollfd, 1, 0);

        if (n < 0)
                return -1;
        if (n == 0) {
                errno = EAGAIN;
                return -1;
        }
        return write(fd, text, first_portion(text, len));
}

static ssize_t write_some(struct writer *writer, const char *text, size_t len)
{
        switch (writer->way) {
        case WRITER_PLAIN:
                return write(writer->fd, text, len);
        case WRITER_PIPE:
                return write(writer->fd, text, first_portion(text, len));
        case WRITER_POLL:
                return write_polled(writer->fd, text, len);
        case WRITER_SEND:
                return send(
                        writer->fd, text, first_portion(text, len), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        errno = EINVAL;
        return -1;
}

/* Writes until all is written, or no more can be now. Returns 0, or why it ended. */
static int write_now(struct writer *writer, const char *text, size_t len, size_t *ret_done)
{
        int r = 0;

        *ret_done = 0;
        while (*ret_done < len) {
                ssize_t n = write_some(writer, text + *ret_done, len - *ret_done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        r = -errno;
                else if (n == 0)
                        r = -ENOSPC;
                if (r < 0)
                        break;
                *ret_done += (size_t)n;
        }
        return r;
}

static int write_tail(struct writer *writer)
{
        size_t done;
        int r = write_now(writer, writer->tail, writer->tail_len, &done);

        writer->head_len += done;
        writer->tail_len -= done;
        memmove(writer->tail, writer->tail + done, writer->tail_len);
        return r;
}

/* Takes away the begin of a line, if it is still the end of the file. Others may append, too. */
static void take_back(const struct writer *writer)
{
        const off_t end = lseek(writer->fd, 0, SEEK_CUR), start = end - (off_t)writer->head_len;
        struct stat st;

        if (fstat(writer->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == end && start >= 0 &&
                ftruncate(writer->fd, start) == 0)
                lseek(writer->fd, start, SEEK_SET);
}

size_t writer_finish(struct writer *writer)
{
        size_t lost;

        if (writer->fd < 0 || writer->tail_len == 0 || write_tail(writer) == 0)
                return 0;
        take_back(writer);
        lost = writer->head_len + writer->tail_len;
        writer->tail_len = 0;
        return lost;
}

/* How much of the text before `done` is of the line that goes on there. */
static size_t length_of_head(const char *text, size_t done)
{
        const char *newline = memrchr(text, '\n', done);

        return newline ? done - (size_t)(newline + 1 - text) : done;
}

int writer_write(struct writer *writer, const char *text, size_t len, size_t *ret_taken)
{
        size_t done, taken;
        int r;

        *ret_taken = 0;
        r = write_tail(writer);
        if (r < 0)
                return r;
        r = write_now(writer, text, len, &done);
        taken = done;
        if (done > 0 && done < len && text[done - 1] != '\n') {
                const char *end = memchr(text + done, '\n', len - done);
                size_t rest = end ? (size_t)(end - text) + 1 - done : len - done;

                /* Lines are shorter than this; one that is not loses its end. */
                if (rest > WRITER_LINE_BYTES)
                        rest = WRITER_LINE_BYTES;
                memcpy(writer->tail, text + done, rest);
                writer->head_len = length_of_head(text, done);
                writer->tail_len = rest;
                taken = done + rest;
        }
        *ret_taken = taken;
        return taken == len ? 0 : r;
}
