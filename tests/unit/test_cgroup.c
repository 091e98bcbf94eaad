/* SPDX-License-Identifier: MIT */
#include "source/cgroup.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "tree.h"

/* A machine: its tree, and what is found out about it. */
struct machine {
        struct tree *tree;
        struct layout layout;
        struct cgroup_view view;
};

static void look(struct machine *machine)
{
        struct tree *tree = machine->tree;

        assert_int_equal(layout_read(&tree->root, "/", &tree->scratch, &machine->layout), 0);
        machine->view = (struct cgroup_view){
                .root = &tree->root,
                .layout = &machine->layout,
                .scratch = &tree->scratch,
        };
}

static void make_v2(struct machine *machine, struct tree *tree)
{
        machine->tree = tree;
        tree_file(tree, "proc/self/cgroup", "0::/own\n");
        tree_file(tree, "proc/self/mountinfo", "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
        tree_folder(tree, "cg/own");
        look(machine);
}

static void make_v1(struct machine *machine, struct tree *tree)
{
        machine->tree = tree;
        tree_file(tree, "proc/self/cgroup",
                "5:blkio:/own\n4:pids:/\n3:memory:/own\n2:cpu,cpuacct:/\n1:name=systemd:/own\n");
        tree_file(tree, "proc/self/mountinfo",
                "31 23 0:27 / /cg/blkio rw - cgroup cgroup rw,blkio\n"
                "32 23 0:28 / /cg/pids rw - cgroup cgroup rw,pids\n"
                "33 23 0:29 / /cg/memory rw - cgroup cgroup rw,memory\n"
                "34 23 0:30 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
                "35 23 0:31 / /cg/systemd rw - cgroup cgroup rw,name=systemd\n");
        tree_folder(tree, "cg/blkio");
        tree_folder(tree, "cg/pids");
        tree_folder(tree, "cg/memory/own");
        tree_folder(tree, "cg/cpu");
        tree_folder(tree, "cg/systemd/own");
        look(machine);
}

/* Memory in v1, all else in v2. */
static void make_hybrid(struct machine *machine, struct tree *tree)
{
        machine->tree = tree;
        tree_file(tree, "proc/self/cgroup", "1:memory:/\n0::/own\n");
        tree_file(tree, "proc/self/mountinfo",
                "33 23 0:29 / /cg/memory rw - cgroup cgroup rw,memory\n"
                "30 23 0:26 / /cg/unified rw - cgroup2 cgroup2 rw\n");
        tree_folder(tree, "cg/memory");
        tree_folder(tree, "cg/unified/own");
        look(machine);
}

static void remove_machine(struct machine *machine)
{
        layout_done(&machine->layout);
}

/* A cgroup without asking whether it is there. */
static struct cgroup cgroup_of(const struct machine *machine, const char *path)
{
        return (struct cgroup){.path = path, .members = &machine->layout.hierarchies[0]};
}

/* Files of a cgroup, made anew, and what one of the readers makes of them. */
struct file {
        const char *path, *text;
};

struct reading {
        const char *name;
        struct file files[6]; /* the text "FOLDER" makes it one, which cannot be read */
        int r;
        const char *expected;
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

#define run_readings(machine, readings, path, type, read)                                          \
        do {                                                                                       \
                for (size_t i_ = 0; i_ < ARRAY_SIZE(readings); i_++) {                             \
                        const struct reading *reading_ = &(readings)[i_];                          \
                        const struct cgroup cgroup_ = cgroup_of(machine, path);                    \
                        type sample_ = {0};                                                        \
                                                                                                   \
                        tree_remove((machine)->tree, "cg");                                        \
                        make_files(machine, reading_->files, ARRAY_SIZE(reading_->files));         \
                        check_int(reading_->name, read(&(machine)->view, &cgroup_, &sample_),      \
                                reading_->r);                                                      \
                        check_measures(reading_->name, sample_, reading_->expected);               \
                }                                                                                  \
        } while (0)

/* total rss cache swap pgpgin pgpgout quota */
static void test_memory_v2(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, "- - - - - - -"},
                {
                        "a limit of its own",
                        {
                                {"a/b/memory.stat",
                                        "anon 21471232\nfile 4096\nanon_thp 7\nfile_mapped 8\n"},
                                {"a/b/memory.swap.current", "12288\n"},
                                {"a/b/memory.max", "536870912\n"},
                                {"a/memory.max", "536870913\n"},
                                {"a/b/memory.high", "max\n"},
                        },
                        0, "- 21471232 4096 12288 - - 536870912",
                },
                {
                        "a limit of an ancestor",
                        {
                                {"a/b/memory.max", "max\n"},
                                {"a/memory.max", "1000\n"},
                                {"memory.max", "2000\n"},
                        },
                        0, "- - - - - - 1000",
                },
                {
                        "a limit at the mount point",
                        {
                                {"a/b/memory.max", "3000\n"},
                                {"memory.max", "2000\n"},
                                {"../memory.max", "1\n"},
                        },
                        0, "- - - - - - 2000",
                },
                {
                        "memory.high",
                        {
                                {"a/b/memory.max", "3000\n"},
                                {"a/memory.high", "2500\n"},
                        },
                        0, "- - - - - - 2500",
                },
                {
                        "no limit",
                        {
                                {"a/b/memory.max", "max\n"},
                                {"a/memory.max", "max\n"},
                                {"a/b/memory.high", "max\n"},
                        },
                        0, "- - - - - - -",
                },
                {
                        "a limit of 0",
                        {
                                {"a/b/memory.max", "0\n"},
                                {"a/b/memory.swap.current", "0\n"},
                        },
                        0, "- - - 0 - - 0",
                },
                {
                        "what no kernel writes",
                        {
                                {"a/b/memory.stat", "anon\nfile 1\n"},
                                {"a/b/memory.swap.current", "-5\n"},
                                {"a/b/memory.max", "1000\n"},
                                {"a/memory.max", "10 \n"},
                                {"memory.max", "9"},
                                {"a/b/memory.high", "8\n9\n"},
                        },
                        -EBADMSG, "- - - - - - -",
                },
                {
                        "a key twice",
                        {
                                {"a/b/memory.stat", "anon 1\nfile 2\nanon 1\n"},
                                {"a/b/memory.max", "1000\n"},
                        },
                        -EBADMSG, "- - - - - - 1000",
                },
                {
                        "one limit of several",
                        {
                                {"a/b/memory.stat", "anon 1\nfile 2\n"},
                                {"a/b/memory.max", "FOLDER"},
                                {"a/memory.max", "5\n"},
                        },
                        -EISDIR, "- 1 2 - - - -",
                },
                {
                        "the first error counts",
                        {
                                {"a/b/memory.swap.current", "FOLDER"},
                                {"a/b/memory.max", "x\n"},
                                {"a/memory.max", "5\n"},
                        },
                        -EISDIR, "- - - - - - -",
                },
                {"an empty file", {{"a/b/memory.max", ""}}, -EBADMSG, "- - - - - - -"},
                {"no number", {{"a/b/memory.max", "\n"}}, -EBADMSG, "- - - - - - -"},
                {"nearly max", {{"a/b/memory.max", "max \n"}}, -EBADMSG, "- - - - - - -"},
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v2(&machine, *state);
        run_readings(&machine, readings, "/a/b", struct memory_sample, cgroup_read_memory);
        remove_machine(&machine);
}

/* pgpgin and pgpgout are whole pages of what io.stat counts. */
static void test_paging_v2(void **state)
{
        static const struct {
                const char *text;
                int r;
                uint64_t read_bytes, written_bytes;
                bool known;
        } rows[] = {
                {"8:0 rbytes=196608 wbytes=327680 rios=1\n",       0,        196608, 327680, true },
                {"8:0 rbytes=65536 wbytes=7\n8:16 rbytes=65537\n", 0,        131073, 7,      true },
                {"8:0 rbytes=0 wbytes=0\n",                        0,        0,      0,      true },
                {"",                                               0,        0,      0,      true },
                {"8:0 rbytes=x wbytes=65536\n",                    -EBADMSG, 0,      0,      false},
        };
        const uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
        struct machine machine = {0};

        make_v2(&machine, *state);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct cgroup cgroup = cgroup_of(&machine, "/a");
                struct memory_sample sample = {0};
                const char *text = rows[i].text;

                tree_file(machine.tree, "cg/a/io.stat", text);
                check_int(text, cgroup_read_memory(&machine.view, &cgroup, &sample), rows[i].r);
                check_int(text, sample.pgpgin_pages.known, rows[i].known);
                check_int(text, sample.pgpgout_pages.known, rows[i].known);
                check_u64(text, sample.pgpgin_pages.value, rows[i].read_bytes / page_bytes);
                check_u64(text, sample.pgpgout_pages.value, rows[i].written_bytes / page_bytes);
        }
        remove_machine(&machine);
}

#define STAT_V1 "memory/a/memory.stat"

static void test_memory_v1(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, "- - - - - - -"},
                {
                        "all",
                        {{STAT_V1,
                                "cache 1\nrss 2\nswap 3\nhierarchical_memory_limit 536870912\n"
                                "hierarchical_memsw_limit 5\ntotal_cache 4096\ntotal_rss 21471232\n"
                                "total_rss_huge 5\ntotal_swap 7\ntotal_pgpgin 8\n"
                                "total_pgpgout 9\n"}},
                        0, "- 21471232 4096 7 8 9 536870912",
                },
                {
                        "no limit, pages of 4 KiB",
                        {{STAT_V1, "hierarchical_memory_limit 9223372036854771712\n"}},
                        0, "- - - - - - -",
                },
                {
                        "no limit, pages of 64 KiB",
                        {{STAT_V1, "hierarchical_memory_limit 9223372036854710272\n"}},
                        0, "- - - - - - -",
                },
                {
                        "a large limit",
                        {{STAT_V1, "hierarchical_memory_limit 4611686018427387903\n"}},
                        0, "- - - - - - 4611686018427387903",
                },
                {
                        "no swap accounting",
                        {{STAT_V1, "total_cache 1\ntotal_rss 2\n"}},
                        0, "- 2 1 - - - -",
                },
                {
                        "twice",
                        {{STAT_V1, "total_rss 1\ntotal_rss 1\n"}},
                        -EBADMSG, "- - - - - - -",
                },
                {"no file", {{STAT_V1, "FOLDER"}}, -EISDIR, "- - - - - - -"},
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v1(&machine, *state);
        run_readings(&machine, readings, "/a", struct memory_sample, cgroup_read_memory);
        remove_machine(&machine);
}

/* processes threads zombies stuck running blocked pids pids_limit threads_sampled partial */
static void test_pids(void **state)
{
        /* clang-format off */
        static const struct reading v2[] = {
                {"no files", {{0}}, 0, "- - - - - - - - - -"},
                {
                        "limits on the way up",
                        {
                                {"a/b/pids.current", "49\n"},
                                {"a/b/pids.max", "max\n"},
                                {"a/pids.max", "512\n"},
                                {"pids.max", "600\n"},
                        },
                        0, "- - - - - - 49 512 - -",
                },
                {
                        "no limit",
                        {
                                {"a/b/pids.current", "0\n"},
                                {"a/b/pids.max", "max\n"},
                        },
                        0, "- - - - - - 0 - - -",
                },
                {
                        "what no kernel writes",
                        {
                                {"a/b/pids.current", "4x\n"},
                                {"a/b/pids.max", "5\n"},
                        },
                        -EBADMSG, "- - - - - - - 5 - -",
                },
                {
                        "cannot be read",
                        {
                                {"a/b/pids.current", "4\n"},
                                {"a/pids.max", "FOLDER"},
                                {"pids.max", "5\n"},
                        },
                        -EISDIR, "- - - - - - 4 - - -",
                },
        };
        static const struct reading v1[] = {
                {
                        "v1",
                        {
                                {"pids/a/b/pids.current", "49\n"},
                                {"pids/a/b/pids.max", "max\n"},
                                {"pids/a/pids.max", "512\n"},
                                {"memory/a/pids.max", "1\n"},
                        },
                        0, "- - - - - - 49 512 - -",
                },
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v2(&machine, *state);
        run_readings(&machine, v2, "/a/b", struct tasks_sample, cgroup_read_pids);
        remove_machine(&machine);
        make_v1(&machine, *state);
        run_readings(&machine, v1, "/a/b", struct tasks_sample, cgroup_read_pids);
        remove_machine(&machine);
}

/* usage user system nr_periods nr_throttled throttled limit cpus */
static void test_cpu(void **state)
{
        /* clang-format off */
        static const struct reading v2[] = {
                {"no files", {{0}}, 0, "- - - - - - - -"},
                {
                        "all",
                        {
                                {"a/b/cpu.stat",
                                        "usage_usec 30\nuser_usec 20\nsystem_usec 10\n"
                                        "nr_periods 4\nnr_throttled 3\nthrottled_usec 2\n"
                                        "nr_bursts 1\n"},
                                {"a/b/cpu.max", "150000 100000\n"},
                                {"a/cpu.max", "120000 50000\n"},
                        },
                        0, "30000 20000 10000 4 3 2000 150 -",
                },
                {
                        "a limit of an ancestor",
                        {
                                {"a/b/cpu.max", "max 100000\n"},
                                {"a/cpu.max", "50000 100000\n"},
                        },
                        0, "- - - - - - 50 -",
                },
                {
                        "odd limits",
                        {
                                {"a/b/cpu.max", "50000\n"},
                                {"a/cpu.max", "50000 0\n"},
                                {"cpu.max", "50000 x\n"},
                        },
                        0, "- - - - - - - -",
                },
                {
                        "a limit beyond",
                        {{"a/b/cpu.max", "184467440737095517 1\n"}},
                        0, "- - - - - - - -",
                },
                {
                        "more than 64 bits count",
                        {{"a/b/cpu.stat",
                                "usage_usec 18446744073709552\nuser_usec 18446744073709551\n"}},
                        0, "- 18446744073709551000 - - - - - -",
                },
                {
                        "what no kernel writes",
                        {{"a/b/cpu.stat", "usage_usec 1\nuser_usec x\n"}},
                        -EBADMSG, "- - - - - - - -",
                },
                {"no file", {{"a/b/cpu.stat", "FOLDER"}}, -EISDIR, "- - - - - - - -"},
        };
        static const struct reading v1[] = {
                {"no files", {{0}}, 0, "- - - - - - - -"},
                {
                        "all",
                        {
                                {"cpu/a/b/cpu.stat",
                                        "nr_periods 4\nnr_throttled 3\nthrottled_time 2000\n"},
                                {"cpu/a/b/cpu.cfs_quota_us", "150000\n"},
                                {"cpu/a/b/cpu.cfs_period_us", "100000\n"},
                                {"cpu/a/b/cpuacct.usage", "30\n"},
                                {"cpu/a/b/cpuacct.usage_user", "20\n"},
                                {"cpu/a/b/cpuacct.usage_sys", "10\n"},
                        },
                        0, "30 20 10 4 3 2000 150 -",
                },
                {
                        "no quota, but an ancestor's",
                        {
                                {"cpu/a/b/cpu.cfs_quota_us", "-1\n"},
                                {"cpu/a/b/cpu.cfs_period_us", "100000\n"},
                                {"cpu/a/cpu.cfs_quota_us", "25000\n"},
                                {"cpu/a/cpu.cfs_period_us", "100000\n"},
                        },
                        0, "- - - - - - 25 -",
                },
                {
                        "odd limits",
                        {
                                {"cpu/a/b/cpu.cfs_quota_us", "5\n"},
                                {"cpu/a/cpu.cfs_quota_us", "5\n"},
                                {"cpu/a/cpu.cfs_period_us", "0\n"},
                                {"cpu/cpu.cfs_quota_us", "184467440737095517\n"},
                                {"cpu/cpu.cfs_period_us", "1\n"},
                        },
                        0, "- - - - - - - -",
                },
                {
                        "what no kernel writes",
                        {
                                {"cpu/a/b/cpu.stat", "nr_periods 4\nnr_periods 4\n"},
                                {"cpu/a/b/cpuacct.usage", "30\n"},
                        },
                        -EBADMSG, "30 - - - - - - -",
                },
                {
                        "cannot be read",
                        {
                                {"cpu/a/b/cpuacct.usage", "FOLDER"},
                                {"cpu/a/b/cpuacct.usage_sys", "1\n"},
                        },
                        -EISDIR, "- - 1 - - - - -",
                },
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v2(&machine, *state);
        run_readings(&machine, v2, "/a/b", struct cpu_sample, cgroup_read_cpu);
        remove_machine(&machine);
        make_v1(&machine, *state);
        run_readings(&machine, v1, "/a/b", struct cpu_sample, cgroup_read_cpu);
        remove_machine(&machine);
}

#define BYTES_V1      "blkio/a/blkio.throttle.io_service_bytes_recursive"
#define OPERATIONS_V1 "blkio/a/blkio.throttle.io_serviced_recursive"

/* rbytes wbytes rios wios */
static void test_io(void **state)
{
        /* clang-format off */
        static const struct reading v2[] = {
                {"no file", {{0}}, 0, "- - - -"},
                {"no device", {{"a/io.stat", ""}}, 0, "0 0 0 0"},
                {
                        "one device",
                        {{"a/io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n"}},
                        0, "1 2 3 4",
                },
                {
                        "two devices, and one that did nothing",
                        {{"a/io.stat", "8:0 rbytes=1 wbytes=2\n8:16 \n253:0 rbytes=10 rios=3\n"}},
                        0, "11 2 3 -",
                },
                {
                        "unknown keys",
                        {{"a/io.stat", "8:0 xrbytes=1 rbytes_x=2 cost.usage=3 rbytes =4 wios=5\n"}},
                        0, "- - - 5",
                },
                {"no number", {{"a/io.stat", "8:0 rios=1 rbytes=\n"}}, -EBADMSG, "- - - -"},
                {"negative", {{"a/io.stat", "8:0 rbytes=-1\n"}}, -EBADMSG, "- - - -"},
                {
                        "a sum above 2^64",
                        {{"a/io.stat", "8:0 rbytes=18446744073709551615\n8:16 rbytes=1\n"}},
                        -EBADMSG, "- - - -",
                },
                {"not to be read", {{"a/io.stat", "FOLDER"}}, -EISDIR, "- - - -"},
        };
        static const struct reading v1[] = {
                {"no file", {{0}}, 0, "- - - -"},
                {
                        "all",
                        {
                                {BYTES_V1,
                                        "8:0 Read 100\n8:0 Write 20\n8:0 Sync 7\n8:0 Total 120\n"
                                        "8:16 Read 3\nTotal 123\n"},
                                {OPERATIONS_V1,
                                        "8:0 Read 4\n8:0 Write 5\nTotal 9\n"},
                        },
                        0, "103 20 4 5",
                },
                {
                        "no device",
                        {{BYTES_V1, "Total 0\n"}},
                        0, "0 0 - -",
                },
                {
                        "near misses",
                        {{BYTES_V1,
                                "8:0 Reads 1\n8:0 read 1\nRead 1\n8:0 Read\n8:0 x Read 1\n\n"
                                "8:0 Write 2"}},
                        0, "0 2 - -",
                },
                {
                        "no number",
                        {
                                {BYTES_V1,
                                        "8:0 Read 1\n8:0 Write x\n"},
                                {OPERATIONS_V1, "8:0 Read 4\n"},
                        },
                        -EBADMSG, "- - 4 0",
                },
                {
                        "a sum above 2^64",
                        {
                                {BYTES_V1, "8:0 Read 18446744073709551615\n8:16 Read 1\n"},
                                {OPERATIONS_V1, "8:0 Write 18446744073709551615\n"},
                        },
                        -EBADMSG, "- - 0 18446744073709551615",
                },
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v2(&machine, *state);
        run_readings(&machine, v2, "/a", struct io_sample, cgroup_read_io);
        remove_machine(&machine);
        make_v1(&machine, *state);
        run_readings(&machine, v1, "/a", struct io_sample, cgroup_read_io);
        remove_machine(&machine);
}

#define NO_STALL "- - - -"

static void test_pressure(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {
                        "no files", {{0}}, 0,
                        NO_STALL " " NO_STALL " " NO_STALL " " NO_STALL " " NO_STALL " " NO_STALL,
                },
                {
                        "memory, and errors",
                        {
                                {"unified/a/cpu.pressure", "some 1\n"},
                                {"unified/a/memory.pressure",
                                        "some avg10=0.01 avg60=0.02 avg300=0.03 total=4\n"
                                        "full avg10=0.05 avg60=0.06 avg300=0.07 total=8\n"},
                                {"unified/a/io.pressure", "FOLDER"},
                                {"memory/a/cpu.pressure",
                                        "some avg10=0.01 avg60=0.02 avg300=0.03 total=4\n"},
                        },
                        -EBADMSG,
                        NO_STALL " " NO_STALL " 1 2 3 4000 5 6 7 8000 " NO_STALL " " NO_STALL,
                },
        };
        /* clang-format on */
        struct machine machine = {0};
        struct pressure_sample sample = {0};
        struct cgroup cgroup;

        make_hybrid(&machine, *state);
        run_readings(&machine, readings, "/a", struct pressure_sample, cgroup_read_pressure);
        /* a path out of sight */
        cgroup = cgroup_of(&machine, "/..");
        assert_int_equal(cgroup_read_pressure(&machine.view, &cgroup, &sample), 0);
        remove_machine(&machine);

        /* v1 has none */
        make_v1(&machine, *state);
        cgroup = cgroup_of(&machine, "/a");
        assert_int_equal(cgroup_read_pressure(&machine.view, &cgroup, &sample), 0);
        assert_false(sample.cpu_some.avg10.known);
        remove_machine(&machine);
}

#define NONE_OF_MEMORY "- - - - - - - - - - - - - - - - - - - - - -"

static void test_detail_v2(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, NONE_OF_MEMORY " - - - - - -"},
                {
                        "numbers",
                        {
                                {"a/memory.current", "1\n"},
                                {"a/memory.peak", "2\n"},
                                {"a/memory.min", "3\n"},
                                {"a/memory.low", "4\n"},
                                {"a/memory.high", "5\n"},
                                {"a/memory.max", "max\n"},
                        },
                        0, "1 2 3 4 5 - - - - - - - - - - - - - - - - - - - - - - -",
                },
                {
                        "keys",
                        {
                                {"a/memory.stat",
                                        "shmem 1\nfile_mapped 2\nfile_dirty 3\nfile_writeback 4\n"
                                        "kernel 5\nkernel_stack 99\nslab 6\nslab_reclaimable 99\n"
                                        "sock 7\n"
                                        "pgfault 8\npgmajfault 9\n"},
                                {"a/memory.events",
                                        "low 0\nhigh 10\nmax 11\noom 12\noom_kill 13\n"
                                        "oom_group_kill 99\n"},
                                {"a/memory.swap.max", "14\n"},
                                {"a/pids.peak", "15\n"},
                                {"a/pids.events", "max 16\n"},
                                {"a/cgroup.stat", "nr_descendants 17\nnr_dying_descendants 18\n"},
                        },
                        0, "- - - - - - - - 1 2 3 4 5 6 7 14 8 9 10 11 12 13 - - 15 16 17 18",
                },
                {
                        "errors",
                        {
                                {"a/memory.stat", "FOLDER"},
                                {"a/memory.events", "high x\n"},
                                {"a/memory.max", "x\n"},
                                {"a/pids.events", "max\n"},
                                {"a/cgroup.stat", "nr_descendants 1 \nnr_dying_descendants -\n"},
                                {"a/memory.low", "3\n"},
                        },
                        -EISDIR, "- - - 3 - - - - - - - - - - - - - - - - - - - - - - - -",
                },
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v2(&machine, *state);
        run_readings(&machine, readings, "/a", struct detail_sample, cgroup_read_detail);
        remove_machine(&machine);
}

static void test_detail_v1(void **state)
{
        /* clang-format off */
        static const struct reading readings[] = {
                {"no files", {{0}}, 0, NONE_OF_MEMORY " - - - - - -"},
                {
                        "numbers",
                        {
                                {"memory/a/memory.usage_in_bytes", "1\n"},
                                {"memory/a/memory.max_usage_in_bytes", "2\n"},
                                {"memory/a/memory.kmem.usage_in_bytes", "3\n"},
                                {"memory/a/memory.failcnt", "4\n"},
                                {"memory/a/memory.limit_in_bytes", "5\n"},
                                {"pids/a/pids.events", "max 6\n"},
                        },
                        0, "1 2 - - - 5 - - - - - - 3 - - - - - - 4 - - - - - 6 - -",
                },
                {
                        "keys",
                        {
                                {STAT_V1,
                                        "shmem 99\ntotal_shmem 1\ntotal_mapped_file 2\n"
                                        "total_dirty 3\n"
                                        "total_writeback 4\ntotal_pgfault 5\ntotal_pgmajfault 6\n"},
                                {"memory/a/memory.oom_control",
                                        "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"},
                                {"memory/a/memory.limit_in_bytes", "9223372036854771712\n"},
                        },
                        0, "- - - - - - - - 1 2 3 4 - - - - 5 6 - - - 7 - - - - - -",
                },
                {
                        "errors",
                        {
                                {STAT_V1, "total_dirty x\n"},
                                {"memory/a/memory.usage_in_bytes", "FOLDER"},
                                {"memory/a/memory.limit_in_bytes", "x\n"},
                                {"memory/a/memory.failcnt", "4\n"},
                        },
                        -EBADMSG, "- - - - - - - - - - - - - - - - - - - 4 - - - - - - - -",
                },
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v1(&machine, *state);
        run_readings(&machine, readings, "/a", struct detail_sample, cgroup_read_detail);
        remove_machine(&machine);
}

static void test_hybrid(void **state)
{
        struct machine machine = {0};
        struct cgroup cgroup;
        struct memory_sample memory = {0};
        struct tasks_sample tasks = {0};
        struct detail_sample detail = {0};
        struct cpu_sample cpu = {0};
        struct io_sample io = {0};

        make_hybrid(&machine, *state);
        tree_file(machine.tree, "cg/memory/a/memory.stat", "total_rss 1\nanon 9\n");
        tree_file(machine.tree, "cg/memory/a/memory.usage_in_bytes", "2\n");
        tree_file(machine.tree, "cg/memory/a/pids.current", "9\n");
        tree_file(machine.tree, "cg/unified/a/memory.stat", "total_rss 9\nanon 9\n");
        tree_file(machine.tree, "cg/unified/a/pids.current", "3\n");
        tree_file(machine.tree, "cg/unified/a/cgroup.stat", "nr_descendants 4\n");
        tree_file(machine.tree, "cg/unified/a/cpu.stat", "usage_usec 5\n");
        tree_file(machine.tree, "cg/unified/a/io.stat", "8:0 rbytes=6\n");
        cgroup = cgroup_of(&machine, "/a");
        assert_int_equal(cgroup_read_memory(&machine.view, &cgroup, &memory), 0);
        check_measures("memory", memory, "- 1 - - - - -");
        assert_int_equal(cgroup_read_pids(&machine.view, &cgroup, &tasks), 0);
        check_measures("tasks", tasks, "- - - - - - 3 - - -");
        assert_int_equal(cgroup_read_detail(&machine.view, &cgroup, &detail), 0);
        check_measures("detail", detail, "2 - - - - - - - - - - - - - - - - - - - - - - - - - 4 -");
        assert_int_equal(cgroup_read_cpu(&machine.view, &cgroup, &cpu), 0);
        check_measures("cpu", cpu, "5000 - - - - - - -");
        assert_int_equal(cgroup_read_io(&machine.view, &cgroup, &io), 0);
        check_measures("io", io, "6 - - -");
        remove_machine(&machine);
}

/* Without any hierarchy nothing is known, and that is no error. */
static void test_no_hierarchies(void **state)
{
        struct machine machine = {.tree = *state};
        struct cgroup cgroup = {.path = "/a"};
        char memory[64];
        struct buf path;
        struct sample sample = {0};

        tree_file(machine.tree, "proc/self/mountinfo", "");
        look(&machine);
        assert_int_equal(cgroup_find(&machine.view, NULL, &cgroup), -ENOENT);
        assert_int_equal(cgroup_find(&machine.view, "/", &cgroup), -ENOENT);
        buf_init(&path, memory, sizeof(memory));
        assert_int_equal(cgroup_folder(&machine.view, &cgroup, CONTROLLER_MEMORY, &path), -ENOENT);
        assert_int_equal(cgroup_read_memory(&machine.view, &cgroup, &sample.memory), 0);
        assert_int_equal(cgroup_read_pids(&machine.view, &cgroup, &sample.tasks), 0);
        assert_int_equal(cgroup_read_cpu(&machine.view, &cgroup, &sample.cpu), 0);
        assert_int_equal(cgroup_read_pressure(&machine.view, &cgroup, &sample.pressure), 0);
        assert_int_equal(cgroup_read_io(&machine.view, &cgroup, &sample.io), 0);
        assert_int_equal(cgroup_read_detail(&machine.view, &cgroup, &sample.detail), 0);
        for (size_t i = 0; i < sizeof(sample); i++)
                assert_int_equal(((const char *)&sample)[i], 0);
        remove_machine(&machine);
}

/* A path that leaves no room for a file's name. */
static void test_long_path(void **state)
{
        struct machine machine = {0};
        struct memory_sample memory = {0};
        struct tasks_sample tasks = {0};
        char path[5000];
        struct cgroup cgroup;

        memset(path, 'p', sizeof(path));
        path[0] = '/';
        make_v2(&machine, *state);

        path[4096 - strlen("cg") - strlen("/memory")] = '\0';
        cgroup = cgroup_of(&machine, path);
        assert_int_equal(cgroup_read_memory(&machine.view, &cgroup, &memory), -ENAMETOOLONG);
        memset(path, 'p', sizeof(path));
        path[0] = '/';
        path[4999] = '\0';
        assert_int_equal(cgroup_read_memory(&machine.view, &cgroup, &memory), -ENAMETOOLONG);
        assert_int_equal(cgroup_read_pids(&machine.view, &cgroup, &tasks), -ENAMETOOLONG);
        assert_int_equal(cgroup_find(&machine.view, path, &cgroup), -ENAMETOOLONG);
        remove_machine(&machine);
}

static uint64_t inode_of(struct tree *tree, const char *path)
{
        struct stat st;

        assert_int_equal(fstatat(tree->root.fd, path, &st, 0), 0);
        return st.st_ino;
}

/* Who is in a cgroup is decided by the best hierarchy that has it. */
static void test_find_v1(void **state)
{
        static const struct {
                const char *path; /* NULL: the own one */
                int r;
                const char *folder, *expected_path;
        } rows[] = {
                {"/everywhere", 0,        "cg/pids/everywhere",   "/everywhere"},
                {"/no-pids",    0,        "cg/memory/no-pids",    "/no-pids"   },
                {"/only-blkio", 0,        "cg/blkio/only-blkio",  "/only-blkio"},
                {"/systemd/s",  0,        "cg/systemd/systemd/s", "/systemd/s" },
                {"/",           0,        "cg/pids",              "/"          },
                {NULL,          0,        "cg/memory/own",        "/own"       },
                {"/nowhere",    -ENOENT,  NULL,                   NULL         },
                {"/a-file",     -ENOTDIR, NULL,                   NULL         },
                {"/a-file/x",   -ENOTDIR, NULL,                   NULL         },
                {"/either",     0,        "cg/memory/either",     "/either"    },
                {"/../x",       -ENOENT,  NULL,                   NULL         },
        };
        struct machine machine = {0};
        struct tree *tree = *state;

        make_v1(&machine, tree);
        tree_folder(tree, "cg/pids/everywhere");
        tree_folder(tree, "cg/memory/everywhere");
        tree_folder(tree, "cg/cpu/everywhere");
        tree_folder(tree, "cg/memory/no-pids");
        tree_folder(tree, "cg/systemd/no-pids");
        tree_folder(tree, "cg/blkio/only-blkio");
        tree_folder(tree, "cg/systemd/systemd/s");
        tree_file(tree, "cg/cpu/a-file", "");
        tree_file(tree, "cg/pids/either", "");
        tree_folder(tree, "cg/memory/either");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *what = rows[i].path ? rows[i].path : "own";
                struct cgroup cgroup;

                check_int(what, cgroup_find(&machine.view, rows[i].path, &cgroup), rows[i].r);
                if (rows[i].r < 0)
                        continue;
                check_text(what, cgroup.path, rows[i].expected_path);
                check_u64(what, cgroup.inode, inode_of(tree, rows[i].folder));
        }
        remove_machine(&machine);
}

static void test_find_own(void **state)
{
        static const struct {
                const char *name, *cgroup, *folder;
        } rows[] = {
                {"v2 root",                 "0::/\n",                   "cg/unified"  },
                {"v2",                      "0::/u\n",                  "cg/unified/u"},
                {"v1 before v2",            "2:pids:/p\n0::/u\n",       "cg/pids/p"   },
                {"v1 root, so v2",          "2:pids:/\n0::/u\n",        "cg/unified/u"},
                {"all are roots",           "2:pids:/\n0::/\n",         "cg/pids"     },
                {"its folder is not there", "2:pids:/missing\n0::/u\n", "cg/unified/u"},
                {"out of sight",            "2:pids:/../x\n0::/u\n",    "cg/unified/u"},
        };
        struct tree *tree = *state;

        tree_file(tree, "proc/self/mountinfo",
                "32 23 0:28 / /cg/pids rw - cgroup cgroup rw,pids\n"
                "30 23 0:26 / /cg/unified rw - cgroup2 cgroup2 rw\n");
        tree_folder(tree, "cg/pids/p");
        tree_folder(tree, "cg/unified/u");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct machine machine = {.tree = tree};
                struct cgroup cgroup;

                tree_file(tree, "proc/self/cgroup", rows[i].cgroup);
                look(&machine);
                check_int(rows[i].name, cgroup_find(&machine.view, NULL, &cgroup), 0);
                check_u64(rows[i].name, cgroup.inode, inode_of(tree, rows[i].folder));
                remove_machine(&machine);
        }
}

static void test_folder(void **state)
{
        static const struct {
                enum controller controller;
                const char *path;
                int r;
                const char *folder;
        } rows[] = {
                {CONTROLLER_MEMORY,  "/a/b", 0,       "cg/memory/a/b"},
                {CONTROLLER_CPU,     "/a",   0,       "cg/unified/a" },
                {CONTROLLER_PIDS,    "/",    0,       "cg/unified"   },
                {CONTROLLER_SYSTEMD, "/a",   -ENOENT, NULL           },
                {CONTROLLER_MEMORY,  "/..",  -ENOENT, NULL           },
        };
        struct machine machine = {0};

        make_hybrid(&machine, *state);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct cgroup cgroup = cgroup_of(&machine, rows[i].path);
                char memory[64];
                struct buf path;

                buf_init(&path, memory, sizeof(memory));
                check_int(rows[i].path,
                        cgroup_folder(&machine.view, &cgroup, rows[i].controller, &path),
                        rows[i].r);
                if (rows[i].folder)
                        check_text(rows[i].path, memory, rows[i].folder);
        }
        remove_machine(&machine);
}

static void test_is_top(void **state)
{
        static const struct {
                const char *name;
                bool v2;
                const char *path, *file;
                bool is_top;
        } rows[] = {
                {"v2",                     true,  "/",    NULL,                            true },
                {"v2, top of a namespace", true,  "/",    "cg/cgroup.events",              false},
                {"v2, below",              true,  "/own", NULL,                            false},
                {"v2, out of sight",       true,  "/..",  NULL,                            false},
                {"v1",                     false, "/",    "cg/blkio/cgroup.sane_behavior", true },
                {"v1, top of a namespace", false, "/",    NULL,                            false},
                {"v1, below",              false, "/own", "cg/blkio/cgroup.sane_behavior", false},
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct machine machine = {0};
                struct tree *tree = *state;
                struct cgroup cgroup;

                tree_remove(tree, "cg");
                if (rows[i].v2)
                        make_v2(&machine, tree);
                else
                        make_v1(&machine, tree);
                if (rows[i].file)
                        tree_file(tree, rows[i].file, "0\n");
                cgroup = cgroup_of(&machine, rows[i].path);
                check_int(rows[i].name, cgroup_is_top(&machine.view, &cgroup), rows[i].is_top);
                remove_machine(&machine);
        }
}

/* Paths that matched, each once, sorted, with a space behind. */
struct matches {
        char paths[16][256];
        size_t n;
        int r; /* to return */
        size_t n_calls;
};

static int add_match(void *data, const char *path)
{
        struct matches *matches = data;

        matches->n_calls++;
        for (size_t i = 0; i < matches->n; i++) {
                if (strcmp(matches->paths[i], path) == 0)
                        return matches->r;
        }
        assert_true(matches->n < ARRAY_SIZE(matches->paths));
        snprintf(matches->paths[matches->n++], sizeof(matches->paths[0]), "%s", path);
        return matches->r;
}

static int compare_paths(const void *a, const void *b)
{
        return strcmp(a, b);
}

static void write_matches(struct matches *matches, char *text, size_t size)
{
        struct buf buf;

        qsort(matches->paths, matches->n, sizeof(matches->paths[0]), compare_paths);
        buf_init(&buf, text, size);
        for (size_t i = 0; i < matches->n; i++)
                buf_printf(&buf, "%s%s", i > 0 ? " " : "", matches->paths[i]);
}

static void make_matched_tree(struct tree *tree)
{
        tree_folder(tree, "cg/system.slice/nginx.service");
        tree_folder(tree, "cg/system.slice/web.service/child");
        tree_folder(tree, "cg/system.slice/web.socket");
        tree_folder(tree, "cg/system.slice/.hidden.service");
        tree_file(tree, "cg/system.slice/a-file.service", "");
        tree_link(tree, "cg/system.slice/a-link.service", "web.service");
        tree_folder(tree, "cg/user.slice/web.service");
        tree_folder(tree, "cg/user.slice/app/web.service");
}

static void test_match(void **state)
{
        /* clang-format off */
        static const struct {
                const char *pattern, *expected;
        } rows[] = {
                {"/system.slice/*.service", "/system.slice/nginx.service "
                        "/system.slice/web.service"},
                {"/system.slice/web.*", "/system.slice/web.service /system.slice/web.socket"},
                {"/system.slice/*", "/system.slice/nginx.service /system.slice/web.service "
                        "/system.slice/web.socket"},
                {"/*.slice/web.service", "/system.slice/web.service /user.slice/web.service"},
                {"/*/web.service/*", "/system.slice/web.service/child"},
                {"/*/*/*", "/system.slice/web.service/child /user.slice/app/web.service"},
                {"/*", "/own /system.slice /user.slice"},
                {"/???", "/own"},
                {"/*/app", "/user.slice/app"},
                {"/*/nothing", ""},
                {"/nowhere/*", ""},
                {"/x*", ""},
                {"/system.slice/a-file.service/*", ""},
                {"/system.slice/nginx.service/*", ""},
        };
        /* clang-format on */
        struct machine machine = {0};

        make_v2(&machine, *state);
        make_matched_tree(machine.tree);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct matches matches = {0};
                char text[1024];

                check_int(rows[i].pattern,
                        cgroup_match(&machine.view, rows[i].pattern, add_match, &matches), 0);
                write_matches(&matches, text, sizeof(text));
                check_text(rows[i].pattern, text, rows[i].expected);
        }
        remove_machine(&machine);
}

/* A cgroup may be in any hierarchy. */
static void test_match_v1(void **state)
{
        struct machine machine = {0};
        struct matches matches = {0};
        char text[1024];

        make_v1(&machine, *state);
        tree_folder(machine.tree, "cg/pids/a/one");
        tree_folder(machine.tree, "cg/memory/a/one");
        tree_folder(machine.tree, "cg/memory/a/two");
        tree_folder(machine.tree, "cg/systemd/a/three");
        tree_folder(machine.tree, "cg/cpu/a/four");
        assert_int_equal(cgroup_match(&machine.view, "/a/*", add_match, &matches), 0);
        write_matches(&matches, text, sizeof(text));
        assert_string_equal(text, "/a/four /a/one /a/three /a/two");
        remove_machine(&machine);
}

static void test_match_ends(void **state)
{
        struct machine machine = {0};
        struct matches matches = {.r = -EINTR};
        char pattern[600];

        make_v2(&machine, *state);
        make_matched_tree(machine.tree);
        assert_int_equal(cgroup_match(&machine.view, "/*/*", add_match, &matches), -EINTR);
        assert_int_equal(matches.n_calls, 1);

        /* a part longer than any name */
        memset(&matches, 0, sizeof(matches));
        memset(pattern, '?', sizeof(pattern));
        pattern[0] = '/';
        pattern[1 + 255] = '\0';
        assert_int_equal(cgroup_match(&machine.view, pattern, add_match, &matches), 0);
        pattern[1 + 255] = '?';
        pattern[1 + 256] = '\0';
        assert_int_equal(cgroup_match(&machine.view, pattern, add_match, &matches), 0);
        assert_int_equal(matches.n_calls, 0);
        remove_machine(&machine);
}

/* A path of more than 4095 bytes is none. */
static void test_match_long(void **state)
{
        struct machine machine = {0};
        struct matches matches = {0};
        char pattern[6000];

        make_v2(&machine, *state);
        memset(pattern, 'p', sizeof(pattern));
        for (size_t i = 0; i < sizeof(pattern); i += 200)
                pattern[i] = '/';
        memcpy(pattern + 5990, "/*", 3);
        assert_int_equal(cgroup_match(&machine.view, pattern, add_match, &matches), 0);
        assert_int_equal(matches.n_calls, 0);
        remove_machine(&machine);
}

/* A user's path below a mount point means the cgroup that is seen there, whatever its path is. */
static void test_stripped_path_is_found(void **state)
{
        static const struct {
                const char *name, *mount_root, *path;
        } rows[] = {
                {"all of the hierarchy", "/",         "/cg/memory/x"},
                {"a subtree",            "/docker/1", "/cg/memory/x"},
        };
        struct tree *tree = *state;

        tree_folder(tree, "cg/memory/x");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct machine machine = {.tree = tree};
                char mountinfo[128], path[128];
                struct cgroup cgroup;
                struct buf stripped;
                int r;

                snprintf(mountinfo, sizeof(mountinfo),
                        "33 23 0:29 %s /cg/memory rw - cgroup cgroup rw,memory\n",
                        rows[i].mount_root);
                tree_file(tree, "proc/self/cgroup", "1:memory:/docker/1\n");
                tree_file(tree, "proc/self/mountinfo", mountinfo);
                look(&machine);
                buf_init(&stripped, path, sizeof(path));
                layout_strip_mount_point(&machine.layout, rows[i].path, &stripped);
                r = cgroup_find(&machine.view, path, &cgroup);
                remove_machine(&machine);
                check_int(rows[i].name, r, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_memory_v2),
                tree_test(test_paging_v2),
                tree_test(test_memory_v1),
                tree_test(test_pids),
                tree_test(test_cpu),
                tree_test(test_io),
                tree_test(test_pressure),
                tree_test(test_detail_v2),
                tree_test(test_detail_v1),
                tree_test(test_hybrid),
                tree_test(test_no_hierarchies),
                tree_test(test_long_path),
                tree_test(test_find_v1),
                tree_test(test_find_own),
                tree_test(test_folder),
                tree_test(test_is_top),
                tree_test(test_match),
                tree_test(test_match_v1),
                tree_test(test_match_ends),
                tree_test(test_match_long),
                tree_test(test_stripped_path_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
