/* SPDX-License-Identifier: MIT */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * The kernel's interface, <linux/landlock.h>, of which headers are often older than the kernel;
 * what a version of it knows is in the kernel's documentation, userspace-api/landlock.rst.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum {
        CREATE_RULESET_VERSION = 1,
        RULE_PATH_BENEATH = 1,
};

#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE  (UINT64_C(1) << 2)
#define FS_READ_DIR   (UINT64_C(1) << 3)
#define FS_REMOVE     (UINT64_C(1) << 5)
#define FS_MAKE_REG   (UINT64_C(1) << 8)
#define FS_TRUNCATE   (UINT64_C(1) << 14)
#define FS_IOCTL_DEV  (UINT64_C(1) << 15)
#define NET_TCP       UINT64_C(3) /* to bind and to connect */
#define SCOPE_SIGNAL  (UINT64_C(1) << 1)
#define FS_USES(n)    ((UINT64_C(1) << (n)) - 1)

struct ruleset {
        uint64_t fs, net, scope;
};

struct path_beneath {
        uint64_t uses;
        int32_t fd;
} __attribute__((packed));

/* What each version closes, and how much of the structure it knows. */
static const struct version {
        struct ruleset closes;
        size_t size;
} versions[] = {
        {{FS_USES(13), 0, 0},                  8 },
        {{FS_USES(14), 0, 0},                  8 }, /* REFER */
        {{FS_USES(15), 0, 0},                  8 }, /* TRUNCATE */
        {{FS_USES(15), NET_TCP, 0},            16},
        {{FS_USES(16), NET_TCP, 0},            16}, /* IOCTL_DEV */
        {{FS_USES(16), NET_TCP, SCOPE_SIGNAL}, 24},
};

enum { N_VERSIONS = sizeof(versions) / sizeof(versions[0]) };

int landlock_init(struct landlock *ret)
{
        const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
        const struct version *known;
        long fd;

        if (version <= 0)
                return version < 0 ? -errno : -EOPNOTSUPP;
        known = &versions[version < N_VERSIONS ? version - 1 : N_VERSIONS - 1];
        fd = syscall(SYS_landlock_create_ruleset, &known->closes, known->size, 0);
        if (fd < 0)
                return -errno;
        *ret = (struct landlock){.fd = (int)fd, .closes = known->closes.fs};
        return 0;
}

/* Whether the kernel makes up what is in a folder: there is nothing to truncate, and no device. */
static bool is_made_up(int fd)
{
        struct statfs fs;

        if (fstatfs(fd, &fs) < 0)
                return false;
        return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ||
               fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC;
}

/*
 * Of each file that is opened the kernel asks what may be done with it beside reading, on the way
 * from the file to the top, until it has found all of it: it need not go on past a folder where all
 * is allowed. There are thousands of files in a tick.
 */
static uint64_t uses_of_folder(const struct landlock *landlock, int fd, enum landlock_use use)
{
        if (use != LANDLOCK_READ)
                return FS_MAKE_REG;
        if (!is_made_up(fd))
                return FS_READ_DIR;
        return FS_READ_DIR | (landlock->closes & (FS_TRUNCATE | FS_IOCTL_DEV));
}

void landlock_allow(struct landlock *landlock, const char *path, enum landlock_use use)
{
        cleanup_fd int fd = path ? open(path, O_PATH | O_CLOEXEC) : -1;
        struct path_beneath rule = {.fd = fd};
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return;
        rule.uses = use == LANDLOCK_READ ? FS_READ_FILE : FS_WRITE_FILE;
        if (S_ISDIR(st.st_mode))
                rule.uses |= uses_of_folder(landlock, fd, use);
        if (use == LANDLOCK_REPLACE)
                rule.uses |= FS_REMOVE;
        /* What is refused stays closed: it then fails when it is opened, which is said there. */
        syscall(SYS_landlock_add_rule, landlock->fd, RULE_PATH_BENEATH, &rule, 0);
}

int landlock_enter(struct landlock *landlock)
{
        const long r = syscall(SYS_landlock_restrict_self, landlock->fd, 0);
        const int error = errno;

        close(landlock->fd);
        return r < 0 ? -error : 0;
}
