/* SPDX-License-Identifier: MIT */

/*
 * A journald, or a service manager, that does nothing but listen:
 *
 *   receiver SOCKET FILE
 *
 * Each datagram is appended to FILE: a line for each field of it, as "NAME=value", and an empty
 * line. What is not printable is written as "\x0a". The socket stays behind when it ends, as that
 * of a journald does which is started anew; one that is there is replaced.
 *
 * SIGTERM ends it with the next datagram. What was in its queue is not lost then: before it looks
 * for the last time, it takes the socket's name away for a moment, so that no more can come.
 */

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void write_shown(FILE *file, const char *bytes, size_t len)
{
        for (size_t i = 0; i < len; i++) {
                if (bytes[i] >= ' ' && bytes[i] < 0x7f && bytes[i] != '\\')
                        fputc(bytes[i], file);
                else
                        fprintf(file, "\\x%02x", (unsigned char)bytes[i]);
        }
        fputc('\n', file);
}

/* "NAME=value\n", or "NAME\n", the length of the value in 8 bytes, the value, and "\n". */
static void write_fields(FILE *file, const char *at, size_t len)
{
        while (len > 0) {
                const char *end = memchr(at, '\n', len);
                size_t line_len = end ? (size_t)(end - at) : len;
                uint64_t value_len;

                if (memchr(at, '=', line_len) || len < line_len + 1 + sizeof(value_len)) {
                        write_shown(file, at, line_len);
                } else {
                        memcpy(&value_len, end + 1, sizeof(value_len));
                        fprintf(file, "%.*s=", (int)line_len, at);
                        line_len += 1 + sizeof(value_len);
                        if (value_len > len - line_len)
                                errx(1, "a field of %ju bytes", (uintmax_t)value_len);
                        write_shown(file, at + line_len, value_len);
                        line_len += value_len;
                }
                line_len += line_len < len;
                at += line_len;
                len -= line_len;
        }
        fputc('\n', file);
        fflush(file);
}

static volatile sig_atomic_t ends;

static void on_term(int signal_number)
{
        (void)signal_number;
        ends = 1;
}

static void receive(int fd, FILE *file, int flags)
{
        static char datagram[1024 * 1024];
        ssize_t n = recv(fd, datagram, sizeof(datagram), flags);

        if (n >= 0)
                write_fields(file, datagram, (size_t)n);
        else if (errno == EAGAIN)
                ends = 2;
        else if (errno != EINTR)
                err(1, "cannot receive");
}

static void take_the_last(int fd, FILE *file, const char *path)
{
        char away[PATH_MAX];

        snprintf(away, sizeof(away), "%s.away", path);
        if (rename(path, away) < 0)
                err(1, "cannot rename '%s'", path);
        while (ends < 2)
                receive(fd, file, MSG_DONTWAIT);
        close(fd);
        if (rename(away, path) < 0)
                err(1, "cannot rename '%s'", away);
}

int main(int argc, char **argv)
{
        struct sigaction action = {.sa_handler = on_term};
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        FILE *file;
        int fd;

        if (argc != 3 || strlen(argv[1]) >= sizeof(address.sun_path))
                errx(64, "usage: receiver SOCKET FILE");
        memcpy(address.sun_path, argv[1], strlen(argv[1]));
        file = fopen(argv[2], "a");
        if (!file)
                err(1, "cannot open '%s'", argv[2]);
        fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        if (unlink(argv[1]) < 0 && errno != ENOENT)
                err(1, "cannot remove '%s'", argv[1]);
        if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
                err(1, "cannot listen at '%s'", argv[1]);
        sigaction(SIGTERM, &action, NULL);
        while (!ends)
                receive(fd, file, 0);
        take_the_last(fd, file, argv[1]);
        return 0;
}
