/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <string.h>

#include "base/utf8.h"

static void add_seconds(struct buf *line, uint64_t ns)
{
        buf_add_u64(line, ns / 1000000000, 0);
        buf_add_char(line, '.');
        if (ns % 1000 == 0)
                buf_add_u64(line, ns % 1000000000 / 1000, 6);
        else
                buf_add_u64(line, ns % 1000000000, 9);
}

void value_add_number(struct buf *line, const struct field *field)
{
        switch (field->unit) {
        case UNIT_HUNDREDTHS:
                buf_add_u64(line, field->number / 100, 0);
                buf_add_char(line, '.');
                buf_add_u64(line, field->number % 100, 2);
                return;
        case UNIT_NANOSECONDS:
                add_seconds(line, field->number);
                return;
        default:
                buf_add_u64(line, field->number, 0);
        }
}

static void add_escape(struct buf *line, unsigned char c)
{
        static const char digits[] = "0123456789abcdef";
        static const char bytes[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
        const char *known = strchr(bytes, c);

        buf_add_char(line, '\\');
        if (known) {
                buf_add_char(line, letters[known - bytes]);
                return;
        }
        buf_add(line, "u00");
        buf_add_char(line, digits[c >> 4]);
        buf_add_char(line, digits[c & 15]);
}

void value_add_quoted(struct buf *line, const char *text)
{
        buf_add_char(line, '"');
        while (*text) {
                const size_t len = utf8_len(text);
                const unsigned char c = (unsigned char)*text, next = (unsigned char)text[1];

                if (len == 0)
                        buf_add(line, "\xef\xbf\xbd");
                else if (len == 1 && (c < ' ' || c == 0x7f || c == '"' || c == '\\'))
                        add_escape(line, c);
                else if (len == 2 && c == 0xc2 &&
                         next < 0xa0) /* U+0080 to U+009F drive terminals */
                        add_escape(line, next);
                else
                        buf_add_bytes(line, text, len);
                text += len > 0 ? len : 1;
        }
        buf_add_char(line, '"');
}
