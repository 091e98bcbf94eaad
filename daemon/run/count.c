/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "collector_state.h"
#include "containers.h"
#include "judging.h"

enum {
        /* Each costs as much as a process does. More threads than the first of these are sampled.
         */
        LOOKS_ALL = 512,
        LOOKS_SAMPLED = 32,
        /* Of a target whose processes' memory is summed, where a thread costs little. */
        LOOKS_SUMMED = 4096,
};

static bool is_tree(const struct target *target)
{
        return target->watch->kind == WATCH_PID || target->watch->kind == WATCH_PIDFILE;
}

/* Adds a process to the counts of a target. */
static void count(struct task_counts *counts, const struct process *process)
{
        counts->n_zombies += process->zombie;
        counts->n_zombies_stuck += process->zombie && process->zombie_before;
        counts->n_processes += !process->zombie;
        counts->n_threads += process->n_threads;
        counts->n_running += process->n_running;
        counts->n_blocked += process->n_blocked;
        thread_states_add(&counts->others, &process->others);
}

/* Those that were not looked at are as the others were; without others, nobody knows. */
static void complete(struct task_counts *counts)
{
        const struct thread_states *others = &counts->others;

        counts->states_unknown |= others->n > 0 && others->n_looked == 0;
        counts->n_running += thread_states_unseen(others, others->n_running);
        counts->n_blocked += thread_states_unseen(others, others->n_blocked);
}

void collector_begin_counts(struct target *target)
{
        const bool sums = target->sums_processes || is_tree(target);

        memset(&target->counts, 0, sizeof(target->counts));
        memset(&target->sums, 0, sizeof(target->sums));
        sampling_begin(&target->sampling, sums ? LOOKS_SUMMED : LOOKS_ALL,
                sums ? LOOKS_SUMMED : LOOKS_SAMPLED);
}

/* Adds what a process uses to the sums of a target. A thread in state D may hold the lock that
 * asking for the PSS waits for, and one whose state is not known may be in it. */
static void sum_memory(
        struct collector *collector, struct target *target, const struct process *process)
{
        struct process_sums *sums = &target->sums;
        struct proc_memory memory = {0};
        const uint64_t n_failed = collector->scratch.n_failed;

        proc_read_memory(&collector->root, process->stat.pid, process->live_tid,
                process->n_blocked == 0 && process->others.n_looked == process->others.n,
                &collector->scratch, &memory);
        sums->failed |= collector->scratch.n_failed > n_failed;
        if (memory.pss_bytes.known) {
                sums->memory_bytes += memory.pss_bytes.value;
                sums->n_pss++;
        } else if (memory.rss_bytes.known) {
                sums->memory_bytes += memory.rss_bytes.value;
                sums->n_rss++;
        }
        sums->swap_bytes += memory.swap_bytes.value;
        sums->read_bytes += memory.read_bytes.value;
        sums->write_bytes += memory.write_bytes.value;
}

/*
 * Whether the cgroup `path` of `len` bytes is `top` or below it; when it is gone, only below. A
 * path "/../…" leads out of our cgroup namespace, and so is not below its root.
 */
static bool is_within(const char *path, size_t len, bool deleted, const char *top)
{
        size_t top_len = strlen(top);

        if (len >= 3 && memcmp(path, "/..", 3) == 0 && (len == 3 || path[3] == '/'))
                return false;
        if (top_len == 1) /* "/" */
                return len > 1 || !deleted;
        if (len < top_len || memcmp(path, top, top_len) != 0)
                return false;
        return len == top_len ? !deleted : path[top_len] == '/';
}

/* Of a container its own cgroup may be a part. */
bool collector_counts_self(const struct target *target)
{
        if (target->container)
                return target->container->is_own;
        return strcmp(target->cgroup.path, target->cgroup.members->own_path) == 0;
}

bool collector_is_member(struct collector *collector, struct task_scan *scan,
        const struct target *target, const struct process *process)
{
        const char *path;
        size_t len;
        bool deleted;

        if (process->stat.pid == collector->own_pid && !collector_counts_self(target))
                return false;
        path = task_scan_cgroup(scan, process, target->cgroup.members, &len, &deleted);
        return path && is_within(path, len, deleted, target->cgroup.path);
}

void collector_add_process(struct collector *collector, struct task_scan *scan,
        struct target *target, const struct process *visited, bool meets)
{
        struct process looked = *visited, *process = &looked;

        task_scan_look(scan, &target->sampling, process);
        limits_count_process(&target->counts, process);
        count(&target->counts, process);
        if (process->stat.pid == collector->own_pid) /* it runs because it is looking */
                target->counts.n_running -= process->n_running;
        if (meets)
                judging_meet(collector, target, process);
        if (target->sums_processes)
                sum_memory(collector, target, process);
}

static void count_in_cgroup(
        struct collector *collector, struct target *target, const struct process *process)
{
        const bool zombies_only = target->counts.by == COUNTED_BUT_ZOMBIES;

        /* Those whose parents are in the cgroup were found there. */
        if (zombies_only &&
                (!process->zombie || task_scan_knows_zombie(collector->looks, process->stat.pid)))
                return;
        if (collector_is_member(collector, collector->scan, target, process))
                collector_add_process(collector, collector->scan, target, process, true);
}

static void count_in_host(
        struct collector *collector, struct target *target, const struct process *visited)
{
        struct process process = *visited;

        task_scan_look(collector->scan, &target->sampling, &process);
        count(&target->counts, &process);
        judging_meet(collector, target, &process);
}

static void keep_node(struct collector *collector, const struct process *process)
{
        const size_t comm_len = process->stat.comm_len < sizeof(collector->nodes->comm)
                                        ? process->stat.comm_len
                                        : sizeof(collector->nodes->comm);
        struct tree_node *node;

        if (collector->n_nodes == collector->n_nodes_allocated) {
                size_t n = collector->n_nodes ? collector->n_nodes * 2 : 256;
                struct tree_node *grown =
                        reallocarray(collector->nodes, n, sizeof(*collector->nodes));

                if (!grown) {
                        collector->nodes_lost = true;
                        return;
                }
                collector->nodes = grown;
                collector->n_nodes_allocated = n;
        }
        node = &collector->nodes[collector->n_nodes++];
        *node = (struct tree_node){
                .pid = process->stat.pid,
                .ppid = process->stat.ppid,
                .live_tid = process->live_tid,
                .state = process->stat.state,
                .n_threads = (uint32_t)process->n_threads,
                .n_others = (uint32_t)process->others.n,
                .n_running = (uint32_t)process->n_running,
                .n_blocked = (uint32_t)process->n_blocked,
                .zombie = process->zombie,
                .zombie_before = process->zombie_before,
                .started = process->started,
                .start_ticks = process->stat.start_ticks,
                .rss_pages = process->stat.rss_pages,
                .comm_len = (uint8_t)comm_len,
        };
        memcpy(node->comm, process->stat.comm, comm_len);
}

/* Whether its rounds are those of the walk. Those of process trees, and of cgroups that were
 * counted without one, begin and end when they are counted. */
static bool is_walked(const struct target *target)
{
        return !is_tree(target) && target->counts.by != COUNTED_BY_CGROUP;
}

static void begin_rounds(struct collector *collector)
{
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                target->in_round = is_walked(target);
                /* Of the others, those who live have been met. */
                if (target->in_round && target->counts.by == COUNTED_BY_WALK)
                        judging_begin_round(target);
        }
}

static void end_rounds(struct collector *collector)
{
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (target->in_round && is_walked(target))
                        judging_end_round(collector, target);
                target->in_round = false;
        }
}

static void visit(void *data, const struct process *process)
{
        struct collector *collector = data;
        bool any_tree = false;

        if (!process) {
                end_rounds(collector);
                containers_end_round(collector);
                return;
        }
        limits_count_user(collector, process);
        if (collector->containers.watch)
                containers_visit(collector, process);
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (target->presence != PRESENT || target->counts.by == COUNTED_BY_CGROUP ||
                        target->watch->kind == WATCH_CONTAINERS)
                        continue;
                if (is_tree(target))
                        any_tree = true;
                else if (target->watch->kind != WATCH_HOST)
                        count_in_cgroup(collector, target, process);
                else if (process->stat.pid != collector->own_pid)
                        count_in_host(collector, target, process);
        }
        if (any_tree)
                keep_node(collector, process);
}

static struct process as_process(const struct tree_node *node)
{
        return (struct process){
                .stat = {.pid = node->pid,
                         .ppid = node->ppid,
                         .state = node->state,
                         .start_ticks = node->start_ticks,
                         .rss_pages = node->rss_pages,
                         .comm = node->comm,
                         .comm_len = node->comm_len},
                .zombie = node->zombie,
                .zombie_before = node->zombie_before,
                .started = node->started,
                .n_threads = node->n_threads,
                .n_running = node->n_running,
                .n_blocked = node->n_blocked,
                .others = {.n = node->n_others},
                .live_tid = node->live_tid,
        };
}

static void count_tree(struct collector *collector, struct target *target)
{
        judging_begin_round(target);
        tree_mark(collector->nodes, collector->n_nodes, target->pid);
        for (size_t i = 0; i < collector->n_nodes; i++) {
                struct process process = as_process(&collector->nodes[i]);

                if (!collector->nodes[i].inside || process.stat.pid == collector->own_pid)
                        continue;
                if (!task_scan_look(collector->scan, &target->sampling, &process))
                        collector->partial = true;
                count(&target->counts, &process);
                judging_meet(collector, target, &process);
                sum_memory(collector, target, &process);
        }
        if (!collector->partial)
                judging_end_round(collector, target);
}

void collector_begin_count(struct collector *collector)
{
        collector->n_nodes = 0;
        collector->nodes_lost = false;
        users_clear(&collector->users);
        collector->blind = collector->hides;
        collector->partial = collector->walks_for_users = false;
        containers_begin(collector);
        collector->walks = collector->wants_users || collector->containers.watch;
}

void collector_count_target(
        struct collector *collector, struct target *target, const struct deadline *deadline)
{
        collector_begin_counts(target);
        if (target->presence != PRESENT)
                return;
        if (collector->lists_members && target->watch->kind != WATCH_HOST &&
                target->cgroup.inode != 0 && !is_tree(target))
                collector_count_members(collector, target, deadline);
        if (target->counts.by == COUNTED_BY_CGROUP)
                complete(&target->counts);
        else
                collector->walks = true;
}

/* Whose the processes are matters where RLIMIT_NPROC does. */
static bool asks_users(const struct collector *collector)
{
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                const struct target *target = collector->targets.items[i];

                if (target->presence == PRESENT && target->watch->kind != WATCH_HOST &&
                        target->counts.by == COUNTED_BY_WALK)
                        return true;
        }
        return collector->wants_users || collector->containers.watch;
}

static void count_in_walk(struct collector *collector, const struct deadline *deadline)
{
        if (!task_scan_resumes(collector->scan))
                begin_rounds(collector);
        collector->walks_for_users = asks_users(collector);
        collector->wants_users = false;
        task_scan_ask_users(collector->scan, collector->walks_for_users);
        collector->partial = task_scan_run(collector->scan, deadline, visit, collector) != 1 ||
                             collector->nodes_lost;
        collector->blind |= task_scan_denied(collector->scan) > 0;

        tree_sort(collector->nodes, collector->n_nodes);
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (target->presence == PRESENT && is_tree(target))
                        count_tree(collector, target);
        }
}

void collector_end_count(struct collector *collector, const struct deadline *deadline)
{
        task_scan_end_looks(collector->looks);
        if (!collector->walks)
                return;
        count_in_walk(collector, deadline);
        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct task_counts *counts = &collector->targets.items[i]->counts;

                if (counts->by != COUNTED_BY_CGROUP)
                        complete(counts);
        }
}

void collector_count(struct collector *collector, const struct deadline *deadline)
{
        collector_begin_count(collector);
        for (size_t i = 0; i < collector->targets.n_items; i++)
                collector_count_target(collector, collector->targets.items[i], deadline);
        collector_end_count(collector, deadline);
}
