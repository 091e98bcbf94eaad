/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "sentence.h"
#include "table_cells.h"

enum {
        TIME_WIDTH = 8,
        STATE_WIDTH = 5,
        SOURCE_MIN = 10,
        SOURCE_MAX = 32,
        GAP_MAX = 2, /* spaces between columns */
};

/* SGR of ECMA-48. */
static const char *const tints[] = {
        [TINT_FAINT] = "\x1b[2m",
        [TINT_GOOD] = "\x1b[32m",
        [TINT_WARNING] = "\x1b[33m",
        [TINT_ERROR] = "\x1b[1;31m",
        [TINT_HEADER] = "\x1b[1m",
};

static void add_tinted(
        const struct screen *screen, enum tint tint, const char *text, size_t len, struct buf *line)
{
        const bool is_tinted = screen->is_coloured && tint != TINT_PLAIN;

        if (is_tinted)
                buf_add(line, tints[tint]);
        buf_add_bytes(line, text, len);
        if (is_tinted)
                buf_add(line, "\x1b[0m");
}

static void add_spaces(struct buf *line, unsigned n)
{
        while (n-- > 0)
                buf_add_char(line, ' ');
}

/* A row: a target that this page has a sample of, other than those of runstatd itself. */
static bool has_row(const struct board *board, const struct board_target *target)
{
        return target->page == board->page && target->wall_ns == board->wall_ns &&
               (target->groups & ~(UINT32_C(1) << GROUP_SELF));
}

static bool is_shown(const struct screen *screen, unsigned column)
{
        return screen->columns_shown & UINT64_C(1) << column;
}

/* The columns that there are samples for and that have room, with as much space between as there
 * is. */
static void choose_columns(struct screen *screen)
{
        unsigned width = TIME_WIDTH + 1 + screen->source_width + 1 + STATE_WIDTH, n = 1;

        screen->columns_shown = 0;
        for (unsigned rank = 1; rank <= TABLE_RANK_MAX; rank++) {
                for (unsigned i = 0; i < N_TABLE_COLUMNS; i++) {
                        if (table_columns[i].rank != rank ||
                                !(screen->groups & UINT32_C(1) << table_columns[i].group) ||
                                width + 1 + table_columns[i].width > screen->columns)
                                continue;
                        screen->columns_shown |= UINT64_C(1) << i;
                        width += 1 + table_columns[i].width;
                        n++;
                }
        }
        screen->gap = 1;
        if (screen->columns > width)
                screen->gap += (screen->columns - width) / n;
        if (screen->gap > GAP_MAX)
                screen->gap = GAP_MAX;
}

static unsigned count_rows(const struct board *board, uint32_t *ret_groups, unsigned *ret_longest)
{
        unsigned n = 0;

        *ret_groups = 0;
        *ret_longest = SOURCE_MIN;
        for (size_t i = 0; i < board->n_targets; i++) {
                const unsigned len = (unsigned)strlen(board->targets[i].source);

                if (!has_row(board, &board->targets[i]))
                        continue;
                n++;
                *ret_groups |= board->targets[i].groups;
                if (len > *ret_longest)
                        *ret_longest = len;
        }
        return n;
}

/* Lays the table out anew when the header is about to leave the screen, or no longer fits. */
static bool needs_header(const struct board *board)
{
        struct screen *screen = board->screen;
        const unsigned room = screen->columns / 6 > SOURCE_MIN ? screen->columns / 6 : SOURCE_MIN;
        unsigned longest, n;
        uint32_t groups;

        n = count_rows(board, &groups, &longest);
        if (n == 0)
                return false;
        if (screen->n_lines > 0 && screen->n_lines + n < screen->rows &&
                !(groups & ~screen->groups))
                return false;
        screen->groups = groups;
        screen->source_width = longest < room ? longest : room;
        if (screen->source_width > SOURCE_MAX)
                screen->source_width = SOURCE_MAX;
        choose_columns(screen);
        screen->n_lines = 0;
        return true;
}

/* A cell at the left, filled up with spaces. */
static void add_left(const struct screen *screen, enum tint tint, const char *text, unsigned width,
        struct buf *line)
{
        const unsigned len = (unsigned)strlen(text);

        add_tinted(screen, tint, text, len, line);
        add_spaces(line, width > len ? width - len : 0);
}

static void write_header(const struct screen *screen, struct buf *line)
{
        char memory[512];
        struct buf text;

        buf_init(&text, memory, sizeof(memory));
        add_left(&(struct screen){0}, TINT_PLAIN, "UTC", TIME_WIDTH + 1, &text);
        add_left(&(struct screen){0}, TINT_PLAIN, "SOURCE", screen->source_width + 1, &text);
        add_left(&(struct screen){0}, TINT_PLAIN, "STATE", STATE_WIDTH, &text);
        for (unsigned i = 0; i < N_TABLE_COLUMNS; i++) {
                if (!is_shown(screen, i))
                        continue;
                add_spaces(&text, screen->gap + table_columns[i].width -
                                          (unsigned)strlen(table_columns[i].title));
                buf_add(&text, table_columns[i].title);
        }
        add_tinted(screen, TINT_HEADER, memory, text.len, line);
}

/* The end of a name tells more than its middle: "app-web-fro~d.1". Sources are ASCII. */
static void write_source(const struct screen *screen, const char *source, struct buf *line)
{
        enum { TAIL = 3 };
        const unsigned len = (unsigned)strlen(source), width = screen->source_width;

        if (len <= width) {
                buf_add(line, source);
                add_spaces(line, width - len);
                return;
        }
        buf_add_bytes(line, source, width - TAIL - 1);
        buf_add_char(line, '~');
        buf_add(line, source + len - TAIL);
}

static void write_state(
        const struct screen *screen, const struct board_target *target, struct buf *line)
{
        static const struct {
                const char *word;
                enum tint tint;
        } levels[] = {
                [LEVEL_INFO] = {"info",  TINT_PLAIN  },
                [LEVEL_WARNING] = {"warn",  TINT_WARNING},
                [LEVEL_ERROR] = {"ERROR", TINT_ERROR  },
        };
        enum level level;

        if (board_level(target, &level))
                add_left(screen, levels[level].tint, levels[level].word, STATE_WIDTH, line);
        else if (target->sample.tasks.partial.known)
                add_left(screen, TINT_FAINT, "cut", STATE_WIDTH, line);
        else
                add_left(screen, TINT_GOOD, "ok", STATE_WIDTH, line);
}

static void add_clock(uint64_t wall_ns, struct buf *line)
{
        const uint64_t s = wall_ns / UINT64_C(1000000000);

        buf_add_u64(line, s / 3600 % 24, 2);
        buf_add_char(line, ':');
        buf_add_u64(line, s / 60 % 60, 2);
        buf_add_char(line, ':');
        buf_add_u64(line, s % 60, 2);
}

static void write_row(const struct board *board, const struct board_target *target, bool is_first,
        struct buf *line)
{
        const struct screen *screen = board->screen;

        if (is_first)
                add_clock(board->wall_ns, line);
        else
                add_spaces(line, TIME_WIDTH);
        buf_add_char(line, ' ');
        write_source(screen, target->source, line);
        buf_add_char(line, ' ');
        write_state(screen, target, line);
        for (unsigned i = 0; i < N_TABLE_COLUMNS; i++) {
                char memory[32];
                struct buf cell;
                enum tint tint = TINT_FAINT;

                if (!is_shown(screen, i))
                        continue;
                buf_init(&cell, memory, sizeof(memory));
                if (target->groups & UINT32_C(1) << table_columns[i].group)
                        tint = table_columns[i].write(target, &cell);
                else
                        table_add_unknown(&cell);
                add_spaces(line, screen->gap);
                if (cell.len < table_columns[i].width)
                        add_spaces(line, table_columns[i].width - (unsigned)cell.len);
                add_tinted(screen, tint, memory, cell.len, line);
        }
}

/* The columns that the character of `len` bytes takes; 0 for one that is shown as '?': what has no
 * width of its own would change its neighbours. */
static unsigned width_of(const struct screen *screen, const char *text, size_t len)
{
        mbstate_t shift = {0};
        wchar_t c;
        int width;

        if (len == 1)
                return 1;
        if (len == 0 || !screen->is_utf8 || mbrtowc(&c, text, len, &shift) != len)
                return 0;
        width = wcwidth(c);
        return width == 1 || width == 2 ? (unsigned)width : 0;
}

/* Adds a character, and moves behind it. Returns the columns it takes. */
static unsigned add_character(const struct screen *screen, const char **at, struct buf *line)
{
        const size_t len = utf8_len(*at);
        const unsigned width = width_of(screen, *at, len);

        if (width > 0)
                buf_add_bytes(line, *at, len);
        else
                buf_add_char(line, '?');
        *at += len > 0 ? len : 1;
        return width > 0 ? width : 1;
}

/* What fits into one line, up to a space where there is one; returns the length of that. */
static size_t wrap(const struct screen *screen, const char *text, unsigned width, struct buf *line)
{
        const char *at = text, *space = NULL;
        size_t space_len = 0;
        unsigned column = 0;

        while (*at && *at != '\n') {
                const char *next = at;
                const size_t before = line->len;
                const unsigned added = add_character(screen, &next, line);

                if (column + added > width && column > 0) {
                        buf_truncate(line, space ? space_len : before);
                        return (size_t)((space ? space + 1 : at) - text);
                }
                if (*at == ' ') {
                        space = at;
                        space_len = before;
                }
                column += added;
                at = next;
        }
        return (size_t)(at - text);
}

/* One line of what is said, from the byte `cursor->item` on. */
static bool write_said(const struct board *board, struct cursor *cursor, struct buf *line)
{
        const struct screen *screen = board->screen;
        const char *text = board->said ? board->said + cursor->item : "";
        const bool is_begin = !board->said || cursor->item == 0 || text[-1] == '\n';
        enum tint tint;
        char memory[4096];
        struct buf part;

        if (!*text)
                return false;
        buf_init(&part, memory, sizeof(memory));
        if (is_begin) {
                text += SENTENCE_DATE_BYTES;
                cursor->target = (unsigned char)text[SENTENCE_MARK]; /* for its further lines */
                buf_add_bytes(line, text, TIME_WIDTH + 1);
                text += TIME_WIDTH + 1;
        } else {
                add_spaces(line, SENTENCE_TEXT);
        }
        tint = cursor->target == '!'   ? TINT_ERROR
               : cursor->target == '*' ? TINT_WARNING
                                       : TINT_FAINT;
        text += wrap(screen, text,
                screen->columns - (unsigned)(is_begin ? SENTENCE_MARK : SENTENCE_TEXT), &part);
        add_tinted(screen, tint, memory, part.len, line);
        if (*text == '\n')
                text++;
        cursor->item = (size_t)(text - board->said);
        return true;
}

static bool next_row(const struct board *board, struct cursor *cursor, struct buf *line)
{
        for (; cursor->target < board->n_targets; cursor->target++) {
                const struct board_target *target = &board->targets[cursor->target];

                if (!has_row(board, target))
                        continue;
                write_row(board, target, cursor->item++ == 0, line);
                cursor->target++;
                return true;
        }
        return false;
}

bool table_write_next(const struct board *board, struct cursor *cursor, struct buf *line)
{
        enum { HEADER, ROWS, SAID };
        bool is_written = false;

        if (cursor->part == HEADER) {
                cursor->part = ROWS;
                is_written = needs_header(board);
                if (is_written)
                        write_header(board->screen, line);
        }
        if (!is_written && cursor->part == ROWS) {
                is_written = next_row(board, cursor, line);
                if (!is_written)
                        *cursor = (struct cursor){.part = SAID};
        }
        if (!is_written && cursor->part == SAID)
                is_written = write_said(board, cursor, line);
        board->screen->n_lines += is_written;
        return is_written;
}
