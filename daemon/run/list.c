/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/fence.h"
#include "base/text.h"
#include "containers.h"

static const char *presence_name(const struct target *target)
{
        return target->presence == PRESENT ? "present" : "absent";
}

/* "memory=/sys/fs/cgroup/memory/a (v1)" */
static void list_folder(const struct collector *collector, const struct target *target,
        const char *what, enum controller controller, struct buf *ret)
{
        const struct hierarchy *hierarchy = collector->layout.of[controller];
        char memory[PATH_MAX];
        struct buf path;

        buf_init(&path, memory, sizeof(memory));
        if (!hierarchy || cgroup_folder(&collector->view, &target->cgroup, controller, &path) < 0) {
                buf_printf(ret, "    %-9s no cgroup here shows it\n", what);
                return;
        }
        if (text_after(path.text, FENCE_PATH)) {
                buf_printf(ret, "    %-9s its own, as process %d has it mounted (cgroup %s)\n",
                        what, (int)target->container->through.pid, hierarchy->v2 ? "v2" : "v1");
                return;
        }
        buf_printf(ret, "    %-9s /", what);
        buf_add_shown(ret, path.text);
        buf_printf(ret, " (cgroup %s)\n", hierarchy->v2 ? "v2" : "v1");
}

static void list_sums(
        const struct collector *collector, const struct target *target, struct buf *ret)
{
        if (target->container && collector->layout.of[CONTROLLER_MEMORY] &&
                target->container->files == FILES_NOWHERE)
                buf_printf(ret,
                        "    memory    summed over its processes, %llu by PSS, %llu by RSS: its "
                        "cgroup is out of sight\n",
                        (unsigned long long)target->sums.n_pss,
                        (unsigned long long)target->sums.n_rss);
        else
                buf_add(ret,
                        "    memory    summed over its processes: no memory controller here\n");
}

/* Why the files of a container cannot be read through its processes, and what else would do. */
static void list_what_it_takes(int error, struct buf *ret)
{
        const char *why;

        switch (-error) {
        case EACCES:
        case EPERM:
                why = "CAP_SYS_PTRACE, or to run as the user it runs as with no capabilities fewer";
                break;
        case ESTALE:
                why = "its cgroup mounted where no other file system may answer for it";
                break;
        case EOPNOTSUPP:
                why = "Linux 5.8";
                break;
        default:
                why = "its cgroup mounted in it, at /sys/fs/cgroup";
        }
        buf_printf(ret,
                "    it takes  %s; or the machine's /sys/fs/cgroup mounted here, anywhere\n", why);
}

static void list_cgroup(
        const struct collector *collector, const struct target *target, struct buf *ret)
{
        const struct hierarchy *members = target->cgroup.members;

        buf_add(ret, "    tasks     those in cgroup ");
        buf_add_shown(ret, target->cgroup.path);
        buf_printf(ret, " (cgroup %s)\n", members->v2 ? "v2" : "v1");
        if (target->sums_processes)
                list_sums(collector, target, ret);
        else
                list_folder(collector, target, "memory", CONTROLLER_MEMORY, ret);
        list_folder(collector, target, "pids", CONTROLLER_PIDS, ret);
}

/* "id       0123…, containerd, pod 1e59…" */
static void list_container(
        struct collector *collector, const struct target *target, struct buf *ret)
{
        const struct container *container = target->container;
        const struct container_path *path = &container->path;

        buf_printf(ret, "    container %s", *path->id ? path->id : "whose id is not told");
        if (*path->runtime)
                buf_printf(ret, ", of %s", path->runtime);
        if (*path->pod)
                buf_printf(ret, ", in pod %s", path->pod);
        buf_printf(ret, "\n    first     process %d, ", (int)container->first.pid);
        buf_add_shown(ret, container->first.comm);
        buf_add_char(ret, '\n');
        list_cgroup(collector, target, ret);
        if (container->files == FILES_THROUGH)
                buf_printf(ret, "    files     its own, through process %d\n",
                        (int)container->through.pid);
        if (container->files == FILES_NOWHERE)
                list_what_it_takes(container->error, ret);
}

static void list_sources(struct collector *collector, const struct target *target, struct buf *ret)
{
        switch (target->watch->kind) {
        case WATCH_CONTAINERS:
                list_container(collector, target, ret);
                break;
        case WATCH_HOST:
                buf_add(ret, "    tasks     all in /proc\n"
                             "    memory    /proc/meminfo, /proc/vmstat\n"
                             "    pids      /proc/loadavg, /proc/sys/kernel\n");
                break;
        case WATCH_SELF:
        case WATCH_CGROUP:
        case WATCH_UNIT:
                list_cgroup(collector, target, ret);
                break;
        case WATCH_PID:
        case WATCH_PIDFILE:
                buf_printf(ret,
                        "    tasks     process %d and its descendants\n"
                        "    memory    summed over them, %llu by PSS, %llu by RSS\n",
                        (int)target->pid, (unsigned long long)target->sums.n_pss,
                        (unsigned long long)target->sums.n_rss);
                break;
        }
}

/* The groups that have something to say now, and those that have not. */
static void list_groups(struct collector *collector, struct target *target, struct buf *ret)
{
        const uint32_t all = (UINT32_C(1) << N_GROUPS) - 1;

        collector_gather(collector, target, all);
        for (int known = 1; known >= 0; known--) {
                bool any = false;

                for (unsigned i = 0; i < N_GROUPS; i++) {
                        if (i == GROUP_SELF ||
                                record_samples((enum group)i, &collector->sample, target->source,
                                        target->dyno, &collector->record) != known)
                                continue;
                        buf_printf(ret, "%s%s",
                                any     ? " "
                                : known ? "    groups    "
                                        : "    not now   ",
                                group_names[i]);
                        any = true;
                }
                if (any)
                        buf_add_char(ret, '\n');
        }
}

/* A look over all processes for those that are in another container than this one. */
struct view_scan {
        struct collector *collector;
        size_t own_len; /* of the part of its own path that is its container; 0: it is in none */
        bool sees_others;
};

static void look_at_view(void *data, const struct process *process)
{
        struct view_scan *view = data;
        const struct hierarchy *hierarchy = view->collector->containers.hierarchy;
        const char *path;
        size_t len;
        bool deleted;

        path = process ? task_scan_cgroup(view->collector->scan, process, hierarchy, &len, &deleted)
                       : NULL;
        if (!path)
                return;
        len = containers_find_last(view->collector, hierarchy, path, len);
        view->sees_others |=
                len > 0 && (len != view->own_len || memcmp(path, hierarchy->own_path, len) != 0);
}

static bool sees_others(struct collector *collector)
{
        const struct hierarchy *hierarchy = collector->containers.hierarchy;
        struct view_scan view = {.collector = collector};

        if (!hierarchy)
                return false;
        view.own_len = containers_find_last(
                collector, hierarchy, hierarchy->own_path, strlen(hierarchy->own_path));
        task_scan_run(collector->scan, &(struct deadline){0}, look_at_view, &view);
        return view.sees_others;
}

static void list_view(struct collector *collector, struct buf *ret)
{
        if (collector->shows_machine && collector->in_container)
                buf_add(ret,
                        "view=host: in a container that is shown the processes of the machine\n");
        else if (!collector->in_container)
                buf_add(ret, "view=host: not in a container\n");
        else if (sees_others(collector))
                buf_add(ret,
                        "view=pod: in a container that is shown the processes of others; other "
                        "pods and the machine's own processes are out of sight: that takes the "
                        "machine's PID namespace, or --root with its /proc and /sys\n");
        else
                buf_add(ret,
                        "view=self: in a container; other containers and the machine's own "
                        "processes are out of sight: that takes a PID namespace that is shared "
                        "with them\n");
        if (!collector->layout.of[CONTROLLER_MEMORY])
                buf_add(ret, "no hierarchy has the memory controller\n");
        if (!collector->layout.of[CONTROLLER_PIDS])
                buf_add(ret, "no hierarchy has the pids controller\n");
}

void collector_list(struct collector *collector, struct buf *ret)
{
        collector_refresh(collector);
        collector_count(collector, &(struct deadline){0});
        list_view(collector, ret);
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (!*target->source) /* a container that is not ready yet */
                        continue;
                buf_printf(ret, "source=%s spec=", target->source);
                buf_add_shown(ret, target->watch->spec);
                buf_printf(ret, " state=%s dyno=", presence_name(target));
                buf_add_shown(ret, target->dyno);
                buf_add_char(ret, '\n');
                if (target->path && target->watch->is_pattern) {
                        buf_add(ret, "    cgroup    ");
                        buf_add_shown(ret, target->path);
                        buf_add_char(ret, '\n');
                }
                if (target->presence != PRESENT)
                        continue;
                list_sources(collector, target, ret);
                list_groups(collector, target, ret);
        }
        if (collector->targets.n_items == 0)
                buf_add(ret, collector->containers.watch ? "no container is shown now\n"
                                                         : "no cgroup matches now\n");
}
