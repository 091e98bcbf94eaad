/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The names in a folder, in the order the kernel gives them, without an allocation: readdir(3) of
 * a folder that is held open. See getdents(2).
 */
struct folder_reader {
        int fd; /* borrowed; its offset is moved */
        char *buffer;
        size_t size;
        size_t len, at;     /* of the entries in the buffer */
        unsigned char type; /* of the last one: DT_DIR, …; DT_UNKNOWN where it is not told */
};

/* Reads from the start, or from an `offset` that folder_reader_next() gave. Returns 0 or -errno. */
int folder_reader_init(
        struct folder_reader *ret, int fd, char *buffer, size_t size, int64_t offset);

/*
 * The next name, valid until the next call; `*ret_next` is the offset behind it, if asked for.
 * Returns 1; 0 at the end; -errno from getdents64(2).
 */
int folder_reader_next(struct folder_reader *reader, const char **ret_name, int64_t *ret_next);

/* Whether the `name` that folder_reader_next() gave last is a folder's; a link to one is none. */
bool folder_reader_is_folder(const struct folder_reader *reader, const char *name);
