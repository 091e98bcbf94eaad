/* SPDX-License-Identifier: MIT */
#include "source/limit.h"

#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "tree.h"

/* A machine: its tree, what is found out about it, and a target. */
struct machine {
        struct tree *tree;
        struct layout layout;
        struct cgroup_view cgroups;
        struct limit_cache *cache;
        struct limit_state state;
        struct limit_view view;
};

static void look(struct machine *machine)
{
        struct tree *tree = machine->tree;

        assert_int_equal(layout_read(&tree->root, "/", &tree->scratch, &machine->layout), 0);
        assert_int_equal(limit_cache_new(&machine->cache), 0);
        machine->cgroups = (struct cgroup_view){
                .root = &tree->root,
                .layout = &machine->layout,
                .scratch = &tree->scratch,
        };
        machine->view = (struct limit_view){
                .cgroups = &machine->cgroups,
                .cache = machine->cache,
                .state = &machine->state,
                .is_own = true,
        };
}

static void make_v2_with(struct machine *machine, struct tree *tree, const char *mountinfo)
{
        *machine = (struct machine){.tree = tree};
        tree_file(tree, "proc/self/cgroup", "0::/\n");
        tree_file(tree, "proc/self/mountinfo", mountinfo);
        tree_folder(tree, "cg");
        look(machine);
}

static void make_v2(struct machine *machine, struct tree *tree)
{
        make_v2_with(machine, tree, "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw,nsdelegate\n");
}

static void make_v1(struct machine *machine, struct tree *tree)
{
        *machine = (struct machine){.tree = tree};
        tree_file(tree, "proc/self/cgroup", "4:pids:/\n3:memory:/\n");
        tree_file(tree, "proc/self/mountinfo",
                "32 23 0:28 / /cg/pids rw - cgroup cgroup rw,pids\n"
                "33 23 0:29 / /cg/memory rw - cgroup cgroup rw,memory\n");
        tree_folder(tree, "cg/pids");
        tree_folder(tree, "cg/memory");
        look(machine);
}

static void remove_machine(struct machine *machine)
{
        limit_cache_free(machine->cache);
        layout_done(&machine->layout);
}

/* Files of cgroups, which replace those of the same names. */
struct file {
        const char *path, *text; /* the text "FOLDER" makes it one, which cannot be read */
};

static void make_files(struct machine *machine, const struct file *files, size_t n)
{
        for (size_t i = 0; i < n && files[i].path; i++) {
                char path[256];

                snprintf(path, sizeof(path), "cg/%s", files[i].path);
                if (strcmp(files[i].text, "FOLDER") == 0)
                        tree_folder(machine->tree, path);
                else
                        tree_file(machine->tree, path, files[i].text);
        }
}

/* "pids.max 49/512 3", a line a limit; without refusals that are known "-". */
static void check_limits(const char *what, const struct limits *limits, const char *expected)
{
        char memory[8192];
        struct buf text;

        buf_init(&text, memory, sizeof(memory));
        for (size_t i = 0; i < limits->n_items; i++) {
                const struct limit *limit = &limits->items[i];

                buf_printf(&text, "%s %" PRIu64 "/%" PRIu64, limit->by, limit->used, limit->max);
                if (limit->n_refused.known)
                        buf_printf(&text, " %" PRIu64 "\n", limit->n_refused.value);
                else
                        buf_add(&text, " -\n");
        }
        check_text(what, memory, expected);
}

typedef int add_limits(const struct limit_view *view, const char *path, struct limits *ret);

struct reading {
        const char *name;
        struct file files[12];
        int r;
        const char *expected;
};

/* Each in a tree of its own, as a new target. */
static void run_readings(struct machine *machine, const struct reading *readings, size_t n,
        const char *path, add_limits *add)
{
        for (size_t i = 0; i < n; i++) {
                const struct reading *reading = &readings[i];
                struct limits limits = {0};

                tree_remove(machine->tree, "cg");
                make_files(machine, reading->files, ARRAY_SIZE(reading->files));
                limit_cache_clear(machine->cache);
                limit_state_begin(&machine->state, i + 1);
                check_int(reading->name, add(&machine->view, path, &limits), reading->r);
                check_limits(reading->name, &limits, reading->expected);
        }
}

static void test_pids(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, ""},
                {
                        "all the way up",
                        {
                                {"a/b/pids.current", "49\n"},
                                {"a/b/pids.max", "512\n"},
                                {"a/b/pids.events", "max 3\n"},
                                {"a/b/pids.events.local", "max 2\n"},
                                {"a/pids.current", "99\n"},
                                {"a/pids.max", "100\n"},
                                {"a/pids.events", "max 9\n"},
                                {"a/pids.events.local", "max 4\n"},
                                {"pids.current", "200\n"},
                                {"pids.max", "1000\n"},
                                {"pids.events.local", "max 0\n"},
                                {"../pids.max", "1\n"},
                        },
                        0,
                        "pids.max 49/512 2\n"
                        "pids.max:/a 99/100 4\n"
                        "pids.max:/ 200/1000 0\n",
                },
                {
                        "without a limit of its own",
                        {
                                {"a/b/pids.current", "49\n"},
                                {"a/b/pids.max", "max\n"},
                                {"a/b/pids.events.local", "max 2\n"},
                                {"a/pids.current", "99\n"},
                                {"a/pids.max", "100\n"},
                                {"a/pids.events.local", "max 4\n"},
                        },
                        0, "pids.max:/a 99/100 4\n",
                },
                {
                        "before 6.11: nothing refused so far",
                        {
                                {"a/b/pids.current", "49\n"},
                                {"a/b/pids.max", "0\n"},
                                {"a/b/pids.events", "max 3\n"},
                        },
                        0, "pids.max 49/0 0\n",
                },
                {
                        "no events at all",
                        {
                                {"a/b/pids.current", "49\n"},
                                {"a/b/pids.max", "512\n"},
                        },
                        0, "pids.max 49/512 -\n",
                },
                {
                        "what cannot be read",
                        {
                                {"a/b/pids.current", "x\n"},
                                {"a/b/pids.max", "512\n"},
                                {"a/pids.current", "FOLDER"},
                                {"a/pids.max", "512\n"},
                                {"pids.current", "5\n"},
                                {"pids.max", "7\n"},
                                {"pids.events.local", "max\n"},
                        },
                        -EBADMSG, "pids.max:/ 5/7 -\n",
                },
        };
        /* clang-format on */
        struct machine machine;

        make_v2(&machine, *state);
        run_readings(&machine, readings, ARRAY_SIZE(readings), "/a/b", limits_add_pids);
        remove_machine(&machine);
}

/* The path of what is above when the mount shows a part, and when it is very long. */
static void test_names(void **state)
{
        struct machine machine;
        struct limits limits = {0};
        char path[400] = "/x/", file[512];

        make_v2_with(&machine, *state, "30 23 0:26 /x /cg rw - cgroup2 cgroup2 rw\n");
        tree_file(machine.tree, "cg/a/pids.max", "2\n");
        tree_file(machine.tree, "cg/a/pids.current", "1\n");
        tree_file(machine.tree, "cg/pids.max", "4\n");
        tree_file(machine.tree, "cg/pids.current", "3\n");
        assert_int_equal(limits_add_pids(&machine.view, "/x/a", &limits), 0);
        check_limits("part", &limits, "pids.max 1/2 -\npids.max:/x 3/4 -\n");
        assert_int_equal(limits_add_pids(&machine.view, "/y", &limits), 0);
        check_u64("outside", limits.n_items, 2);

        limit_cache_clear(machine.cache);
        machine.view.is_own = false;
        limits.n_items = 0;
        assert_int_equal(limits_add_pids(&machine.view, "/x/a", &limits), 0);
        check_limits("of a process", &limits, "pids.max:/x/a 1/2 -\npids.max:/x 3/4 -\n");

        memset(path + 3, 'n', 200);
        path[203] = '/';
        memset(path + 204, 'm', 100);
        snprintf(file, sizeof(file), "cg/%s/pids.max", path + 3);
        tree_file(machine.tree, file, "9\n");
        snprintf(file, sizeof(file), "cg/%s/pids.current", path + 3);
        tree_file(machine.tree, file, "8\n");
        limits.n_items = 0;
        assert_int_equal(limits_add_pids(&machine.view, path, &limits), 0);
        check_u64("long", limits.n_items, 2);
        check_u64("long", strlen(limits.items[0].by), LIMIT_BY_BYTES - 1);
        check("long", strncmp(limits.items[0].by, "pids.max:...nnn", 15) == 0);
        check("long", strcmp(limits.items[0].by + 154, path + 203) == 0);
        remove_machine(&machine);
}

/* One limit in each of many cgroups. */
static void test_too_many(void **state)
{
        struct machine machine;
        struct limits limits = {0};
        char path[200] = "", file[256];

        make_v2(&machine, *state);
        for (int i = 0; i < LIMITS_MAX + 8; i++) {
                strcat(path, "/a");
                snprintf(file, sizeof(file), "cg%s/pids.max", path);
                tree_file(machine.tree, file, "7\n");
                snprintf(file, sizeof(file), "cg%s/pids.current", path);
                tree_file(machine.tree, file, "6\n");
                snprintf(file, sizeof(file), "cg%s/pids.events", path);
                tree_file(machine.tree, file, "max 1\n");
        }
        assert_int_equal(limits_add_pids(&machine.view, path, &limits), 0);
        assert_int_equal(limits.n_items, LIMITS_MAX);
        assert_int_equal(limits_add_pids(&machine.view, path, &limits), 0);
        assert_int_equal(limits_add_machine(&machine.tree->root, &machine.tree->scratch,
                                 machine.cache, &limits),
                0);
        assert_int_equal(limits.n_items, LIMITS_MAX);
        remove_machine(&machine);
}

/* A target /a/b with a child /a/b/c, on kernels that count where a thread was wanted. */
struct refusing {
        const char *name;
        const char *own, *child, *max; /* pids.events, pids.max of /a/b; it has 8 */
        const char *above;             /* pids.current of /a, of 100 */
        uint64_t incarnation;
        const char *expected;
};

/* clang-format off */
static const struct refusing refusing[] = {
        {"at first", "max 5\n", "max 7\n", "10\n", "50\n", 1,
                "pids.max 8/10 0\npids.max:/a 50/100 0\n"},
        {"the own is tighter", "max 8\n", "max 7\n", "10\n", "50\n", 1,
                "pids.max 8/10 3\npids.max:/a 50/100 0\n"},
        {"the other is tighter", "max 8\n", "max 9\n", "10\n", "99\n", 1,
                "pids.max 8/10 3\npids.max:/a 99/100 2\n"},
        {"nothing new", "max 8\n", "max 9\n", "10\n", "50\n", 1,
                "pids.max 8/10 3\npids.max:/a 50/100 2\n"},
        {"as tight: the lower is asked first", "max 9\n", "max 9\n", "10\n", "98\n", 1,
                "pids.max 8/10 4\npids.max:/a 98/100 2\n"},
        {"both are passed", "max 10\n", "max 9\n", "4\n", "120\n", 1,
                "pids.max 8/4 5\npids.max:/a 120/100 2\n"},
        {"no limit of its own", "max 10\n", "max 12\n", "max\n", "50\n", 1,
                "pids.max:/a 50/100 5\n"},
        {"a counter went", "max 4\n", "max 0\n", "10\n", "50\n", 1,
                "pids.max 8/10 5\npids.max:/a 50/100 5\n"},
        {"and grows again", "max 5\n", "max 0\n", "10\n", "50\n", 1,
                "pids.max 8/10 6\npids.max:/a 50/100 5\n"},
        {"another incarnation", "max 6\n", "max 0\n", "10\n", "50\n", 2,
                "pids.max 8/10 0\npids.max:/a 50/100 0\n"},
};
/* clang-format on */

static void run_refusing(struct machine *machine, const char *folder)
{
        for (size_t i = 0; i < ARRAY_SIZE(refusing); i++) {
                const struct refusing *row = &refusing[i];
                struct limits limits = {0};
                const struct {
                        const char *name, *text;
                } files[] = {
                        {"a/b/pids.current",  "8\n"      },
                        {"a/b/pids.max",      row->max   },
                        {"a/b/pids.events",   row->own   },
                        {"a/b/c/pids.events", row->child },
                        {"a/pids.current",    row->above },
                        {"a/pids.max",        "100\n"    },
                        {"a/pids.events",     "max 100\n"},
                        {"a/d/pids.events",   "max 200\n"},
                };

                for (size_t j = 0; j < ARRAY_SIZE(files); j++) {
                        char path[64];

                        snprintf(path, sizeof(path), "%s/%s", folder, files[j].name);
                        tree_file(machine->tree, path, files[j].text);
                }
                limit_cache_clear(machine->cache);
                limit_state_begin(&machine->state, row->incarnation);
                check_int(row->name, limits_add_pids(&machine->view, "/a/b", &limits), 0);
                check_limits(row->name, &limits, row->expected);
        }
}

static void test_refusals_v2(void **state)
{
        struct machine machine;

        make_v2(&machine, *state);
        run_refusing(&machine, "cg");
        remove_machine(&machine);
}

static void test_refusals_v1(void **state)
{
        struct machine machine;

        make_v1(&machine, *state);
        run_refusing(&machine, "cg/pids");
        remove_machine(&machine);
}

/* Then pids.events.local is what pids.events is on older kernels. */
static void test_refusals_localevents(void **state)
{
        struct machine machine;

        make_v2_with(&machine, *state,
                "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw,nsdelegate,pids_localevents\n");
        tree_file(machine.tree, "cg/a/b/pids.events.local", "max 1000\n");
        tree_file(machine.tree, "cg/a/pids.events.local", "max 1000\n");
        run_refusing(&machine, "cg");
        remove_machine(&machine);
}

static void test_memory_v2(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, ""},
                {
                        "max and high, without the cache",
                        {
                                {"a/b/memory.max", "1000\n"},
                                {"a/b/memory.high", "900\n"},
                                {"a/b/memory.current", "950\n"},
                                {"a/b/memory.stat",
                                        "anon 7\nfile 9\ninactive_anon 50\ninactive_file 200\n"
                                        "active_file 40\nslab_reclaimable 10\nslab 90\n"},
                                {"a/b/memory.events", "low 1\nhigh 8\nmax 9\noom 1\noom_kill 1\n"},
                                {"a/b/memory.events.local", "low 1\nhigh 2\nmax 3\noom 1\n"},
                                {"a/memory.max", "max\n"},
                                {"a/memory.high", "max\n"},
                                {"memory.max", "2000\n"},
                                {"memory.current", "1500\n"},
                                {"memory.stat", "anon 9\n"},
                                {"memory.events.local", "high 0\nmax 5\n"},
                        },
                        0,
                        "memory.max 700/1000 3\n"
                        "memory.high 700/900 2\n"
                        "memory.max:/ 1500/2000 5\n",
                },
                {
                        "before 5.2",
                        {
                                {"a/memory.high", "0\n"},
                                {"a/memory.current", "5\n"},
                                {"a/memory.stat", "inactive_file 3\nactive_file 9\n"},
                                {"a/memory.events", "low 0\nhigh 8\nmax 9\n"},
                        },
                        0, "memory.high:/a 0/0 8\n",
                },
                {
                        "swap",
                        {
                                {"a/b/memory.swap.max", "100\n"},
                                {"a/b/memory.swap.current", "99\n"},
                                {"a/b/memory.swap.events", "high 1\nmax 2\nfail 3\n"},
                                {"a/memory.swap.max", "max\n"},
                                {"a/memory.swap.current", "99\n"},
                                {"memory.swap.max", "0\n"},
                                {"memory.swap.current", "0\n"},
                        },
                        0, "memory.swap.max 99/100 2\n",
                },
                {
                        "what cannot be read",
                        {
                                {"a/b/memory.max", "1000\n"},
                                {"a/b/memory.current", "FOLDER"},
                                {"a/memory.max", "1000\n"},
                                {"a/memory.current", "10\n"},
                                {"a/memory.events.local", "FOLDER"},
                                {"memory.max", "1000\n"},
                                {"memory.current", "10\n"},
                                {"memory.stat", "active_file x\n"},
                                {"memory.swap.max", "-\n"},
                        },
                        -EISDIR, "",
                },
                {
                        "what no kernel writes",
                        {
                                {"a/b/memory.max", "1000\n"},
                                {"a/b/memory.current", "10\n"},
                                {"a/b/memory.stat", "anon 5\n"},
                                {"a/b/memory.events.local", "max 1\nmax 1\n"},
                        },
                        -EBADMSG, "memory.max 10/1000 -\n",
                },
        };
        /* clang-format on */
        struct machine machine;

        make_v2(&machine, *state);
        run_readings(&machine, readings, ARRAY_SIZE(readings), "/a/b", limits_add_memory);
        remove_machine(&machine);
}

static void test_memory_v1(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, ""},
                {
                        "all the way up",
                        {
                                {"memory/a/memory.limit_in_bytes", "1000\n"},
                                {"memory/a/memory.usage_in_bytes", "950\n"},
                                {"memory/a/memory.failcnt", "7\n"},
                                {"memory/a/memory.stat",
                                        "inactive_file 1\nactive_file 2\n"
                                        "total_inactive_file 100\ntotal_active_file 50\n"},
                                {"memory/a/memory.memsw.limit_in_bytes", "2000\n"},
                                {"memory/a/memory.memsw.usage_in_bytes", "1150\n"},
                                {"memory/a/memory.memsw.failcnt", "8\n"},
                                {"memory/memory.limit_in_bytes", "5000\n"},
                                {"memory/memory.usage_in_bytes", "4000\n"},
                                {"memory/memory.failcnt", "9\n"},
                        },
                        0,
                        "memory.max 800/1000 7\n"
                        "memory.memsw.limit_in_bytes 1000/2000 8\n"
                        "memory.max:/ 4000/5000 9\n",
                },
                {
                        "unlimited",
                        {
                                {"memory/a/memory.limit_in_bytes", "9223372036854771712\n"},
                                {"memory/a/memory.usage_in_bytes", "950\n"},
                                {"memory/a/memory.failcnt", "7\n"},
                                {"memory/a/memory.stat", "FOLDER"},
                        },
                        0, "",
                },
                {
                        "what cannot be read",
                        {
                                {"memory/a/memory.limit_in_bytes", "1000\n"},
                                {"memory/a/memory.usage_in_bytes", "FOLDER"},
                                {"memory/memory.limit_in_bytes", "1000\n"},
                                {"memory/memory.usage_in_bytes", "950\n"},
                                {"memory/memory.failcnt", "\n"},
                                {"memory/memory.stat", "total_active_file 951\n"},
                        },
                        -EISDIR, "memory.max:/ 0/1000 -\n",
                },
        };
        /* clang-format on */
        struct machine machine;

        make_v1(&machine, *state);
        run_readings(&machine, readings, ARRAY_SIZE(readings), "/a", limits_add_memory);
        remove_machine(&machine);
}

static void check_oom_kills(const char *what, struct machine *machine, uint64_t incarnation,
        int expected_r, const char *expected)
{
        struct measure kills = {0};

        limit_state_begin(&machine->state, incarnation);
        check_int(what, limits_read_oom_kills(&machine->view, "/a", &kills), expected_r);
        check_measures(what, kills, expected);
}

static void test_oom_kills_v2(void **state)
{
        struct machine machine;

        make_v2(&machine, *state);
        check_oom_kills("no file", &machine, 1, 0, "-");
        tree_file(machine.tree, "cg/a/memory.events", "max 9\noom_kill 5\noom_group_kill 7\n");
        tree_file(machine.tree, "cg/a/b/memory.events", "oom_kill 4\n");
        check_oom_kills("at first", &machine, 1, 0, "0");
        tree_file(machine.tree, "cg/a/memory.events", "max 9\noom_kill 7\n");
        check_oom_kills("two more", &machine, 1, 0, "2");
        check_oom_kills("no more", &machine, 1, 0, "2");
        check_oom_kills("another incarnation", &machine, 2, 0, "0");
        tree_file(machine.tree, "cg/a/memory.events", "oom_kill x\n");
        check_oom_kills("no number", &machine, 2, -EBADMSG, "-");
        remove_machine(&machine);
}

/* There each cgroup counts its own. */
static void test_oom_kills_v1(void **state)
{
        static const char control[] = "oom_kill_disable 0\nunder_oom 0\noom_kill %d\n";
        struct machine machine;
        char text[128];

        make_v1(&machine, *state);
        snprintf(text, sizeof(text), control, 1);
        tree_file(machine.tree, "cg/memory/memory.oom_control", text);
        tree_file(machine.tree, "cg/memory/a/memory.oom_control", text);
        tree_file(machine.tree, "cg/memory/a/b/c/memory.oom_control", text);
        tree_file(machine.tree, "cg/memory/a/d/memory.oom_control", text);
        check_oom_kills("at first", &machine, 1, 0, "0");
        snprintf(text, sizeof(text), control, 3);
        tree_file(machine.tree, "cg/memory/a/b/c/memory.oom_control", text);
        check_oom_kills("two more below", &machine, 1, 0, "2");
        tree_remove(machine.tree, "cg/memory/a/b");
        check_oom_kills("one went", &machine, 1, 0, "2");
        tree_file(machine.tree, "cg/memory/a/memory.oom_control", text);
        check_oom_kills("and its own", &machine, 1, 0, "4");
        remove_machine(&machine);
}

/* What is above is read once in a round. */
static void test_cache(void **state)
{
        struct machine machine;
        struct limits limits = {0};

        make_v2(&machine, *state);
        tree_file(machine.tree, "cg/a/b/pids.max", "9\n");
        tree_file(machine.tree, "cg/a/b/pids.current", "1\n");
        tree_file(machine.tree, "cg/a/pids.max", "9\n");
        tree_file(machine.tree, "cg/a/pids.current", "2\n");
        tree_folder(machine.tree, "cg/a/c");
        assert_int_equal(limits_add_pids(&machine.view, "/a/b", &limits), 0);
        check_limits("first", &limits, "pids.max 1/9 -\npids.max:/a 2/9 -\n");

        tree_file(machine.tree, "cg/a/pids.current", "3\n");
        limits.n_items = 0;
        assert_int_equal(limits_add_pids(&machine.view, "/a/c", &limits), 0);
        check_limits("another below", &limits, "pids.max:/a 2/9 -\n");
        limits.n_items = 0;
        assert_int_equal(limits_add_pids(&machine.view, "/a", &limits), 0);
        check_limits("itself, which is not kept", &limits, "pids.max 3/9 -\n");
        limits.n_items = 0;
        assert_int_equal(limits_add_memory(&machine.view, "/a", &limits), 0);
        check_limits("memory is another thing", &limits, "");

        limit_cache_clear(machine.cache);
        assert_int_equal(limits_add_pids(&machine.view, "/a/c", &limits), 0);
        check_limits("the next round", &limits, "pids.max:/a 3/9 -\n");

        machine.view.cache = NULL;
        limits.n_items = 0;
        assert_int_equal(limits_add_pids(&machine.view, "/a/b", &limits), 0);
        check_limits("without", &limits, "pids.max 1/9 -\npids.max:/a 3/9 -\n");
        limit_cache_clear(NULL);
        limit_cache_free(NULL);
        remove_machine(&machine);
}

/* More cgroups than the cache has places for: all are right. */
static void test_full_cache(void **state)
{
        enum { N_CGROUPS = 600 };
        struct machine machine;

        make_v2(&machine, *state);
        for (int round = 0; round < 2; round++) {
                limit_cache_clear(machine.cache);
                for (int i = 0; i < 2 * N_CGROUPS; i++) {
                        struct limits limits = {0};
                        char path[64], text[64];

                        snprintf(text, sizeof(text), "%d\n", i % N_CGROUPS);
                        snprintf(path, sizeof(path), "cg/%d/pids.max", i % N_CGROUPS);
                        tree_file(machine.tree, path, text);
                        snprintf(path, sizeof(path), "cg/%d/pids.current", i % N_CGROUPS);
                        tree_file(machine.tree, path, text);
                        snprintf(path, sizeof(path), "/%d/x", i % N_CGROUPS);
                        assert_int_equal(limits_add_pids(&machine.view, path, &limits), 0);
                        snprintf(text, sizeof(text), "pids.max:/%d %d/%d -\n", i % N_CGROUPS,
                                i % N_CGROUPS, i % N_CGROUPS);
                        check_limits(path, &limits, text);
                }
        }
        remove_machine(&machine);
}

static void touch(struct machine *machine, const char *path)
{
        FILE *file = fopen(tree_path(machine->tree, path), "a");

        assert_non_null(file);
        assert_true(fputs("\n", file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void look_at_all(struct machine *machine, const char *path)
{
        struct limits limits = {0};
        struct measure kills;

        limit_cache_clear(machine->cache);
        limit_state_begin(&machine->state, 1);
        limits_add_pids(&machine->view, path, &limits);
        limits_add_memory(&machine->view, path, &limits);
        limits_read_oom_kills(&machine->view, path, &kills);
}

/* Whose change makes a look at the target worth it. */
static void test_told(void **state)
{
        static const struct {
                const char *path;
                bool told;
        } rows[] = {
                {"cg/a/b/pids.events",       true },
                {"cg/a/b/c/pids.events",     true },
                {"cg/a/pids.events",         false},
                {"cg/a/e/pids.events",       false},
                {"cg/a/b/memory.events",     true },
                {"cg/a/memory.events.local", true },
                {"cg/a/memory.events",       false},
                {"cg/a/b/memory.current",    false},
        };
        struct machine machine;
        struct change_watch *changes;

        make_v2(&machine, *state);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                tree_file(machine.tree, rows[i].path, "max 1\noom_kill 1\n");
        tree_file(machine.tree, "cg/a/pids.max", "9\n");
        tree_file(machine.tree, "cg/a/pids.current", "1\n");
        tree_file(machine.tree, "cg/a/memory.max", "9\n");
        tree_file(machine.tree, "cg/a/memory.current", "1\n");
        tree_file(machine.tree, "cg/a/memory.stat", "\n");
        assert_int_equal(change_watch_new(machine.tree->path, &changes), 0);
        machine.cgroups.changes = changes;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                look_at_all(&machine, "/a/b");
                change_watch_forget(changes);
                assert_false(limit_state_is_told(&machine.state, changes));
                touch(&machine, rows[i].path);
                check_int(rows[i].path, change_watch_drain(changes),
                        rows[i].told ? CHANGE_EVENTS : 0);
                check_int(rows[i].path, limit_state_is_told(&machine.state, changes), rows[i].told);
                tree_file(machine.tree, rows[i].path, "max 1\noom_kill 1\n");
                change_watch_drain(changes);
        }
        change_watch_free(changes);
        remove_machine(&machine);
}

#define STATUS(uid, capabilities)                                                                  \
        "Name:\tx\nUid:\t" uid "\t0\t0\t0\nCapEff:\t" capabilities "\nCapBnd:\t1ffffffffff\n"

static void test_nproc(void **state)
{
        static const char limits_file[] =
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                "Max processes             20                   7823                 processes \n";
        /* clang-format off */
        static const struct {
                const char *name, *status, *uid_map, *expected;
        } rows[] = {
                {"a user", STATUS("1000", "0000000000000000"), NULL, "nproc 17/20 -\n"},
                {"no tasks seen", STATUS("1001", "0000000000000000"), NULL, ""},
                {"root", STATUS("0", "0000000000000000"), NULL, ""},
                {"may use resources", STATUS("1000", "0000000001000000"), NULL, ""},
                {"is admin", STATUS("1000", "0000000000200000"),
                        "         0          0 4294967295\n", ""},
                {"is admin of a container", STATUS("1000", "000001ffffffffff"),
                        "         0       1000          1\n", "nproc 17/20 -\n"},
                {"may do other things", STATUS("1000", "0000000000000400"), NULL,
                        "nproc 17/20 -\n"},
                {"no uid", "Name:\tUid:\t1000\n", NULL, ""},
                {"odd uid", STATUS("x", "0"), NULL, ""},
                {"empty", "", NULL, ""},
        };
        /* clang-format on */
        struct tree *tree = *state;
        struct users users = {0};

        users_add(&users, 0, 500);
        users_add(&users, 1000, 17);
        tree_file(tree, "proc/7/limits", limits_file);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct limits limits = {0};

                tree_file(tree, "proc/7/status", rows[i].status);
                tree_remove(tree, "proc/7/uid_map");
                if (rows[i].uid_map)
                        tree_file(tree, "proc/7/uid_map", rows[i].uid_map);
                limits_add_nproc(&tree->root, &tree->scratch, 7, &users, &limits);
                limits_add_nproc(&tree->root, &tree->scratch, 8, &users, &limits);
                check_limits(rows[i].name, &limits, rows[i].expected);
        }
        users_done(&users);
}

static void test_machine_limits(void **state)
{
        struct tree *tree = *state;
        struct limits limits = {0};
        struct limit_cache *cache;

        assert_int_equal(limit_cache_new(&cache), 0);
        assert_int_equal(limits_add_machine(&tree->root, &tree->scratch, NULL, &limits), 0);
        check_limits("no files", &limits, "");
        tree_file(tree, "proc/loadavg", "0.20 0.18 0.12 1/80 11206\n");
        tree_file(tree, "proc/sys/kernel/threads-max", "15000\n");
        assert_int_equal(limits_add_machine(&tree->root, &tree->scratch, cache, &limits), 0);
        check_limits("one", &limits, "threads-max 80/15000 -\n");
        tree_file(tree, "proc/sys/kernel/pid_max", "4096\n");
        assert_int_equal(limits_add_machine(&tree->root, &tree->scratch, cache, &limits), 0);
        check_limits("kept", &limits, "threads-max 80/15000 -\nthreads-max 80/15000 -\n");
        limit_cache_clear(cache);
        limits.n_items = 0;
        assert_int_equal(limits_add_machine(&tree->root, &tree->scratch, cache, &limits), 0);
        check_limits("both", &limits, "threads-max 80/15000 -\npid_max 80/4096 -\n");
        limit_cache_free(cache);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_pids),
                tree_test(test_names),
                tree_test(test_too_many),
                tree_test(test_refusals_v2),
                tree_test(test_refusals_v1),
                tree_test(test_refusals_localevents),
                tree_test(test_memory_v2),
                tree_test(test_memory_v1),
                tree_test(test_oom_kills_v2),
                tree_test(test_oom_kills_v1),
                tree_test(test_cache),
                tree_test(test_full_cache),
                tree_test(test_told),
                tree_test(test_nproc),
                tree_test(test_machine_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
