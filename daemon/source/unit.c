/* SPDX-License-Identifier: MIT */
#include "source/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/held.h"
#include "base/reserve.h"

enum { ID_LEN = 32 };

static int check_id(const char *text, size_t len, char ret[33])
{
        if (len != ID_LEN || strspn(text, "0123456789abcdef") < ID_LEN)
                return -ENOENT;
        memcpy(ret, text, ID_LEN);
        ret[ID_LEN] = '\0';
        return 0;
}

/* v2 cgroups take attributes; the manager sets this one for unprivileged readers. */
static int read_attribute(const struct cgroup_view *view, const struct cgroup *cgroup, char ret[33])
{
        char memory[PATH_MAX], value[ID_LEN + 1] = "";
        struct buf path;
        cleanup_fd int opened = -1;
        int fd = -1;
        ssize_t n;

        buf_init(&path, memory, sizeof(memory));
        if (hierarchy_folder(cgroup->members, cgroup->path, &path, NULL) < 0)
                return -ENOENT;
        /* That of this cgroup, as its pids.current was read; see cgroup_find_again(). */
        if (cgroup->members == view->layout->of[CONTROLLER_PIDS])
                fd = root_hold_folder(view->root, memory);
        if (fd < 0) {
                opened = reserve_openat(
                        view->root->fd, memory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
                if (opened < 0)
                        return -errno;
                fd = opened;
        }
        n = fgetxattr(fd, "user.invocation_id", value, ID_LEN);
        return n < 0 ? -ENOENT : check_id(value, (size_t)n, ret);
}

static int read_link(const struct cgroup_view *view, const char *name, char ret[33])
{
        char memory[PATH_MAX], value[ID_LEN + 2];
        struct buf path;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add(&path, "run/systemd/units/invocation:");
        buf_add(&path, name);
        if (path.overflow)
                return -ENAMETOOLONG;
        r = link_read_at(view->root->fd, memory, value, sizeof(value));
        return r < 0 ? r : check_id(value, strlen(value), ret);
}

int unit_read_invocation(const struct cgroup_view *view, const struct cgroup *cgroup, char ret[33])
{
        const char *slash = strrchr(cgroup->path, '/');
        int r = cgroup->members->v2 ? read_attribute(view, cgroup, ret) : -ENOENT;

        /* Units of users' managers have names of their own, and no links there. */
        if (r < 0 && slash && !strstr(cgroup->path, "/user@"))
                r = read_link(view, slash + 1, ret);
        return r;
}

static bool is_unit(const char *name, size_t len)
{
        static const char *const types[] = {".service", ".scope", ".slice"};

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
                const size_t n = strlen(types[i]);

                if (len > n && len < UNIT_NAME_BYTES && memcmp(name + len - n, types[i], n) == 0)
                        return true;
        }
        return false;
}

int unit_of_process(const struct cgroup_view *view, int64_t pid, char ret[UNIT_NAME_BYTES])
{
        const struct layout *layout = view->layout;
        const struct hierarchy *hierarchy = layout->of[CONTROLLER_SYSTEMD];
        char path[PATH_MAX];
        char *slash;
        int r = cgroup_of_process(view, (pid_t)pid, hierarchy ? hierarchy : layout->unified, path);

        if (r < 0)
                return r;
        for (; (slash = strrchr(path, '/')); *slash = '\0') {
                const size_t len = strlen(slash + 1);

                if (is_unit(slash + 1, len)) {
                        memcpy(ret, slash + 1, len + 1);
                        return 0;
                }
        }
        return -ENOENT;
}
