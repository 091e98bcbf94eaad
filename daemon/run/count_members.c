/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "collector_state.h"
#include "judging.h"

/*
 * The tasks of a cgroup that the kernel lists: their numbers are those of the lists. Its processes
 * are looked at one by one, for what they do and who they are; zombies, which are in no list, are
 * looked for among the children of its threads when the kernel charges for more than it lists.
 */

enum {
        MAX_PARENTS = 2048, /* threads whose children are looked for; a walk is cheaper then */
        NPROC_TICKS = 16,   /* in one of which whose the processes are is looked at */
};

static bool has_passed(const struct deadline *deadline)
{
        return deadline->passed && deadline->passed(deadline->data);
}

/* The count of one target under way. */
struct count {
        struct collector *collector;
        struct target *target;
        bool meets;        /* what is found belongs to a round that is this tick's */
        bool by_tid;       /* threads are looked at as the cgroup lists them */
        bool is_old;       /* the list has processes that are not as it says */
        uint64_t n_firsts; /* first threads that live, of the processes looked at */
};

/* The numbers of processes and threads are the kernel's. */
static void add(struct count *count, const struct process *process)
{
        struct task_counts *counts = &count->target->counts;
        const uint64_t n_processes = counts->n_processes, n_threads = counts->n_threads;

        collector_add_process(
                count->collector, count->collector->looks, count->target, process, count->meets);
        counts->n_processes = n_processes;
        counts->n_threads = n_threads;
}

/* A process of the list, which may have changed since it was in there. */
static void look(struct count *count, pid_t pid)
{
        struct task_counts *counts = &count->target->counts;
        struct process process;

        if (task_scan_process(count->collector->looks, pid, &process) < 0) {
                count->is_old = true;
                return;
        }
        if (process.zombie) {
                counts->n_processes -= counts->n_processes > 0;
                counts->n_threads -= counts->n_threads > 0;
        }
        count->is_old |= process.zombie || process.started;
        count->n_firsts += process.stat.state != 'Z';
        if (count->by_tid)
                process.others = (struct thread_states){0};
        add(count, &process);
}

/* Returns whether it came to the end of the list: else the next tick goes on from there. */
static bool look_at_all(struct count *count, const struct deadline *deadline)
{
        const struct id_list *processes = &count->collector->members.processes;
        struct target *target = count->target;
        size_t i = target->resume < processes->n ? target->resume : 0;

        target->resume = 0;
        for (; i < processes->n; i++) {
                if (processes->ids[i] == count->collector->own_pid)
                        continue;
                look(count, processes->ids[i]);
                if (has_passed(deadline) && i + 1 < processes->n) {
                        target->resume = i + 1;
                        return false;
                }
        }
        return true;
}

static void take_numbers(struct count *count)
{
        const struct members *members = &count->collector->members;
        struct task_counts *counts = &count->target->counts;

        counts->n_processes = members->processes.n;
        counts->n_threads = members->threads.n;
}

static void remember_tasks(struct target *target, const struct id_list *tasks)
{
        target->tasks.n = tasks->n <= FEW_TASKS ? (unsigned)tasks->n : 0;
        for (unsigned i = 0; i < target->tasks.n; i++)
                target->tasks.tids[i] = tasks->ids[i];
}

/* Somebody who reads the same files may have the kernel show an old list of v1 for long. A new one
 * says who else there is. */
static void look_at_newcomers(struct count *count)
{
        const struct collector *collector = count->collector;
        struct members *members = &count->collector->members;

        if (members_read(&collector->view, &count->target->cgroup, true, members) < 0)
                return;
        take_numbers(count);
        for (size_t i = 0; i < members->processes.n; i++) {
                const pid_t pid = members->processes.ids[i];

                if (pid != collector->own_pid && !id_list_has(&members->before, pid))
                        look(count, pid);
        }
}

/* The states of threads besides the first ones, as far as it is their turn. */
static void look_at_threads(struct count *count, const struct deadline *deadline)
{
        const struct members *members = &count->collector->members;
        struct sampling *sampling = &count->target->sampling;
        struct thread_states *others = &count->target->counts.others;
        struct task_counts *counts = &count->target->counts;
        uint64_t index = 0, n_gone = 0;

        for (size_t i = 0; i < members->threads.n; i++) {
                const pid_t tid = members->threads.ids[i];
                char state;

                if (id_list_has(&members->processes, tid))
                        continue;
                if (!sampling_take(sampling, index++) || has_passed(deadline))
                        continue;
                state = task_scan_thread_state(count->collector->looks, tid);
                n_gone += state == '\0';
                others->n_looked += state != '\0';
                others->n_running += state == 'R';
                others->n_blocked += state == 'D';
                counts->n_running += state == 'R';
                counts->n_blocked += state == 'D';
        }
        sampling_pass(sampling, index);
        others->n += index - n_gone;
}

/* This process is in the lists, and counts in its own cgroup alone. */
static void account_for_self(struct count *count)
{
        const struct collector *collector = count->collector;
        struct task_counts *counts = &count->target->counts;

        if (!id_list_has(&collector->members.processes, collector->own_pid))
                return;
        if (collector_counts_self(count->target)) {
                look(count, collector->own_pid);
        } else {
                counts->n_processes--;
                counts->n_threads--;
        }
}

/* Looks for zombies among the children of a thread: for `n_missing`. Returns how many are left. */
static uint64_t look_at_children(struct count *count, pid_t tid, uint64_t n_missing)
{
        struct collector *collector = count->collector;
        struct id_list *children = &collector->members.children;

        children->n = 0;
        thread_read_children(&collector->root, tid, &collector->scratch, children);
        for (size_t i = 0; i < children->n && n_missing > 0; i++) {
                struct process process;

                if (task_scan_process(collector->looks, children->ids[i], &process) < 0 ||
                        !process.zombie)
                        continue;
                if (!collector_is_member(collector, collector->looks, count->target, &process))
                        continue;
                add(count, &process);
                n_missing--;
        }
        return n_missing;
}

/* The same for all its threads: the first ones of processes first, as most have no other. */
static uint64_t look_for_zombies(
        struct count *count, uint64_t n_missing, const struct deadline *deadline)
{
        const struct members *members = &count->collector->members;
        const struct id_list *lists[] = {&members->processes, &members->threads};
        size_t n_looked = 0;

        for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
                for (size_t i = 0; i < lists[k]->n && n_missing > 0; i++) {
                        const pid_t tid = lists[k]->ids[i];

                        if (n_looked++ == MAX_PARENTS || has_passed(deadline))
                                return n_missing;
                        if (k == 0 || !id_list_has(&members->processes, tid))
                                n_missing = look_at_children(count, tid, n_missing);
                }
        }
        return n_missing;
}

/* In one tick of some, whom RLIMIT_NPROC limits is found anew. */
static void begin_looks(struct collector *collector, struct target *target)
{
        const bool due = target->nproc_age == 0;

        target->nproc_age = due ? NPROC_TICKS - 1 : target->nproc_age - 1;
        task_scan_ask_users(collector->looks, due);
        if (due) {
                target->nproc_pid = 0;
                target->nproc_max = (struct measure){0};
        }
}

static void find_nproc(struct collector *collector, struct target *target)
{
        const pid_t pid = target->counts.user_pid;

        if (pid == 0)
                return;
        target->nproc_pid = pid;
        target->nproc_max = proc_read_nproc_limit(&collector->root, pid, &collector->scratch);
}

/* The threads that were not come to are as those that were; the next tick goes on with them. */
static void extrapolate(struct count *count)
{
        struct task_counts *counts = &count->target->counts;

        counts->others = (struct thread_states){
                .n = counts->n_threads,
                .n_looked = counts->others.n_looked + count->n_firsts,
                .n_running = counts->n_running,
                .n_blocked = counts->n_blocked,
        };
        counts->states_unknown |= counts->others.n_looked == 0;
}

void collector_count_members(
        struct collector *collector, struct target *target, const struct deadline *deadline)
{
        struct members *members = &collector->members;
        struct count count = {
                .collector = collector,
                .target = target,
                /* What a thread waits for tells whether its memory may be looked at. */
                .by_tid = task_scan_holds(collector->looks) && !target->sums_processes,
        };
        struct task_counts *counts = &target->counts;
        uint64_t n_missing;
        bool all;

        if (members_read(&collector->view, &target->cgroup, false, members) < 0)
                return;
        counts->by = COUNTED_BY_CGROUP;
        take_numbers(&count);
        remember_tasks(target, count.by_tid ? &members->threads : &members->processes);
        begin_looks(collector, target);

        /* Each is met once in a round, which a tick may be too short for. */
        count.meets = !target->in_round && target->resume == 0;
        if (count.meets)
                judging_begin_round(target);
        n_missing = look_for_zombies(&count, members->n_zombies, deadline);
        count.meets = !target->in_round;
        all = look_at_all(&count, deadline);
        if (all && count.is_old && members->may_be_old)
                look_at_newcomers(&count);
        if (count.by_tid)
                look_at_threads(&count, deadline);
        account_for_self(&count);
        find_nproc(collector, target);

        counts->states_unknown = collector->hides;
        if (!all)
                extrapolate(&count);
        counts->stuck_unknown = n_missing > 0;
        target->sums.failed |= !all;
        /* Who is in no PID namespace below is in the list of v1 neither. */
        if (members->agree && (target->cgroup.members->v2 || collector->first_pids))
                counts->n_charged_zombies = measure_of(n_missing + counts->n_zombies);
        if (n_missing > 0 && members->agree && !has_passed(deadline))
                counts->by = COUNTED_BUT_ZOMBIES;
        else if (all && n_missing == 0 && count.meets)
                judging_end_round(collector, target);
}
