/* SPDX-License-Identifier: MIT */
#include "format/format.h"

#include <errno.h>
#include <string.h>

#include "heroku.h"
#include "journal.h"
#include "json.h"
#include "logfmt.h"
#include "prometheus.h"
#include "sentence.h"
#include "table.h"

/* clang-format off */
static const struct format formats[] = {
        {.name = "heroku", .end = '\n', .write = heroku_write,
         .write_message = heroku_write_message},
        {.name = "logfmt", .end = '\n', .is_whole = true, .write = logfmt_write},
        {.name = "json", .end = '\n', .is_whole = true, .write = json_write},
        {.name = "table", .end = '\n', .is_whole = true, .write = sentence_write,
         .write_next = table_write_next},
};
/* clang-format on */

const char format_names[] = "heroku, logfmt, json or table";

const struct format format_journal = {.name = "journal", .end = '\0', .write = journal_write};
const struct format format_prometheus = {
        .name = "prometheus", .end = '\n', .write_next = prometheus_write_next};

const char prefix_names[] = "none, logplex or rfc5424";

const struct format *format_find(const char *name)
{
        for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
                if (strcmp(formats[i].name, name) == 0)
                        return &formats[i];
        }
        return NULL;
}

int prefix_find(const char *name, enum prefix *ret)
{
        static const char *const names[] = {
                [PREFIX_NONE] = "none",
                [PREFIX_LOGPLEX] = "logplex",
                [PREFIX_RFC5424] = "rfc5424",
        };

        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                if (strcmp(names[i], name) == 0) {
                        *ret = (enum prefix)i;
                        return 0;
                }
        }
        return -EINVAL;
}

/* The civil date of a day after 1970-01-01. Eras of 400 years have 146097 days; a year that begins
 * in March has its leap day at the end. */
static void split_day(uint64_t day, uint64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
        const uint64_t shifted = day + 719468; /* since 0000-03-01 */
        const uint64_t era = shifted / 146097, day_of_era = shifted % 146097;
        const uint64_t year_of_era =
                (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        const uint64_t day_of_year =
                day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        const unsigned month = (unsigned)(5 * day_of_year + 2) / 153; /* 0 is March */

        *ret_day = (unsigned)day_of_year - (153 * month + 2) / 5 + 1;
        *ret_month = month < 10 ? month + 3 : month - 9;
        *ret_year = era * 400 + year_of_era + (*ret_month <= 2);
}

/* "2026-01-05T00:00:00.000000+00:00": two readers refuse a Z. The C library's gmtime_r() would
 * open the time zone's file. */
void time_write(uint64_t wall_ns, struct buf *ret)
{
        const uint64_t seconds = wall_ns / 1000000000;
        uint64_t year;
        unsigned month, day;

        split_day(seconds / 86400, &year, &month, &day);
        buf_add_u64(ret, year, 4);
        buf_add_char(ret, '-');
        buf_add_u64(ret, month, 2);
        buf_add_char(ret, '-');
        buf_add_u64(ret, day, 2);
        buf_add_char(ret, 'T');
        buf_add_u64(ret, seconds / 3600 % 24, 2);
        buf_add_char(ret, ':');
        buf_add_u64(ret, seconds / 60 % 60, 2);
        buf_add_char(ret, ':');
        buf_add_u64(ret, seconds % 60, 2);
        buf_add_char(ret, '.');
        buf_add_u64(ret, wall_ns / 1000 % 1000000, 6);
        buf_add(ret, "+00:00");
}

void prefix_write(enum prefix prefix, const char *source, uint64_t wall_ns, struct buf *line)
{
        if (prefix == PREFIX_NONE)
                return;
        if (prefix == PREFIX_RFC5424)
                buf_add(line, "<134>1 ");
        time_write(wall_ns, line);
        buf_add(line, prefix == PREFIX_RFC5424 ? " host heroku " : " heroku[");
        buf_add(line, source);
        buf_add(line, prefix == PREFIX_RFC5424 ? " - " : "]: ");
}

/* "335 ", the bytes of the line behind it, its newline included: RFC 6587, octet counting. */
void prefix_complete(enum prefix prefix, size_t start, struct buf *line)
{
        char memory[32];
        struct buf count;

        if (prefix != PREFIX_RFC5424)
                return;
        buf_init(&count, memory, sizeof(memory));
        buf_add_u64(&count, line->len - start, 0);
        buf_add_char(&count, ' ');
        buf_insert(line, start, memory);
}
