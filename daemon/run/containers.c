/* SPDX-License-Identifier: MIT */
#include "containers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum {
        MAX_TRIED = 8, /* processes of one in a tick, through which its files are looked for */
        SHORT_ID_LEN = 12,
        SHORT_POD_LEN = 8,
};

static bool is_container(const struct target *target)
{
        return target->watch->kind == WATCH_CONTAINERS;
}

/* From the top of its own cgroup namespace a container has the path "/", and others of the pod have
 * "/../x", whatever x is. */
static bool take_relative(const struct collector *collector, const struct hierarchy *hierarchy,
        const char *path, size_t len, struct container_path *container)
{
        static const char beside[] = "/../";
        const size_t beside_len = sizeof(beside) - 1;

        if (hierarchy->above || !collector->has_own_cgroups || container->len > 0)
                return false;
        *container = (struct container_path){.runtime = "", .len = 1};
        if (len < 3 || memcmp(path, "/..", 3) != 0) {
                memcpy(container->id, collector->container_id, sizeof(collector->container_id));
                return true;
        }
        if (len <= beside_len || memcmp(path, beside, beside_len) != 0)
                return false;
        container->len = beside_len;
        while (container->len < len && path[container->len] != '/')
                container->len++;
        return container->len != beside_len + 2 || memcmp(path + beside_len, "..", 2) != 0;
}

bool containers_next(const struct collector *collector, const struct hierarchy *hierarchy,
        const char *path, size_t len, struct container_path *container)
{
        const struct container_path before = *container;

        if (container_path_next(path, len, container))
                return true;
        if (take_relative(collector, hierarchy, path, len, container))
                return true;
        *container = before;
        return false;
}

/* The one that is in use here, and of these the one where processes are told apart best. */
static const struct hierarchy *choose_hierarchy(const struct layout *layout)
{
        for (unsigned c = 0; c < N_CONTROLLERS; c++) {
                if (layout->of[c])
                        return layout->of[c];
        }
        return layout->unified;
}

void containers_begin(struct collector *collector)
{
        struct targets *targets = &collector->targets;

        containers_close(collector);
        collector->containers.watch = NULL;
        for (size_t i = 0; i < targets->n_watches; i++) {
                if (targets->watches[i].kind == WATCH_CONTAINERS)
                        collector->containers.watch = &targets->watches[i];
        }
        collector->containers.hierarchy = choose_hierarchy(&collector->layout);
        if (!collector->containers.hierarchy)
                collector->containers.watch = NULL;
        for (size_t i = 0; i < targets->n_items; i++) {
                struct target *target = targets->items[i];

                if (!is_container(target))
                        continue;
                target->container->n_tried = 0;
                container_check_files(collector, target);
        }
}

static struct target *find(struct collector *collector, const char *path)
{
        struct target *target;
        uint64_t at = 0;

        while ((target = target_index_next(&collector->index, path, &at))) {
                if (is_container(target))
                        return target;
        }
        return NULL;
}

size_t containers_find_last(const struct collector *collector, const struct hierarchy *hierarchy,
        const char *path, size_t len)
{
        struct container_path container = {0};

        while (containers_next(collector, hierarchy, path, len, &container))
                ;
        return container.len;
}

/* Whether this process is in it, and in none inside of it. */
static bool is_own(const struct collector *collector, size_t len, const char *path)
{
        const struct hierarchy *hierarchy = collector->containers.hierarchy;
        const char *own = hierarchy->own_path;

        return containers_find_last(collector, hierarchy, own, strlen(own)) == len &&
               memcmp(own, path, len) == 0;
}

/* Adds one that has no name yet. Without memory for it, the next tick will see it again. */
static struct target *add(
        struct collector *collector, const char *path, const struct container_path *container)
{
        struct targets *targets = &collector->targets;
        struct target *target;

        if (targets_add_unnamed(targets, collector->containers.watch, path, &target) < 0)
                return NULL;
        target->container = calloc(1, sizeof(*target->container));
        if (!target->container || target_index_make(&collector->index, targets) < 0) {
                targets_remove(targets, targets->n_items - 1);
                return NULL;
        }
        target->container->path = *container;
        target->cgroup = (struct cgroup){
                .path = target->path,
                .members = collector->containers.hierarchy,
        };
        target->container->is_own = is_own(collector, container->len, path);
        collector_begin_counts(target);
        return target;
}

static void note_ages(struct container *container, const struct process *process)
{
        const struct proc_stat *stat = &process->stat;
        struct first_process *oldest = &container->oldest;

        if (stat->start_ticks > container->youngest_ticks)
                container->youngest_ticks = stat->start_ticks;
        if (oldest->pid != 0 &&
                (stat->start_ticks > oldest->start_ticks ||
                        (stat->start_ticks == oldest->start_ticks && stat->pid > oldest->pid)))
                return;
        oldest->pid = stat->pid;
        oldest->start_ticks = stat->start_ticks;
        comm_copy(oldest->comm, stat->comm, stat->comm_len);
}

/* Whether it was not counted by the lists of the container's cgroup. */
static bool is_to_count(const struct collector *collector, const struct target *target,
        const struct process *process)
{
        if (process->stat.pid == collector->own_pid && !target->container->is_own)
                return false;
        if (target->counts.by == COUNTED_BUT_ZOMBIES)
                return process->zombie &&
                       !task_scan_knows_zombie(collector->looks, process->stat.pid);
        return target->counts.by == COUNTED_BY_WALK;
}

/* A process is in the cgroup of that path, which is the container's or below it. */
static void meet(struct collector *collector, const struct process *process, const char *path,
        const struct container_path *container, bool is_gone)
{
        char own[PATH_MAX];
        struct target *target;

        memcpy(own, path, container->len);
        own[container->len] = '\0';
        target = find(collector, own);
        if (!target && !is_gone)
                target = add(collector, own, container);
        if (!target)
                return;
        target->container->any |= !is_gone;
        if (!process->zombie && !is_gone) {
                target->container->met = true;
                note_ages(target->container, process);
                if (target->container->files == FILES_NOWHERE &&
                        target->container->n_tried < MAX_TRIED)
                        container_find_files(collector, target, process);
        }
        if (is_to_count(collector, target, process))
                collector_add_process(collector, collector->scan, target, process, true);
}

void containers_visit(struct collector *collector, const struct process *process)
{
        const struct hierarchy *hierarchy = collector->containers.hierarchy;
        struct container_path container = {0};
        char path[PATH_MAX];
        const char *text;
        size_t len;
        bool deleted;

        text = task_scan_cgroup(collector->scan, process, hierarchy, &len, &deleted);
        if (!text || len >= sizeof(path))
                return;
        /* What follows reads other files into the same memory. */
        memcpy(path, text, len);
        while (containers_next(collector, hierarchy, path, len, &container))
                meet(collector, process, path, &container, deleted && container.len == len);
}

/* Whether it is what a runtime calls a process before that becomes the container's. */
static bool is_setting_up(const char *comm)
{
        static const char *const names[] = {"runc", "crun", "youki", "conmon"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                const char *rest = text_after(comm, names[i]);

                if (rest && (!*rest || *rest == ':'))
                        return true;
        }
        return false;
}

static bool has_letters(const char *text)
{
        return strpbrk(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

/* What it is to be called, but for the number: as configured, or by its first process; where there
 * are many pods, also by its pod. */
static struct name choose_name(const struct collector *collector, const struct settings *settings,
        const struct target *target, const char *comm)
{
        const struct container_path *path = &target->container->path;
        const char *prefix = target->watch->name ? target->watch->name : "";
        const char *given = container_names_find(&settings->container_names, path->id, comm);
        char memory[NAME_MAX_BYTES];
        struct buf text;

        if (given)
                return name_reduce(prefix, given);
        buf_init(&text, memory, sizeof(memory));
        buf_add(&text, prefix);
        if (path->is_kubernetes && collector->shows_machine) {
                buf_add(&text, "pod");
                buf_add_bytes(&text, path->pod, SHORT_POD_LEN);
        }
        return name_reduce(memory, has_letters(comm) ? comm : "container");
}

/*
 * Whether `newcomer` may be what `target` was, which no process is in any more: it is in the same
 * pod, and is called the same, or begins as that began.
 */
static bool is_kin(const struct target *target, const struct target *newcomer)
{
        const struct container *old = target->container, *new = newcomer->container;

        return is_container(target) && *target->source && !old->met &&
               strcmp(old->path.pod, new->path.pod) == 0 &&
               (strcmp(old->base, new->base) == 0 ||
                       strcmp(old->first_comm, new->oldest.comm) == 0 ||
                       strcmp(old->first.comm, new->oldest.comm) == 0);
}

/* The one that went last. */
static struct target *find_kin(struct collector *collector, const struct target *newcomer)
{
        struct target *best = NULL;

        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (!is_kin(target, newcomer))
                        continue;
                if (!best || (best->presence == ABSENT && (target->presence == PRESENT ||
                                                                  target->gone_ns > best->gone_ns)))
                        best = target;
        }
        return best;
}

/* What was counted for the newcomer belongs to the target that it is the next incarnation of. The
 * newcomer is left with what the target had. */
static void adopt(struct collector *collector, struct target *target, struct target *newcomer)
{
        struct container *container = target->container;
        char *path = target->path;

        container_leave_files(collector, target);
        target->path = newcomer->path;
        target->container = newcomer->container;
        target->cgroup = newcomer->cgroup;
        target->counts = newcomer->counts;
        target->sampling = newcomer->sampling;
        target->sums = newcomer->sums;
        target->sums_processes = newcomer->sums_processes;
        target->lacks_memory = false;
        newcomer->path = path;
        newcomer->container = container;
        newcomer->cgroup.path = path;
        newcomer->container->met = false;
}

/* Lines come in the order in which containers are admitted. */
static void move_to_end(struct targets *targets, struct target *target)
{
        size_t at = 0;

        while (targets->items[at] != target)
                at++;
        memmove(&targets->items[at], &targets->items[at + 1],
                (targets->n_items - at - 1) * sizeof(*targets->items));
        targets->items[targets->n_items - 1] = target;
}

/* Names one; or has a target that went become it. */
static void admit(struct collector *collector, struct target *target)
{
        struct container *container = target->container;
        const struct name name =
                choose_name(collector, collector->settings, target, container->oldest.comm);
        struct target *kin;

        memcpy(container->base, name.word, sizeof(container->base));
        memcpy(container->first_comm, container->oldest.comm, sizeof(container->first_comm));
        kin = find_kin(collector, target);
        if (kin) {
                adopt(collector, kin, target);
        } else {
                targets_name(&collector->targets, target, &name);
                move_to_end(&collector->targets, target);
        }
}

/* The oldest first, whatever order /proc has, so that numbers are as containers were started. */
static struct target *next_newcomer(struct collector *collector)
{
        struct target *best = NULL;

        for (size_t i = 0; i < collector->targets.n_items; i++) {
                struct target *target = collector->targets.items[i];

                if (!is_container(target) || *target->source || !target->container->met ||
                        is_setting_up(target->container->oldest.comm))
                        continue;
                if (!best ||
                        target->container->oldest.start_ticks < best->container->oldest.start_ticks)
                        best = target;
        }
        return best;
}

static void write_dyno(const struct target *target, char ret[DYNO_MAX_BYTES])
{
        const struct container *container = target->container;
        struct buf text;

        buf_init(&text, ret, DYNO_MAX_BYTES);
        if (*container->path.id) {
                buf_add(&text, "container.");
                buf_add_bytes(&text, container->path.id, SHORT_ID_LEN);
        } else if (target->cgroup.inode) {
                buf_add(&text, "cgroup.");
                buf_add_u64(&text, target->cgroup.inode, 0);
        } else {
                buf_add(&text, "pid.");
                buf_add_u64(&text, (uint64_t)container->oldest.pid, 0);
                buf_add_char(&text, '-');
                buf_add_u64(&text, container->oldest.start_ticks, 0);
        }
}

/*
 * Whether its processes are those of another incarnation: all of them are younger than any was
 * before, and its cgroup is another one. That the first one is another is not enough: when a
 * container is stopped, others may outlive it.
 */
static bool is_anew(const struct container *container, uint64_t inode)
{
        if (container->first.pid == 0)
                return true;
        return container->oldest.start_ticks > container->last_ticks &&
               (inode == 0 || container->inode == 0 || inode != container->inode);
}

static void settle(struct collector *collector, struct target *target)
{
        struct container *container = target->container;
        char dyno[DYNO_MAX_BYTES], identity[DYNO_MAX_BYTES];
        const struct first_process *oldest = &container->oldest;
        struct buf text;

        write_dyno(target, dyno);
        if (is_anew(container, target->cgroup.inode)) {
                buf_init(&text, identity, sizeof(identity));
                buf_add(&text, dyno);
                buf_add_char(&text, '/');
                buf_add_u64(&text, (uint64_t)oldest->pid, 0);
                buf_add_char(&text, '-');
                buf_add_u64(&text, oldest->start_ticks, 0);
        } else {
                memcpy(identity, target->identity, sizeof(identity));
        }
        container->first = *oldest;
        container->last_ticks = container->youngest_ticks;
        if (target->cgroup.inode)
                container->inode = target->cgroup.inode;
        collector_appear(collector, target, identity, dyno);
}

static void end_one(struct collector *collector, struct target *target)
{
        struct container *container = target->container;

        if (container->met && *target->source) {
                settle(collector, target);
        } else if (!container->met) {
                container_leave_files(collector, target);
                if (*target->source)
                        target_vanishes(target, collector->now_ns);
        }
}

void containers_end_round(struct collector *collector)
{
        struct targets *targets = &collector->targets;
        struct target *newcomer;

        while ((newcomer = next_newcomer(collector)))
                admit(collector, newcomer);
        for (size_t i = targets->n_items; i > 0; i--) {
                struct target *target = targets->items[i - 1];

                if (!is_container(target))
                        continue;
                end_one(collector, target);
                if (!target->container->any && !*target->source) {
                        targets_remove(targets, i - 1);
                        continue;
                }
                target->container->any = target->container->met = false;
                target->container->oldest = (struct first_process){0};
                target->container->youngest_ticks = 0;
        }
        target_index_make(&collector->index, targets);
}

void containers_rename(struct collector *collector, const struct settings *settings)
{
        struct targets *targets = &collector->targets;

        for (size_t i = targets->n_items; i > 0; i--) {
                struct target *target = targets->items[i - 1];
                struct name name;

                if (!is_container(target) || !*target->source)
                        continue;
                name = choose_name(collector, settings, target, target->container->first_comm);
                if (strcmp(name.word, target->container->base) == 0)
                        continue;
                container_leave_files(collector, target);
                targets_remove(targets, i - 1);
        }
}
