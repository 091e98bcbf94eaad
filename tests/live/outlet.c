/* SPDX-License-Identifier: MIT */

/*
 * Becomes a command whose standard output is read late, so that live tests can see what it does
 * meanwhile:
 *
 *   outlet pipe|socket|terminal GATE FILE COMMAND [ARGUMENT]...
 *
 * Nobody reads the pipe, the stream socket or the raw terminal before somebody opens the FIFO
 * GATE for writing. From then on all is copied to FILE, until the command closes its output. The
 * terminal is stopped until then, as by Ctrl-S.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { GIVE_UP_S = 300 };

/* Makes a terminal that passes each byte as it is, but can be stopped, and stops it. */
static void open_terminal(int fds[2])
{
        struct termios settings;
        char name[64];

        fds[0] = posix_openpt(O_RDWR | O_NOCTTY);
        if (fds[0] < 0 || grantpt(fds[0]) < 0 || unlockpt(fds[0]) < 0 ||
                ptsname_r(fds[0], name, sizeof(name)) != 0)
                err(1, "cannot make a terminal");
        fds[1] = open(name, O_RDWR | O_NOCTTY);
        if (fds[1] < 0 || tcgetattr(fds[1], &settings) < 0)
                err(1, "cannot open the terminal '%s'", name);
        cfmakeraw(&settings);
        settings.c_iflag |= IXON;
        if (tcsetattr(fds[1], TCSANOW, &settings) < 0 || tcflow(fds[1], TCOOFF) < 0)
                err(1, "cannot stop the terminal");
}

static void copy(int from, int to)
{
        char block[65536];
        ssize_t n;

        /* The reading end of a terminal fails with EIO when nobody has the other one open. */
        while ((n = read(from, block, sizeof(block))) > 0) {
                if (write(to, block, (size_t)n) != n)
                        err(1, "cannot write");
        }
        if (n < 0 && errno != EIO)
                err(1, "cannot read");
}

_Noreturn static void be_reader(int fds[2], bool is_terminal, const char *gate, const char *file)
{
        int to = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);

        if (to < 0)
                err(1, "cannot open '%s'", file);
        if (!is_terminal)
                close(fds[1]);
        /* Whoever should open the gate may have died. */
        alarm(GIVE_UP_S);
        if (open(gate, O_RDONLY) < 0)
                err(1, "cannot open '%s'", gate);
        if (is_terminal) {
                tcflow(fds[1], TCOON);
                close(fds[1]);
        }
        copy(fds[0], to);
        exit(0);
}

int main(int argc, char **argv)
{
        int fds[2], r = 0;

        if (argc < 5)
                errx(64, "usage: outlet pipe|socket|terminal GATE FILE COMMAND...");
        const bool is_terminal = strcmp(argv[1], "terminal") == 0;
        if (is_terminal)
                open_terminal(fds);
        else if (strcmp(argv[1], "socket") == 0)
                r = socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
        else if (strcmp(argv[1], "pipe") == 0)
                r = pipe(fds);
        else
                errx(64, "no such output: '%s'", argv[1]);
        if (r < 0)
                err(1, "cannot make a %s", argv[1]);

        pid_t pid = fork();
        if (pid < 0)
                err(1, "cannot fork");
        if (pid == 0)
                be_reader(fds, is_terminal, argv[2], argv[3]);
        close(fds[0]);
        if (dup2(fds[1], STDOUT_FILENO) < 0)
                err(1, "cannot redirect standard output");
        close(fds[1]);
        execvp(argv[4], argv + 4);
        err(1, "cannot run '%s'", argv[4]);
}
