/* SPDX-License-Identifier: MIT */
#include "source/proc.h"

#include "test.h"
#include "tree.h"

/* The fields 5 to 19, of which none is used. */
#define FIELDS " 1234 1234 0 -1 4194560 9112 0 5 0 20 10 0 0 20 0"

static void test_stat(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                int r;
                const char *comm;
                const char *numbers; /* pid ppid state threads start rss */
        } rows[] = {
                {"1234 (a name) S 1" FIELDS " 2 0 567 1000 89 18446744073709551615 1\n", 0,
                        "a name", "1234 1 S 2 567 89"},
                {"1 (a) R 0" FIELDS " 1 0 0 0 0", 0, "a", "1 0 R 1 0 0"},
                {"1 () Z 0" FIELDS " 1 0 5 0 0 0", 0, "", "1 0 Z 1 5 0"},
                {"7 (a) Z (b) D 2" FIELDS " 3 0 4 0 5 ", 0, "a) Z (b", "7 2 D 3 4 5"},
                {"7 () Z 1 2) I 2" FIELDS " 3 0 4 0 5 ", 0, ") Z 1 2", "7 2 I 3 4 5"},
                {"7 (a\nb) S 2" FIELDS " 3 0 4 0 5 ", 0, "a\nb", "7 2 S 3 4 5"},
                {"7 ((sd-pam)) S 2" FIELDS " 3 0 4 0 5 ", 0, "(sd-pam)", "7 2 S 3 4 5"},
                {"7 (\xc3\xa4) S 2" FIELDS " 3 0 4 0 5 ", 0, "\xc3\xa4", "7 2 S 3 4 5"},
                {"2147483647 (a) S 2147483647" FIELDS " 3 0 4 0 5 ", 0, "a",
                        "2147483647 2147483647 S 3 4 5"},
                {"1 (a) S 0" FIELDS " 1 -5 9 -1 18446744073709551615", 0, "a",
                        "1 0 S 1 9 18446744073709551615"},
                {"2147483648 (a) S 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 2147483648" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S -1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"", -EBADMSG, NULL, NULL},
                {"\n", -EBADMSG, NULL, NULL},
                {")", -EBADMSG, NULL, NULL},
                {"1 (a", -EBADMSG, NULL, NULL},
                {"1 (a)", -EBADMSG, NULL, NULL},
                {"1 (a) ", -EBADMSG, NULL, NULL},
                {"1 (a) S", -EBADMSG, NULL, NULL},
                {"1 (a) S ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1", -EBADMSG, NULL, NULL},
                {"1 (a) SS 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a)S 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 a) S 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1) S (a 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1(a) S 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {" (a) S 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"x (a) S 1" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS, -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " x 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3 0", -EBADMSG, NULL, NULL},
                {"1 (a) S 1\n" FIELDS " 3 0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3\n0 4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3 0 4\n0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3 0 -4 0 5 ", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3 0 4", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3 0 4 0", -EBADMSG, NULL, NULL},
                {"1 (a) S 1" FIELDS " 3 0 4 0 -5", -EBADMSG, NULL, NULL},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *text = rows[i].text;
                struct proc_stat stat;
                char numbers[128], comm[64];

                check_int(text, proc_stat_parse(text, &stat), rows[i].r);
                if (rows[i].r < 0)
                        continue;
                snprintf(numbers, sizeof(numbers), "%d %d %c %" PRIu64 " %" PRIu64 " %" PRIu64,
                        stat.pid, stat.ppid, stat.state, stat.n_threads, stat.start_ticks,
                        stat.rss_pages);
                check_text(text, numbers, rows[i].numbers);
                snprintf(comm, sizeof(comm), "%.*s", (int)stat.comm_len, stat.comm);
                check_text(text, comm, rows[i].comm);
        }
}

static void test_state(void **state)
{
        static const struct {
                const char *text;
                char state;
        } rows[] = {
                {"1 (a) S 1",       'S' },
                {"1 (a) Z (b) R 1", 'R' },
                {"1 (a) Z ) D 1",   'D' },
                {"1 (a) S",         '\0'},
                {"1 (a) ",          '\0'},
                {"1 (a)",           '\0'},
                {"1 (a)  S 1",      '\0'},
                {"1 (a) SR 1",      '\0'},
                {"1 a S 1",         '\0'},
                {"",                '\0'},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].text, proc_stat_state(rows[i].text), rows[i].state);
}

static void test_read_stat(void **state)
{
        struct tree *tree = *state;
        struct proc_stat stat;

        tree_file(tree, "proc/12/stat", "12 (cat) S 1" FIELDS " 1 0 99 0 5 0\n");
        tree_file(tree, "proc/13/stat", "");
        tree_folder(tree, "proc/14/stat");
        assert_int_equal(proc_read_stat(&tree->root, 12, &tree->scratch, &stat), 0);
        assert_int_equal(stat.start_ticks, 99);
        assert_memory_equal(stat.comm, "cat)", 4);
        assert_int_equal(proc_read_stat(&tree->root, 13, &tree->scratch, &stat), -EBADMSG);
        assert_int_equal(proc_read_stat(&tree->root, 14, &tree->scratch, &stat), -EISDIR);
        assert_int_equal(proc_read_stat(&tree->root, 15, &tree->scratch, &stat), -ENOENT);
}

static void test_own_pid(void **state)
{
        struct tree *tree = *state;

        assert_int_equal(proc_own_pid(&tree->root, &tree->scratch), 0);
        tree_file(tree, "proc/self/stat", "77 (self) R 1" FIELDS " 1 0 99 0 5 0\n");
        assert_int_equal(proc_own_pid(&tree->root, &tree->scratch), 77);
        tree_file(tree, "proc/self/stat", "77 (self)");
        assert_int_equal(proc_own_pid(&tree->root, &tree->scratch), 0);
}

#define STATUS                                                                                     \
        "Name:\tVmRSS: 5\nVmPeak:\t 9 kB\nVmRSS:\t    5124 kB\nRssAnon:\t 4 kB\nVmSwap:\t 8 kB\n"
#define SMAPS                                                                                      \
        "55d3-7ffd ---p 00000000 00:00 0    [rollup]\nRss: 9 kB\nPss:  1240 kB\nPss_Anon: 1 kB\n"
#define IO "rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 3\n"

static void test_memory(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                const char *status, *io, *smaps; /* NULL: not to be read */
                bool with_pss;
                const char *expected; /* pss rss swap read write */
        } rows[] = {
                {"all", STATUS, IO, SMAPS, true, "1269760 5246976 8192 4096 8192"},
                {"without pss", STATUS, IO, SMAPS, false, "- 5246976 8192 4096 8192"},
                {"forbidden", STATUS, NULL, NULL, true, "- 5246976 8192 - -"},
                {"gone", NULL, NULL, NULL, true, "- - - - -"},
                {"a kernel thread", "Name:\tk\n", IO, "", true, "- - - 4096 8192"},
                {"no io accounting", STATUS, NULL, SMAPS, true, "1269760 5246976 8192 - -"},
                {"twice in status", STATUS "VmSwap: 1 kB\n", IO, SMAPS, true,
                        "1269760 - - 4096 8192"},
                {"no number in smaps", STATUS, IO, "Pss: x\n", true, "- 5246976 8192 4096 8192"},
                {"half of io", STATUS, "read_bytes: 1\nwrite_bytes:\n", SMAPS, true,
                        "1269760 5246976 8192 - -"},
        };
        /* clang-format on */
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct {
                        const char *name, *text;
                } files[] = {
                        {"status",       rows[i].status},
                        {"io",           rows[i].io    },
                        {"smaps_rollup", rows[i].smaps },
                };

                for (int thread = 0; thread <= 1; thread++) {
                        struct proc_memory memory = {0};

                        tree_remove(tree, "proc/12");
                        for (size_t j = 0; j < ARRAY_SIZE(files); j++) {
                                char path[64];

                                snprintf(path, sizeof(path), "proc/12/%s%s",
                                        thread ? "task/34/" : "", files[j].name);
                                if (files[j].text)
                                        tree_file(tree, path, files[j].text);
                                else
                                        tree_folder(tree, path);
                        }
                        proc_read_memory(&tree->root, 12, thread ? 34 : 0, rows[i].with_pss,
                                &tree->scratch, &memory);
                        check_measures(rows[i].name, memory, rows[i].expected);
                }
        }
}

#define LIMITS_HEAD                                                                                \
        "Limit                     Soft Limit           Hard Limit           Units     \n"

static void test_nproc_limit(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                bool known;
                uint64_t limit;
        } rows[] = {
                {LIMITS_HEAD "Max processes             7823                 7824                 "
                        "processes \n", true, 7823},
                {LIMITS_HEAD "Max processes             unlimited            unlimited            "
                        "processes \n", false, 0},
                {LIMITS_HEAD "Max processes             0                    0                    "
                        "processes \n", true, 0},
                {LIMITS_HEAD "Max open files            1024                 4096                 "
                        "files     \n", false, 0},
                {LIMITS_HEAD "Max processes ", false, 0},
                {LIMITS_HEAD "Max processes 12x", false, 0},
                {"Max processes 5", false, 0},
                {"", false, 0},
        };
        /* clang-format on */
        struct tree *tree = *state;
        struct measure limit = proc_read_nproc_limit(&tree->root, 12, &tree->scratch);

        assert_false(limit.known);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                tree_file(tree, "proc/12/limits", rows[i].text);
                limit = proc_read_nproc_limit(&tree->root, 12, &tree->scratch);
                check_int(rows[i].text, limit.known, rows[i].known);
                check_u64(rows[i].text, limit.value, rows[i].limit);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_stat),
                cmocka_unit_test(test_state),
                tree_test(test_read_stat),
                tree_test(test_own_pid),
                tree_test(test_memory),
                tree_test(test_nproc_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
