/* SPDX-License-Identifier: MIT */
#include "source/cgroup.h"

#include <stdlib.h>

#include "base/held.h"
#include "source/limit.h"
#include "test.h"
#include "tree.h"

/* What is remembered of cgroups, and of those above them, changes nothing but how much is read. */

static const char *const paths[] = {
        "/a",
        "/a/b",
        "/a/b/c",
        "/a/d",
        "/e",
        "/e/b",
        "/e/b/c",
        "/f",
};

enum { N_PATHS = ARRAY_SIZE(paths), N_ROUNDS = 400 };

struct machine {
        struct tree *tree;
        struct layout layout;
        struct cgroup_view plain, remembering;
        struct cgroups_above above;
        struct limit_cache *cache;
        struct cgroup_places places[N_PATHS];
        bool v2;
};

static void make(struct machine *machine, struct tree *tree, bool v2)
{
        *machine = (struct machine){.tree = tree, .v2 = v2};
        tree_file(tree, "proc/self/cgroup", v2 ? "0::/\n" : "4:pids:/\n3:memory:/\n");
        tree_file(tree, "proc/self/mountinfo",
                v2 ? "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n"
                   : "32 23 0:28 / /cg/pids rw - cgroup cgroup rw,pids\n"
                     "33 23 0:29 / /cg/memory rw - cgroup cgroup rw,memory\n");
        tree_folder(tree, v2 ? "cg" : "cg/pids");
        tree_folder(tree, v2 ? "cg" : "cg/memory");
        assert_int_equal(layout_read(&tree->root, "/", &tree->scratch, &machine->layout), 0);
        assert_int_equal(limit_cache_new(&machine->cache), 0);
        assert_int_equal(held_new(64, &tree->root.held), 0);
        machine->plain = (struct cgroup_view){
                .root = &tree->root, .layout = &machine->layout, .scratch = &tree->scratch};
        machine->remembering = machine->plain;
        machine->remembering.above = &machine->above;
}

static void unmake(struct machine *machine)
{
        held_free(machine->tree->root.held);
        machine->tree->root.held = NULL;
        limit_cache_free(machine->cache);
        layout_done(&machine->layout);
}

/* Some are missing, when files `may_go`. */
static void write_file(struct machine *machine, bool may_go, const char *controller,
        const char *cgroup, const char *name, int n)
{
        char path[128], text[160];

        snprintf(path, sizeof(path), "cg%s%s/%s", machine->v2 ? "" : controller, cgroup, name);
        if (strcmp(name, "memory.stat") == 0)
                snprintf(text, sizeof(text),
                        "cache 0\npgpgin %d\nhierarchical_memory_limit %d\ntotal_rss %d\n"
                        "total_pgpgin 3\n",
                        n % 5, n, n);
        else if (n % 3 == 0 && machine->v2)
                snprintf(text, sizeof(text), "max\n");
        else
                snprintf(text, sizeof(text), "%d\n", n);
        if (may_go && n % 7 == 0)
                tree_remove(machine->tree, path);
        else
                tree_file(machine->tree, path, text);
}

static void remove_folder(struct machine *machine, const char *controller, const char *cgroup)
{
        char path[128];

        snprintf(path, sizeof(path), "cg%s%s", machine->v2 ? "" : controller, cgroup);
        tree_remove(machine->tree, path);
}

/* Any limits, or none, in any of them; some come, go, and are made anew. */
static void shuffle(struct machine *machine, bool may_go)
{
        static const struct {
                const char *controller, *name;
                bool v1, v2;
        } files[] = {
                {"/pids",   "pids.max",              true,  true },
                {"/pids",   "pids.current",          true,  true },
                {"/memory", "memory.stat",           true,  true },
                {"/memory", "memory.limit_in_bytes", true,  false},
                {"/memory", "memory.usage_in_bytes", true,  false},
                {"/memory", "memory.max",            false, true },
                {"/memory", "memory.high",           false, true },
                {"/memory", "memory.current",        false, true },
        };

        for (size_t i = 0; i < N_PATHS; i++) {
                if (may_go && rand() % 4 == 0) {
                        remove_folder(machine, "/pids", paths[i]);
                        remove_folder(machine, "/memory", paths[i]);
                }
                for (size_t k = 0; k < ARRAY_SIZE(files); k++) {
                        if (machine->v2 ? files[k].v2 : files[k].v1)
                                write_file(machine, may_go, files[k].controller, paths[i],
                                        files[k].name, rand() % 99);
                }
        }
}

static void add_limits(
        const struct limit_view *view, const char *path, struct limits *limits, struct buf *text)
{
        buf_printf(text, "%d", limits_add_pids(view, path, limits));
        buf_printf(text, " %d", limits_add_memory(view, path, limits));
        for (size_t i = 0; i < limits->n_items; i++)
                buf_printf(text, ", %s %" PRIu64 "/%" PRIu64, limits->items[i].by,
                        limits->items[i].used, limits->items[i].max);
}

/* What is said of one cgroup. */
static void describe(struct machine *machine, const struct cgroup_view *cgroups, size_t i,
        bool remembers, char *memory, size_t size)
{
        static struct limits limits;
        struct limit_state state = {0};
        const struct cgroup cgroup = {
                .path = paths[i],
                .places = remembers ? &machine->places[i] : NULL,
        };
        const struct limit_view view = {
                .cgroups = cgroups,
                .cache = remembers ? machine->cache : NULL,
                .state = &state,
                .places = cgroup.places,
                .is_own = true,
        };
        struct memory_sample used = {0};
        struct tasks_sample tasks = {0};
        struct measure kills = {0};
        struct buf text;

        limits.n_items = 0;
        buf_init(&text, memory, size);
        buf_printf(&text, "%s: %d", paths[i], cgroup_read_memory(cgroups, &cgroup, &used));
        buf_printf(&text, " %d", cgroup_read_pids(cgroups, &cgroup, &tasks));
        buf_printf(&text, " rss %" PRIu64 " quota %d %" PRIu64, used.rss_bytes.value,
                used.quota_bytes.known, used.quota_bytes.value);
        buf_printf(&text, " pids %" PRIu64 " of %d %" PRIu64 ": ", tasks.pids.value,
                tasks.pids_limit.known, tasks.pids_limit.value);
        add_limits(&view, paths[i], &limits, &text);
        limits_read_oom_kills(&view, paths[i], &kills);
        buf_printf(&text, " killed %d %" PRIu64 "\n", kills.known, kills.value);
}

/* Of a file that is gone the kernel says so; these stay readable, and must be opened anew. */
static void forget_files(struct machine *machine)
{
        held_end_tick(machine->tree->root.held);
        held_end_tick(machine->tree->root.held);
}

static void run(struct tree *tree, bool v2)
{
        struct machine machine;

        make(&machine, tree, v2);
        srand(7);
        for (int round = 0; round < N_ROUNDS; round++) {
                const bool may_go = round % 4 == 0;
                const size_t first = (size_t)rand();

                if (may_go)
                        forget_files(&machine);
                shuffle(&machine, may_go);
                held_begin_round(tree->root.held);
                machine.above = (struct cgroups_above){0};
                limit_cache_clear(machine.cache);
                for (size_t i = 0; i < N_PATHS; i++) {
                        const size_t which = (first + i) % N_PATHS;
                        char expected[4096], text[4096];

                        describe(
                                &machine, &machine.plain, which, false, expected, sizeof(expected));
                        describe(&machine, &machine.remembering, which, true, text, sizeof(text));
                        check_text(paths[which], text, expected);
                }
                held_end_tick(tree->root.held);
        }
        unmake(&machine);
}

static void test_v1(void **state)
{
        run(*state, false);
}

static void test_v2(void **state)
{
        run(*state, true);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_v1),
                tree_test(test_v2),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
