/* SPDX-License-Identifier: MIT */
#include "collector.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/held.h"
#include "base/pages.h"
#include "budget.h"
#include "collector_state.h"
#include "containers.h"
#include "source/container.h"
#include "source/machine.h"

enum {
        /* Only what is read of it costs memory. The largest file of a tick is /proc/stat, with a
         * word for each interrupt; the largest of all is mountinfo. */
        SCRATCH_BYTES = 16 * 1024 * 1024,
};

/* What other tools print for this process: "pid.1234-567890". */
static void name_self(struct collector *collector)
{
        struct buf dyno;
        struct proc_stat stat;

        buf_init(&dyno, collector->own_dyno, sizeof(collector->own_dyno));
        collector->own_pid = proc_own_pid(&collector->root, &collector->scratch);
        if (collector->own_pid == 0 || proc_read_stat(&collector->root, collector->own_pid,
                                               &collector->scratch, &stat) < 0) {
                buf_add(&dyno, "none");
                return;
        }
        buf_add(&dyno, "pid.");
        buf_add_u64(&dyno, (uint64_t)collector->own_pid, 0);
        buf_add_char(&dyno, '-');
        buf_add_u64(&dyno, stat.start_ticks, 0);
}

static void name_host(struct collector *collector)
{
        char boot_id[33];
        struct buf dyno;

        buf_init(&dyno, collector->host_dyno, sizeof(collector->host_dyno));
        buf_add(&dyno, "host.");
        if (machine_read_boot_id(&collector->root, &collector->scratch, boot_id) == 0)
                buf_add_bytes(&dyno, boot_id, 12);
        else
                buf_add(&dyno, "none");
}

/* The environment of a dyno names it, and says that it is one. */
static const char *environment(const char *name)
{
        const char *value = getenv(name);

        return value && *value ? value : NULL;
}

/* Without a target, it is this container, or the machine; see runstatd(8) on the default. */
static int make_default_watch(struct collector *collector, struct buf *error)
{
        const bool in_dyno = environment("DYNO") != NULL;
        const bool inside = in_dyno || collector->in_container;
        int r = watch_parse(inside ? "self" : "host", &collector->default_watch, error);

        collector->has_default_watch = r == 0;
        return r;
}

/* The source of a target whose watch gives no name. */
static struct name derive_name(const struct collector *collector, const struct watch *watch)
{
        const char *dyno = environment("DYNO");

        switch (watch->kind) {
        case WATCH_HOST:
                return name_reduce("", "host");
        case WATCH_SELF:
                return name_reduce("", collector->has_default_watch && dyno ? dyno : "self");
        case WATCH_PID:
                return name_reduce("pid", watch->argument);
        case WATCH_PIDFILE:
                return name_reduce("", watch->argument);
        case WATCH_UNIT:
        case WATCH_CGROUP:
        case WATCH_CONTAINERS:
                break;
        }
        return name_reduce("", strcmp(watch->argument, "/") == 0 ? "root" : watch->argument);
}

void collector_resolve_path(
        const struct collector *collector, const struct watch *watch, char ret[PATH_MAX])
{
        struct buf path;

        buf_init(&path, ret, PATH_MAX);
        layout_strip_mount_point(&collector->layout, watch->argument, &path);
}

/*
 * A cgroup may come later, but a path that names something else never becomes one: a file in a
 * cgroup, or a folder of the file system that is outside of all cgroups.
 */
static int check_watch(struct collector *collector, const struct watch *watch, struct buf *error)
{
        struct cgroup cgroup;
        struct stat st;
        char path[PATH_MAX];
        int r;

        if (watch->kind != WATCH_CGROUP || watch->is_pattern)
                return 0;
        collector_resolve_path(collector, watch, path);
        r = cgroup_find(&collector->view, path, &cgroup);
        if (r == -ENOTDIR) {
                buf_printf(error, "'%s' is no cgroup, but a file in one", watch->spec);
                return -EINVAL;
        }
        if (r < 0 && strcmp(path, "/") != 0 && fstatat(collector->root.fd, path + 1, &st, 0) == 0) {
                buf_printf(error,
                        "'%s' is no cgroup: '%s' is in the file system; a cgroup's path "
                        "is as in /proc/PID/cgroup",
                        watch->spec, path);
                return -EINVAL;
        }
        return 0;
}

static int add_watch(struct collector *collector, const struct watch *watch, struct buf *error)
{
        const struct name name = derive_name(collector, watch);
        char path[PATH_MAX];
        struct target *target;
        int r;

        r = check_watch(collector, watch, error);
        if (r < 0)
                return r;
        if (watch->kind == WATCH_CGROUP)
                collector_resolve_path(collector, watch, path);
        r = targets_add(&collector->targets, watch, watch->kind == WATCH_CGROUP ? path : NULL,
                &name, &target);
        if (r < 0) {
                buf_add(error, "out of memory");
                return r;
        }
        if (collector->has_default_watch && collector->settings->source)
                memcpy(target->source, collector->settings->source,
                        strlen(collector->settings->source) + 1);
        return 0;
}

static bool has_target(const struct targets *targets, const struct watch *watch)
{
        for (size_t i = 0; i < targets->n_items; i++) {
                if (targets->items[i]->watch == watch)
                        return true;
        }
        return false;
}

/* Adds the targets of all watches that have none yet; those of patterns come when they match. */
static int add_watches(struct collector *collector, struct buf *error)
{
        struct targets *targets = &collector->targets;
        int r = 0;

        for (size_t i = 0; i < targets->n_watches && r == 0; i++) {
                const struct watch *watch = &targets->watches[i];

                if (!watch->is_pattern && !has_target(targets, watch))
                        r = add_watch(collector, watch, error);
        }
        return r;
}

static int look_around(struct collector *collector, struct buf *error)
{
        const char *path = collector->settings->root;
        int r = root_open(path, &collector->root);

        if (r < 0) {
                buf_printf(error, "cannot open the root '%s': %s", path, strerror(-r));
                return r;
        }
        r = task_scan_new(&collector->root, &collector->scan);
        if (r < 0) {
                buf_printf(error, "cannot open 'proc' in the root '%s': %s", path, strerror(-r));
                return r;
        }
        if (faccessat(collector->root.fd, "proc/self", F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
                buf_printf(error,
                        "there is no 'proc/self' in the root '%s': is /proc mounted there?", path);
                return -ENOENT;
        }
        r = task_scan_new_beside(collector->scan, &collector->looks);
        if (r < 0) {
                buf_add(error, "out of memory");
                return r;
        }
        r = layout_read(&collector->root, path, &collector->scratch, &collector->layout);
        if (r < 0) {
                buf_printf(error, "cannot read the cgroup layout in the root '%s': %s", path,
                        strerror(-r));
                return r;
        }
        collector->view = (struct cgroup_view){
                .root = &collector->root,
                .layout = &collector->layout,
                .scratch = &collector->scratch,
                .above = &collector->above,
        };
        if (change_watch_new(path, &collector->view.changes) < 0)
                collector->view.changes = NULL; /* ticks will tell */
        collector->ticks_per_s = (uint64_t)sysconf(_SC_CLK_TCK);
        collector->in_container = container_is_inside(&collector->root);
        if (collector->in_container && container_own_id(&collector->root, &collector->scratch,
                                               collector->container_id) < 0)
                collector->container_id[0] = '\0';
        collector->hides = proc_hides(&collector->root, &collector->scratch);
        collector->dyno_id = environment("DYNO_ID");
        name_self(collector);
        name_host(collector);
        /* Lists of cgroups have the pids of the PID namespace that reads them. */
        collector->lists_members = collector->own_pid == getpid();
        collector->first_pids = container_sees_all_pids(&collector->root);
        collector->shows_machine = proc_shows_machine(&collector->root, &collector->scratch);
        collector->has_own_cgroups =
                collector->in_container && container_has_own_cgroups(&collector->root);
        r = collector_hold_files(collector);
        if (r < 0)
                buf_add(error, "out of memory");
        return r;
}

int collector_new(const struct settings *settings, struct output *output, struct collector **ret,
        struct buf *error)
{
        struct collector *collector = calloc(1, sizeof(*collector));
        int r = -ENOMEM;

        if (collector) {
                collector->settings = settings;
                collector->output = output;
                collector->root.fd = -1;
                collector->list_again = collector->walks = true;
                r = scratch_init(&collector->scratch, SCRATCH_BYTES);
        }
        if (r == 0)
                r = limit_cache_new(&collector->limit_cache);
        if (r == 0) {
                collector->limits = pages_new(sizeof(*collector->limits));
                collector->memory_limits = pages_new(sizeof(*collector->memory_limits));
                if (!collector->limits || !collector->memory_limits)
                        r = -ENOMEM;
        }
        if (r < 0)
                buf_add(error, "out of memory");
        else
                r = look_around(collector, error);
        if (r == 0 && settings->n_watches == 0)
                r = make_default_watch(collector, error);
        if (r == 0) {
                collector->targets.watches = collector->has_default_watch
                                                     ? &collector->default_watch
                                                     : settings->watches;
                collector->targets.n_watches =
                        collector->has_default_watch ? 1 : settings->n_watches;
                r = budget_prepare(collector, settings);
                if (r == 0)
                        r = add_watches(collector, error);
        }
        if (r < 0) {
                collector_free(collector);
                return r;
        }
        *ret = collector;
        return 0;
}

void collector_free(struct collector *collector)
{
        if (!collector)
                return;
        targets_done(&collector->targets);
        target_index_done(&collector->index);
        if (collector->has_default_watch)
                watch_done(&collector->default_watch);
        task_scan_free(collector->looks);
        task_scan_free(collector->scan);
        members_done(&collector->members);
        limit_cache_free(collector->limit_cache);
        pages_free(collector->limits, sizeof(*collector->limits));
        pages_free(collector->memory_limits, sizeof(*collector->memory_limits));
        users_done(&collector->users);
        containers_done(collector);
        change_watch_free(collector->view.changes);
        layout_done(&collector->layout);
        held_free(collector->root.held);
        root_close(&collector->root);
        scratch_done(&collector->scratch);
        free(collector->nodes);
        budget_done(collector);
        free(collector);
}

/* The watch among `n` that is the same as `watch`, under the same name. */
static const struct watch *find_watch(
        const struct watch *watches, size_t n, const struct watch *watch)
{
        for (size_t i = 0; i < n; i++) {
                const char *name = watches[i].name ? watches[i].name : "";

                if (watch_is_same(&watches[i], watch) &&
                        strcmp(name, watch->name ? watch->name : "") == 0)
                        return &watches[i];
        }
        return NULL;
}

int collector_reload(
        struct collector *collector, const struct settings *settings, struct buf *error)
{
        struct targets *targets = &collector->targets;
        const struct watch *watches = settings->watches;
        size_t n_watches = settings->n_watches;
        int r = 0;

        if (strcmp(settings->root, collector->settings->root) != 0) {
                buf_add(error, "the root cannot be changed while it runs");
                return -EINVAL;
        }
        r = budget_prepare(collector, settings);
        for (size_t i = 0; i < n_watches && r == 0; i++)
                r = check_watch(collector, &watches[i], error);
        if (r == 0 && n_watches == 0 && !collector->has_default_watch)
                r = make_default_watch(collector, error);
        if (r < 0)
                return r;

        if (n_watches == 0) {
                watches = &collector->default_watch;
                n_watches = 1;
        }
        for (size_t i = targets->n_items; i > 0; i--) {
                struct target *target = targets->items[i - 1];
                const struct watch *watch = find_watch(watches, n_watches, target->watch);

                if (watch) {
                        target->watch = watch;
                } else {
                        container_leave_files(collector, target);
                        targets_remove(targets, i - 1);
                }
        }
        containers_rename(collector, settings);
        if (settings->n_watches > 0 && collector->has_default_watch) {
                watch_done(&collector->default_watch);
                collector->has_default_watch = false;
        }
        targets->watches = watches;
        targets->n_watches = n_watches;
        collector->list_again = true;
        return add_watches(collector, error);
}

const struct layout *collector_layout(const struct collector *collector)
{
        return &collector->layout;
}

uint64_t collector_n_targets(const struct collector *collector)
{
        return collector->targets.n_items;
}

uint64_t collector_n_present(const struct collector *collector)
{
        uint64_t n = 0;

        for (size_t i = 0; i < collector->targets.n_items; i++)
                n += collector->targets.items[i]->presence == PRESENT;
        return n;
}

int collector_change_fd(const struct collector *collector)
{
        return collector->view.changes ? change_watch_fd(collector->view.changes) : -1;
}

unsigned collector_take_changes(struct collector *collector)
{
        return change_watch_drain(collector->view.changes);
}
