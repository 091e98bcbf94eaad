/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <wchar.h>

#include "format/format.h"
#include "format/sentence.h"
#include "test.h"

/* A page as text. */
static void write_page(struct board *board, char *memory, size_t size)
{
        struct cursor cursor = {0};
        struct buf text;

        buf_init(&text, memory, size);
        while (format_find("table")->write_next(board, &cursor, &text))
                buf_add_char(&text, '\n');
        assert_false(text.overflow);
}

/* How many columns a line takes, escapes of colours left out; -1 when it would drive the terminal.
 */
static int columns_of(const char *line, size_t len)
{
        const char *const end = line + len;
        int columns = 0;

        while (line < end) {
                mbstate_t shift = {0};
                wchar_t c = 0;
                size_t n;

                if (*line == '\x1b') {
                        n = strspn(line + 1, "[0123456789;");
                        if (line[1 + n] != 'm')
                                return -1;
                        line += n + 2;
                        continue;
                }
                n = mbrtowc(&c, line, (size_t)(end - line), &shift);
                if (n == 0 || n > 4 || wcwidth(c) < 1)
                        return -1;
                columns += wcwidth(c);
                line += n;
        }
        return columns;
}

static void check_lines(const char *text, int columns)
{
        for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
                const int n = columns_of(text, (size_t)(end - text));

                check(text, n >= 0 && n <= columns);
        }
}

static void fill(struct board_target *target, const char *source, uint64_t value)
{
        struct measure *measures = (void *)&target->sample;

        *target = (struct board_target){.groups = 0xff, .page = 1, .wall_ns = 1};
        snprintf(target->source, sizeof(target->source), "%s", source);
        for (size_t i = 0; i < sizeof(target->sample) / sizeof(*measures); i++)
                measures[i] = measure_of(value);
}

/* Whatever the numbers, rows are as wide as the header, and no wider than the terminal. */
static void test_columns(void **state)
{
        static const uint64_t values[] = {0, 1, 999, 1000, 1023, 1024, 9999, 10000, 99999, 100000,
                1048575, 1048576, 104857599, 1073741823, 99999999999, UINT64_MAX / 2, UINT64_MAX};
        static struct board_target targets[ARRAY_SIZE(values)];
        static char memory[200000];

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(values); i++)
                fill(&targets[i],
                        i % 2 ? "a.1" : "a-name-that-is-longer-than-any-column-has-room.12",
                        values[i]);
        for (unsigned columns = 40; columns <= 300; columns++) {
                struct screen screen = {.columns = columns, .rows = 24, .is_coloured = columns % 2};
                struct board board = {.targets = targets,
                        .n_targets = ARRAY_SIZE(values),
                        .page = 1,
                        .wall_ns = 1,
                        .screen = &screen};
                int width = 0;

                write_page(&board, memory, sizeof(memory));
                check_lines(memory, (int)columns);
                for (const char *line = memory, *end; (end = strchr(line, '\n')); line = end + 1) {
                        const int n = columns_of(line, (size_t)(end - line));

                        if (line == memory)
                                width = n;
                        check_int(line, n, width);
                }
        }
}

/* What is said fits, whatever is in it, and drives no terminal. */
static void test_hostile(void **state)
{
        static const char *const texts[] = {"\x1b[2J\x07", "k\xc3\xa4se",
                "\xe6\xbc\xa2\xe5\xad\x97", "e\xcc\x81\xcc\x81",
                "\xe2\x80\xae"
                "evil",
                "\xc2\x9b"
                "31m",
                "\xff\xfe", "a b\nc", "", "\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};

        (void)state;
        if (!setlocale(LC_CTYPE, "C.UTF-8"))
                skip();
        for (size_t i = 0; i < ARRAY_SIZE(texts) * 4; i++) {
                struct screen screen = {.columns = i % 4 < 2 ? 40 : 80,
                        .rows = 24,
                        .is_utf8 = i % 2,
                        .is_coloured = true};
                char said[1024], memory[4096];
                struct buf line;
                struct board board = {.said = said, .screen = &screen};
                struct record record;

                record_event(EVENT_ZOMBIES, "web.1", "d", &record);
                record_add_number(&record, "parent_pid", 7);
                record_add_text(&record, "parent_comm", texts[i / 4]);
                record_add_number(&record, "zombies", 7);
                buf_init(&line, said, sizeof(said));
                format_find("table")->write(&record, measure_of(0), &line);
                check(said, !strchr(said, '\n'));
                buf_add_char(&line, '\n');
                write_page(&board, memory, sizeof(memory));
                check_lines(memory, (int)screen.columns);
                if (!screen.is_utf8) {
                        for (const char *c = memory; *c; c++)
                                check(memory, (unsigned char)*c < 0x80);
                }
        }
}

static void test_sizes(void **state)
{
        static const struct {
                uint64_t bytes;
                const char *text;
        } rows[] = {
                {0,          "0"    },
                {1023,       "1023" },
                {1024,       "1.0K" },
                {22250782,   "21.2M"},
                {104805171,  "99.9M"},
                {104857600,  "100M" },
                {536870912,  "512M" },
                {1073741823, "1024M"},
                {1073741824, "1.0G" },
                {UINT64_MAX, "16.0E"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[32];
                struct buf buf;

                buf_init(&buf, memory, sizeof(memory));
                sentence_add_size(&buf, rows[i].bytes);
                check_text(rows[i].text, memory, rows[i].text);
        }
}

/* The header comes with the first rows, and again when it would have left the screen. */
static void test_header(void **state)
{
        static struct board_target target;
        struct screen screen = {.columns = 80, .rows = 10};
        struct board board = {
                .targets = &target, .n_targets = 1, .page = 1, .wall_ns = 1, .screen = &screen};
        char memory[1024];

        (void)state;
        fill(&target, "web.1", 1);
        for (unsigned i = 0; i < 30; i++) {
                write_page(&board, memory, sizeof(memory));
                check_int("header", strncmp(memory, "UTC ", 4) == 0, i % 8 == 0);
        }
        target.page = 2; /* nothing to show: nothing is written */
        write_page(&board, memory, sizeof(memory));
        check_text("nothing", memory, "");
}

/* A sentence for each event, whatever of it is known. */
static void test_sentences(void **state)
{
        (void)state;
        for (unsigned i = 0; i < N_EVENTS * 2; i++) {
                struct record record;
                char memory[512];
                struct buf line;

                record_event((enum event)(i / 2), "web.1", "d", &record);
                if (i % 2)
                        record_leave(&record);
                buf_init(&line, memory, sizeof(memory));
                sentence_write(&record, measure_of(UINT64_C(1767571200000000000)), &line);
                check(memory, strncmp(memory, "2026-01-05 00:00:00 ", 20) == 0);
                check(memory, !strpbrk(memory, "[]{}"));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_columns),
                cmocka_unit_test(test_hostile),
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_header),
                cmocka_unit_test(test_sentences),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
