/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Texts of files that are read before somebody asks for them, one right after the other. Each time
 * the kernel was called the processor has little left of what it had before, so a program that
 * reads many files waits less when it reads some and then looks at all of them.
 *
 * They are made room for together, and forgotten together.
 */
struct ahead;

/* One of the texts; all 0 is one that was forgotten. */
struct ahead_text {
        uint32_t batch, index;
};

/* Returns 0 or -ENOMEM. ahead_free() accepts NULL. Only what is read costs memory. */
int ahead_new(struct ahead **ret);
void ahead_free(struct ahead *ahead);

/* Forgets all. */
void ahead_begin(struct ahead *ahead);

/* What is added from here on is a chain: after one that cannot be read none of it is, so that none
 * is older than one before it. */
void ahead_begin_chain(struct ahead *ahead);

/* Adds an open file such as file_reread() is for, which ahead_read() reads; all there is of it,
 * from its start. */
struct ahead_text ahead_add(struct ahead *ahead, int fd);
void ahead_read(struct ahead *ahead);

/*
 * The text, NUL-terminated, of `*ret_len` bytes, valid until it is forgotten. Returns 0; -ESTALE
 * when it was forgotten, or one before it in the chain could not be read; -ENOBUFS when there was
 * no room left; -EFBIG when it is longer than is worth it; else -errno from pread(2).
 */
int ahead_find(
        const struct ahead *ahead, struct ahead_text text, const char **ret, size_t *ret_len);
