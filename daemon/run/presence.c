/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "collector_state.h"

enum {
        MAX_REMEMBERED = 128 /* targets of patterns that went, which may come back */
};

/* The incarnation is there; its dyno may have been fixed by the configuration or by $DYNO_ID. */
static void appear(const struct collector *collector, struct target *target, const char *identity,
        const char *dyno)
{
        const struct watch *watch = target->watch;

        if (watch->dyno)
                dyno = watch->dyno;
        else if (collector->dyno_id && (watch->kind == WATCH_SELF || collector->has_default_watch))
                dyno = collector->dyno_id;
        target_appears(target, identity, dyno);
}

/* The dyno of a cgroup: its container's id, else its inode. */
static void name_cgroup(const struct collector *collector, const struct target *target,
        const struct cgroup *cgroup, char identity[DYNO_MAX_BYTES], char dyno[DYNO_MAX_BYTES])
{
        const char *id = name_find_container_id(cgroup->path);
        struct buf text;

        buf_init(&text, identity, DYNO_MAX_BYTES);
        buf_add(&text, "cgroup.");
        buf_add_u64(&text, cgroup->inode, 0);

        if (!id && target->watch->kind == WATCH_SELF && *collector->container_id)
                id = collector->container_id;
        buf_init(&text, dyno, DYNO_MAX_BYTES);
        buf_add(&text, id ? "container." : identity);
        if (id)
                buf_add_bytes(&text, id, 12);
}

/* The cgroup's memory has no files: not switched on, or the kernel is without. */
static bool lacks_memory(const struct collector *collector, const struct cgroup *cgroup)
{
        char memory[PATH_MAX];
        struct buf path;

        buf_init(&path, memory, sizeof(memory));
        if (cgroup_folder(&collector->view, cgroup, CONTROLLER_MEMORY, &path) < 0)
                return true;
        buf_add(&path, "/memory.stat");
        return path.overflow || faccessat(collector->root.fd, path.text, F_OK, 0) < 0;
}

static void refresh_cgroup(struct collector *collector, struct target *target)
{
        char identity[DYNO_MAX_BYTES], dyno[DYNO_MAX_BYTES];
        struct cgroup cgroup;

        if (cgroup_find(&collector->view, target->path, &cgroup) < 0) {
                target_vanishes(target, collector->now_ns);
                return;
        }
        name_cgroup(collector, target, &cgroup, identity, dyno);
        target->cgroup = cgroup;
        target->sums_processes = lacks_memory(collector, &cgroup);
        appear(collector, target, identity, dyno);
}

/* The pid in a file, as daemons write theirs; 0 when there is none. */
static pid_t read_pidfile(struct collector *collector, const char *path)
{
        const char *at = collector->scratch.text;
        uint64_t pid;

        if (file_read_at(AT_FDCWD, path, &collector->scratch, NULL) < 0)
                return 0;
        at += strspn(at, " \t");
        return text_take_u64(&at, &pid) == 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

static void refresh_process(struct collector *collector, struct target *target, pid_t pid)
{
        struct proc_stat stat;
        char dyno[DYNO_MAX_BYTES];
        struct buf text;

        if (pid == 0 || proc_read_stat(&collector->root, pid, &collector->scratch, &stat) < 0) {
                target_vanishes(target, collector->now_ns);
                return;
        }
        buf_init(&text, dyno, sizeof(dyno));
        buf_add(&text, "pid.");
        buf_add_u64(&text, (uint64_t)pid, 0);
        buf_add_char(&text, '-');
        buf_add_u64(&text, stat.start_ticks, 0);
        target->pid = pid;
        target->start_ticks = stat.start_ticks;
        target->sums_processes = true;
        appear(collector, target, dyno, dyno);
}

static void refresh(struct collector *collector, struct target *target)
{
        switch (target->watch->kind) {
        case WATCH_HOST:
                appear(collector, target, collector->host_dyno, collector->host_dyno);
                break;
        case WATCH_SELF:
                refresh_cgroup(collector, target);
                break;
        case WATCH_CGROUP:
                if (target->watch->is_pattern && !target->listed)
                        target_vanishes(target, collector->now_ns);
                else
                        refresh_cgroup(collector, target);
                break;
        case WATCH_PID:
                refresh_process(collector, target, target->watch->pid);
                break;
        case WATCH_PIDFILE:
                refresh_process(
                        collector, target, read_pidfile(collector, target->watch->argument));
                break;
        }
}

struct expansion {
        struct collector *collector;
        const struct watch *watch;
};

/* A cgroup matched the pattern: a target that is known, or a new one. */
static int expand(void *data, const char *path)
{
        const struct expansion *expansion = data;
        struct targets *targets = &expansion->collector->targets;
        struct target *target;
        struct cgroup cgroup;
        struct name name;

        for (size_t i = 0; i < targets->n_items; i++) {
                target = targets->items[i];
                if (target->watch == expansion->watch && strcmp(target->path, path) == 0) {
                        target->listed = true;
                        return 0;
                }
        }
        if (cgroup_find(&expansion->collector->view, path, &cgroup) < 0)
                return 0;
        name = name_reduce(expansion->watch->name ? expansion->watch->name : "", path);
        if (targets_add(targets, expansion->watch, path, &name, &target) < 0)
                return 0; /* the next tick will see it again */
        target->listed = true;
        return 0;
}

static void expand_patterns(struct collector *collector)
{
        const struct targets *targets = &collector->targets;

        for (size_t i = 0; i < targets->n_items; i++)
                targets->items[i]->listed = false;
        for (size_t i = 0; i < targets->n_watches; i++) {
                const struct watch *watch = &targets->watches[i];
                struct expansion expansion = {.collector = collector, .watch = watch};

                if (watch->is_pattern)
                        cgroup_match(&collector->view, watch->argument, expand, &expansion);
        }
}

/* Forgets the targets of patterns that went first, when too many went. */
static void forget_gone(struct collector *collector)
{
        struct targets *targets = &collector->targets;

        for (;;) {
                size_t n_gone = 0, oldest = 0;

                for (size_t i = 0; i < targets->n_items; i++) {
                        const struct target *target = targets->items[i];

                        if (!target->watch->is_pattern || target->presence != ABSENT ||
                                target->says)
                                continue;
                        if (n_gone++ == 0 || target->gone_ns < targets->items[oldest]->gone_ns)
                                oldest = i;
                }
                if (n_gone <= MAX_REMEMBERED)
                        return;
                targets_remove(targets, oldest);
        }
}

void collector_refresh(struct collector *collector)
{
        forget_gone(collector);
        expand_patterns(collector);
        for (size_t i = 0; i < collector->targets.n_items; i++)
                refresh(collector, collector->targets.items[i]);
}
