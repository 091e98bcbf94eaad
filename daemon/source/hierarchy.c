/* SPDX-License-Identifier: MIT */
#include "source/hierarchy.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "hierarchy_above.h"
#include "mount_line.h"
#include "source/proc.h"

static const char controller_names[N_CONTROLLERS][16] = {
        [CONTROLLER_PIDS] = "pids",
        [CONTROLLER_MEMORY] = "memory",
        [CONTROLLER_CPU] = "cpu",
        [CONTROLLER_CPUACCT] = "cpuacct",
        [CONTROLLER_IO] = "blkio",
        [CONTROLLER_SYSTEMD] = "name=systemd",
};

/* Whether `name` is one of the comma-separated words of `list`, which is `len` bytes long. */
static bool has_word(const char *list, size_t len, const char *name)
{
        size_t name_len = strlen(name);

        while (len > 0) {
                const char *comma = memchr(list, ',', len);
                size_t word_len = comma ? (size_t)(comma - list) : len;

                if (word_len == name_len && memcmp(list, name, word_len) == 0)
                        return true;
                if (!comma)
                        break;
                len -= word_len + 1;
                list = comma + 1;
        }
        return false;
}

static uint32_t controllers_in(const char *list, size_t len)
{
        uint32_t controllers = 0;

        for (unsigned i = 0; i < N_CONTROLLERS; i++) {
                if (has_word(list, len, controller_names[i]))
                        controllers |= UINT32_C(1) << i;
        }
        return controllers;
}

/*
 * One line of a /proc/PID/cgroup: "4:cpu,cpuacct:/system.slice", "1:name=systemd:/", "0::/a".
 * Returns the start of the path, or NULL.
 */
static const char *parse_cgroup_line(const char *line, const char **ret_list, size_t *ret_list_len)
{
        const char *list, *path, *end = line + strcspn(line, "\n");

        list = memchr(line, ':', (size_t)(end - line));
        if (!list)
                return NULL;
        list++;
        path = memchr(list, ':', (size_t)(end - list));
        if (!path)
                return NULL;
        *ret_list = list;
        *ret_list_len = (size_t)(path - list);
        return path + 1;
}

static int add_hierarchy(struct layout *layout, const char *line)
{
        const char *list, *path = NULL;
        size_t list_len;
        struct hierarchy *grown, *hierarchy;

        path = parse_cgroup_line(line, &list, &list_len);
        if (!path || *path != '/')
                return -EBADMSG;
        grown = reallocarray(layout->hierarchies, layout->n_hierarchies + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        layout->hierarchies = grown;
        hierarchy = &grown[layout->n_hierarchies];
        *hierarchy = (struct hierarchy){
                .v2 = list_len == 0,
                .controllers = controllers_in(list, list_len),
                .own_path = strndup(path, strcspn(path, "\n")),
        };
        if (!hierarchy->own_path)
                return -ENOMEM;
        layout->n_hierarchies++;
        return 0;
}

static struct hierarchy *find_hierarchy(const struct layout *layout, bool v2, const char *options)
{
        uint32_t controllers = controllers_in(options, strlen(options));

        for (size_t i = 0; i < layout->n_hierarchies; i++) {
                struct hierarchy *hierarchy = &layout->hierarchies[i];

                if (v2 ? hierarchy->v2
                       : !hierarchy->v2 && controllers && hierarchy->controllers == controllers)
                        return hierarchy;
        }
        return NULL;
}

const struct hierarchy *layout_find(
        const struct layout *layout, const char *type, const char *options)
{
        if (strcmp(type, "cgroup") != 0 && strcmp(type, "cgroup2") != 0)
                return NULL;
        return find_hierarchy(layout, type[6] == '2', options);
}

static int add_mount(struct hierarchy *hierarchy, const char *root, const char *point)
{
        struct cgroup_mount *grown, mount;

        grown = reallocarray(hierarchy->mounts, hierarchy->n_mounts + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        hierarchy->mounts = grown;
        mount.root = strdup(root);
        mount.point = strdup(point);
        if (!mount.root || !mount.point) {
                free(mount.root);
                free(mount.point);
                return -ENOMEM;
        }
        grown[hierarchy->n_mounts++] = mount;
        return 0;
}

/* The part of a mount point below the folder `root_path`: relative, or NULL when it is not. */
static const char *point_below(const char *point, const char *root_path)
{
        size_t len = strlen(root_path);

        while (len > 0 && root_path[len - 1] == '/')
                len--;
        if (strncmp(point, root_path, len) != 0 || point[len] != '/')
                return NULL;
        return point + len + 1;
}

static bool is_folder(const struct root *root, const char *path)
{
        struct stat st;

        return fstatat(root->fd, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/*
 * Adds the cgroup mounts in the text of a mountinfo whose points lie below the folder `below`.
 * One that is no folder is a single file mounted over another (systemd does so with a service's
 * own memory.pressure), and shows no hierarchy.
 */
static int add_mounts(struct layout *layout, const struct root *root, const char *text,
        const char *below, size_t *ret_n)
{
        char *copy = strdup(text), *rest = copy, *line;
        int r = 0;

        if (!copy)
                return -ENOMEM;
        *ret_n = 0;
        while (r == 0 && (line = strsep(&rest, "\n"))) {
                struct mount_line mount;
                struct hierarchy *hierarchy;
                const char *point;

                if (!mount_line_parse(line, &mount))
                        continue;
                if (strcmp(mount.type, "cgroup") != 0 && strcmp(mount.type, "cgroup2") != 0)
                        continue;
                hierarchy = find_hierarchy(layout, mount.type[6] == '2', mount.options);
                point = point_below(mount.point, below);
                if (!hierarchy || !point || !is_folder(root, point))
                        continue;
                r = add_mount(hierarchy, mount.root, point);
                hierarchy->pids_localevents |=
                        hierarchy->v2 &&
                        has_word(mount.options, strlen(mount.options), "pids_localevents");
                ++*ret_n;
        }
        free(copy);
        return r;
}

static void map_controllers(struct layout *layout)
{
        for (size_t i = 0; i < layout->n_hierarchies; i++) {
                const struct hierarchy *hierarchy = &layout->hierarchies[i];

                if (hierarchy->v2)
                        layout->unified = hierarchy;
                for (unsigned c = 0; c < N_CONTROLLERS; c++) {
                        if (hierarchy->controllers & (UINT32_C(1) << c))
                                layout->of[c] = hierarchy;
                }
        }
        for (unsigned c = 0; c < N_CONTROLLERS; c++) {
                if (!layout->of[c] && c != CONTROLLER_SYSTEMD)
                        layout->of[c] = layout->unified;
        }
}

static int read_hierarchies(const struct root *root, struct scratch *scratch, struct layout *layout)
{
        const char *line;
        int r = root_read(root, "proc/self/cgroup", scratch);

        if (r == -ENOENT)
                return 0; /* a kernel without cgroups */
        if (r < 0)
                return r;
        for (line = scratch->text; *line;) {
                r = add_hierarchy(layout, line);
                if (r < 0)
                        return r;
                line += strcspn(line, "\n");
                line += *line == '\n';
        }
        return 0;
}

/* With another root than "/", the mounts below it if there are any; see layout_read(). */
static int read_mounts(const struct root *root, const char *root_path, struct scratch *scratch,
        struct layout *layout)
{
        size_t n_mounts;
        int r = root_read(root, "proc/self/mountinfo", scratch);

        if (r == -ENOENT)
                return 0;
        if (r == 0)
                r = add_mounts(layout, root, scratch->text, root_path, &n_mounts);
        if (r == 0 && n_mounts == 0)
                r = add_mounts(layout, root, scratch->text, "/", &n_mounts);
        return r;
}

/* As the files of cgroups number it: by the PID namespace that reads them. In a recorded tree, as
 * the one of whom that is told. */
static pid_t own_pid(const struct root *root, struct scratch *scratch)
{
        struct statfs fs;
        cleanup_fd int fd = openat(root->fd, "proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0 || (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC))
                return getpid();
        return proc_own_pid(root, scratch);
}

int layout_read(
        const struct root *root, const char *root_path, struct scratch *scratch, struct layout *ret)
{
        struct layout layout = {0};
        int r = read_hierarchies(root, scratch, &layout);

        if (r == 0)
                r = read_mounts(root, root_path, scratch, &layout);
        for (size_t i = 0; i < layout.n_hierarchies && r == 0; i++)
                r = hierarchy_look_above(
                        root, scratch, own_pid(root, scratch), &layout.hierarchies[i]);
        if (r < 0) {
                layout_done(&layout);
                return r;
        }
        map_controllers(&layout);
        *ret = layout;
        return 0;
}

void layout_done(struct layout *layout)
{
        for (size_t i = 0; i < layout->n_hierarchies; i++) {
                struct hierarchy *hierarchy = &layout->hierarchies[i];

                for (size_t j = 0; j < hierarchy->n_mounts; j++) {
                        free(hierarchy->mounts[j].root);
                        free(hierarchy->mounts[j].point);
                }
                free(hierarchy->mounts);
                free(hierarchy->own_path);
                free(hierarchy->above);
                free(hierarchy->room);
        }
        free(layout->hierarchies);
        *layout = (struct layout){0};
}

int layout_add_mount(struct layout *layout, const struct hierarchy *hierarchy, const char *root,
        const char *point)
{
        layout->n_changes++;
        return add_mount(&layout->hierarchies[hierarchy - layout->hierarchies], root, point);
}

void layout_remove_mount(struct layout *layout, const char *point)
{
        for (size_t i = 0; i < layout->n_hierarchies; i++) {
                struct hierarchy *hierarchy = &layout->hierarchies[i];

                for (size_t j = 0; j < hierarchy->n_mounts; j++) {
                        if (strcmp(hierarchy->mounts[j].point, point) != 0)
                                continue;
                        free(hierarchy->mounts[j].root);
                        free(hierarchy->mounts[j].point);
                        hierarchy->mounts[j] = hierarchy->mounts[--hierarchy->n_mounts];
                        layout->n_changes++;
                        return;
                }
        }
}

/* The part of `path` below `top`, without a leading slash; NULL when it is not below. */
static const char *path_below(const char *path, const char *top)
{
        size_t len = strlen(top);

        if (len == 1) /* "/" */
                return path + 1;
        if (strncmp(path, top, len) != 0)
                return NULL;
        if (path[len] == '/')
                return path + len + 1;
        return path[len] ? NULL : path + len;
}

bool hierarchy_is_outside(const char *path)
{
        const char *rest = text_after(path, "/..");

        return rest && (*rest == '/' || !*rest);
}

int hierarchy_folder(
        const struct hierarchy *hierarchy, const char *path, struct buf *ret, size_t *ret_point_len)
{
        const bool is_outside = hierarchy_is_outside(path);
        const struct cgroup_mount *best = NULL;
        const char *best_rest = NULL;

        assert(path);
        for (size_t i = 0; i < hierarchy->n_mounts; i++) {
                const struct cgroup_mount *mount = &hierarchy->mounts[i];
                const char *rest;

                if (hierarchy_is_outside(mount->root) != is_outside)
                        continue;
                rest = path_below(path, mount->root);
                /* As many levels up as the mount goes, and no more. */
                if (rest && (text_after(rest, "../") || strcmp(rest, "..") == 0))
                        continue;
                /* That which shows most of what is above it, as limits there bind, too. */
                if (rest && (!best || strlen(mount->root) < strlen(best->root))) {
                        best = mount;
                        best_rest = rest;
                }
        }
        if (!best)
                return -ENOENT;
        buf_add(ret, best->point);
        if (ret_point_len)
                *ret_point_len = ret->len;
        if (*best_rest) {
                buf_add_char(ret, '/');
                buf_add(ret, best_rest);
        }
        return ret->overflow ? -ENAMETOOLONG : 0;
}

static bool is_line_of(const struct hierarchy *hierarchy, const char *list, size_t len)
{
        if (hierarchy->v2)
                return len == 0;
        return len > 0 && hierarchy->controllers &&
               controllers_in(list, len) == hierarchy->controllers;
}

static const char *make_whole(const struct hierarchy *hierarchy, const char *path, size_t *len)
{
        struct buf whole;

        buf_init(&whole, hierarchy->room, PATH_MAX);
        if (!hierarchy_join(hierarchy->above, path, *len, &whole))
                return path;
        *len = whole.len;
        return hierarchy->room;
}

const char *hierarchy_path_in(
        const struct hierarchy *hierarchy, const char *text, size_t *ret_len, bool *ret_deleted)
{
        static const char deleted[] = " (deleted)";
        const size_t deleted_len = sizeof(deleted) - 1;

        while (*text) {
                const char *list, *path;
                size_t list_len, len;

                path = parse_cgroup_line(text, &list, &list_len);
                if (path && is_line_of(hierarchy, list, list_len)) {
                        len = strcspn(path, "\n");
                        *ret_deleted = len > deleted_len &&
                                       memcmp(path + len - deleted_len, deleted, deleted_len) == 0;
                        *ret_len = *ret_deleted ? len - deleted_len : len;
                        return hierarchy->above ? make_whole(hierarchy, path, ret_len) : path;
                }
                text += strcspn(text, "\n");
                text += *text == '\n';
        }
        return NULL;
}

void layout_strip_mount_point(const struct layout *layout, const char *path, struct buf *ret)
{
        const struct cgroup_mount *best = NULL;
        const char *best_rest = path;

        assert(*path == '/');
        for (size_t i = 0; i < layout->n_hierarchies; i++) {
                const struct hierarchy *hierarchy = &layout->hierarchies[i];

                for (size_t j = 0; j < hierarchy->n_mounts; j++) {
                        const struct cgroup_mount *mount = &hierarchy->mounts[j];
                        const char *rest = text_after(path + 1, mount->point);

                        if (rest && *mount->point && (*rest == '/' || !*rest) && rest > best_rest) {
                                best = mount;
                                best_rest = rest;
                        }
                }
        }
        if (best && strcmp(best->root, "/") != 0)
                buf_add(ret, best->root);
        buf_add(ret, *best_rest || ret->len > 0 ? best_rest : "/");
}
