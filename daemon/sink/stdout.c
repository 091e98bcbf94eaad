/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kinds.h"

/*
 * A pipe or a terminal is opened once more, to have a description of our own that may be made
 * non-blocking: the one we inherited is shared with a shell, or with other processes.
 */
static void open_own(struct writer *writer, bool is_pipe)
{
        int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_APPEND | O_CLOEXEC);

        if (fd >= 0) {
                writer_open(writer, fd, is_pipe ? WRITER_PIPE : WRITER_PLAIN);
                return;
        }
        fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        writer_open(writer, fd, WRITER_POLL);
}

static int stdout_open(struct sink *sink, const char *argument, struct buf *error)
{
        struct stat st;

        (void)argument;
        int flags = fcntl(STDOUT_FILENO, F_GETFL);

        if (flags < 0 || (flags & O_PATH) || fstat(STDOUT_FILENO, &st) < 0) {
                buf_add(error, "standard output is closed");
                return -EBADF;
        }
        if (S_ISFIFO(st.st_mode) || (S_ISCHR(st.st_mode) && isatty(STDOUT_FILENO)))
                open_own(&sink->writer, S_ISFIFO(st.st_mode));
        else
                writer_open(&sink->writer, fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3),
                        S_ISSOCK(st.st_mode) ? WRITER_SEND : WRITER_PLAIN);
        if (sink->writer.fd < 0) {
                buf_printf(error, "cannot duplicate standard output: %m");
                return -errno;
        }
        return 0;
}

static int stdout_write(struct sink *sink, const char *text, size_t len, size_t *ret_taken)
{
        int r = writer_write(&sink->writer, text, len, ret_taken);

        return r == -ECONNRESET || r == -ENOTCONN ? -EPIPE : r;
}

static int stdout_reopen(struct sink *sink)
{
        (void)sink;
        return 0;
}

const struct sink_kind sink_kind_stdout = {
        .prefix = "stdout",
        .open = stdout_open,
        .write = stdout_write,
        .reopen = stdout_reopen,
};
