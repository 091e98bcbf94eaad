/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "collector_state.h"
#include "source/machine.h"

/* A file that cannot be read costs its number, and nothing else: what the sources return is not
 * looked at here. But without a file that cannot be read just now, a number that is made of several
 * would be a wrong one: that costs the group. */

static bool is_cgroup(const struct target *target)
{
        return target->watch->kind == WATCH_SELF || target->watch->kind == WATCH_CGROUP ||
               target->watch->kind == WATCH_UNIT || target->watch->kind == WATCH_CONTAINERS;
}

/* The machine's memory limits all targets in the end. */
static struct measure machine_bytes(struct collector *collector)
{
        if (!collector->machine_bytes.known) {
                struct memory_sample memory = {0};

                machine_read_memory(&collector->root, &collector->scratch, &memory);
                collector->machine_bytes = memory.quota_bytes;
        }
        return collector->machine_bytes;
}

static struct measure machine_max_pids(struct collector *collector)
{
        if (!collector->machine_max_pids.known) {
                struct tasks_sample tasks = {0};

                machine_read_pids(&collector->root, &collector->scratch, &tasks);
                collector->machine_max_pids = tasks.pids_limit;
        }
        return collector->machine_max_pids;
}

/* Whether the machine's limit counts beside that of a cgroup, which was read with the result `r`:
 * of one that cannot be read nobody knows how low it is. */
static bool knows_limit(int r, struct measure limit)
{
        return r == 0 || limit.known;
}

static void gather_load(struct collector *collector, struct target *target)
{
        struct load_sample *load = &collector->sample.load;

        if (target->watch->kind == WATCH_HOST)
                machine_read_load(&collector->root, &collector->scratch, load);
        else
                load_sample(&target->load, load);
}

/* The memory of a target whose processes were summed, all of them. */
static void use_sums(struct target *target, struct memory_sample *memory)
{
        const struct process_sums *sums = &target->sums;
        const uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);

        target_grow(&target->reads.last, &target->reads.grown, sums->read_bytes);
        target_grow(&target->writes.last, &target->writes.grown, sums->write_bytes);
        memory->rss_bytes = measure_of(sums->memory_bytes);
        memory->swap_bytes = measure_of(sums->swap_bytes);
        memory->pgpgin_pages = measure_of(target->reads.grown / page_bytes);
        memory->pgpgout_pages = measure_of(target->writes.grown / page_bytes);
}

/* Whether a walk that was cut is what it was counted by. */
static bool is_partial(const struct collector *collector, const struct target *target)
{
        return collector->partial && target->counts.by == COUNTED_BY_WALK;
}

/* What some of its processes have is not what the target has. */
static bool has_all_sums(const struct collector *collector, const struct target *target)
{
        return !is_partial(collector, target) && !target->sums.failed &&
               !(is_cgroup(target) && collector->blind);
}

/* At the top, what the cgroup has no file for is the machine's: on v2 swap, for one. */
static void complete_top(struct collector *collector, struct memory_sample *memory)
{
        struct memory_sample machine = {0};

        machine_read_memory(&collector->root, &collector->scratch, &machine);
        if (!memory->swap_bytes.known)
                memory->swap_bytes = machine.swap_bytes;
        if (!memory->pgpgin_pages.known)
                memory->pgpgin_pages = machine.pgpgin_pages;
        if (!memory->pgpgout_pages.known)
                memory->pgpgout_pages = machine.pgpgout_pages;
}

static void gather_memory(struct collector *collector, struct target *target)
{
        struct memory_sample *memory = &collector->sample.memory;
        int r = 0;

        if (target->watch->kind == WATCH_HOST) {
                machine_read_memory(&collector->root, &collector->scratch, memory);
        } else {
                if (is_cgroup(target)) {
                        r = cgroup_read_memory(&collector->view, &target->cgroup, memory);
                        target->lacks_memory = !memory->rss_bytes.known;
                }
                if (target->sums_processes) {
                        if (has_all_sums(collector, target))
                                use_sums(target, memory);
                } else if (cgroup_is_top(&collector->view, &target->cgroup)) {
                        complete_top(collector, memory);
                }
                if (knows_limit(r, memory->quota_bytes))
                        memory->quota_bytes =
                                measure_min(memory->quota_bytes, machine_bytes(collector));
        }
        if (target->watch->choices.quota_bytes.known)
                memory->quota_bytes = target->watch->choices.quota_bytes;
        sample_complete(&collector->sample);
}

/* What the kernel lists is known whatever can be seen of /proc, and however long a walk takes. */
static void gather_counts(
        const struct collector *collector, const struct target *target, struct tasks_sample *tasks)
{
        const struct task_counts *counts = &target->counts;
        const bool by_walk = counts->by == COUNTED_BY_WALK;

        if (is_partial(collector, target))
                tasks->partial = measure_of(1);
        if (by_walk && collector->blind)
                return;
        tasks->processes = measure_of(counts->n_processes);
        tasks->threads = measure_of(counts->n_threads);
        tasks->zombies = counts->n_charged_zombies.known ? counts->n_charged_zombies
                                                         : measure_of(counts->n_zombies);
        if (counts->by == COUNTED_BUT_ZOMBIES ? !collector->partial && !collector->blind
                                              : !counts->stuck_unknown)
                tasks->zombies_stuck = measure_of(counts->n_zombies_stuck);
        if (!counts->states_unknown) {
                tasks->threads_running = measure_of(counts->n_running);
                tasks->threads_blocked = measure_of(counts->n_blocked);
                if (counts->others.n_looked < counts->others.n)
                        tasks->threads_sampled = measure_of(
                                counts->n_threads - counts->others.n + counts->others.n_looked);
        }
}

static void gather_tasks(struct collector *collector, struct target *target)
{
        struct tasks_sample *tasks = &collector->sample.tasks;
        int r = 0;

        gather_counts(collector, target, tasks);

        if (target->watch->kind == WATCH_HOST) {
                machine_read_pids(&collector->root, &collector->scratch, tasks);
        } else if (is_cgroup(target)) {
                if (cgroup_is_top(&collector->view, &target->cgroup))
                        machine_read_pids(&collector->root, &collector->scratch, tasks);
                else
                        r = cgroup_read_pids(&collector->view, &target->cgroup, tasks);
                if (tasks->pids.known && knows_limit(r, tasks->pids_limit))
                        tasks->pids_limit =
                                measure_min(tasks->pids_limit, machine_max_pids(collector));
        } else {
                tasks->pids_limit =
                        proc_read_nproc_limit(&collector->root, target->pid, &collector->scratch);
        }
}

static void gather_cpu(struct collector *collector, struct target *target)
{
        struct cpu_sample *cpu = &collector->sample.cpu;

        if (target->watch->kind == WATCH_HOST)
                machine_read_cpu(&collector->root, &collector->scratch, cpu);
        else if (is_cgroup(target))
                cgroup_read_cpu(&collector->view, &target->cgroup, cpu);
}

static void gather_pressure(struct collector *collector, struct target *target)
{
        struct pressure_sample *pressure = &collector->sample.pressure;

        if (target->watch->kind == WATCH_HOST)
                machine_read_pressure(&collector->root, &collector->scratch, pressure);
        else if (is_cgroup(target))
                cgroup_read_pressure(&collector->view, &target->cgroup, pressure);
}

static void gather_io(struct collector *collector, struct target *target)
{
        struct io_sample *io = &collector->sample.io;

        if (target->watch->kind == WATCH_HOST)
                machine_read_io(&collector->root, &collector->scratch, io);
        else if (is_cgroup(target))
                cgroup_read_io(&collector->view, &target->cgroup, io);
}

static void gather_detail(struct collector *collector, struct target *target)
{
        struct detail_sample *detail = &collector->sample.detail;

        if (target->watch->kind == WATCH_HOST)
                machine_read_detail(&collector->root, &collector->scratch, detail);
        else if (is_cgroup(target))
                cgroup_read_detail(&collector->view, &target->cgroup, detail);
        if (target->sums_processes) {
                detail->pss_processes = measure_of(target->sums.n_pss);
                detail->rss_processes = measure_of(target->sums.n_rss);
        }
}

/* The part of a sample that a group fills. */
static void forget(struct sample *sample, enum group group)
{
        /* clang-format off */
        const struct {
                void *part;
                size_t size;
        } parts[N_GROUPS] = {
                [GROUP_LOAD] = {&sample->load, sizeof(sample->load)},
                [GROUP_MEMORY] = {&sample->memory, sizeof(sample->memory)},
                [GROUP_PROCESSES] = {&sample->tasks, sizeof(sample->tasks)},
                [GROUP_CPU] = {&sample->cpu, sizeof(sample->cpu)},
                [GROUP_PRESSURE] = {&sample->pressure, sizeof(sample->pressure)},
                [GROUP_IO] = {&sample->io, sizeof(sample->io)},
                [GROUP_DETAIL] = {&sample->detail, sizeof(sample->detail)},
                [GROUP_SELF] = {&sample->self, sizeof(sample->self)},
        };
        /* clang-format on */

        memset(parts[group].part, 0, parts[group].size);
}

static bool uses_sums(const struct target *target, enum group group)
{
        return target->sums_processes && (group == GROUP_MEMORY || group == GROUP_DETAIL);
}

void collector_gather(struct collector *collector, struct target *target, uint32_t groups)
{
        static void (*const gather[N_GROUPS])(struct collector *, struct target *) = {
                [GROUP_LOAD] = gather_load,
                [GROUP_MEMORY] = gather_memory,
                [GROUP_PROCESSES] = gather_tasks,
                [GROUP_CPU] = gather_cpu,
                [GROUP_PRESSURE] = gather_pressure,
                [GROUP_IO] = gather_io,
                [GROUP_DETAIL] = gather_detail,
        };

        memset(&collector->sample, 0, sizeof(collector->sample));
        for (unsigned i = 0; i < N_GROUPS; i++) {
                const uint64_t n_failed = collector->scratch.n_failed;

                if (!gather[i] || !(groups & (UINT32_C(1) << i)))
                        continue;
                gather[i](collector, target);
                if (collector->scratch.n_failed > n_failed ||
                        (uses_sums(target, (enum group)i) && target->sums.failed))
                        forget(&collector->sample, (enum group)i);
        }
}
