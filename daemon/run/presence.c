/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fence.h"
#include "base/reserve.h"
#include "base/text.h"
#include "collector_state.h"
#include "source/unit.h"

/* What the configuration or $DYNO_ID have fixed as the dyno of a target, else `dyno`. */
static const char *choose_dyno(
        const struct collector *collector, const struct target *target, const char *dyno)
{
        const struct watch *watch = target->watch;

        if (watch->choices.dyno)
                return watch->choices.dyno;
        if (collector->dyno_id && (watch->kind == WATCH_SELF || collector->has_default_watch))
                return collector->dyno_id;
        return dyno;
}

void collector_appear(const struct collector *collector, struct target *target,
        const char *identity, const char *dyno)
{
        target_appears(target, identity, choose_dyno(collector, target, dyno));
}

/* The cgroup of that path, or the own one, which may be the one that the target had before. */
static int find_cgroup(struct collector *collector, struct target *target, struct cgroup *ret)
{
        int r;

        if (target->presence == PRESENT) {
                *ret = target->cgroup;
                return cgroup_find_again(&collector->view, target->path, ret);
        }
        r = cgroup_find(&collector->view, target->path, ret);
        target->places = (struct cgroup_places){0};
        ret->places = &target->places;
        return r;
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

bool collector_lacks_memory(const struct collector *collector, const struct cgroup *cgroup)
{
        cleanup_fd int fd = -1;
        char memory[PATH_MAX];
        struct buf path;

        buf_init(&path, memory, sizeof(memory));
        if (cgroup_folder(&collector->view, cgroup, CONTROLLER_MEMORY, &path) < 0)
                return true;
        buf_add(&path, "/memory.stat");
        if (path.overflow)
                return true;
        if (!fence_has(path.text))
                return faccessat(collector->root.fd, path.text, F_OK, 0) < 0 && errno == ENOENT;
        fd = reserve_openat(collector->root.fd, path.text, O_PATH | O_CLOEXEC, 0);
        return fd < 0 && errno == ENOENT;
}

/* The target cannot be found, and why: what cannot be looked for just now has not gone. */
static void lose(struct collector *collector, struct target *target, int r)
{
        if (target->presence != PRESENT || !error_is_passing(r))
                target_vanishes(target, collector->now_ns);
}

/* Whether the cgroups of all that /proc shows are mounted here, with their memory. */
static bool sees_all_cgroups(const struct collector *collector)
{
        const struct hierarchy *memory = collector->layout.of[CONTROLLER_MEMORY];

        for (size_t i = 0; memory && collector->shows_machine && i < memory->n_mounts; i++) {
                if (strcmp(memory->mounts[i].root, "/") == 0)
                        return memory->above || !collector->has_own_cgroups;
        }
        return false;
}

/* Whether memory is summed over the processes of what the watch stands for, as far as that is known
 * before it was looked for. */
bool collector_reads_for(const struct collector *collector, const struct watch *watch)
{
        char path[PATH_MAX];
        struct cgroup cgroup;

        switch (watch->kind) {
        case WATCH_PID:
        case WATCH_PIDFILE:
                return true;
        case WATCH_HOST:
                return false;
        case WATCH_CONTAINERS:
                return !sees_all_cgroups(collector);
        case WATCH_SELF:
        case WATCH_UNIT:
                break;
        case WATCH_CGROUP:
                if (watch->is_pattern)
                        break;
                collector_resolve_path(collector, watch, path);
                return cgroup_find(&collector->view, path, &cgroup) == 0 &&
                       collector_lacks_memory(collector, &cgroup);
        }
        return !collector->layout.of[CONTROLLER_MEMORY];
}

bool collector_enters_containers(const struct collector *collector)
{
        for (size_t i = 0; i < collector->targets.n_watches; i++) {
                const struct watch *watch = &collector->targets.watches[i];

                if (watch->kind == WATCH_CONTAINERS && collector_reads_for(collector, watch))
                        return true;
        }
        return false;
}

bool collector_reads_processes(struct collector *collector)
{
        bool reads = proc_has_hidepid(&collector->root, &collector->scratch);

        for (size_t i = 0; i < collector->targets.n_watches; i++)
                reads = reads || collector_reads_for(collector, &collector->targets.watches[i]);
        return reads;
}

static void refresh_cgroup(struct collector *collector, struct target *target)
{
        char identity[DYNO_MAX_BYTES], dyno[DYNO_MAX_BYTES];
        struct cgroup cgroup;
        int r = find_cgroup(collector, target, &cgroup);

        if (r < 0) {
                lose(collector, target, r);
                return;
        }
        if (target->presence == PRESENT && cgroup.inode == target->cgroup.inode &&
                cgroup.path == target->cgroup.path && !target->lacks_memory) {
                target->cgroup = cgroup;
                return;
        }
        name_cgroup(collector, target, &cgroup, identity, dyno);
        if (target->presence != PRESENT || cgroup.inode != target->cgroup.inode ||
                target->lacks_memory)
                target->sums_processes = collector_lacks_memory(collector, &cgroup);
        target->cgroup = cgroup;
        collector_appear(collector, target, identity, dyno);
}

/* The dyno of a unit: its invocation id, else its cgroup's inode. */
static void name_unit(const struct cgroup *cgroup, const char *invocation,
        char identity[DYNO_MAX_BYTES], char dyno[DYNO_MAX_BYTES])
{
        struct buf text;

        buf_init(&text, identity, DYNO_MAX_BYTES);
        buf_add(&text, "cgroup.");
        buf_add_u64(&text, cgroup->inode, 0);
        buf_init(&text, dyno, DYNO_MAX_BYTES);
        if (*invocation) {
                buf_add(&text, "unit.");
                buf_add(&text, invocation);
        } else {
                buf_add(&text, identity);
        }
        buf_init(&text, identity + strlen(identity), DYNO_MAX_BYTES - strlen(identity));
        buf_add_char(&text, '/');
        buf_add(&text, invocation);
}

/*
 * A unit is another incarnation when its cgroup was made anew, or when it was started anew in a
 * cgroup that was kept. The manager makes the cgroup first and tells the invocation id a moment
 * later: until then the one before, or none, is read.
 */
static void refresh_unit(struct collector *collector, struct target *target)
{
        char identity[DYNO_MAX_BYTES], dyno[DYNO_MAX_BYTES], invocation[33];
        struct cgroup cgroup;
        bool is_same;
        int r = target->path ? find_cgroup(collector, target, &cgroup) : -ENOENT;

        if (r < 0) {
                lose(collector, target, r);
                return;
        }
        if (unit_read_invocation(&collector->view, &cgroup, invocation) < 0)
                invocation[0] = '\0';
        is_same = target->presence == PRESENT && cgroup.inode == target->cgroup.inode;
        target->cgroup = cgroup;
        if (is_same && (!*invocation || strcmp(invocation, target->invocation) == 0))
                return;
        if (!is_same && strcmp(invocation, target->invocation) == 0)
                invocation[0] = '\0';
        name_unit(&cgroup, invocation, identity, dyno);
        target->sums_processes = collector_lacks_memory(collector, &cgroup);
        if (is_same && !*target->invocation)
                target_rename(target, identity, choose_dyno(collector, target, dyno));
        else
                collector_appear(collector, target, identity, dyno);
        memcpy(target->invocation, invocation, sizeof(invocation));
}

/* The pid in a file, as daemons write theirs; or -errno. */
static int read_pidfile(struct collector *collector, const char *path)
{
        const char *at = collector->scratch.text;
        uint64_t pid;
        int r = file_read_at(AT_FDCWD, path, &collector->scratch, NULL);

        if (r < 0)
                return r;
        at += strspn(at, " \t");
        return text_take_u64(&at, &pid) == 0 && pid > 0 && pid <= INT_MAX ? (int)pid : -EBADMSG;
}

/* `pid` may be the -errno that tells why there is none. */
static void refresh_process(struct collector *collector, struct target *target, int pid)
{
        struct proc_stat stat = {0};
        char dyno[DYNO_MAX_BYTES];
        struct buf text;
        int r = pid;

        if (pid > 0)
                r = proc_read_stat(&collector->root, pid, &collector->scratch, &stat);
        if (r < 0) {
                lose(collector, target, r);
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
        collector_appear(collector, target, dyno, dyno);
}

void collector_refresh_target(struct collector *collector, struct target *target)
{
        if (target->path && target->watch->kind != WATCH_CONTAINERS)
                cgroup_watch_above(&collector->view, target->path);
        switch (target->watch->kind) {
        case WATCH_HOST:
                collector_appear(collector, target, collector->host_dyno, collector->host_dyno);
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
        case WATCH_UNIT:
                if (target->listed)
                        refresh_unit(collector, target);
                else
                        target_vanishes(target, collector->now_ns);
                break;
        case WATCH_PID:
                refresh_process(collector, target, target->watch->pid);
                break;
        case WATCH_PIDFILE:
                refresh_process(
                        collector, target, read_pidfile(collector, target->watch->argument));
                break;
        case WATCH_CONTAINERS: /* the walk finds them */
                break;
        }
}

void collector_refresh(struct collector *collector)
{
        collector_expand(collector);
        for (size_t i = 0; i < collector->targets.n_items; i++)
                collector_refresh_target(collector, collector->targets.items[i]);
}
