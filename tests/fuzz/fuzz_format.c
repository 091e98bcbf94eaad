/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "format/format.h"
#include "format/reader.h"
#include "targets.h"

/* The next piece of the text. */
static char *take_text(char **rest)
{
        char *text = *rest ? strsep(rest, "\n") : NULL;

        return text ? text : *rest;
}

/* One line without a byte that drives a terminal, which is read back with as many fields. */
static void check_whole(const struct record *record, const char *name)
{
        char memory[65536];
        struct reading reading;
        struct buf line;

        buf_init(&line, memory, sizeof(memory));
        format_find(name)->write(record, measure_of(0), &line);
        require(!line.overflow);
        for (size_t i = 0; i < line.len; i++)
                require((unsigned char)memory[i] >= ' ' && memory[i] != 0x7f);
        if (strcmp(name, "table") == 0)
                return;
        require(reader_read(memory, line.len, 0, &reading) && reading.is_event);
        require(reading.n_fields + 3 == record->n_fields);
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
        check_whole(&record, "logfmt");
        check_whole(&record, "json");
        check_whole(&record, "table");
        buf_init(&entry, memory, sizeof(memory));
        format_journal.write(&record, (struct measure){0}, &entry);
        require(!entry.overflow && entry.len > 0);
        free(text);
}
