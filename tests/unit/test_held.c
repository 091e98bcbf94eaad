/* SPDX-License-Identifier: MIT */
#include "base/held.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "tree.h"

static void hold(struct tree *tree, size_t n_max)
{
        assert_int_equal(held_new(n_max, &tree->root.held), 0);
}

static struct held_folder *top(struct tree *tree)
{
        return held_folder(&tree->root, "", 0);
}

static int *tag_of(struct tree *tree, const char *name)
{
        return held_tag(top(tree), name);
}

static bool lives(struct tree *tree, const char *name)
{
        return held_lives(&tree->root, top(tree), name, &tree->scratch);
}

static void let_go(struct tree *tree)
{
        held_free(tree->root.held);
        tree->root.held = NULL;
}

static void expect_text(struct tree *tree, const char *path, const char *text)
{
        assert_int_equal(root_read_held(&tree->root, path, &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, text);
}

/* What is written to a file that is open is read from the next round on. */
static void write_to(struct tree *tree, const char *path, const char *text)
{
        FILE *file = fopen(tree_path(tree, path), "r+");

        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void test_rounds(void **state)
{
        struct tree *tree = *state;

        hold(tree, 10);
        tree_file(tree, "a", "1\n");
        expect_text(tree, "a", "1\n");
        write_to(tree, "a", "2\n");
        expect_text(tree, "a", "1\n");
        assert_int_equal(held_read(&tree->root, top(tree), "a", true, &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, "2\n");
        expect_text(tree, "a", "2\n");

        write_to(tree, "a", "3\n");
        held_begin_round(tree->root.held);
        expect_text(tree, "a", "3\n");
        let_go(tree);
}

/* The last long text of a round is known, others are read again. */
static void test_long_texts(void **state)
{
        struct tree *tree = *state;
        char text[9000];

        memset(text, 'x', sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        hold(tree, 10);
        tree_file(tree, "long", text);
        text[5000] = '\0';
        tree_file(tree, "first", text);
        text[0] = 'y';
        tree_file(tree, "second", text);
        expect_text(tree, "second", text);
        text[0] = 'x';
        expect_text(tree, "first", text);
        text[0] = 'y';
        expect_text(tree, "second", text);
        write_to(tree, "second", "z");
        expect_text(tree, "second", text);
        text[0] = 'x';
        text[5000] = 'x';
        expect_text(tree, "long", text);
        write_to(tree, "long", "z");
        text[0] = 'z';
        expect_text(tree, "long", text);
        let_go(tree);
}

/* A file that comes is found in the next tick, unless it was missing for long. */
static void test_missing(void **state)
{
        struct tree *tree = *state;

        hold(tree, 10);
        assert_int_equal(root_read_held(&tree->root, "a", &tree->scratch), -ENOENT);
        tree_file(tree, "a", "1\n");
        assert_int_equal(root_read_held(&tree->root, "a", &tree->scratch), -ENOENT);
        assert_null(tag_of(tree, "a"));
        held_end_tick(tree->root.held);
        expect_text(tree, "a", "1\n");

        for (unsigned i = 0; i < 8; i++) {
                assert_int_equal(root_read_held(&tree->root, "b", &tree->scratch), -ENOENT);
                held_end_tick(tree->root.held);
        }
        tree_file(tree, "b", "2\n");
        for (unsigned i = 0; i < 7; i++) {
                assert_int_equal(root_read_held(&tree->root, "b", &tree->scratch), -ENOENT);
                held_end_tick(tree->root.held);
        }
        expect_text(tree, "b", "2\n");
        let_go(tree);
}

static void test_ticks(void **state)
{
        struct tree *tree = *state;
        struct held_files *held;

        hold(tree, 1000);
        held = tree->root.held;
        for (unsigned i = 0; i < 300; i++) {
                char name[16];

                snprintf(name, sizeof(name), "%u", i);
                tree_file(tree, name, name);
                expect_text(tree, name, name);
        }
        assert_int_equal(held_n_files(held), 300);
        held_end_tick(held);
        /* Of these every third is read in the next. */
        for (unsigned i = 0; i < 300; i += 3) {
                char name[16];

                snprintf(name, sizeof(name), "%u", i);
                expect_text(tree, name, name);
        }
        held_end_tick(held);
        assert_int_equal(held_n_files(held), 100);
        for (unsigned i = 0; i < 300; i++) {
                char name[16];

                snprintf(name, sizeof(name), "%u", i);
                expect_text(tree, name, name);
        }
        assert_int_equal(held_n_files(held), 300);
        let_go(tree);
}

static void test_room(void **state)
{
        struct tree *tree = *state;

        hold(tree, 1);
        tree_file(tree, "a", "1\n");
        tree_file(tree, "b", "2\n");
        expect_text(tree, "a", "1\n");
        expect_text(tree, "b", "2\n");
        assert_int_equal(held_n_files(tree->root.held), 1);
        write_to(tree, "b", "3\n");
        expect_text(tree, "b", "3\n");
        assert_null(tag_of(tree, "b"));
        let_go(tree);
        expect_text(tree, "b", "3\n");
}

static void test_tags(void **state)
{
        struct tree *tree = *state;
        int *tag;

        assert_null(top(tree));
        hold(tree, 10);
        tree_file(tree, "a", "1\n");
        assert_null(tag_of(tree, "a"));
        expect_text(tree, "a", "1\n");
        tag = tag_of(tree, "a");
        assert_non_null(tag);
        assert_int_equal(*tag, -1);
        *tag = 7;
        held_end_tick(tree->root.held);
        expect_text(tree, "a", "1\n");
        assert_int_equal(*tag_of(tree, "a"), 7);
        held_end_tick(tree->root.held);
        held_end_tick(tree->root.held);
        expect_text(tree, "a", "1\n");
        assert_int_equal(*tag_of(tree, "a"), -1);
        let_go(tree);
}

/* Whether what it is a file of is the same as before can be said from the third tick on. */
static void test_lives(void **state)
{
        struct tree *tree = *state;

        hold(tree, 10);
        tree_file(tree, "a", "1\n");
        assert_false(lives(tree, "a"));
        expect_text(tree, "a", "1\n");
        for (int i = 0; i < 4; i++) {
                assert_int_equal(lives(tree, "a"), i >= 2);
                assert_int_equal(lives(tree, "a"), i >= 2);
                expect_text(tree, "a", "1\n");
                held_end_tick(tree->root.held);
        }
        assert_false(lives(tree, "b"));
        let_go(tree);
}

static void test_folders(void **state)
{
        struct tree *tree = *state;
        int fd;

        assert_int_equal(root_hold_folder(&tree->root, "a"), -EMFILE);
        hold(tree, 1);
        assert_int_equal(root_hold_folder(&tree->root, "a"), -ENOENT);
        tree_folder(tree, "a");
        assert_int_equal(root_hold_folder(&tree->root, "a"), -ENOENT);
        held_begin_round(tree->root.held);
        fd = root_hold_folder(&tree->root, "a");
        assert_true(fd >= 0);
        assert_int_equal(root_hold_folder(&tree->root, "a"), fd);
        assert_int_equal(root_hold_folder(&tree->root, "b"), -EMFILE);
        held_release_folder(&tree->root, held_folder(&tree->root, "a", 1));
        held_release_folder(&tree->root, held_folder(&tree->root, "a", 1));
        assert_int_equal(held_n_files(tree->root.held), 0);
        let_go(tree);
}

/* The same names in many folders, some of which are used no more. */
static void test_many_folders(void **state)
{
        struct tree *tree = *state;
        struct held_files *held;

        hold(tree, 1000);
        held = tree->root.held;
        for (unsigned round = 0; round < 4; round++) {
                const unsigned step = round == 2 ? 7 : 1;

                for (unsigned i = 0; i < 200; i += step) {
                        char path[32], text[16];

                        snprintf(text, sizeof(text), "%u\n", i);
                        for (unsigned k = 0; k < 3; k++) {
                                snprintf(path, sizeof(path), "f%u/%c", i, 'a' + (int)k);
                                if (round == 0)
                                        tree_file(tree, path, text);
                                expect_text(tree, path, text);
                                if (k < 2)
                                        expect_text(tree, path, text);
                        }
                }
                held_end_tick(held);
                assert_int_equal(held_n_files(held), (199 / step + 1) * 3);
        }
        held_end_tick(held);
        assert_int_equal(held_n_files(held), 0);
        let_go(tree);
}

/* A file of a folder that goes on while another one is no longer read. */
static void test_one_of_two(void **state)
{
        struct tree *tree = *state;

        hold(tree, 10);
        tree_file(tree, "f/a", "1\n");
        tree_file(tree, "f/b", "2\n");
        expect_text(tree, "f/a", "1\n");
        expect_text(tree, "f/b", "2\n");
        held_end_tick(tree->root.held);
        expect_text(tree, "f/b", "2\n");
        held_end_tick(tree->root.held);
        assert_int_equal(held_n_files(tree->root.held), 1);
        write_to(tree, "f/b", "3\n");
        expect_text(tree, "f/b", "3\n");
        expect_text(tree, "f/a", "1\n");
        let_go(tree);
}

/* Reads ahead what a part of the tick will ask for. */
static void read_ahead(struct tree *tree, unsigned parts)
{
        struct held_files *held = tree->root.held;

        ahead_begin(held_ahead(held));
        held_add_ahead(held, top(tree), parts);
        ahead_read(held_ahead(held));
}

static void begin_tick(struct tree *tree)
{
        held_end_tick(tree->root.held);
        held_begin_round(tree->root.held);
}

/* A tick, in which files are asked for as in all others. */
static void ask_in_parts(struct tree *tree)
{
        held_begin_part(tree->root.held, 1);
        expect_text(tree, "first", "1\n");
        held_begin_part(tree->root.held, 2);
        expect_text(tree, "first", "1\n");
        expect_text(tree, "second", "2\n");
        begin_tick(tree);
}

static void make_first_and_second(struct tree *tree)
{
        hold(tree, 10);
        tree_file(tree, "first", "1\n");
        tree_file(tree, "second", "2\n");
        ask_in_parts(tree);
}

static void read_anew(struct tree *tree, const char *name, const char *text)
{
        assert_int_equal(held_read(&tree->root, top(tree), name, true, &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, text);
}

static void test_ahead(void **state)
{
        struct tree *tree = *state;

        make_first_and_second(tree);
        read_ahead(tree, 1 | 2);
        write_to(tree, "first", "3\n");
        write_to(tree, "second", "4\n");
        expect_text(tree, "first", "1\n");
        expect_text(tree, "first", "1\n");
        read_anew(tree, "first", "3\n");
        expect_text(tree, "first", "3\n");
        /* It was read in this tick, and nobody asked so far. */
        read_anew(tree, "second", "2\n");
        read_anew(tree, "second", "4\n");
        let_go(tree);
}

/* What a part of the tick asks for is read ahead for that one alone. */
static void test_parts(void **state)
{
        struct tree *tree = *state;

        make_first_and_second(tree);
        for (unsigned part = 1; part <= 2; part++) {
                read_ahead(tree, part);
                write_to(tree, "first", "3\n");
                write_to(tree, "second", "4\n");
                expect_text(tree, "first", part == 1 ? "1\n" : "3\n");
                expect_text(tree, "second", part == 2 ? "2\n" : "4\n");
                write_to(tree, "first", "1\n");
                write_to(tree, "second", "2\n");
                begin_tick(tree);
        }
        let_go(tree);
}

/* What was read ahead for others, or in a tick that is over, is not what is there now. */
static void test_forgotten(void **state)
{
        struct tree *tree = *state;

        make_first_and_second(tree);
        read_ahead(tree, 1 | 2);
        write_to(tree, "first", "3\n");
        ahead_begin(held_ahead(tree->root.held));
        expect_text(tree, "first", "3\n");
        expect_text(tree, "second", "2\n");
        begin_tick(tree);

        read_ahead(tree, 1 | 2);
        write_to(tree, "second", "4\n");
        begin_tick(tree);
        expect_text(tree, "second", "4\n");
        let_go(tree);
}

/* A long one is there as often as it is asked for; one that is too long is read when it is. */
static void test_long_ahead(void **state)
{
        struct tree *tree = *state;
        char text[5001];

        memset(text, 'x', sizeof(text) - 1);
        text[1000] = '\0';
        hold(tree, 10);
        tree_file(tree, "first", text);
        tree_file(tree, "second", "2\n");
        for (unsigned i = 0; i < 3; i++) {
                held_begin_part(tree->root.held, 1);
                expect_text(tree, "first", text);
                expect_text(tree, "second", "2\n");
                begin_tick(tree);
                read_ahead(tree, 1);
                if (i == 0) {
                        write_to(tree, "first", "y");
                        expect_text(tree, "first", text);
                        expect_text(tree, "first", text);
                        text[1000] = 'x';
                        text[sizeof(text) - 1] = '\0';
                        write_to(tree, "first", text);
                }
                /* It is in the way of what is behind it once. */
                write_to(tree, "second", "4\n");
                expect_text(tree, "second", i == 1 ? "4\n" : "2\n");
                write_to(tree, "second", "2\n");
                begin_tick(tree);
        }
        let_go(tree);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_rounds),
                tree_test(test_long_texts),
                tree_test(test_missing),
                tree_test(test_ticks),
                tree_test(test_room),
                tree_test(test_tags),
                tree_test(test_lives),
                tree_test(test_folders),
                tree_test(test_many_folders),
                tree_test(test_one_of_two),
                tree_test(test_ahead),
                tree_test(test_parts),
                tree_test(test_forgotten),
                tree_test(test_long_ahead),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
