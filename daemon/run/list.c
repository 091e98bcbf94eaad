/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "collector_state.h"

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
        buf_printf(ret, "    %-9s /", what);
        buf_add_shown(ret, path.text);
        buf_printf(ret, " (cgroup %s)\n", hierarchy->v2 ? "v2" : "v1");
}

static void list_cgroup(
        const struct collector *collector, const struct target *target, struct buf *ret)
{
        const struct hierarchy *members = target->cgroup.members;

        buf_add(ret, "    tasks     those in cgroup ");
        buf_add_shown(ret, target->cgroup.path);
        buf_printf(ret, " (cgroup %s)\n", members->v2 ? "v2" : "v1");
        if (target->sums_processes)
                buf_add(ret,
                        "    memory    summed over its processes: no memory controller here\n");
        else
                list_folder(collector, target, "memory", CONTROLLER_MEMORY, ret);
        list_folder(collector, target, "pids", CONTROLLER_PIDS, ret);
}

static void list_sources(
        const struct collector *collector, const struct target *target, struct buf *ret)
{
        switch (target->watch->kind) {
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

static void list_view(const struct collector *collector, struct buf *ret)
{
        if (collector->in_container)
                buf_add(ret, "view=self: in a container; other containers and the machine's own "
                             "processes are out of sight\n");
        else
                buf_add(ret, "view=host: not in a container\n");
        if (!collector->layout.of[CONTROLLER_MEMORY])
                buf_add(ret, "no hierarchy has the memory controller\n");
        if (!collector->layout.of[CONTROLLER_PIDS])
                buf_add(ret, "no hierarchy has the pids controller\n");
}

void collector_list(struct collector *collector, struct buf *ret)
{
        list_view(collector, ret);
        collector_refresh(collector);
        collector_count(collector, &(struct deadline){0});
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

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
                buf_add(ret, "no cgroup matches now\n");
}
