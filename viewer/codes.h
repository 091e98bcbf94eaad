/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "format/platform.h"
#include "minute.h"

/* How often the platform has said which error. */

enum { CODES_KINDS_MAX = 64 };

struct code {
        char code[PLATFORM_CODE_BYTES];
        char text[PLATFORM_TEXT_BYTES];
        uint64_t total;
        uint64_t t_ms; /* of the last one */
        struct minute minute;
};

struct codes {
        size_t n;
        struct code items[CODES_KINDS_MAX]; /* by their name */
};

/* Counts one at `t_ms`. `text` may be "". */
void codes_add(struct codes *codes, const char *code, const char *text, uint64_t t_ms);

/* What the platform's documentation calls an error of that code; "" for another. */
const char *code_text(const char *code);
