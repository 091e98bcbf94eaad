/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Text built by appending into memory the caller owns. An append that does not fit appends
 * nothing and sets `overflow`, as does every later one: look once, at the end. The text is always
 * NUL-terminated.
 */
struct buf {
        char *text;
        size_t size; /* of the memory, the terminating NUL included; at least 1 */
        size_t len;
        bool overflow;
};

void buf_init(struct buf *buf, char *memory, size_t size);

/* Back to the first `len` bytes, and fit for appending again. `len` must not exceed `buf->len`. */
void buf_truncate(struct buf *buf, size_t len);

/* These are here for lines, which are made of some hundred pieces: the length of a literal is
 * known, and a byte is stored and not copied. */
static inline void buf_add_bytes(struct buf *buf, const char *bytes, size_t len)
{
        if (buf->overflow || len >= buf->size - buf->len) {
                buf->overflow = true;
                return;
        }
        memcpy(buf->text + buf->len, bytes, len);
        buf->len += len;
        buf->text[buf->len] = '\0';
}

static inline void buf_add(struct buf *buf, const char *text)
{
        buf_add_bytes(buf, text, strlen(text));
}

static inline void buf_add_char(struct buf *buf, char c)
{
        buf_add_bytes(buf, &c, 1);
}

/* A text that others chose, for people to read: '?' for each byte that would end a line or drive a
 * terminal. */
void buf_add_shown(struct buf *buf, const char *text);
/* Inserts the text before the byte `at`, which must not exceed `buf->len`. */
void buf_insert(struct buf *buf, size_t at, const char *text);

/* The number in decimal, with leading zeros up to `width` digits. */
void buf_add_u64(struct buf *buf, uint64_t number, unsigned width);

/* As printf does. Not for the tick: it is slow, and some conversions allocate. */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);
