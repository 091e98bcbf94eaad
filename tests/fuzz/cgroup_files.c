/* SPDX-License-Identifier: MIT */
#include "cgroup_files.h"

#include <string.h>

#include "source/cgroup.h"
#include "source/limit.h"
#include "source/members.h"

static void check_limits(const struct limits *limits)
{
        require(limits->n_items <= LIMITS_MAX);
        for (size_t i = 0; i < limits->n_items; i++)
                require(memchr(limits->items[i].by, '\0', LIMIT_BY_BYTES));
}

static void read_limits(const struct cgroup_view *view)
{
        struct limit_state state = {0};
        struct limit_cache *cache;
        struct limits limits = {0};
        struct measure oom_kills = {0};
        const struct users users = {0};

        require(limit_cache_new(&cache) == 0);
        /* The second look is the one that has something to compare with. */
        for (unsigned i = 0; i < 2; i++) {
                const struct limit_view look = {
                        .cgroups = view, .cache = cache, .state = &state, .is_own = true};

                limits.n_items = 0;
                limit_cache_clear(cache);
                limit_state_begin(&state, 1);
                limits_add_pids(&look, "/a", &limits);
                limits_add_memory(&look, "/a", &limits);
                limits_read_oom_kills(&look, "/a", &oom_kills);
                limits_add_nproc(view->root, view->scratch, 7, &users, &limits);
                limits_add_machine(view->root, view->scratch, cache, &limits);
                check_limits(&limits);
        }
        limit_cache_free(cache);
}

static void read_members(const struct cgroup_view *view, const struct cgroup *cgroup)
{
        struct cgroup copy = *cgroup;
        struct members members = {0};
        const int r = members_read(view, &copy, false, &members);

        if (r == 0) {
                require(members.n_dead_leaders <= members.processes.n);
                for (size_t i = 0; i < members.processes.n; i++)
                        require(members.processes.ids[i] > 0);
        }
        thread_read_children(view->root, 7, view->scratch, &members.children);
        members_done(&members);
}

void fuzz_check_cgroup(struct fuzz_tree *tree, const uint8_t *data, size_t size)
{
        struct layout layout;
        struct cgroup_view view = {
                .root = &tree->root, .layout = &layout, .scratch = &tree->scratch};
        struct sample sample = {0};
        struct cgroup cgroup;

        fuzz_tree_put(tree, data, size);
        require(layout_read(&tree->root, "/", &tree->scratch, &layout) == 0);
        require(cgroup_find(&view, "/a", &cgroup) == 0);
        cgroup_read_memory(&view, &cgroup, &sample.memory);
        cgroup_read_pids(&view, &cgroup, &sample.tasks);
        cgroup_read_cpu(&view, &cgroup, &sample.cpu);
        cgroup_read_pressure(&view, &cgroup, &sample.pressure);
        cgroup_read_io(&view, &cgroup, &sample.io);
        cgroup_read_detail(&view, &cgroup, &sample.detail);
        fuzz_check_sample(&sample);
        read_limits(&view);
        read_members(&view, &cgroup);
        layout_done(&layout);
}
