/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "format/format.h"
#include "value.h"

void json_write(const struct record *record, struct measure wall_ns, struct buf *line)
{
        buf_add_char(line, '{');
        if (wall_ns.known) {
                buf_add(line, "\"ts\":\"");
                time_write(wall_ns.value, line);
                buf_add(line, "\",");
        }
        buf_add(line, "\"source\":");
        value_add_quoted(line, record->source);
        buf_add(line, ",\"dyno\":");
        value_add_quoted(line, record->dyno);
        for (size_t i = 0; i < record->n_fields; i++) {
                const struct field *field = &record->fields[i];

                buf_add(line, ",\"");
                buf_add(line, field->key);
                buf_add(line, "\":");
                if (field->unit == UNIT_TEXT)
                        value_add_quoted(line, field->text);
                else
                        value_add_number(line, field);
        }
        buf_add_char(line, '}');
}
