/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
        TICK_BYTES = 256 * 1024,
        LINE_BYTES = 8 * 1024,
};

struct output {
        struct sink *sink;
        const struct format *format;
        enum prefix prefix;
        int status;
        uint64_t now_ns, wall_ns;

        uint64_t n_dropped; /* lines since the start */
        struct {
                uint64_t n_lines, n_bytes, since_ns;
        } unsaid;
        size_t notice_len; /* of the line at the begin of the buffer that tells of them */

        struct buf lines;
        struct record notice;
        char memory[TICK_BYTES];
};

void output_change(
        struct output *output, struct sink *sink, const struct format *format, enum prefix prefix)
{
        const bool entries = sink_takes_entries(sink);

        output->sink = sink;
        output->format = entries ? &format_journal : format;
        output->prefix = entries ? PREFIX_NONE : prefix;
}

int output_new(
        struct sink *sink, const struct format *format, enum prefix prefix, struct output **ret)
{
        struct output *output = calloc(1, sizeof(*output)); /* pages cost nothing until used */

        if (!output)
                return -ENOMEM;
        output_change(output, sink, format, prefix);
        buf_init(&output->lines, output->memory, sizeof(output->memory));
        *ret = output;
        return 0;
}

void output_free(struct output *output)
{
        free(output);
}

static void note_dropped(struct output *output, const char *text, size_t len)
{
        if (len == 0)
                return;
        if (output->unsaid.n_lines == 0)
                output->unsaid.since_ns = output->now_ns;
        output->unsaid.n_bytes += len;
        for (size_t i = 0; i < len; i++) {
                if (text[i] == output->format->end) {
                        output->unsaid.n_lines++;
                        output->n_dropped++;
                }
        }
}

static void flush(struct output *output)
{
        const char *text = output->lines.text;
        size_t taken = 0, len = output->lines.len;

        if (len == 0)
                return;
        output->status = sink_write(output->sink, text, len, &taken);
        if (taken < output->notice_len)
                taken = output->notice_len; /* it was not lost, it will be said later */
        else if (output->notice_len > 0)
                memset(&output->unsaid, 0, sizeof(output->unsaid));
        note_dropped(output, text + taken, len - taken);
        buf_truncate(&output->lines, 0);
        output->notice_len = 0;
}

/* Begins a line; returns where. */
static size_t begin_line(struct output *output, const struct record *record)
{
        size_t start;

        if (output->lines.size - output->lines.len < LINE_BYTES)
                flush(output);
        start = output->lines.len;
        prefix_write(output->prefix, record->source, output->wall_ns, &output->lines);
        return start;
}

/* Ends the line that began at `start`. */
static void end_line(struct output *output, size_t start)
{
        struct buf *lines = &output->lines;

        buf_add_char(lines, output->format->end);
        if (lines->overflow) {
                note_dropped(output, lines->text + start, lines->len - start);
                note_dropped(output, &output->format->end, 1);
                buf_truncate(lines, start);
        }
}

/* In the platform's log stream some samples have messages behind them. */
static void add_messages(struct output *output, const struct record *record)
{
        for (unsigned i = 0;; i++) {
                const size_t start = begin_line(output, record);

                if (!output->format->write_message(record, i, &output->lines)) {
                        buf_truncate(&output->lines, start);
                        return;
                }
                end_line(output, start);
        }
}

void output_record(struct output *output, const struct record *record)
{
        const size_t start = begin_line(output, record);

        output->format->write(record, &output->lines);
        end_line(output, start);
        if (output->prefix == PREFIX_LOGPLEX && output->format->write_message)
                add_messages(output, record);
}

void output_begin(struct output *output, uint64_t now_ns, uint64_t wall_ns, const char *source,
        const char *dyno)
{
        output->now_ns = now_ns;
        output->wall_ns = wall_ns;
        if (output->unsaid.n_lines == 0)
                return;
        record_event(EVENT_DROPPED, source, dyno, &output->notice);
        record_add_number(&output->notice, "lines", output->unsaid.n_lines);
        record_add_number(&output->notice, "bytes", output->unsaid.n_bytes);
        record_add_number(&output->notice, "since_s",
                (now_ns - output->unsaid.since_ns) / UINT64_C(1000000000));
        output_record(output, &output->notice);
        output->notice_len = output->lines.len;
}

void output_end(struct output *output)
{
        flush(output);
}

void output_finish(struct output *output)
{
        const size_t n_bytes = sink_finish(output->sink);

        if (n_bytes == 0)
                return;
        if (output->unsaid.n_lines++ == 0)
                output->unsaid.since_ns = output->now_ns;
        output->unsaid.n_bytes += n_bytes;
        output->n_dropped++;
}

int output_status(const struct output *output)
{
        return output->status;
}

uint64_t output_dropped(const struct output *output)
{
        return output->n_dropped;
}

uint64_t output_dropped_unsaid(const struct output *output)
{
        return output->unsaid.n_lines;
}
