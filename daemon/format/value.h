/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "model/record.h"

/* What the formats for machines have in common. */

/*
 * The number of a field in base units: bytes and counts as they are, hundredths with two places,
 * nanoseconds as seconds with six places, or with nine where six would lose some.
 */
void value_add_number(struct buf *line, const struct field *field);

/*
 * The text in double quotes, with what is escaped in JSON (RFC 8259) escaped, and the other control
 * characters of Unicode, too. A byte that is no character in UTF-8 becomes U+FFFD.
 */
void value_add_quoted(struct buf *line, const char *text);
