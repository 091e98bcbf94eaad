/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "containers.h"
#include "source/container_root.h"

static void free_mount(struct container_mount *mount)
{
        if (mount->fd >= 0)
                close(mount->fd);
        free(mount->point);
}

void container_free(struct container *container)
{
        if (!container)
                return;
        for (unsigned i = 0; i < container->n_mounts; i++)
                free_mount(&container->mounts[i]);
        free(container);
}

void containers_close(struct collector *collector)
{
        for (size_t i = 0; i < collector->containers.n_left; i++)
                free_mount(&collector->containers.left[i]);
        collector->containers.n_left = 0;
}

void containers_done(struct collector *collector)
{
        containers_close(collector);
        free(collector->containers.left);
}

/* A number of a descriptor must not be another folder's while files are held by its path. */
static void leave(struct collector *collector, struct container_mount *mount)
{
        const size_t n = collector->containers.n_left;

        layout_remove_mount(&collector->layout, mount->point);
        if (n == collector->containers.n_left_allocated) {
                const size_t n_wanted = n ? 2 * n : 16;
                struct container_mount *grown =
                        reallocarray(collector->containers.left, n_wanted, sizeof(*grown));

                if (!grown) {
                        free_mount(mount);
                        return;
                }
                memset(grown + n, 0, (n_wanted - n) * sizeof(*grown));
                collector->containers.left = grown;
                collector->containers.n_left_allocated = n_wanted;
        }
        collector->containers.left[collector->containers.n_left++] = *mount;
}

void container_leave_files(struct collector *collector, struct target *target)
{
        struct container *container = target->container;

        if (!container)
                return;
        for (unsigned i = 0; i < container->n_mounts; i++)
                leave(collector, &container->mounts[i]);
        container->n_mounts = 0;
        container->files = FILES_NOWHERE;
        target->cgroup.inode = 0;
}

static bool is_same_process(struct collector *collector, const struct first_process *process)
{
        struct proc_stat stat;

        return proc_read_stat(&collector->root, process->pid, &collector->scratch, &stat) == 0 &&
               stat.start_ticks == process->start_ticks;
}

/* The folder of a cgroup that was removed stays open, and is empty. */
void container_check_files(struct collector *collector, struct target *target)
{
        const struct container *container = target->container;
        struct cgroup cgroup;
        int r;

        if (container->files == FILES_NOWHERE)
                return;
        r = cgroup_find(&collector->view, target->path, &cgroup);
        if (error_is_passing(r))
                return;
        if (r < 0 || cgroup.inode != target->cgroup.inode ||
                (container->files == FILES_THROUGH &&
                        !is_same_process(collector, &container->through)))
                container_leave_files(collector, target);
        else
                target->cgroup = cgroup;
}

static bool is_first(const struct layout *layout, unsigned controller)
{
        for (unsigned c = 0; c < controller; c++) {
                if (layout->of[c] == layout->of[controller])
                        return false;
        }
        return layout->of[controller] != NULL;
}

/* The container's cgroup in one hierarchy, where its path may be another one. */
static int find_path(struct collector *collector, const struct container *container,
        const struct hierarchy *hierarchy, pid_t pid, char ret[PATH_MAX])
{
        struct container_path path = {0};
        int r = cgroup_of_process(&collector->view, pid, hierarchy, ret);
        size_t len;

        if (r < 0)
                return r;
        len = strlen(ret);
        while (containers_next(collector, hierarchy, ret, len, &path)) {
                if (strcmp(path.id, container->path.id) != 0)
                        continue;
                ret[path.len] = '\0';
                return 0;
        }
        return -ENOENT;
}

/* Adds a mount of the container's own, under the path by which it is known. */
static int add_mount(struct collector *collector, struct target *target,
        const struct hierarchy *hierarchy, pid_t pid)
{
        struct container *container = target->container;
        struct container_folder folder = {.fd = -1};
        struct container_mount mount;
        char path[PATH_MAX];
        int r = find_path(collector, container, hierarchy, pid, path);

        if (r == 0)
                r = container_root_open(&collector->root, collector->is_live, &collector->scratch,
                        &collector->layout, hierarchy, pid, path, &folder);
        if (r < 0)
                return r;
        mount = (struct container_mount){.fd = folder.fd, .point = strdup(folder.point)};
        r = mount.point ? layout_add_mount(&collector->layout, hierarchy, target->path, mount.point)
                        : -ENOMEM;
        if (r < 0)
                free_mount(&mount);
        else
                container->mounts[container->n_mounts++] = mount;
        return r;
}

/* Through one process. What cannot be had of one hierarchy may be had of another. */
static int look_through(struct collector *collector, struct target *target, pid_t pid)
{
        const struct layout *layout = &collector->layout;
        int first = -ENOENT;

        for (unsigned c = 0; c < N_CONTROLLERS; c++) {
                int r;

                if (!is_first(layout, c))
                        continue;
                r = add_mount(collector, target, layout->of[c], pid);
                if (r == -EACCES || r == -EPERM)
                        return r;
                if (r < 0 && r != -ENOENT)
                        first = r;
        }
        return target->container->n_mounts > 0 ? 0 : first;
}

void container_find_files(
        struct collector *collector, struct target *target, const struct process *process)
{
        struct container *container = target->container;
        struct cgroup cgroup;
        int r = cgroup_find(&collector->view, target->path, &cgroup);

        container->n_tried++;
        if (r == 0) {
                container->files = FILES_MOUNTED;
        } else {
                r = look_through(collector, target, process->stat.pid);
                if (r == 0)
                        r = cgroup_find(&collector->view, target->path, &cgroup);
                container->files = r == 0 ? FILES_THROUGH : FILES_NOWHERE;
                container->error = r;
                container->through = (struct first_process){
                        .pid = process->stat.pid,
                        .start_ticks = process->stat.start_ticks,
                };
        }
        if (r == 0)
                target->cgroup = cgroup;
        else
                container_leave_files(collector, target);
        target->sums_processes = collector_lacks_memory(collector, &target->cgroup);
}
