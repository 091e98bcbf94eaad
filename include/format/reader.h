/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "model/record.h"
#include "model/sample.h"

/* Reads back what formats write, and what others put before it. All of it is hostile. */

enum {
        READING_DYNO_MAX_BYTES = 128,  /* the NUL included */
        READING_WORD_MAX_BYTES = 32,   /* of `event`, `state` and `level` */
        READING_TEXT_MAX_BYTES = 1024, /* of a field's text */
        READING_MAX_FIELDS = 45
};

/* What one line, or one entry of the journal, says. Texts lie in the text that was read. */
struct reading {
        struct measure wall_ns; /* after 1970 (UTC); unknown when it does not say */
        const char *source;     /* a valid name, see name_is_valid() */
        const char *dyno;
        bool is_event;

        /* of samples */
        uint32_t groups; /* bits 1 << enum group: those that it has keys of */
        struct sample sample;

        /* of an event */
        const char *event, *state, *level; /* "" when it does not say */
        struct field
                fields[READING_MAX_FIELDS]; /* what else it says, each as a text as well; keys are
                                             * lower-case letters, digits and underscores */
        size_t n_fields;
};

/*
 * Reads the line, or the entry of `journalctl -o export`, of `len` bytes at `text`, with its end or
 * without. It is written to, and so is `text[len]`. A time that has no year is the last one that
 * is no more than a day after `now_ns`.
 *
 * It takes the formats heroku (with all that the platform itself has printed since 2013), logfmt
 * and json; nothing before them, or what logplex, syslog (RFC 3164, RFC 5424 with and without a
 * count of bytes before) and journalctl (short, short-iso, short-full, …) put there, also one
 * behind another; and the journal's entries as export and json. Numbers are returned in the units
 * of `struct sample`. A number that is not of its key's form, or stands there twice, is unknown.
 *
 * Returns whether it is a line of samples or an event; on false `*ret` is undefined.
 */
bool reader_read(char *text, size_t len, uint64_t now_ns, struct reading *ret);
