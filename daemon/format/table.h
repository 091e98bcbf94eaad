/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "format/format.h"

/*
 * The next line of a page for people in a terminal: a header when the last one has left the screen,
 * a row a target, and what there is to say below, wrapped. Columns stay where they are from one
 * header to the next. It needs `board->screen`.
 */
bool table_write_next(const struct board *board, struct cursor *cursor, struct buf *line);
