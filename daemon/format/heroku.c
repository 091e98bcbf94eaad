/* SPDX-License-Identifier: MIT */
#include "heroku.h"

#include <string.h>

/* Appends hundredths as "%.2f" would print their hundredth part. */
static void add_hundredths(struct buf *line, uint64_t hundredths)
{
        buf_add_u64(line, hundredths / 100, 0);
        buf_add_char(line, '.');
        buf_add_u64(line, hundredths % 100, 2);
}

/* Megabytes of 2^20 bytes with two places, a tie rounded to the even one as printf does. */
static void add_megabytes(struct buf *line, uint64_t bytes)
{
        const uint64_t mb = UINT64_C(1) << 20;
        uint64_t whole = bytes / mb, part = bytes % mb * 100;
        uint64_t hundredths = part / mb, rest = part % mb;

        if (rest > mb / 2 || (rest == mb / 2 && hundredths % 2 == 1))
                hundredths++;
        if (hundredths == 100) {
                whole++;
                hundredths = 0;
        }
        buf_add_u64(line, whole, 0);
        buf_add_char(line, '.');
        buf_add_u64(line, hundredths, 2);
        buf_add(line, "MB");
}

/* Seconds with six places; what is below a microsecond is cut off. */
static void add_seconds(struct buf *line, uint64_t ns)
{
        buf_add_u64(line, ns / 1000000000, 0);
        buf_add_char(line, '.');
        buf_add_u64(line, ns / 1000 % 1000000, 6);
        buf_add_char(line, 's');
}

static bool is_safe(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c && strchr("._:@/+-", c));
}

static void add_text(struct buf *line, const char *text)
{
        for (; *text; text++)
                buf_add_char(line, is_safe(*text) ? *text : '_');
}

static void add_value(struct buf *line, const struct field *field)
{
        switch (field->unit) {
        case UNIT_NONE:
                buf_add_u64(line, field->number, 0);
                break;
        case UNIT_HUNDREDTHS:
                add_hundredths(line, field->number);
                break;
        case UNIT_BYTES:
                add_megabytes(line, field->number);
                break;
        case UNIT_PAGES:
                buf_add_u64(line, field->number, 0);
                buf_add(line, "pages");
                break;
        case UNIT_NANOSECONDS:
                add_seconds(line, field->number);
                break;
        case UNIT_TEXT:
                add_text(line, field->text);
                break;
        }
}

void heroku_write(const struct record *record, struct buf *line)
{
        buf_add(line, "source=");
        add_text(line, record->source);
        buf_add(line, " dyno=");
        add_text(line, record->dyno);
        for (size_t i = 0; i < record->n_fields; i++) {
                const struct field *field = &record->fields[i];

                buf_add(line, record->is_event ? " " : " sample#");
                buf_add(line, field->key);
                buf_add_char(line, '=');
                add_value(line, field);
        }
}
