/* SPDX-License-Identifier: MIT */
#pragma once

#include "out.h"
#include "view.h"

/* What was read, as a page of text for terminals and tickets: a summary, the targets, the worst
 * first, with their peaks, who is to blame, and what happened. Texts of others cannot drive a
 * terminal. */
void report_write(const struct view *view, struct out *ret);
