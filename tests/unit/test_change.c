/* SPDX-License-Identifier: MIT */
#include "source/change.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/root.h"
#include "test.h"
#include "tree.h"

/* What is there of a file, not made anew: as the kernel changes its own. */
static void change(struct tree *tree, const char *path)
{
        FILE *file = fopen(tree_path(tree, path), "a");

        assert_non_null(file);
        assert_true(fputs("x", file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static struct change_watch *new_watch(struct tree *tree)
{
        struct change_watch *watch = NULL;

        assert_int_equal(change_watch_new(tree->path, &watch), 0);
        return watch;
}

/* How many the kernel knows of. */
static unsigned n_watched(const struct change_watch *watch)
{
        char path[64], line[256];
        FILE *file;
        unsigned n = 0;

        snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", change_watch_fd(watch));
        file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file))
                n += strncmp(line, "inotify wd:", strlen("inotify wd:")) == 0;
        fclose(file);
        return n;
}

static void test_folders(void **state)
{
        struct tree *tree = *state;
        struct change_watch *watch = new_watch(tree);

        tree_folder(tree, "cg/a");
        change_watch_add(watch, "cg");
        change_watch_add(watch, "cg");
        change_watch_add(watch, "none");
        change_watch_add(NULL, "cg");
        assert_int_equal(change_watch_drain(watch), 0);
        tree_file(tree, "cg/a/file", "1");
        tree_file(tree, "cg/file", "1");
        assert_int_equal(change_watch_drain(watch), 0);
        tree_folder(tree, "cg/b");
        assert_int_equal(change_watch_drain(watch), CHANGE_FOLDERS);
        assert_int_equal(change_watch_drain(watch), 0);
        tree_remove(tree, "cg/b");
        assert_int_equal(change_watch_drain(watch), CHANGE_FOLDERS);
        change_watch_free(watch);
        change_watch_free(NULL);
}

static void test_files(void **state)
{
        struct tree *tree = *state;
        struct change_watch *watch = new_watch(tree);
        int a, b;

        tree_file(tree, "cg/a/pids.events", "max 0\n");
        tree_file(tree, "cg/b/pids.events", "max 0\n");
        assert_int_equal(change_watch_add_file(NULL, "cg/a/pids.events"), -1);
        assert_int_equal(change_watch_add_file(watch, "cg/none"), -1);
        change_watch_add(watch, "cg");
        a = change_watch_add_file(watch, "cg/a/pids.events");
        b = change_watch_add_file(watch, "cg/b/pids.events");
        assert_true(a >= 0 && b >= 0 && a != b);
        assert_int_equal(change_watch_add_file(watch, "cg/a/pids.events"), a);

        assert_false(change_watch_has_told(watch, a));
        assert_false(change_watch_has_told(watch, -1));
        assert_false(change_watch_has_told(NULL, a));
        change(tree, "cg/b/pids.events");
        change(tree, "cg/b/pids.events");
        assert_false(change_watch_has_told(watch, b));
        assert_int_equal(change_watch_drain(watch), CHANGE_EVENTS);
        assert_false(change_watch_has_told(watch, a));
        assert_true(change_watch_has_told(watch, b));
        assert_int_equal(change_watch_drain(watch), 0);
        assert_true(change_watch_has_told(watch, b));
        change_watch_forget(watch);
        change_watch_forget(NULL);
        assert_false(change_watch_has_told(watch, b));

        change(tree, "cg/a/pids.events");
        tree_folder(tree, "cg/c");
        assert_int_equal(change_watch_drain(watch), CHANGE_FOLDERS | CHANGE_EVENTS);
        change_watch_free(watch);
}

/* A folder that is not added again is no longer watched. */
static void test_folder_rounds(void **state)
{
        struct tree *tree = *state;
        struct change_watch *watch = new_watch(tree);

        tree_folder(tree, "a");
        tree_folder(tree, "b");
        change_watch_add(watch, "a");
        change_watch_add(watch, "b");
        change_watch_end_round(watch);
        assert_int_equal(n_watched(watch), 2);
        change_watch_add(watch, "a");
        change_watch_end_round(watch);
        assert_int_equal(n_watched(watch), 1);
        change_watch_drain(watch);
        tree_folder(tree, "b/c");
        assert_int_equal(change_watch_drain(watch), 0);
        tree_folder(tree, "a/c");
        assert_int_equal(change_watch_drain(watch), CHANGE_FOLDERS);
        change_watch_free(watch);
}

/* A file that is not added again is no longer watched. */
static void test_rounds(void **state)
{
        enum { N_FILES = 200 };
        struct tree *tree = *state;
        struct change_watch *watch = new_watch(tree);
        int numbers[N_FILES];

        change_watch_end_round(NULL);
        tree_folder(tree, "cg");
        for (int round = 0; round < 4; round++) {
                for (int i = 0; i < N_FILES; i++) {
                        char path[32];

                        snprintf(path, sizeof(path), "cg/%d", i);
                        if (round == 0)
                                tree_file(tree, path, "");
                        /* All, then every second, then every fourth, … */
                        if (i % (1 << round) == 0)
                                numbers[i] = change_watch_add_file(watch, path);
                }
                change_watch_add(watch, "cg");
                change_watch_end_round(watch);
                assert_int_equal(n_watched(watch), 1 + N_FILES / (1 << round));
        }
        change_watch_drain(watch);
        change(tree, "cg/4");
        assert_int_equal(change_watch_drain(watch), 0);
        change(tree, "cg/8");
        assert_int_equal(change_watch_drain(watch), CHANGE_EVENTS);
        assert_true(change_watch_has_told(watch, numbers[8]));
        assert_false(change_watch_has_told(watch, numbers[4]));
        assert_false(change_watch_has_told(watch, numbers[16]));
        change_watch_free(watch);
}

/* More events than the kernel keeps: any file may have changed. */
static void test_overflow(void **state)
{
        struct tree *tree = *state;
        struct change_watch *watch;
        unsigned n_max = 16384;
        FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
        int a, b, c;

        if (file) {
                assert_int_equal(fscanf(file, "%u", &n_max), 1);
                fclose(file);
        }
        if (n_max > 100000)
                skip();
        watch = new_watch(tree);
        tree_file(tree, "a", "");
        tree_file(tree, "b", "");
        tree_file(tree, "c", "");
        a = change_watch_add_file(watch, "a");
        b = change_watch_add_file(watch, "b");
        c = change_watch_add_file(watch, "c");
        /* Equal ones that follow each other are one. */
        for (unsigned i = 0; i <= n_max; i++)
                assert_int_equal(truncate(tree_path(tree, i % 2 == 0 ? "a" : "b"), i), 0);
        assert_int_equal(change_watch_drain(watch), CHANGE_FOLDERS | CHANGE_EVENTS);
        assert_true(change_watch_has_told(watch, a) && change_watch_has_told(watch, b));
        assert_true(change_watch_has_told(watch, c));
        change_watch_forget(watch);
        assert_false(change_watch_has_told(watch, c));
        change_watch_free(watch);
}

/* One listing is good until a folder comes or goes in those that were listed, or could not be
 * watched. */
static void test_silent(void **state)
{
        struct tree *tree = *state;
        struct change_watch *watch = new_watch(tree);

        assert_false(change_watch_is_silent(NULL));
        assert_false(change_watch_is_silent(watch));
        tree_folder(tree, "cg/a");
        change_watch_begin_listing(watch);
        change_watch_add(watch, "cg");
        change_watch_add(watch, "cg/none");
        for (unsigned i = 0; i < 20; i++) {
                assert_true(change_watch_is_silent(watch));
                change_watch_end_round(watch);
                assert_int_equal(n_watched(watch), 1);
        }
        tree_file(tree, "cg/file", "1");
        assert_int_equal(change_watch_drain(watch), 0);
        assert_true(change_watch_is_silent(watch));

        tree_folder(tree, "cg/b");
        assert_int_equal(change_watch_drain(watch), CHANGE_FOLDERS);
        assert_false(change_watch_is_silent(watch));
        change_watch_begin_listing(watch);
        change_watch_add(watch, "cg");
        assert_true(change_watch_is_silent(watch));
        /* What comes while it is listed is told after it. */
        change_watch_begin_listing(watch);
        change_watch_add(watch, "cg");
        tree_folder(tree, "cg/c");
        change_watch_drain(watch);
        assert_false(change_watch_is_silent(watch));

        /* A file in place of a folder cannot be watched as one. */
        change_watch_begin_listing(watch);
        change_watch_add(watch, "cg/file");
        assert_false(change_watch_is_silent(watch));
        change_watch_begin_listing(watch);
        assert_true(change_watch_is_silent(watch));
        change_watch_free(watch);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_folders),
                tree_test(test_files),
                tree_test(test_folder_rounds),
                tree_test(test_rounds),
                tree_test(test_overflow),
                tree_test(test_silent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
