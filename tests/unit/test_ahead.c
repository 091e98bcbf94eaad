/* SPDX-License-Identifier: MIT */
#include "base/ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "test.h"
#include "tree.h"

/* Closed when the test ends, as the program does. */
static int open_file(struct tree *tree, const char *path)
{
        const int fd = openat(tree->root.fd, path, O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        return fd;
}

static int open_letters(struct tree *tree, size_t n)
{
        tree_letters(tree, "letters", n);
        return open_file(tree, "letters");
}

static void expect_text(const struct ahead *ahead, struct ahead_text which, const char *wanted)
{
        const char *text;
        size_t len;

        assert_int_equal(ahead_find(ahead, which, &text, &len), 0);
        assert_string_equal(text, wanted);
        assert_int_equal(len, strlen(wanted));
}

static int error_of(const struct ahead *ahead, struct ahead_text which)
{
        const char *text;
        size_t len;

        return ahead_find(ahead, which, &text, &len);
}

static void test_texts(void **state)
{
        struct tree *tree = *state;
        struct ahead_text none = {0}, first, second, third;
        struct ahead *ahead;

        tree_file(tree, "a", "1\n");
        tree_file(tree, "b", "");
        tree_file(tree, "c", "a longer one\nof two lines\n");
        assert_int_equal(ahead_new(&ahead), 0);
        assert_int_equal(error_of(ahead, none), -ESTALE);

        ahead_begin(ahead);
        ahead_begin_chain(ahead);
        first = ahead_add(ahead, open_file(tree, "a"));
        second = ahead_add(ahead, open_file(tree, "b"));
        third = ahead_add(ahead, open_file(tree, "c"));
        assert_int_equal(error_of(ahead, first), -ESTALE);
        ahead_read(ahead);
        expect_text(ahead, first, "1\n");
        expect_text(ahead, second, "");
        expect_text(ahead, third, "a longer one\nof two lines\n");
        assert_int_equal(error_of(ahead, none), -ESTALE);

        ahead_begin(ahead);
        assert_int_equal(error_of(ahead, first), -ESTALE);
        second = ahead_add(ahead, open_file(tree, "c"));
        ahead_read(ahead);
        assert_int_equal(error_of(ahead, first), -ESTALE);
        expect_text(ahead, second, "a longer one\nof two lines\n");
        ahead_free(ahead);
        ahead_free(NULL);
}

/* After one that cannot be read none of its chain is, and those of others are. */
static void test_chains(void **state)
{
        struct tree *tree = *state;
        struct ahead_text before, broken, after, other, folder;
        struct ahead *ahead;

        tree_file(tree, "a", "1\n");
        tree_folder(tree, "f");
        assert_int_equal(ahead_new(&ahead), 0);
        ahead_begin(ahead);
        ahead_begin_chain(ahead);
        before = ahead_add(ahead, open_file(tree, "a"));
        broken = ahead_add(ahead, open_letters(tree, 3072));
        after = ahead_add(ahead, open_file(tree, "a"));
        ahead_begin_chain(ahead);
        other = ahead_add(ahead, open_file(tree, "a"));
        ahead_begin_chain(ahead);
        folder = ahead_add(ahead, open_file(tree, "f"));
        ahead_read(ahead);
        expect_text(ahead, before, "1\n");
        assert_int_equal(error_of(ahead, broken), -EFBIG);
        assert_int_equal(error_of(ahead, after), -ESTALE);
        expect_text(ahead, other, "1\n");
        assert_int_equal(error_of(ahead, folder), -EISDIR);
        ahead_free(ahead);
}

/* There is room for so many texts, and for so many files. */
static void test_room(void **state)
{
        enum { N = 300 };
        struct tree *tree = *state;
        struct ahead_text texts[N];
        struct ahead *ahead;
        size_t n_read = 0, n_added = 0;
        int fd = open_letters(tree, 3071);

        assert_int_equal(ahead_new(&ahead), 0);
        ahead_begin(ahead);
        for (size_t i = 0; i < N; i++) {
                ahead_begin_chain(ahead);
                texts[i] = ahead_add(ahead, fd);
        }
        ahead_read(ahead);
        while (n_read < N && error_of(ahead, texts[n_read]) == 0)
                n_read++;
        assert_in_range(n_read, 16, 64);
        for (n_added = n_read; error_of(ahead, texts[n_added]) == -ENOBUFS;)
                n_added++;
        assert_int_equal(n_added, 256);
        for (size_t i = n_added; i < N; i++)
                assert_int_equal(error_of(ahead, texts[i]), -ESTALE);

        /* What was forgotten makes room. */
        ahead_begin(ahead);
        texts[0] = ahead_add(ahead, fd);
        ahead_read(ahead);
        assert_int_equal(error_of(ahead, texts[0]), 0);
        ahead_free(ahead);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_texts),
                tree_test(test_chains),
                tree_test(test_room),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
