/* SPDX-License-Identifier: MIT */
#include "base/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "test.h"
#include "tree.h"

enum { N_FILES = 100 };

/* The number in the names of this test's files, -1 for another name. */
static int number_of(const char *name)
{
        return strncmp(name, "file", 4) == 0 ? atoi(name + 4) : -1;
}

/* Reads from the offset to the end, and counts how often each file came. */
static void read_on(int fd, size_t buffer_size, int64_t offset, unsigned counts[N_FILES])
{
        _Alignas(8) char buffer[4096];
        struct folder_reader reader;
        const char *name;
        int r;

        assert_in_range(buffer_size, 1, sizeof(buffer));
        assert_int_equal(folder_reader_init(&reader, fd, buffer, buffer_size, offset), 0);
        while ((r = folder_reader_next(&reader, &name, NULL)) > 0) {
                if (number_of(name) >= 0)
                        counts[number_of(name)]++;
        }
        assert_int_equal(r, 0);
        assert_int_equal(folder_reader_next(&reader, &name, NULL), 0);
}

static int open_filled(struct tree *tree)
{
        for (unsigned i = 0; i < N_FILES; i++) {
                char name[32];

                snprintf(name, sizeof(name), "folder/file%u", i);
                tree_file(tree, name, "");
        }
        return openat(tree->root.fd, "folder", O_RDONLY | O_DIRECTORY);
}

static void test_all_names(void **state)
{
        static const size_t sizes[] = {64, 512, 4096};
        cleanup_fd int fd = open_filled(*state);

        for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
                unsigned counts[N_FILES] = {0};

                read_on(fd, sizes[i], 0, counts);
                for (unsigned j = 0; j < N_FILES; j++)
                        assert_int_equal(counts[j], 1);
        }
}

static void test_resume(void **state)
{
        static const unsigned n_firsts[] = {1, 2, 50, 99, 100, 101, 102};
        cleanup_fd int fd = open_filled(*state);

        for (size_t i = 0; i < ARRAY_SIZE(n_firsts); i++) {
                unsigned counts[N_FILES] = {0};
                _Alignas(8) char buffer[512];
                struct folder_reader reader;
                int64_t next = 0;

                assert_int_equal(folder_reader_init(&reader, fd, buffer, sizeof(buffer), 0), 0);
                for (unsigned j = 0; j < n_firsts[i]; j++) {
                        const char *name;

                        assert_int_equal(folder_reader_next(&reader, &name, &next), 1);
                        if (number_of(name) >= 0)
                                counts[number_of(name)]++;
                }
                read_on(fd, 4096, next, counts);
                for (unsigned j = 0; j < N_FILES; j++)
                        assert_int_equal(counts[j], 1);
        }
}

static void test_empty(void **state)
{
        struct tree *tree = *state;
        cleanup_fd int fd = -1;
        unsigned counts[N_FILES] = {0};

        tree_folder(tree, "empty");
        fd = openat(tree->root.fd, "empty", O_RDONLY | O_DIRECTORY);
        read_on(fd, 4096, 0, counts);
}

/* As file systems tell it, and as those that do not. */
static void test_folders(void **state)
{
        static const struct {
                const char *name;
                bool is_folder;
        } rows[] = {
                {"file",    false},
                {"folder",  true },
                {"link",    false},
                {"nothing", false},
        };
        struct tree *tree = *state;
        _Alignas(8) char buffer[512];
        struct folder_reader reader;
        const char *name;
        size_t n = 0;

        tree_folder(tree, "folder");
        tree_file(tree, "file", "");
        assert_int_equal(symlinkat("folder", tree->root.fd, "link"), 0);
        assert_int_equal(folder_reader_init(&reader, tree->root.fd, buffer, sizeof(buffer), 0), 0);
        while (folder_reader_next(&reader, &name, NULL) > 0) {
                for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                        if (strcmp(name, rows[i].name) != 0)
                                continue;
                        assert_int_equal(folder_reader_is_folder(&reader, name), rows[i].is_folder);
                        n++;
                }
        }
        assert_int_equal(n, 3);
        reader.type = DT_UNKNOWN;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                assert_int_equal(folder_reader_is_folder(&reader, rows[i].name), rows[i].is_folder);
}

static void test_errors(void **state)
{
        struct tree *tree = *state;
        _Alignas(8) char buffer[64];
        struct folder_reader reader;
        const char *name;
        cleanup_fd int file = -1;
        int ends[2];

        tree_file(tree, "file", "");
        file = openat(tree->root.fd, "file", O_RDONLY);
        assert_int_equal(folder_reader_init(&reader, file, buffer, sizeof(buffer), 0), 0);
        assert_int_equal(folder_reader_next(&reader, &name, NULL), -ENOTDIR);

        /* no room for a name */
        assert_int_equal(folder_reader_init(&reader, tree->root.fd, buffer, 8, 0), 0);
        assert_int_equal(folder_reader_next(&reader, &name, NULL), -EINVAL);

        assert_int_equal(pipe(ends), 0);
        assert_int_equal(folder_reader_init(&reader, ends[0], buffer, sizeof(buffer), 0), -ESPIPE);
        close(ends[0]);
        close(ends[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_all_names),
                tree_test(test_resume),
                tree_test(test_empty),
                tree_test(test_folders),
                tree_test(test_errors),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
