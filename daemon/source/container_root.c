/* SPDX-License-Identifier: MIT */
#include "source/container_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fence.h"
#include "base/reserve.h"
#include "base/text.h"
#include "hierarchy_above.h"
#include "mount_line.h"

/* What one search has at hand. */
struct search {
        const struct root *root;
        struct scratch *scratch;
        const struct layout *layout;
        const struct hierarchy *hierarchy;
        pid_t pid;
        const char *path;
};

/* One mount of the process. */
struct mount {
        uint64_t id;
        char type[32];
        const struct hierarchy *hierarchy; /* of cgroups, or NULL */
        char root[PATH_MAX], point[PATH_MAX];
};

/* File systems whose every answer is the kernel's own: no process, and no other machine, can keep
 * it waiting. */
static bool is_trusted(const char *type)
{
        static const char *const types[] = {
                "overlay",
                "ext2",
                "ext3",
                "ext4",
                "xfs",
                "btrfs",
                "zfs",
                "f2fs",
                "bcachefs",
                "erofs",
                "squashfs",
                "tmpfs",
                "ramfs",
                "rootfs",
                "sysfs",
                "cgroup",
                "cgroup2",
        };

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
                if (strcmp(type, types[i]) == 0)
                        return true;
        }
        return false;
}

static void write_proc(const struct search *search, const char *name, char *memory, size_t size)
{
        struct buf path;

        buf_init(&path, memory, size);
        buf_add(&path, "proc/");
        buf_add_u64(&path, (uint64_t)search->pid, 0);
        buf_add_char(&path, '/');
        buf_add(&path, name);
}

/* The root of a mount of cgroups is told as the paths of cgroups are. */
static bool take_root(const struct search *search, const char *root, char ret[PATH_MAX])
{
        struct buf text;

        buf_init(&text, ret, PATH_MAX);
        if (search->hierarchy->above)
                return hierarchy_join(search->hierarchy->above, root, strlen(root), &text);
        buf_add(&text, root);
        return !text.overflow;
}

static bool take_mount(const struct search *search, struct mount_line *line, struct mount *ret)
{
        struct buf type, point;

        ret->id = line->id;
        buf_init(&type, ret->type, sizeof(ret->type));
        buf_add(&type, line->type);
        buf_init(&point, ret->point, sizeof(ret->point));
        buf_add(&point, line->point);
        ret->hierarchy = layout_find(search->layout, line->type, line->options);
        if (type.overflow || point.overflow)
                return false;
        return ret->hierarchy != search->hierarchy || take_root(search, line->root, ret->root);
}

/*
 * Reads the mounts of the process and finds the last one that `is_wanted`, which is the one on top
 * where there are several. Returns 0, -ENOENT or -errno from reading.
 */
static int find_mount(const struct search *search,
        bool (*is_wanted)(const struct search *, const struct mount *, const void *),
        const void *data, struct mount *ret)
{
        char path[64], *rest = search->scratch->text, *line;
        struct mount mount;
        int r, found = -ENOENT;

        write_proc(search, "mountinfo", path, sizeof(path));
        r = root_read(search->root, path, search->scratch);
        if (r < 0)
                return r;
        while ((line = strsep(&rest, "\n"))) {
                struct mount_line parsed;

                if (!mount_line_parse(line, &parsed) || !take_mount(search, &parsed, &mount) ||
                        !is_wanted(search, &mount, data))
                        continue;
                *ret = mount;
                found = 0;
        }
        return found;
}

/* What is left of the path below the top of a mount, or NULL: it is not there. */
static const char *rest_of(const struct search *search, const struct mount *mount)
{
        const char *rest;

        if (mount->hierarchy != search->hierarchy)
                return NULL;
        rest = text_after(search->path, mount->root);
        if (strcmp(mount->root, "/") == 0)
                return hierarchy_is_outside(search->path) ? NULL : search->path + 1;
        if (rest && (*rest == '\0' || *rest == '/')) {
                rest += *rest == '/';
                return text_after(rest, "..") ? NULL : rest;
        }
        return NULL;
}

static bool shows_path(const struct search *search, const struct mount *mount, const void *data)
{
        (void)data;
        return rest_of(search, mount) != NULL;
}

static bool has_id(const struct search *search, const struct mount *mount, const void *data)
{
        (void)search;
        return mount->id == *(const uint64_t *)data;
}

/* The mount that a folder is on, which stays as long as the folder is open: so its number can be
 * that of no other. */
static int find_mount_of(const struct search *search, int fd, struct mount *ret)
{
        uint64_t id;
        int r = fence_mount_of(fd, &id);

        return r < 0 ? r : find_mount(search, has_id, &id, ret);
}

/* Replaces an open folder by one in it. */
static int enter(const struct search *search, int *fd, const char *name)
{
        struct mount mount;
        int r = find_mount_of(search, *fd, &mount);

        if (r == -ENOENT || (r == 0 && !is_trusted(mount.type)))
                return -ESTALE;
        if (r < 0)
                return r;
        r = fence_enter(*fd, name);
        if (r < 0)
                return r == -ENOTDIR ? -ESTALE : r;
        close(*fd);
        *fd = r;
        return 0;
}

/* Goes down a path, one part after the other. */
static int descend(const struct search *search, int *fd, const char *path)
{
        int r = 0;

        while (r == 0 && *path) {
                char name[NAME_MAX + 1];
                size_t len;

                path += strspn(path, "/");
                len = strcspn(path, "/");
                if (len > NAME_MAX)
                        return -ENAMETOOLONG;
                memcpy(name, path, len);
                name[len] = '\0';
                if (len > 0)
                        r = enter(search, fd, name);
                path += len;
        }
        return r;
}

static void write_fenced(int fd, struct container_folder *ret)
{
        struct buf point;

        buf_init(&point, ret->point, sizeof(ret->point));
        buf_add(&point, FENCE_PATH);
        buf_add_u64(&point, (uint64_t)fd, 0);
}

/* Goes down a path within the mount that shows the cgroup. */
static int enter_fenced(int *fd, const char *rest)
{
        char memory[PATH_MAX];
        struct buf path;
        int below;

        buf_init(&path, memory, sizeof(memory));
        buf_add(&path, FENCE_PATH);
        buf_add_u64(&path, (uint64_t)*fd, 0);
        buf_add_char(&path, '/');
        buf_add(&path, rest);
        below = path.overflow ? -1 : reserve_openat(AT_FDCWD, memory, O_PATH | O_CLOEXEC, 0);
        if (below < 0)
                return path.overflow ? -ENAMETOOLONG : -errno;
        close(*fd);
        *fd = below;
        return 0;
}

/* The folder is where the mount was said to be; what it shows is said by the mount it is on. */
static int open_live(const struct search *search, struct container_folder *ret)
{
        char path[64];
        cleanup_fd int fd = -1;
        struct mount mount;
        const char *rest;
        int r;

        write_proc(search, "root", path, sizeof(path));
        fd = reserve_openat(search->root->fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        if (fd < 0)
                return -errno;
        r = find_mount(search, shows_path, NULL, &mount);
        if (r == 0)
                r = descend(search, &fd, mount.point);
        if (r == 0)
                r = find_mount_of(search, fd, &mount);
        if (r < 0)
                return r;
        rest = rest_of(search, &mount);
        if (!rest)
                return -ESTALE;
        if (*rest)
                r = enter_fenced(&fd, rest);
        if (r < 0)
                return r == -EXDEV || r == -ENOTDIR ? -ESTALE : r;
        write_fenced(fd, ret);
        ret->fd = fd;
        fd = -1;
        return 0;
}

static int open_recorded(const struct search *search, struct container_folder *ret)
{
        struct mount mount;
        struct buf point;
        struct stat st;
        const char *rest;
        int r = find_mount(search, shows_path, NULL, &mount);

        if (r < 0)
                return r;
        rest = rest_of(search, &mount);
        buf_init(&point, ret->point, sizeof(ret->point));
        buf_add(&point, "proc/");
        buf_add_u64(&point, (uint64_t)search->pid, 0);
        buf_add(&point, "/root");
        buf_add(&point, mount.point);
        if (*rest) {
                buf_add_char(&point, '/');
                buf_add(&point, rest);
        }
        if (point.overflow)
                return -ENAMETOOLONG;
        ret->fd = -1;
        return fstatat(search->root->fd, ret->point, &st, 0) < 0 ? -errno : 0;
}

int container_root_open(const struct root *root, bool is_live, struct scratch *scratch,
        const struct layout *layout, const struct hierarchy *hierarchy, pid_t pid, const char *path,
        struct container_folder *ret)
{
        const struct search search = {
                .root = root,
                .scratch = scratch,
                .layout = layout,
                .hierarchy = hierarchy,
                .pid = pid,
                .path = path,
        };

        return is_live ? open_live(&search, ret) : open_recorded(&search, ret);
}
