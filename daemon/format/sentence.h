/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "base/measure.h"
#include "model/record.h"

enum {
        SENTENCE_DATE_BYTES = 11, /* of "2026-01-05 " */
        SENTENCE_MARK = 9,        /* behind the date: where the mark is */
        SENTENCE_TEXT = 11,       /* and where the text begins */
};

/*
 * An event for people: "2026-01-05 12:00:20 ! web.1: puma (812) of web.service never waits for its
 * children: 11 zombies". The mark is '-' for what is good to know, '*' for a warning, and '!' for
 * an error. Of texts of others, bytes that drive a terminal become '?'.
 */
void sentence_write(const struct record *record, struct measure wall_ns, struct buf *line);

/* "21.2M", "512M", "0": five columns at most. */
void sentence_add_size(struct buf *line, uint64_t bytes);
