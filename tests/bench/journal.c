/* SPDX-License-Identifier: MIT */

/*
 * Stands in for the journal where there is none: takes what is sent to the socket PATH, and forgets
 * it. Says "ready" when it is there, and ends with its standard input.
 *
 *   journal PATH
 */

#include <err.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The kernel keeps 10 datagrams for a reader, unless told otherwise; systemd tells it 512 for the
 * journal. Here that is so in a network namespace, which this process alone is in. */
static void allow_many(void)
{
        FILE *file = unshare(CLONE_NEWNET) == 0 ? fopen("/proc/sys/net/unix/max_dgram_qlen", "we")
                                                : NULL;

        if (!file || fputs("512", file) < 0 || fclose(file) != 0)
                warn("cannot keep as many datagrams as the journal does");
}

int main(int argc, char **argv)
{
        static char memory[256 * 1024];
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct pollfd fds[2] = {
                {.fd = STDIN_FILENO, .events = POLLIN},
                {.fd = -1,           .events = POLLIN},
        };

        if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path))
                errx(64, "usage: journal PATH");
        stpcpy(address.sun_path, argv[1]);
        allow_many();
        fds[1].fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fds[1].fd < 0 || bind(fds[1].fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                err(1, "cannot bind '%s'", argv[1]);
        puts("ready");
        fflush(stdout);
        while (poll(fds, 2, -1) > 0 && !fds[0].revents) {
                if (recv(fds[1].fd, memory, sizeof(memory), 0) < 0)
                        err(1, "cannot receive");
        }
        unlink(argv[1]);
        return 0;
}
