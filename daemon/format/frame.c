/* SPDX-License-Identifier: MIT */
#include "format/frame.h"

#include <string.h>

/* What entries begin with: the first one is from the journal, the second one from journal_write().
 * No line of another format does. */
static const char *const beginnings[] = {"__CURSOR=", "__REALTIME_TIMESTAMP=", "MESSAGE=source="};

/* Whether text that may go on is one line, or the begin of an entry; undecided is neither. */
static void decide(struct frame *frame, const char *text, size_t len)
{
        bool can_become = false;

        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
                const size_t wanted = strlen(beginnings[i]);

                if (memcmp(text, beginnings[i], len < wanted ? len : wanted) != 0)
                        continue;
                if (len >= wanted)
                        frame->state = FRAME_NAME;
                can_become = true;
        }
        if (!can_become)
                frame->state = FRAME_LINE;
}

/* Moves behind the next newline; false when there is none. */
static bool skip_line(struct frame *frame, const char *text, size_t len)
{
        const char *end = memchr(text + frame->at, '\n', len - frame->at);

        frame->at = end ? (size_t)(end - text) + 1 : len;
        return end;
}

/* One byte of "NAME=value", of the "NAME" of a binary field, or the empty line behind an entry.
 * Returns whether the entry ends. */
static bool take_name_byte(struct frame *frame, char c)
{
        frame->at++;
        if (c == '=') {
                frame->state = FRAME_VALUE;
        } else if (c == '\n') {
                if (frame->name_len == 0)
                        return true;
                frame->state = FRAME_SIZE;
                frame->n_size_bytes = 0;
                frame->binary_len = 0;
        } else {
                frame->name_len++;
        }
        return false;
}

/* Sizes are little-endian. One that no memory can have does not wrap around. */
static void take_size_byte(struct frame *frame, unsigned char c)
{
        frame->at++;
        frame->binary_len |= (uint64_t)c << (8 * frame->n_size_bytes);
        if (++frame->n_size_bytes < 8)
                return;
        if (frame->binary_len < UINT64_MAX)
                frame->binary_len++;
        frame->state = FRAME_BINARY;
}

static void begin_name(struct frame *frame)
{
        frame->state = FRAME_NAME;
        frame->name_len = 0;
}

static void skip_binary(struct frame *frame, size_t len)
{
        const size_t room = len - frame->at;

        if (frame->binary_len > room) {
                frame->binary_len -= room;
                frame->at = len;
                return;
        }
        frame->at += (size_t)frame->binary_len;
        begin_name(frame);
}

/* Whether the line or entry ends in this text; `frame->at` is then behind it. */
static bool find_end(struct frame *frame, const char *text, size_t len)
{
        while (frame->at < len) {
                switch (frame->state) {
                case FRAME_UNDECIDED:
                        decide(frame, text, len);
                        if (frame->state == FRAME_UNDECIDED)
                                return false;
                        break;
                case FRAME_LINE:
                        return skip_line(frame, text, len);
                case FRAME_NAME:
                        if (take_name_byte(frame, text[frame->at]))
                                return true;
                        break;
                case FRAME_VALUE:
                        if (skip_line(frame, text, len))
                                begin_name(frame);
                        break;
                case FRAME_SIZE:
                        take_size_byte(frame, (unsigned char)text[frame->at]);
                        break;
                case FRAME_BINARY:
                        skip_binary(frame, len);
                        break;
                }
        }
        return false;
}

size_t frame_next(struct frame *frame, const char *text, size_t len)
{
        size_t end;

        if (!find_end(frame, text, len))
                return 0;
        end = frame->at;
        *frame = (struct frame){0};
        return end;
}

void frame_drop(struct frame *frame)
{
        frame->at = 0;
        if (frame->state == FRAME_UNDECIDED)
                frame->state = FRAME_LINE;
}
