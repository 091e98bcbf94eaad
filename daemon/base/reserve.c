/* SPDX-License-Identifier: MIT */
#include "base/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/fence.h"

enum {
        RESERVE = 8 /* a walk over the cgroups holds one a level, everything else two */
};

/* Descriptors plus 1, as 0 is one that is not there. */
static int reserve[RESERVE];

void reserve_fill(void)
{
        for (unsigned i = 0; i < RESERVE; i++) {
                if (reserve[i] > 0)
                        continue;
                /* Each is a file of its own: those of dup(2) would save none for the machine. */
                reserve[i] = open("/", O_PATH | O_CLOEXEC) + 1;
                if (reserve[i] <= 0)
                        return;
        }
}

/* Gives one back. Returns whether there was one. */
static bool release(void)
{
        for (unsigned i = 0; i < RESERVE; i++) {
                if (reserve[i] > 0) {
                        close(reserve[i] - 1);
                        reserve[i] = 0;
                        return true;
                }
        }
        return false;
}

int reserve_openat(int dir_fd, const char *path, int flags, unsigned mode)
{
        int fd;

        do {
                fd = fence_has(path) ? fence_open(path, flags) : openat(dir_fd, path, flags, mode);
        } while (fd < 0 && (errno == EINTR || ((errno == EMFILE || errno == ENFILE) && release())));
        return fd;
}
