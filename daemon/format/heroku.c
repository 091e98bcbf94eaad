/* SPDX-License-Identifier: MIT */
#include "heroku.h"

#include <string.h>

#include "base/text.h"

/* Appends hundredths as "%.2f" would print their hundredth part. */
static void add_hundredths(struct buf *line, uint64_t hundredths)
{
        buf_add_u64(line, hundredths / 100, 0);
        buf_add_char(line, '.');
        buf_add_u64(line, hundredths % 100, 2);
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
        /* '-', '.', '/', the digits and ':' follow each other. */
        return (c >= 'a' && c <= 'z') || (c >= '-' && c <= ':') || (c >= '@' && c <= 'Z') ||
               c == '_' || c == '+';
}

/* U+FFFD stands for one byte that was no text, in what other formats wrote and is read back. */
static void add_text(struct buf *line, const char *text)
{
        while (*text) {
                const char *from = text;

                while (is_safe(*text))
                        text++;
                buf_add_bytes(line, from, (size_t)(text - from));
                if (!*text)
                        break;
                buf_add_char(line, '_');
                text += text_after(text, "\xef\xbf\xbd") ? 3 : 1;
        }
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
                add_hundredths(line, record_hundredths_of_mb(field->number));
                buf_add(line, "MB");
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

void heroku_write(const struct record *record, struct measure wall_ns, struct buf *line)
{
        (void)wall_ns; /* it is in the prefix, if there is one */
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

static uint64_t find_number(const struct record *record, const char *key)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                if (strcmp(record->fields[i].key, key) == 0)
                        return record->fields[i].number;
        }
        return 0;
}

bool heroku_write_message(const struct record *record, unsigned index, struct buf *line)
{
        const uint64_t quota = find_number(record, "memory_quota");
        const uint64_t used =
                find_number(record, "memory_rss") + find_number(record, "memory_swap");
        uint64_t permille;

        if (record->is_event || quota == 0 || used <= quota || index > 1)
                return false;
        if (index == 1) {
                buf_add(line, used / 2 > quota ? "Error R15 (Memory quota vastly exceeded)"
                                               : "Error R14 (Memory quota exceeded)");
                return true;
        }
        permille = (uint64_t)((double)used * 1000 / (double)quota + 0.5);
        buf_add(line, "Process running mem=");
        buf_add_u64(line, find_number(record, "memory_total") >> 20, 0);
        buf_add(line, "M(");
        buf_add_u64(line, permille / 10, 0);
        buf_add_char(line, '.');
        buf_add_u64(line, permille % 10, 0);
        buf_add(line, "%)");
        return true;
}
