/* SPDX-License-Identifier: MIT */
#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "test.h"
#include "tree.h"

static void test_open(void **state)
{
        struct tree *tree = *state;
        struct root root = {.fd = -1};

        tree_file(tree, "file", "");
        assert_int_equal(root_open(tree_path(tree, "missing"), &root), -ENOENT);
        assert_int_equal(root_open(tree_path(tree, "file"), &root), -ENOTDIR);
        assert_int_equal(root.fd, -1);
        root_close(&root);

        assert_int_equal(root_open(tree->path, &root), 0);
        assert_int_equal(fcntl(root.fd, F_GETFD), FD_CLOEXEC);
        assert_int_equal(faccessat(root.fd, "file", F_OK, 0), 0);
        root_close(&root);
        assert_int_equal(root.fd, -1);
        root_close(&root);
}

/* The scratch buffer has 64 KiB, of which one byte is for the NUL. */
static void test_read(void **state)
{
        static const struct {
                const char *path;
                int r;
                size_t len;
        } rows[] = {
                {"empty",        0,        0            },
                {"short",        0,        6            },
                {"with a NUL",   0,        5            },
                {"just fits",    0,        64 * 1024 - 1},
                {"one too many", -EFBIG,   0            },
                {"large",        -EFBIG,   0            },
                {"missing",      -ENOENT,  0            },
                {"none/short",   -ENOENT,  0            },
                {"short/file",   -ENOTDIR, 0            },
                {"folder",       -EISDIR,  0            },
                {"folder/short", 0,        2            },
                {"to short",     0,        6            },
                {"to nowhere",   -ENOENT,  0            },
                {"to itself",    -ELOOP,   0            },
                {"fifo",         0,        0            },
        };
        struct tree *tree = *state;

        tree_file(tree, "empty", "");
        tree_file(tree, "short", "short\n");
        tree_bytes(tree, "with a NUL", "ab\0cd", 5);
        tree_letters(tree, "just fits", 64 * 1024 - 1);
        tree_letters(tree, "one too many", 64 * 1024);
        tree_letters(tree, "large", 200 * 1024);
        tree_file(tree, "folder/short", "s\n");
        tree_link(tree, "to short", "short");
        tree_link(tree, "to nowhere", "nowhere");
        tree_link(tree, "to itself", "to itself");
        tree_fifo(tree, "fifo");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *path = rows[i].path;
                size_t len = 0;

                check_int(path, file_read_at(tree->root.fd, path, &tree->scratch, &len), rows[i].r);
                check_u64(path, len, rows[i].len);
                if (rows[i].r == 0)
                        check_int(path, tree->scratch.text[len], '\0');
                check_int(path, root_read(&tree->root, path, &tree->scratch), rows[i].r);
        }
        assert_int_equal(root_read(&tree->root, "short", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, "short\n");
}

/* A file is read in portions of 64 KiB. */
static void test_read_large(void **state)
{
        struct tree *tree = *state;
        struct scratch scratch;
        size_t len;

        tree_letters(tree, "large", 200 * 1024);
        assert_int_equal(scratch_init(&scratch, 200 * 1024 + 1), 0);
        assert_int_equal(file_read_at(tree->root.fd, "large", &scratch, &len), 0);
        assert_int_equal(len, 200 * 1024);
        assert_int_equal(strlen(scratch.text), len);
        scratch_done(&scratch);
        assert_null(scratch.text);
        scratch_done(&scratch);
}

static void test_read_forbidden(void **state)
{
        struct tree *tree = *state;

        tree_file(tree, "secret", "x");
        tree_forbid(tree, "secret");
        assert_int_equal(root_read(&tree->root, "secret", &tree->scratch), -EACCES);
}

static void test_link(void **state)
{
        static const struct {
                const char *path;
                size_t size;
                int r;
                const char *target;
        } rows[] = {
                {"link",    16, 0,             "pid:[1]"},
                {"link",    8,  0,             "pid:[1]"},
                {"link",    7,  -ENAMETOOLONG, NULL     },
                {"link",    1,  -ENAMETOOLONG, NULL     },
                {"file",    16, -EINVAL,       NULL     },
                {"missing", 16, -ENOENT,       NULL     },
        };
        struct tree *tree = *state;

        tree_link(tree, "link", "pid:[1]");
        tree_file(tree, "file", "");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char text[16];

                check_int(rows[i].path,
                        link_read_at(tree->root.fd, rows[i].path, text, rows[i].size), rows[i].r);
                if (rows[i].target)
                        check_text(rows[i].path, text, rows[i].target);
        }
}

static void test_passing_errors(void **state)
{
        struct scratch scratch = {0};

        (void)state;
        assert_true(error_is_passing(-EMFILE) && error_is_passing(-ENFILE));
        assert_true(error_is_passing(-ENOMEM) && error_is_passing(-EIO));
        assert_false(error_is_passing(-ENOENT) || error_is_passing(0) || error_is_passing(EIO));
        assert_int_equal(scratch_note(&scratch, -ENOENT), -ENOENT);
        assert_int_equal(scratch.n_failed, 0);
        assert_int_equal(scratch_note(&scratch, -EIO), -EIO);
        assert_int_equal(scratch.n_failed, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_passing_errors),
                tree_test(test_open),
                tree_test(test_read),
                tree_test(test_read_large),
                tree_test(test_read_forbidden),
                tree_test(test_link),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
