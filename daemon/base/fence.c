/* SPDX-License-Identifier: MIT */
#include "base/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

enum {
        /* <linux/stat.h>, which C libraries know more or less of. */
        ASK_MOUNT = 0x1000,        /* STATX_MNT_ID */
        DO_NOT_ASK_OTHERS = 0x4000 /* AT_STATX_DONT_SYNC */
};

/* What statx(2) fills in. */
struct status {
        uint32_t known;
        uint32_t others[35];
        uint64_t mount;
        uint64_t more[13];
};

_Static_assert(sizeof(struct status) == 256, "as the kernel has it");

int fence_mount_of(int fd, uint64_t *ret)
{
        struct status status = {0};

        if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH | DO_NOT_ASK_OTHERS, ASK_MOUNT, &status) < 0)
                return errno == ENOSYS ? -EOPNOTSUPP : -errno;
        if (!(status.known & ASK_MOUNT))
                return -EOPNOTSUPP;
        *ret = status.mount;
        return 0;
}

int fence_enter(int dir_fd, const char *name)
{
        const int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

/* The number in a path of a descriptor, and what comes behind it; NULL for another path. */
static const char *parse(const char *path, int *ret_fd)
{
        static const char before[] = FENCE_PATH;
        char *end;

        if (strncmp(path, before, sizeof(before) - 1) != 0)
                return NULL;
        *ret_fd = (int)strtol(path + sizeof(before) - 1, &end, 10);
        return *end == '/' ? end + 1 : NULL;
}

bool fence_has(const char *path)
{
        int fd;

        return path[0] == '/' && parse(path, &fd);
}

/* One part further, on the same mount. Returns the descriptor or -errno. */
static int step(int dir_fd, const char *name, uint64_t mount)
{
        const int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        uint64_t here = 0;
        int r = fd < 0 ? -errno : fence_mount_of(fd, &here);

        if (r >= 0 && here != mount)
                r = -EXDEV;
        if (r < 0 && fd >= 0)
                close(fd);
        return r < 0 ? r : fd;
}

/* What is held by O_PATH is opened as it is now: a link among the things themselves is none that
 * is followed, but one that cannot be opened. */
static int open_held(int fd, int flags)
{
        char memory[sizeof(FENCE_PATH) + 3 * sizeof(int)];
        struct buf path;

        buf_init(&path, memory, sizeof(memory));
        buf_add(&path, FENCE_PATH);
        buf_add_u64(&path, (uint64_t)fd, 0);
        return open(memory, flags);
}

static int walk(int dir_fd, const char *rest, int flags)
{
        char name[NAME_MAX + 1];
        uint64_t mount = 0;
        int fd = -1, r = fence_mount_of(dir_fd, &mount);

        while (r >= 0 && *rest) {
                const size_t len = strcspn(rest, "/");

                if (len > NAME_MAX) {
                        r = -ENAMETOOLONG;
                        break;
                }
                memcpy(name, rest, len);
                name[len] = '\0';
                rest += len;
                rest += strspn(rest, "/");
                r = step(fd >= 0 ? fd : dir_fd, name, mount);
                if (r < 0)
                        break;
                if (fd >= 0)
                        close(fd);
                fd = r;
        }
        if (r >= 0 && (flags & O_PATH))
                return fd;
        if (r >= 0) {
                r = open_held(fd, flags);
                if (r < 0)
                        r = -errno;
        }
        if (fd >= 0)
                close(fd);
        return r;
}

int fence_open(const char *path, int flags)
{
        int dir_fd = -1, r;
        const char *rest = parse(path, &dir_fd);

        r = rest && *rest ? walk(dir_fd, rest, flags) : -ENOENT;
        if (r >= 0)
                return r;
        errno = -r;
        return -1;
}
