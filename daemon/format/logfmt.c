/* SPDX-License-Identifier: MIT */
#include "logfmt.h"

#include <string.h>

#include "base/utf8.h"
#include "format/format.h"
#include "value.h"

/* Some readers take a backslash outside of quotes for an escape, and an empty value for none. */
static bool is_plain(const char *text)
{
        if (!*text)
                return false;
        while (*text) {
                const unsigned char c = (unsigned char)*text;
                const size_t len = utf8_len(text);

                if (len == 0 || c <= ' ' || c == 0x7f || strchr("=\"\\", c) ||
                        (c == 0xc2 && (unsigned char)text[1] < 0xa0))
                        return false;
                text += len;
        }
        return true;
}

static void add_text(struct buf *line, const char *text)
{
        if (is_plain(text))
                buf_add(line, text);
        else
                value_add_quoted(line, text);
}

void logfmt_write(const struct record *record, struct measure wall_ns, struct buf *line)
{
        if (wall_ns.known) {
                buf_add(line, "ts=");
                time_write(wall_ns.value, line);
                buf_add_char(line, ' ');
        }
        buf_add(line, "source=");
        add_text(line, record->source);
        buf_add(line, " dyno=");
        add_text(line, record->dyno);
        for (size_t i = 0; i < record->n_fields; i++) {
                const struct field *field = &record->fields[i];

                buf_add_char(line, ' ');
                buf_add(line, field->key);
                buf_add_char(line, '=');
                if (field->unit == UNIT_TEXT)
                        add_text(line, field->text);
                else
                        value_add_number(line, field);
        }
}
