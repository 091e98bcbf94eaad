/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

/* How a line prints its numbers. */
enum form {
        FORM_HEROKU,  /* "sample#memory_rss=21.22MB": units behind the numbers */
        FORM_PLAIN,   /* "memory_rss=22249472": logfmt and json; bytes, and seconds with places */
        FORM_JOURNAL, /* "RUNSTAT_SELF_CPU_USEC=1234567" */
};

/*
 * Reads all of a text of `len` bytes, which need not end there, as the number of a key of that
 * unit: bytes, pages, hundredths, nanoseconds, or of FORM_JOURNAL microseconds. Places for which
 * there is no room are cut off. Returns false when it is none, or too large.
 */
bool number_read(enum form form, enum unit unit, const char *text, size_t len, uint64_t *ret);
