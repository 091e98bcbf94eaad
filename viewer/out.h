/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text that grows as it is appended to. Where memory is short nothing is appended any more, and
 * `failed` is set: look once, at the end. All 0: empty.
 */
struct out {
        char *text; /* not NUL-terminated; NULL when empty */
        size_t len, size;
        bool failed;
};

void out_done(struct out *out);
void out_bytes(struct out *out, const char *bytes, size_t len);
void out_text(struct out *out, const char *text);
void out_char(struct out *out, char c);
void out_u64(struct out *out, uint64_t number);
__attribute__((format(printf, 2, 3))) void out_printf(struct out *out, const char *format, ...);

/* With at most so many places, and no zeros at its end: "2.5". NAN is not to be given. */
void out_double(struct out *out, double number, unsigned places);

/* A text that others chose, as part of one line for people: '?' for control characters and for
 * what is not UTF-8. */
void out_shown(struct out *out, const char *text);

/* The length of the character of UTF-8 at `text`, or 0 when there is none. */
size_t utf8_len(const char *text);

/* "2026-01-05T00:00:00.000Z" */
void out_time(struct out *out, uint64_t t_ms);
