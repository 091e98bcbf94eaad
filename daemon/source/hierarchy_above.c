/* SPDX-License-Identifier: MIT */
#include "hierarchy_above.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum {
        MAX_DEPTH = 32,
        MAX_FOLDERS = 64 * 1024, /* that are looked at before it is given up */
};

bool hierarchy_join(const char *above, const char *path, size_t len, struct buf *ret)
{
        const char *end = path + len;

        if (strcmp(above, "/") != 0)
                buf_add(ret, above);
        while (path < end) {
                const char *slash;
                size_t part_len;

                path += *path == '/';
                slash = memchr(path, '/', (size_t)(end - path));
                part_len = slash ? (size_t)(slash - path) : (size_t)(end - path);
                if (part_len == 2 && memcmp(path, "..", 2) == 0) {
                        size_t up = ret->len;

                        while (up > 0 && ret->text[up - 1] != '/')
                                up--;
                        if (up == 0)
                                return false;
                        buf_truncate(ret, up - 1);
                } else if (part_len > 0) {
                        buf_add_char(ret, '/');
                        buf_add_bytes(ret, path, part_len);
                }
                path += part_len;
        }
        if (ret->len == 0)
                buf_add_char(ret, '/');
        return !ret->overflow;
}

/* How many levels above the namespace the top of a mount lies: of "/../..", 2. 0 for another. */
static unsigned count_ups(const char *path)
{
        unsigned n = 0;

        for (const char *rest; (rest = text_after(path, "/..")); path = rest)
                n++;
        return *path ? 0 : n;
}

/* What is looked for: a folder so many levels below the top of a mount. */
struct search {
        const struct hierarchy *hierarchy;
        struct scratch *scratch;
        bool knows_inode;
        dev_t device;
        ino_t inode;
        pid_t pid;
        unsigned budget;
        struct buf path; /* found so far, from the top of the mount */
};

static bool has_pid(const char *text, pid_t pid)
{
        uint64_t id;

        while (text_take_u64(&text, &id) == 0) {
                if (id == (uint64_t)pid)
                        return true;
                text += *text == '\n';
        }
        return false;
}

/* Whether the folder is the top of the namespace. */
static bool is_top(struct search *search, int fd)
{
        char memory[PATH_MAX];
        struct buf path;
        struct stat st;

        if (search->knows_inode)
                return fstat(fd, &st) == 0 && st.st_dev == search->device &&
                       st.st_ino == search->inode;
        buf_init(&path, memory, sizeof(memory));
        buf_add_char(&path, '.');
        buf_add(&path, search->hierarchy->own_path);
        buf_add(&path, "/cgroup.procs");
        return !path.overflow && file_read_at(fd, memory, search->scratch, NULL) == 0 &&
               has_pid(search->scratch->text, search->pid);
}

/* Looks `depth` levels below an open folder, which it closes. */
static bool find_below(struct search *search, int fd, unsigned depth)
{
        cleanup_dir DIR *dir = NULL;
        const size_t len = search->path.len;
        const struct dirent *entry;
        bool found;

        if (depth == 0) {
                found = is_top(search, fd);
                close(fd);
                return found;
        }
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return false;
        }
        while ((entry = readdir(dir)) && search->budget > 0) {
                int child;

                if (entry->d_name[0] == '.' ||
                        (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
                        continue;
                search->budget--;
                child = openat(
                        dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (child < 0)
                        continue;
                buf_add_char(&search->path, '/');
                buf_add(&search->path, entry->d_name);
                if (find_below(search, child, depth - 1))
                        return true;
                buf_truncate(&search->path, len);
        }
        return false;
}

/* The mount whose top is above the namespace, the highest one; NULL when there is none. */
static const struct cgroup_mount *find_mount(const struct hierarchy *hierarchy, unsigned *ret_ups)
{
        const struct cgroup_mount *best = NULL;

        *ret_ups = 0;
        for (size_t i = 0; i < hierarchy->n_mounts; i++) {
                const unsigned ups = count_ups(hierarchy->mounts[i].root);

                if (ups > *ret_ups && ups <= MAX_DEPTH) {
                        *ret_ups = ups;
                        best = &hierarchy->mounts[i];
                }
        }
        return best;
}

static void find_inode(const struct root *root, struct search *search)
{
        const struct hierarchy *hierarchy = search->hierarchy;

        for (size_t i = 0; i < hierarchy->n_mounts && !search->knows_inode; i++) {
                struct stat st;

                if (strcmp(hierarchy->mounts[i].root, "/") != 0 ||
                        fstatat(root->fd, hierarchy->mounts[i].point, &st, 0) < 0)
                        continue;
                search->knows_inode = true;
                search->device = st.st_dev;
                search->inode = st.st_ino;
        }
}

/* A recorded tree has no inodes that say anything, nor has one that shows another machine. */
static bool find_top(
        const struct root *root, struct search *search, const char *point, unsigned ups)
{
        for (int by_inode = 1; by_inode >= 0; by_inode--) {
                const int fd = openat(root->fd, point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

                search->budget = MAX_FOLDERS;
                search->knows_inode = false;
                if (by_inode)
                        find_inode(root, search);
                if (fd < 0)
                        return false;
                if (find_below(search, fd, ups))
                        return true;
                buf_truncate(&search->path, 0);
        }
        return false;
}

static int make_whole(const char *above, char **path)
{
        char memory[PATH_MAX], *copy;
        struct buf whole;

        buf_init(&whole, memory, sizeof(memory));
        if (!hierarchy_join(above, *path, strlen(*path), &whole))
                return 0;
        copy = strdup(memory);
        if (!copy)
                return -ENOMEM;
        free(*path);
        *path = copy;
        return 0;
}

static int settle(struct hierarchy *hierarchy, const char *above)
{
        int r;

        hierarchy->above = strdup(above);
        hierarchy->room = malloc(PATH_MAX);
        if (!hierarchy->above || !hierarchy->room)
                return -ENOMEM;
        r = make_whole(above, &hierarchy->own_path);
        for (size_t i = 0; i < hierarchy->n_mounts && r == 0; i++)
                r = make_whole(above, &hierarchy->mounts[i].root);
        return r;
}

int hierarchy_look_above(
        const struct root *root, struct scratch *scratch, pid_t pid, struct hierarchy *hierarchy)
{
        struct search search = {.hierarchy = hierarchy, .scratch = scratch, .pid = pid};
        char memory[PATH_MAX];
        unsigned ups;
        const struct cgroup_mount *mount = find_mount(hierarchy, &ups);

        buf_init(&search.path, memory, sizeof(memory));
        if (!mount || text_after(hierarchy->own_path, "/.."))
                return 0;
        if (!find_top(root, &search, mount->point, ups) || search.path.overflow)
                return 0;
        return settle(hierarchy, memory);
}
