/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "model/board.h"
#include "model/record.h"

/* How a cell is to be seen. */
enum tint {
        TINT_PLAIN,
        TINT_FAINT,
        TINT_GOOD,
        TINT_WARNING,
        TINT_ERROR,
        TINT_HEADER,
};

/* A column of the table, and what it shows of a target: writes a cell, of at most `width`
 * characters. */
struct table_column {
        const char *title;
        unsigned width, rank;
        enum group group;
        enum tint (*write)(const struct board_target *target, struct buf *cell);
};

/* What a cell says of a number that is not known. */
enum tint table_add_unknown(struct buf *cell);

/* From left to right. Where not all have room, those of a lower rank come first. */
enum { N_TABLE_COLUMNS = 23, TABLE_RANK_MAX = 6 };
extern const struct table_column table_columns[N_TABLE_COLUMNS];
