/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* The bytes of the character in UTF-8 (RFC 3629) that the text begins with: 1 to 4; 0 when the
 * first byte begins none, or is the NUL. */
size_t utf8_len(const char *text);
