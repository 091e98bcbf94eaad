/* SPDX-License-Identifier: MIT */
#pragma once

#include "out.h"

/*
 * Appends JSON, with the commas where they have to be. `key` is NULL in an array. The text can
 * stand in an element <script> of HTML: what could end that is escaped.
 */

void json_open(struct out *out, const char *key, char bracket);
void json_close(struct out *out, char bracket);
void json_key(struct out *out, const char *key);
void json_u64(struct out *out, const char *key, uint64_t number);
void json_double(struct out *out, const char *key, double number, unsigned places);
void json_bool(struct out *out, const char *key, bool value);
void json_null(struct out *out, const char *key);

/* A text that others chose: valid UTF-8 without control characters comes of it. */
void json_text(struct out *out, const char *key, const char *text);
