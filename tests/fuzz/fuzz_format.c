/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "format/format.h"
#include "targets.h"

/* The next piece of the text. */
static char *take_text(char **rest)
{
        char *text = *rest ? strsep(rest, "\n") : NULL;

        return text ? text : *rest;
}

/* Texts that others choose are in an event, one a line of the input; they add nothing to it. */
void fuzz_format(const uint8_t *data, size_t size)
{
        static const char *const keys[] = {"parent_comm", "limit_by", "child_comm", "what"};
        char *text = fuzz_text(data, size), *rest = text;
        char memory[65536];
        struct record record;
        struct buf entry;

        record_event(
                size > 0 ? (enum event)(data[0] % N_EVENTS) : EVENT_GONE, "web.1", "d", &record);
        for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
                const char *value = take_text(&rest);

                if (!value || strlen(value) > 1000)
                        break;
                record_add_text(&record, keys[i], value);
        }
        record_add_number(&record, "count", size);
        fuzz_check_record(&record);
        buf_init(&entry, memory, sizeof(memory));
        format_journal.write(&record, &entry);
        require(!entry.overflow && entry.len > 0);
        free(text);
}
