/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A key and its value where they stand in a line, the escapes of both resolved. The byte behind
 * each is none of another pair, so that it may become a NUL. */
struct pair {
        char *key;
        size_t key_len;
        char *value;
        size_t value_len;
};

/* The pairs of one line, in their order. */
struct pairs {
        size_t n;
        struct pair items[256];
};

/*
 * Each takes a line apart, up to a NUL byte. Returns false when the line is not of that form, is
 * not complete, or has too many pairs; `*ret` is then undefined.
 */
bool pairs_split_logfmt(char *text, struct pairs *ret); /* "source=web.1 comm=\"a b\"" */
bool pairs_split_json(char *text, struct pairs *ret);   /* one object; what is nested is left out */

/* The same for an entry of `journalctl -o export`, of which any byte may be 0. */
bool pairs_split_entry(char *text, size_t len, struct pairs *ret);

/* The pair of that key, or NULL. */
const struct pair *pairs_find(const struct pairs *pairs, const char *key);
