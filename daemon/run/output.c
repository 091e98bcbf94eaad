/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "screen.h"

enum {
        TICK_BYTES = 256 * 1024,
        LINE_BYTES = 8 * 1024,
        SAID_BYTES = 32 * 1024,
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
        struct record record; /* room for one */
        /* of a format that writes pages: */
        struct board board;
        struct screen screen;
        struct buf said; /* what stands below, until the page is written */
        char memory[TICK_BYTES], said_memory[SAID_BYTES];
};

void output_change(
        struct output *output, struct sink *sink, const struct format *format, enum prefix prefix)
{
        const bool entries = sink_takes_entries(sink);

        output->sink = sink;
        output->format = entries ? &format_journal : format;
        if (sink_takes_pages(sink))
                output->format = &format_prometheus;
        output->prefix = entries || output->format->write_next ? PREFIX_NONE : prefix;
        output_look_at_screen(output);
}

bool output_is_complete(const struct output *output)
{
        return sink_takes_pages(output->sink);
}

void output_look_at_screen(struct output *output)
{
        if (output->format->write_next)
                screen_look(output->sink, &output->screen);
}

int output_new(
        struct sink *sink, const struct format *format, enum prefix prefix, struct output **ret)
{
        struct output *output = pages_new(sizeof(*output));

        if (!output)
                return -ENOMEM;
        output_change(output, sink, format, prefix);
        output->board.screen = &output->screen;
        output->board.said = output->said_memory;
        /* What is empty already is not written to: it would be a page for those who show none. */
        output->said =
                (struct buf){.text = output->said_memory, .size = sizeof(output->said_memory)};
        buf_init(&output->lines, output->memory, sizeof(output->memory));
        *ret = output;
        return 0;
}

void output_free(struct output *output)
{
        if (output)
                free(output->board.targets);
        pages_free(output, sizeof(*output));
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
static size_t begin_line(struct output *output, const char *source)
{
        size_t start;

        if (output->lines.size - output->lines.len < LINE_BYTES)
                flush(output);
        start = output->lines.len;
        prefix_write(output->prefix, source, output->wall_ns, &output->lines);
        return start;
}

/* Ends the line that began at `start`. */
static void end_line(struct output *output, size_t start)
{
        struct buf *lines = &output->lines;

        buf_add_char(lines, output->format->end);
        if (!lines->overflow)
                prefix_complete(output->prefix, start, lines);
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
                const size_t start = begin_line(output, record->source);

                if (!output->format->write_message(record, i, &output->lines)) {
                        buf_truncate(&output->lines, start);
                        return;
                }
                end_line(output, start);
        }
}

/* The target of that name on the board, for which more memory may be asked; NULL without. */
static struct board_target *get_target(struct output *output, const char *source)
{
        struct board *board = &output->board;
        struct board_target *target = board_find(board, source), *grown;
        const size_t n_room = board->n_room > 0 ? 2 * board->n_room : 16;

        if (!target)
                target = board_add(board, source);
        if (target)
                return target;
        grown = reallocarray(board->targets, n_room, sizeof(*grown));
        if (!grown)
                return NULL;
        board->targets = grown;
        board->n_room = n_room;
        return board_add(board, source);
}

static void show_event(struct output *output, const struct record *record)
{
        struct board_target *target = get_target(output, record->source);
        struct buf *said = &output->said;
        const size_t start = said->len;

        if (target)
                board_see_event(&output->board, target, record);
        if (!output->format->write)
                return;
        output->format->write(record, measure_of(output->wall_ns), said);
        buf_add_char(said, '\n');
        if (said->overflow) {
                note_dropped(output, said->text + start, said->len - start);
                note_dropped(output, "\n", 1);
                buf_truncate(said, start);
        }
}

void output_record(struct output *output, const struct record *record)
{
        size_t start;

        if (output->format->write_next) {
                show_event(output, record);
                return;
        }
        start = begin_line(output, record->source);
        output->format->write(record, measure_of(output->wall_ns), &output->lines);
        end_line(output, start);
        if (output->prefix != PREFIX_NONE && output->format->write_message)
                add_messages(output, record);
}

/* A target without samples stays on the board if it is there, for its events. */
static void show_samples(struct output *output, uint32_t groups, const struct sample *sample,
        const char *source, const char *dyno)
{
        const bool has_samples = record_whole(groups, sample, source, dyno, &output->record);
        struct board_target *target =
                has_samples ? get_target(output, source) : board_find(&output->board, source);

        if (target)
                board_see_samples(&output->board, target, has_samples ? groups : 0, sample, dyno);
}

void output_samples(struct output *output, uint32_t groups, const struct sample *sample,
        const char *source, const char *dyno)
{
        struct record *record = &output->record;

        if (output->format->write_next) {
                show_samples(output, groups, sample, source, dyno);
                return;
        }
        if (output->format->is_whole) {
                if (record_whole(groups, sample, source, dyno, record))
                        output_record(output, record);
                return;
        }
        for (unsigned i = 0; i < N_GROUPS; i++) {
                if ((groups & (UINT32_C(1) << i)) &&
                        record_samples((enum group)i, sample, source, dyno, record))
                        output_record(output, record);
        }
}

void output_begin(struct output *output, uint64_t now_ns, uint64_t wall_ns, const char *source,
        const char *dyno)
{
        output->now_ns = now_ns;
        output->wall_ns = wall_ns;
        board_begin(&output->board, wall_ns);
        if (output->unsaid.n_lines == 0)
                return;
        record_event(EVENT_DROPPED, source, dyno, &output->record);
        record_add_number(&output->record, "lines", output->unsaid.n_lines);
        record_add_number(&output->record, "bytes", output->unsaid.n_bytes);
        record_add_number(&output->record, "since_s",
                (now_ns - output->unsaid.since_ns) / UINT64_C(1000000000));
        output_record(output, &output->record);
        output->notice_len = output->lines.len;
}

/* A page is written whole, or the one before it stays. */
static void write_page(struct output *output)
{
        struct cursor cursor = {0};
        int r;

        for (;;) {
                const size_t start = begin_line(output, "");

                if (!output->format->write_next(&output->board, &cursor, &output->lines))
                        break;
                end_line(output, start);
        }
        buf_truncate(&output->said, 0);
        flush(output);
        r = sink_commit(output->sink);
        if (output->status == 0)
                output->status = r;
        if (output->status == 0)
                memset(&output->unsaid, 0, sizeof(output->unsaid)); /* the page has told */
}

void output_end(struct output *output)
{
        if (output->format->write_next)
                write_page(output);
        else
                flush(output);
}

void output_end_tick(struct output *output)
{
        board_forget(&output->board);
        output_end(output);
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
