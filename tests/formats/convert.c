/* SPDX-License-Identifier: MIT */

/*
 * Writes what our own reader finds in lines of any format and prefix, in a format of one's choice:
 *
 *   convert FORMAT PREFIX OUTPUT <lines
 *
 * Lines without a time are all of the first nanosecond of 1970.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "format/reader.h"
#include "run/output.h"

static void write_event(struct output *output, const struct reading *reading)
{
        static struct record record;

        record =
                (struct record){.source = reading->source, .dyno = reading->dyno, .is_event = true};
        for (unsigned i = 0; i < N_EVENTS; i++) {
                if (strcmp(record_event_name((enum event)i), reading->event) == 0)
                        record.event = (enum event)i;
        }
        for (unsigned i = 0; i < N_LEVELS; i++) {
                if (strcmp(record_level_name((enum level)i), reading->level) == 0)
                        record.level = (enum level)i;
        }
        record_add_text(&record, "event", reading->event);
        record_add_text(&record, "state", reading->state);
        record_add_text(&record, "level", reading->level);
        for (size_t i = 0; i < reading->n_fields; i++)
                record.fields[record.n_fields++] = reading->fields[i];
        output_record(output, &record);
}

int main(int argc, char **argv)
{
        static struct reading reading;
        char error_memory[256], *line = NULL;
        struct buf error;
        const struct format *format;
        enum prefix prefix;
        struct sink *sink;
        struct output *output;
        uint64_t tick_ns = 0;
        size_t size = 0;
        ssize_t len;

        if (argc != 4 || !(format = format_find(argv[1])) || prefix_find(argv[2], &prefix) < 0)
                errx(64, "usage: convert FORMAT PREFIX OUTPUT <lines");
        buf_init(&error, error_memory, sizeof(error_memory));
        if (sink_open(argv[3], &sink, &error) < 0)
                errx(1, "%s", error_memory);
        if (output_new(sink, format, prefix, &output) < 0)
                errx(1, "out of memory");
        while ((len = getline(&line, &size, stdin)) > 0) {
                if (!reader_read(
                            line, (size_t)len - 1, (uint64_t)time(NULL) * 1000000000, &reading))
                        errx(1, "cannot read '%s'", line);
                if (!reading.wall_ns.known)
                        reading.wall_ns = measure_of(1);
                if (reading.wall_ns.value != tick_ns) {
                        if (tick_ns != 0)
                                output_end_tick(output);
                        tick_ns = reading.wall_ns.value;
                        output_begin(output, tick_ns, tick_ns, "own.1", "d");
                }
                if (reading.is_event)
                        write_event(output, &reading);
                else
                        output_samples(output, reading.groups, &reading.sample, reading.source,
                                reading.dyno);
        }
        if (tick_ns != 0)
                output_end_tick(output);
        if (output_status(output) < 0 || output_dropped(output) > 0)
                errx(1, "not all could be written");
        output_free(output);
        sink_free(sink);
        free(line);
        return 0;
}
