/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "test.h"

/* Two appends to memory of `size` bytes. */
static void test_add(void **state)
{
        static const struct {
                const char *name, *first, *second;
                size_t size;
                const char *text;
                bool overflow;
        } rows[] = {
                {"nothing",              "",     "",   1, "",     false},
                {"no room at all",       "a",    "",   1, "",     true },
                {"fills it",             "ab",   "cd", 5, "abcd", false},
                {"one byte too many",    "ab",   "cd", 4, "ab",   true },
                {"the first too long",   "abcd", "",   4, "",     true },
                {"small after overflow", "abcd", "e",  4, "",     true },
                {"empty when full",      "abc",  "",   4, "abc",  false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[8] = "xxxxxxx";
                struct buf buf;

                buf_init(&buf, memory, rows[i].size);
                check_text(rows[i].name, memory, "");
                buf_add(&buf, rows[i].first);
                buf_add(&buf, rows[i].second);
                check_text(rows[i].name, buf.text, rows[i].text);
                check_u64(rows[i].name, buf.len, strlen(rows[i].text));
                check_int(rows[i].name, buf.overflow, rows[i].overflow);
        }
}

/* After an overflow nothing more is appended, in whichever way, until the text is cut. */
static void test_overflow_lasts(void **state)
{
        char memory[8];
        struct buf buf;

        (void)state;
        buf_init(&buf, memory, sizeof(memory));
        buf_add(&buf, "abc");
        buf_add(&buf, "too long");
        buf_add_char(&buf, 'd');
        buf_add_u64(&buf, 4, 0);
        buf_add_bytes(&buf, "", 0);
        buf_printf(&buf, "%d", 5);
        assert_string_equal(buf.text, "abc");
        assert_true(buf.overflow);

        buf_truncate(&buf, 2);
        assert_false(buf.overflow);
        buf_add(&buf, "cdefg");
        assert_string_equal(buf.text, "abcdefg");
        assert_false(buf.overflow);
        buf_truncate(&buf, buf.len);
        assert_string_equal(buf.text, "abcdefg");
        buf_truncate(&buf, 0);
        assert_string_equal(buf.text, "");
}

static void test_bytes(void **state)
{
        char memory[8];
        struct buf buf;

        (void)state;
        buf_init(&buf, memory, sizeof(memory));
        buf_add_bytes(&buf, "a\0b", 3);
        buf_add_bytes(&buf, "cdef", 2);
        assert_int_equal(buf.len, 5);
        assert_memory_equal(memory, "a\0bcd", 6);
}

static void test_u64(void **state)
{
        static const struct {
                uint64_t number;
                unsigned width;
                const char *text;
        } rows[] = {
                {0,          0,  "0"                   },
                {0,          2,  "00"                  },
                {7,          1,  "7"                   },
                {7,          2,  "07"                  },
                {10,         2,  "10"                  },
                {123,        2,  "123"                 },
                {5,          20, "00000000000000000005"},
                {UINT64_MAX, 0,  "18446744073709551615"},
                {UINT64_MAX, 20, "18446744073709551615"},
        };
        uint64_t seed = 1;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[32];
                struct buf buf;

                buf_init(&buf, memory, sizeof(memory));
                buf_add_u64(&buf, rows[i].number, rows[i].width);
                check_text(rows[i].text, buf.text, rows[i].text);
        }
        for (unsigned i = 0; i < 10000; i++) {
                const uint64_t number = random_size(&seed);
                const unsigned width = random_below(&seed, 21);
                char memory[32], expected[32];
                struct buf buf;

                buf_init(&buf, memory, sizeof(memory));
                buf_add_u64(&buf, number, width);
                snprintf(expected, sizeof(expected), "%0*" PRIu64, (int)width, number);
                check_text(expected, buf.text, expected);
        }
}

static void test_u64_needs_room(void **state)
{
        char memory[4];
        struct buf buf;

        (void)state;
        buf_init(&buf, memory, sizeof(memory));
        buf_add_u64(&buf, 123, 0);
        assert_string_equal(buf.text, "123");
        buf_truncate(&buf, 0);
        buf_add_u64(&buf, 1234, 0);
        assert_string_equal(buf.text, "");
        assert_true(buf.overflow);
}

static void test_printf(void **state)
{
        static const struct {
                const char *name, *word, *text;
                bool overflow;
        } rows[] = {
                {"fits",                "cd",     "ab<cd>",  false},
                {"fills it",            "cde",    "ab<cde>", false},
                {"one byte too many",   "cdef",   "ab",      true },
                {"many bytes too many", "cdefgh", "ab",      true },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[8];
                struct buf buf;

                buf_init(&buf, memory, sizeof(memory));
                buf_add(&buf, "ab");
                buf_printf(&buf, "<%s>", rows[i].word);
                check_text(rows[i].name, buf.text, rows[i].text);
                check_u64(rows[i].name, buf.len, strlen(rows[i].text));
                check_int(rows[i].name, buf.overflow, rows[i].overflow);
        }
}

static void test_shown(void **state)
{
        char memory[64];
        struct buf buf;

        (void)state;
        buf_init(&buf, memory, sizeof(memory));
        buf_add_shown(&buf, "a\nb\x1b[2J\x7f %s \xff");
        assert_string_equal(buf.text, "a?b?[2J? %s \xff");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_add),
                cmocka_unit_test(test_overflow_lasts),
                cmocka_unit_test(test_bytes),
                cmocka_unit_test(test_u64),
                cmocka_unit_test(test_u64_needs_room),
                cmocka_unit_test(test_printf),
                cmocka_unit_test(test_shown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
