/* SPDX-License-Identifier: MIT */
#pragma once

#include "happenings.h"
#include "out.h"

/* What happened, in words for people, in English. Texts of others are in them as they were read. */

/* A few words for a row: "167 zombies of puma (812)". */
void words_title(const struct happening *happening, struct out *ret);

/* A sentence or two. */
void words_say(const struct happening *happening, struct out *ret);

/* Why, as far as that is known, and what can be done; NULL when there is nothing to say. */
const char *words_cause(const struct happening *happening);
const char *words_advice(const struct happening *happening);

/* "21.4 MB", "1 h 5 min", "512" */
void words_bytes(struct out *ret, double bytes);
void words_span(struct out *ret, double seconds);
void words_number(struct out *ret, double number);
