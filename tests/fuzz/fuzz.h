/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/root.h"
#include "model/record.h"
#include "model/sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* What must hold whatever the input is. It ends the program, which is how a fuzzer learns of it. */
#define require(condition)                                                                         \
        do {                                                                                       \
                if (!(condition)) {                                                                \
                        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
                        abort();                                                                   \
                }                                                                                  \
        } while (0)

/* A target gets any bytes, and hands them to what reads such. */
struct fuzz_target {
        const char *name; /* of its folder in corpus/, too */
        void (*run)(const uint8_t *data, size_t size);
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t n_fuzz_targets;

/* The bytes as text: a copy that ends in a NUL, in memory of exactly that size; free() it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A temporary folder in which many files are one, so that each of their parsers gets the input. */
struct fuzz_tree {
        char path[64];
        struct root root;
        struct scratch scratch;
        int input; /* that file */
};

/* Makes it on the first call, for as long as the program runs; `paths` end in NULL. */
struct fuzz_tree *fuzz_tree(struct fuzz_tree *tree, const char *const *paths);

/* A file of its own, which always says the same. */
void fuzz_tree_file(struct fuzz_tree *tree, const char *path, const void *bytes, size_t size);

void fuzz_tree_put(struct fuzz_tree *tree, const uint8_t *data, size_t size);

/* Each line of what formats make of a record is well-formed, and is read back. */
void fuzz_check_record(const struct record *record);
void fuzz_check_sample(const struct sample *sample);

/* Text in the form of "heroku": "key=value" tokens, a space between two, a newline at the end. */
void fuzz_check_line(const char *line, size_t len);
