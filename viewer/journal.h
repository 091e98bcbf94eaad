/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The entries of the machine's journal, as `journalctl -o export` would write them. */
struct journal;

/*
 * Opens it at the first entry that has the field `match`, "SYSLOG_IDENTIFIER=runstatd", and is not
 * before `since_ns` after 1970.
 *
 * Returns 0, or -errno and a sentence in `error`; -EOPNOTSUPP when the program was built without
 * libsystemd. journal_close() accepts NULL.
 */
int journal_open(const char *match, uint64_t since_ns, struct buf *error, struct journal **ret);
void journal_close(struct journal *journal);

/*
 * Writes the next entry to `text`, its fields that matter. Returns 1, with a length of 0 for one
 * that does not fit; 0 when there is none yet; -errno.
 */
int journal_next(struct journal *journal, char *text, size_t size, size_t *ret_len);
