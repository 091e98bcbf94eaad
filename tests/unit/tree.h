/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/root.h"

/*
 * A temporary folder to put files into. Paths are relative to it, and the folders on the way are
 * made. What cannot be made fails the test.
 */
struct tree {
        char path[64];
        struct root root;       /* the folder, opened */
        struct scratch scratch; /* 64 KiB, without any NUL; the byte behind it cannot be touched */
};

/* A test that finds a new tree in its state; it is removed at the end. */
#define tree_test(function) cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)
int tree_setup(void **state);
int tree_teardown(void **state);

/* A file, in the place of the one that was there before. */
void tree_file(struct tree *tree, const char *path, const char *text);
void tree_bytes(struct tree *tree, const char *path, const void *bytes, size_t len);

/* A file of `size` letters. */
void tree_letters(struct tree *tree, const char *path, size_t size);

/* A folder. Where a file is looked for, even root gets an error from it other than "no such file".
 */
void tree_folder(struct tree *tree, const char *path);

void tree_link(struct tree *tree, const char *path, const char *target);
void tree_fifo(struct tree *tree, const char *path);

/* Removes a file, or a folder and all that is in it; not being there is fine. */
void tree_remove(struct tree *tree, const char *path);

/* The path as others see it: absolute, valid until the next call. */
const char *tree_path(struct tree *tree, const char *path);

/*
 * Forbids to read `path`, and stops being root, who may read all the same, until
 * tree_be_root_again(). Nothing can be made in between.
 */
void tree_forbid(struct tree *tree, const char *path);
void tree_be_nobody(void);
void tree_be_root_again(void);
