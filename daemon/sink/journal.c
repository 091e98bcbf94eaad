/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "kinds.h"

/*
 * journald's own protocol: a datagram an entry. sd_journal_send(3) speaks it, too, but waits while
 * journald's queue is full, and reports success where there is no journald; here both are losses
 * that are counted.
 */
static const struct sockaddr_un journal_address = {
        .sun_family = AF_UNIX,
        .sun_path = "/run/systemd/journal/socket",
};

enum {
        SEND_BUFFER_BYTES = 8 * 1024 * 1024, /* as far as the kernel grants it */
        MAX_BATCH = 64,
};

/* sendmsg(2) takes pointers to what it only reads. */
static void *writable(const void *pointer)
{
        return (void *)(uintptr_t)pointer;
}

bool journal_is_stdout(void)
{
        const char *stream = getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat st;

        /* "9:34567", device and inode; see systemd.exec(5) */
        return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
               fstat(STDOUT_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static int journal_open(struct sink *sink, const char *argument, struct buf *error)
{
        const int bytes = SEND_BUFFER_BYTES;
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        (void)argument;
        if (fd < 0) {
                buf_printf(error, "cannot make a socket: %m");
                return -errno;
        }
        writer_open(&sink->writer, fd, WRITER_SEND);
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
        /* A socket that nobody listens on belongs to a journald that will be back. */
        if (access(journal_address.sun_path, F_OK) < 0) {
                buf_printf(error, "there is no journal here: '%s': %m; write to stdout instead",
                        journal_address.sun_path);
                return -errno;
        }
        return 0;
}

/* Splits the text into at most MAX_BATCH entries, each without its NUL. */
static unsigned split(const char *text, size_t len, struct iovec *ret)
{
        unsigned n = 0;

        while (len > 0 && n < MAX_BATCH) {
                size_t entry_len = strnlen(text, len);

                ret[n++] = (struct iovec){.iov_base = writable(text), .iov_len = entry_len};
                if (entry_len == len)
                        break;
                text += entry_len + 1;
                len -= entry_len + 1;
        }
        return n;
}

/* Sends up to MAX_BATCH entries at once. Returns how many were taken, or -errno. */
static int send_batch(int fd, const struct iovec *entries, unsigned n)
{
        struct mmsghdr messages[MAX_BATCH];
        int sent;

        for (unsigned i = 0; i < n; i++)
                messages[i] = (struct mmsghdr){
                        .msg_hdr =
                                {
                                          .msg_name = writable(&journal_address),
                                          .msg_namelen = sizeof(journal_address),
                                          .msg_iov = writable(&entries[i]),
                                          .msg_iovlen = 1,
                                          },
                };
        do {
                sent = sendmmsg(fd, messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        return sent < 0 ? -errno : sent;
}

static int journal_write_entries(struct sink *sink, const char *text, size_t len, size_t *ret_taken)
{
        *ret_taken = 0;
        while (*ret_taken < len) {
                struct iovec entries[MAX_BATCH] = {0};
                unsigned n = split(text + *ret_taken, len - *ret_taken, entries);
                int sent = send_batch(sink->writer.fd, entries, n);

                if (sent < 0)
                        return sent;
                for (int i = 0; i < sent; i++)
                        *ret_taken += entries[i].iov_len + 1;
        }
        return 0;
}

static int journal_reopen(struct sink *sink)
{
        (void)sink; /* each datagram finds its way anew */
        return 0;
}

const struct sink_kind sink_kind_journal = {
        .prefix = "journal",
        .takes_entries = true,
        .open = journal_open,
        .write = journal_write_entries,
        .reopen = journal_reopen,
};
