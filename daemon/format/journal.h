/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "model/record.h"

/*
 * The fields of one journal entry, "KEY=value" and a newline each, as systemd's "Native Journal
 * Protocol" has them: MESSAGE (the heroku line), PRIORITY, SYSLOG_IDENTIFIER, MESSAGE_ID,
 * RUNSTAT_SOURCE, RUNSTAT_DYNO, and RUNSTAT_<KEY> for each field. Bytes and counts are whole
 * numbers; times are whole microseconds, and their key ends in _USEC. Control characters in texts
 * become '?', so that no text adds a field.
 */
void journal_write(const struct record *record, struct measure wall_ns, struct buf *entry);
