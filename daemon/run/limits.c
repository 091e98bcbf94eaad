/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "collector_state.h"
#include "judging.h"
#include "source/machine.h"

/* As in gather.c, what cannot be read costs its number, and nothing else. */

void limits_begin(struct collector *collector)
{
        limit_cache_clear(collector->limit_cache);
}

void limits_end(struct collector *collector)
{
        change_watch_forget(collector->view.changes);
        change_watch_end_round(collector->view.changes);
}

bool limits_are_new(const struct target *target)
{
        const enum watch_kind kind = target->watch->kind;

        return target->presence == PRESENT &&
               (kind == WATCH_SELF || kind == WATCH_CGROUP || kind == WATCH_UNIT ||
                       kind == WATCH_CONTAINERS) &&
               target->limit_state.incarnation != target->cgroup.inode;
}

void limits_count_user(struct collector *collector, const struct process *process)
{
        /* The kernel counts the dead that nobody has waited for like the living. */
        if (process->uid.known)
                users_add(&collector->users, process->uid.value, process->stat.n_threads);
}

void limits_count_process(struct task_counts *counts, const struct process *process)
{
        /* Nothing limits root; of the others, the process with most threads stands for all. */
        if (!process->uid.known || process->uid.value == 0 ||
                process->stat.n_threads <= counts->user_threads)
                return;
        counts->user_pid = process->stat.pid;
        counts->user_threads = process->stat.n_threads;
}

/* Where no cgroup is watched, their pages are never looked at. */
static void add_memory(struct collector *collector, const struct limit_view *view, const char *path)
{
        collector->memory_limits->n_items = 0;
        limits_add_memory(view, path, collector->memory_limits);
        collector->n_memory_limits = collector->memory_limits->n_items;
}

static void gather_cgroup(struct collector *collector, struct target *target)
{
        const struct limit_view view = {
                .cgroups = &collector->view,
                .cache = collector->limit_cache,
                .state = &target->limit_state,
                .places = target->cgroup.places,
                .is_own = true,
        };
        const char *path = target->cgroup.path;

        if (cgroup_is_top(&collector->view, &target->cgroup)) {
                machine_read_oom_kills(
                        &collector->root, &collector->scratch, &collector->oom_kills);
                return;
        }
        limits_add_pids(&view, path, collector->limits);
        add_memory(collector, &view, path);
        limits_read_oom_kills(&view, path, &collector->oom_kills);
}

/* A process tree is limited by the cgroups that the process at its top is in. Whom the kernel
 * kills there may be another's. */
static void gather_tree(struct collector *collector, struct target *target)
{
        const struct limit_view view = {
                .cgroups = &collector->view,
                .cache = collector->limit_cache,
                .state = &target->limit_state,
        };
        const struct layout *layout = &collector->layout;
        char path[PATH_MAX];

        if (cgroup_of_process(&collector->view, target->pid, layout->of[CONTROLLER_PIDS], path) ==
                0)
                limits_add_pids(&view, path, collector->limits);
        if (cgroup_of_process(&collector->view, target->pid, layout->of[CONTROLLER_MEMORY], path) ==
                0)
                add_memory(collector, &view, path);
}

static void gather_nproc(struct collector *collector, pid_t pid)
{
        /* Of a walk that was cut, or did not see all, the count is too small. */
        if (pid != 0 && !collector->partial && !collector->blind)
                limits_add_nproc(&collector->root, &collector->scratch, pid, &collector->users,
                        collector->limits);
}

/* The tasks of a user are not more than those of all: mostly that is few enough. */
static bool may_be_near_nproc(struct collector *collector, const struct target *target)
{
        const uint64_t near = judging_rules(collector, target).values[RULE_LIMIT];
        struct machine_tasks tasks = {0};

        if (!target->nproc_max.known)
                return false;
        limits_machine_tasks(&collector->root, &collector->scratch, collector->limit_cache, &tasks);
        return tasks.n_tasks.known && near > 0 &&
               tasks.n_tasks.value >= target->nproc_max.value / 100 * near;
}

/* The tasks of users are counted in a walk alone: what one is needed for is known after the next.
 */
static void gather_counted_nproc(struct collector *collector, pid_t pid)
{
        collector->wants_users = true;
        if (collector->walks_for_users)
                gather_nproc(collector, pid);
}

void collector_gather_limits(struct collector *collector, struct target *target)
{
        collector->limits->n_items = collector->n_memory_limits = 0;
        collector->oom_kills = (struct measure){0};

        switch (target->watch->kind) {
        case WATCH_HOST:
                machine_read_oom_kills(
                        &collector->root, &collector->scratch, &collector->oom_kills);
                break;
        case WATCH_SELF:
        case WATCH_CGROUP:
        case WATCH_UNIT:
        case WATCH_CONTAINERS:
                limit_state_begin(&target->limit_state, target->cgroup.inode);
                gather_cgroup(collector, target);
                if (target->counts.by == COUNTED_BY_WALK)
                        gather_nproc(collector, target->counts.user_pid);
                else if (may_be_near_nproc(collector, target))
                        gather_counted_nproc(collector, target->nproc_pid);
                break;
        case WATCH_PID:
        case WATCH_PIDFILE:
                limit_state_begin(&target->limit_state, target->start_ticks);
                gather_tree(collector, target);
                gather_nproc(collector, target->pid);
                break;
        }
        limits_add_machine(
                &collector->root, &collector->scratch, collector->limit_cache, collector->limits);
}
