/* SPDX-License-Identifier: MIT */
#include "source/machine.h"

#include <unistd.h>

#include "test.h"
#include "tree.h"

#define MEMINFO                                                                                    \
        "MemTotal:        2030404 kB\n"                                                            \
        "MemFree:         1000000 kB\n"                                                            \
        "MemAvailable:    1500000 kB\n"                                                            \
        "Buffers:             100 kB\n"                                                            \
        "Cached:             2000 kB\n"                                                            \
        "SwapCached:            7 kB\n"                                                            \
        "SwapTotal:          1000 kB\n"                                                            \
        "SwapFree:            400 kB\n"                                                            \
        "Dirty:                 3 kB\n"                                                            \
        "Writeback:             2 kB\n"                                                            \
        "AnonPages:            50 kB\n"                                                            \
        "Mapped:                6 kB\n"                                                            \
        "Shmem:                 5 kB\n"                                                            \
        "Slab:                  9 kB\n"                                                            \
        "WritebackTmp:          0 kB\n"                                                            \
        "HugePages_Total:       0\n"

/* Pages of 4 KiB are not everywhere. */
static void write_pages(uint64_t kib, char *text, size_t size)
{
        snprintf(text, size, "%" PRIu64, kib * 1024 / (uint64_t)sysconf(_SC_PAGESIZE));
}

static void test_memory(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name, *meminfo;
                int r;
                const char *expected; /* total rss cache swap pgpgin pgpgout quota */
        } rows[] = {
                {"all", MEMINFO, 0, "- 51200 2150400 614400 - - 2079133696"},
                {"no file", NULL, 0, "- - - - - - -"},
                {"no swap", "MemTotal: 1 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n", 0,
                        "- - - 0 - - 1024"},
                {"more free than there is", "SwapTotal: 1 kB\nSwapFree: 2 kB\n", 0,
                        "- - - - - - -"},
                {"half of swap", "SwapTotal: 1 kB\n", 0, "- - - - - - -"},
                {"no buffers", "Cached: 1 kB\n", 0, "- - 1024 - - - -"},
                {"near misses", "SwapCached: 1 kB\nCached2: 1 kB\nmemtotal: 1 kB\n", 0,
                        "- - - - - - -"},
                {"no number", "MemTotal: kB\n", -EBADMSG, NULL},
                {"twice", "MemTotal: 1 kB\nMemTotal: 1 kB\n", -EBADMSG, NULL},
        };
        /* clang-format on */
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct memory_sample sample = {0};

                tree_remove(tree, "proc/meminfo");
                if (rows[i].meminfo)
                        tree_file(tree, "proc/meminfo", rows[i].meminfo);
                check_int(rows[i].name, machine_read_memory(&tree->root, &tree->scratch, &sample),
                        rows[i].r);
                if (rows[i].expected)
                        check_measures(rows[i].name, sample, rows[i].expected);
        }
        tree_remove(tree, "proc/meminfo");
        tree_folder(tree, "proc/meminfo");
        assert_int_equal(
                machine_read_memory(&tree->root, &tree->scratch, &(struct memory_sample){0}),
                -EISDIR);
}

static void test_paging(void **state)
{
        /* clang-format off */
        static const struct {
                const char *vmstat;
                int r;
                uint64_t in_kib, out_kib; /* 0: unknown */
        } rows[] = {
                {"nr_free_pages 5\npgpgin 348800\npgpgout 1024\npswpin 3\n", 0, 348800, 1024},
                {"pgpgin 64\n", 0, 64, 0},
                {"xpgpgin 64\npgpgin_x 64\n", 0, 0, 0},
                {"pgpgin -64\n", -EBADMSG, 0, 0},
        };
        /* clang-format on */
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct memory_sample memory = {0};
                struct io_sample io = {0};
                char in[32] = "-", out[32] = "-", expected[128];

                tree_file(tree, "proc/vmstat", rows[i].vmstat);
                check_int(rows[i].vmstat, machine_read_memory(&tree->root, &tree->scratch, &memory),
                        rows[i].r);
                if (rows[i].in_kib)
                        write_pages(rows[i].in_kib, in, sizeof(in));
                if (rows[i].out_kib)
                        write_pages(rows[i].out_kib, out, sizeof(out));
                snprintf(expected, sizeof(expected), "- - - - %s %s -", in, out);
                check_measures(rows[i].vmstat, memory, expected);

                check_int(rows[i].vmstat, machine_read_io(&tree->root, &tree->scratch, &io),
                        rows[i].r);
                check_u64(rows[i].vmstat, io.rbytes.value, rows[i].in_kib * 1024);
                check_u64(rows[i].vmstat, io.wbytes.value, rows[i].out_kib * 1024);
                check_int(rows[i].vmstat, io.wbytes.known, rows[i].out_kib > 0);
                check(rows[i].vmstat, !io.rios.known && !io.wios.known);
        }

        /* more bytes than 64 bits count: unknown rather than wrong */
        tree_file(tree, "proc/vmstat", "pgpgin 18014398509481984\npgpgout 18014398509481983\n");
        struct io_sample io = {0};

        assert_int_equal(machine_read_io(&tree->root, &tree->scratch, &io), 0);
        check_measures("overflow", io, "- 18446744073709550592 - -");
}

static void test_load(void **state)
{
        /* clang-format off */
        static const struct {
                const char *loadavg, *uptime; /* NULL: no file */
                int r;
                const char *expected;
        } rows[] = {
                {"2.46 1.06 0.99 1/80 11206\n", "350735.47 234388.90\n", 0, "246 106 99"},
                {"2.46 1.06 0.99 1/80 11206\n", "900.00 1\n", 0, "246 106 99"},
                {"2.46 1.06 0.99 1/80 11206\n", "899.99 1\n", 0, "246 106 -"},
                {"2.46 1.06 0.99 1/80 11206\n", "300.00 1\n", 0, "246 106 -"},
                {"2.46 1.06 0.99 1/80 11206\n", "299.99 1\n", 0, "246 - -"},
                {"2.46 1.06 0.99 1/80 11206\n", "60.00 1\n", 0, "246 - -"},
                {"2.46 1.06 0.99 1/80 11206\n", "59.99 1\n", 0, "- - -"},
                {"2.46 1.06 0.99 1/80 11206\n", "0.00 0.00\n", 0, "- - -"},
                {"2.46 1.06 0.99 1/80 11206\n", NULL, 0, "246 106 99"},
                {"2.46 1.06 0.99 1/80 11206\n", "x\n", 0, "246 106 99"},
                {"1000.00 10.5 0 1/80 1\n", NULL, 0, "100000 1050 0"},
                {NULL, "1000.00 1\n", 0, "- - -"},
                {"", NULL, -EBADMSG, NULL},
                {"2.46 1.06\n", NULL, -EBADMSG, NULL},
                {"2.46 1.06 0.99", NULL, -EBADMSG, NULL},
                {"2.46 -1.06 0.99 1/80 1\n", NULL, -EBADMSG, NULL},
                {"2.46\n1.06\n0.99\n", NULL, -EBADMSG, NULL},
        };
        /* clang-format on */
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *what = rows[i].uptime ? rows[i].uptime : "no uptime";
                struct load_sample sample = {0};

                tree_remove(tree, "proc");
                if (rows[i].loadavg)
                        tree_file(tree, "proc/loadavg", rows[i].loadavg);
                if (rows[i].uptime)
                        tree_file(tree, "proc/uptime", rows[i].uptime);
                check_int(what, machine_read_load(&tree->root, &tree->scratch, &sample), rows[i].r);
                if (rows[i].expected)
                        check_measures(what, sample, rows[i].expected);
        }
        tree_remove(tree, "proc");
        tree_folder(tree, "proc/loadavg");
        assert_int_equal(
                machine_read_load(&tree->root, &tree->scratch, &(struct load_sample){0}), -EISDIR);
}

static void test_pids(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name, *loadavg, *threads_max, *pid_max;
                int r;
                const char *expected; /* pids limit */
        } rows[] = {
                {"threads-max is less", "0.0 0.0 0.0 1/80 9\n", "100\n", "200\n", 0, "80 100"},
                {"pid_max is less", "0.0 0.0 0.0 1/80 9\n", "300\n", "200\n", 0, "80 200"},
                {"one of them", "0.0 0.0 0.0 1/80 9\n", NULL, "200\n", 0, "80 200"},
                {"no limit", "0.0 0.0 0.0 1/80 9\n", NULL, NULL, 0, "80 -"},
                {"one is odd", "0.0 0.0 0.0 1/80 9\n", "x\n", "200\n", 0, "80 200"},
                {"no loadavg", NULL, "100\n", "200\n", 0, "- 100"},
                {"no slash", "0.0 0.0 0.0 1 80\n", "100\n", "200\n", -EBADMSG, "- 100"},
                {"no number", "0.0 0.0 0.0 1/x 9\n", "100\n", "200\n", -EBADMSG, "- 100"},
        };
        /* clang-format on */
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct tasks_sample sample = {0};
                struct measure both[2];

                tree_remove(tree, "proc");
                if (rows[i].loadavg)
                        tree_file(tree, "proc/loadavg", rows[i].loadavg);
                if (rows[i].threads_max)
                        tree_file(tree, "proc/sys/kernel/threads-max", rows[i].threads_max);
                if (rows[i].pid_max)
                        tree_file(tree, "proc/sys/kernel/pid_max", rows[i].pid_max);
                check_int(rows[i].name, machine_read_pids(&tree->root, &tree->scratch, &sample),
                        rows[i].r);
                both[0] = sample.pids;
                both[1] = sample.pids_limit;
                check_measures(rows[i].name, both, rows[i].expected);
                check(rows[i].name, !sample.processes.known && !sample.zombies.known);
        }
        tree_remove(tree, "proc/loadavg");
        tree_folder(tree, "proc/loadavg");
        assert_int_equal(
                machine_read_pids(&tree->root, &tree->scratch, &(struct tasks_sample){0}), -EISDIR);
}

/* tasks threads-max pid_max */
static void test_tasks(void **state)
{
        struct tree *tree = *state;
        struct machine_tasks tasks = {0};
        struct measure kills = {0};

        assert_int_equal(machine_read_tasks(&tree->root, &tree->scratch, &tasks), 0);
        check_measures("no files", tasks, "- - -");
        tree_file(tree, "proc/loadavg", "0.20 0.18 0.12 1/80 11206\n");
        tree_file(tree, "proc/sys/kernel/threads-max", "15000\n");
        tree_file(tree, "proc/sys/kernel/pid_max", "4194304\n");
        assert_int_equal(machine_read_tasks(&tree->root, &tree->scratch, &tasks), 0);
        check_measures("all", tasks, "80 15000 4194304");

        assert_int_equal(machine_read_oom_kills(&tree->root, &tree->scratch, &kills), 0);
        check_measures("no vmstat", kills, "-");
        tree_file(tree, "proc/vmstat", "pgfault 1\noom_kill 3\n");
        assert_int_equal(machine_read_oom_kills(&tree->root, &tree->scratch, &kills), 0);
        check_measures("vmstat", kills, "3");
}

static void test_cpu(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                int r;
                uint64_t user, system; /* ticks */
                uint64_t cpus;
        } rows[] = {
                {"cpu  100 20 30 9999 888 4 5 777 66 55\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n", 0, 120,
                        39, 2},
                {"cpu  100 20 30 9999 888 4 5\ncpu0 1\nintr 1\ncpu7 1\n", 0, 120, 39, 1},
                {"cpu  1 2 3 4 5 6 7", 0, 3, 16, 0},
                {"cpu  1 2 3 4 5 6\n", -EBADMSG, 0, 0, 0},
                {"cpu  18446744073709551615 1 0 0 0 0 0\n", -EBADMSG, 0, 0, 0},
                {"cpu  0 0 18446744073709551615 0 0 1 0\n", -EBADMSG, 0, 0, 0},
                {"cpu  0 0 18446744073709551615 0 0 0 1\n", -EBADMSG, 0, 0, 0},
                {"cpu  18446744073709551615 0 1 0 0 0 0\n", -EBADMSG, 0, 0, 0},
                {"cpu  1 2 3 4 5 6 -7\n", -EBADMSG, 0, 0, 0},
                {"intr 5\ncpu  1 2 3 4 5 6 7\n", -EBADMSG, 0, 0, 0},
                {"", -EBADMSG, 0, 0, 0},
        };
        /* clang-format on */
        const uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
        struct tree *tree = *state;
        struct cpu_sample none = {0}, long_up = {0};

        assert_int_equal(machine_read_cpu(&tree->root, &tree->scratch, &none), 0);
        check_measures("no file", none, "- - - - - - - -");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct cpu_sample sample = {0};
                char expected[128] = "- - - - - - - -";

                tree_file(tree, "proc/stat", rows[i].text);
                check_int(rows[i].text, machine_read_cpu(&tree->root, &tree->scratch, &sample),
                        rows[i].r);
                if (rows[i].r == 0)
                        snprintf(expected, sizeof(expected),
                                "%" PRIu64 " %" PRIu64 " %" PRIu64 " - - - - %" PRIu64,
                                (rows[i].user + rows[i].system) * tick_ns, rows[i].user * tick_ns,
                                rows[i].system * tick_ns, rows[i].cpus);
                check_measures(rows[i].text, sample, expected);
        }
        tree_file(tree, "proc/stat", "cpu  900000000000 0 1800000000000000000 0 0 0 0\ncpu0 1\n");
        assert_int_equal(machine_read_cpu(&tree->root, &tree->scratch, &long_up), 0);
        check("above 2^64 ns", !long_up.system_ns.known && !long_up.usage_ns.known);

        tree_remove(tree, "proc/stat");
        tree_folder(tree, "proc/stat");
        assert_int_equal(machine_read_cpu(&tree->root, &tree->scratch, &none), -EISDIR);
}

static void test_pressure(void **state)
{
        static const char some[] = "some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n";
        static const char both[] = "some avg10=0.10 avg60=0.20 avg300=0.30 total=5\n"
                                   "full avg10=0.01 avg60=0.02 avg300=0.03 total=6\n";
        struct tree *tree = *state;
        struct pressure_sample sample = {0};

        assert_int_equal(machine_read_pressure(&tree->root, &tree->scratch, &sample), 0);
        check_measures("no files", sample, "- - - - - - - - - - - - - - - - - - - - - - - -");

        tree_file(tree, "proc/pressure/cpu", some);
        tree_file(tree, "proc/pressure/io", both);
        assert_int_equal(machine_read_pressure(&tree->root, &tree->scratch, &sample), 0);
        check_measures("cpu and io", sample,
                "100 200 300 4000 - - - - - - - - - - - - 10 20 30 5000 1 2 3 6000");

        /* the first error counts, and the others are read */
        memset(&sample, 0, sizeof(sample));
        tree_folder(tree, "proc/pressure/memory");
        tree_file(tree, "proc/pressure/io", "some x\n");
        assert_int_equal(machine_read_pressure(&tree->root, &tree->scratch, &sample), -EISDIR);
        check_measures(
                "errors", sample, "100 200 300 4000 - - - - - - - - - - - - - - - - - - - -");
}

static void test_detail(void **state)
{
        struct tree *tree = *state;
        struct detail_sample sample = {0};

        assert_int_equal(machine_read_detail(&tree->root, &tree->scratch, &sample), 0);
        assert_false(sample.free_bytes.known);

        tree_file(tree, "proc/meminfo", MEMINFO);
        tree_file(tree, "proc/vmstat", "pgfault 7\npgmajfault 8\noom_kill 9\npgfault_x 1\n");
        assert_int_equal(machine_read_detail(&tree->root, &tree->scratch, &sample), 0);
        check_measures("all", sample,
                "- - - - - - 1536000000 1024000000 5120 6144 3072 2048 - 9216 - 1024000 7 8 - - - "
                "9 "
                "- - - - - -");

        memset(&sample, 0, sizeof(sample));
        tree_file(tree, "proc/vmstat", "pgfault\n");
        assert_int_equal(machine_read_detail(&tree->root, &tree->scratch, &sample), -EBADMSG);
        assert_true(sample.free_bytes.known);
        memset(&sample, 0, sizeof(sample));
        tree_remove(tree, "proc/meminfo");
        tree_folder(tree, "proc/meminfo");
        assert_int_equal(machine_read_detail(&tree->root, &tree->scratch, &sample), -EISDIR);
}

static void test_boot_id(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                int r;
                const char *id;
        } rows[] = {
                {"b5b3a1c0-0123-4567-89ab-cdef01234567\n", 0, "b5b3a1c00123456789abcdef01234567"},
                {"b5b3a1c00123456789abcdef01234567", 0, "b5b3a1c00123456789abcdef01234567"},
                {"b5b3a1c0-0123-4567-89ab-cdef0123456\n", -EBADMSG, NULL},
                {"b5b3a1c0-0123-4567-89ab-cdef012345678\n", -EBADMSG, NULL},
                {"B5b3a1c0-0123-4567-89ab-cdef01234567\n", -EBADMSG, NULL},
                {"g5b3a1c0-0123-4567-89ab-cdef01234567\n", -EBADMSG, NULL},
                {"b5b3a1c0 0123-4567-89ab-cdef01234567\n", -EBADMSG, NULL},
                {"\nb5b3a1c0-0123-4567-89ab-cdef01234567", -EBADMSG, NULL},
                {"", -EBADMSG, NULL},
        };
        /* clang-format on */
        struct tree *tree = *state;
        char id[33];

        assert_int_equal(machine_read_boot_id(&tree->root, &tree->scratch, id), -ENOENT);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                tree_file(tree, "proc/sys/kernel/random/boot_id", rows[i].text);
                check_int(rows[i].text, machine_read_boot_id(&tree->root, &tree->scratch, id),
                        rows[i].r);
                if (rows[i].id)
                        check_text(rows[i].text, id, rows[i].id);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_memory),
                tree_test(test_paging),
                tree_test(test_load),
                tree_test(test_pids),
                tree_test(test_tasks),
                tree_test(test_cpu),
                tree_test(test_pressure),
                tree_test(test_detail),
                tree_test(test_boot_id),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
