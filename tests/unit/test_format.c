/* SPDX-License-Identifier: MIT */
#include "format/format.h"

#include <time.h>

#include "test.h"

#define MB UINT64_C(1048576)

static void test_find(void **state)
{
        enum prefix prefix = PREFIX_LOGPLEX;

        (void)state;
        assert_string_equal(format_find("heroku")->name, "heroku");
        assert_string_equal(format_find("logfmt")->name, "logfmt");
        assert_string_equal(format_find("json")->name, "json");
        assert_null(format_find("Heroku"));
        assert_null(format_find("heroku "));
        assert_null(format_find(""));

        assert_int_equal(prefix_find("", &prefix), -EINVAL);
        assert_int_equal(prefix_find("Logplex", &prefix), -EINVAL);
        assert_int_equal(prefix, PREFIX_LOGPLEX);
        assert_int_equal(prefix_find("none", &prefix), 0);
        assert_int_equal(prefix, PREFIX_NONE);
        assert_int_equal(prefix_find("logplex", &prefix), 0);
        assert_int_equal(prefix, PREFIX_LOGPLEX);
        assert_int_equal(prefix_find("rfc5424", &prefix), 0);
        assert_int_equal(prefix, PREFIX_RFC5424);
}

/* Writes one value as the heroku format does. */
static void write_value(enum unit unit, uint64_t number, const char *text, char *ret, size_t size)
{
        const struct record record = {
                .source = "s",
                .dyno = "d",
                .fields = {{.key = "k", .unit = unit, .number = number, .text = text}},
                .n_fields = 1,
        };
        static const char start[] = "source=s dyno=d sample#k=";
        struct buf line;

        buf_init(&line, ret, size);
        format_find("heroku")->write(&record, (struct measure){0}, &line);
        assert_false(line.overflow);
        assert_memory_equal(ret, start, sizeof(start) - 1);
        memmove(ret, ret + sizeof(start) - 1, line.len + 1 - (sizeof(start) - 1));
}

static void test_values(void **state)
{
        static const struct {
                enum unit unit;
                uint64_t number;
                const char *text;
        } rows[] = {
                {UNIT_NONE,        0,          "0"                    },
                {UNIT_NONE,        UINT64_MAX, "18446744073709551615" },
                {UNIT_HUNDREDTHS,  0,          "0.00"                 },
                {UNIT_HUNDREDTHS,  5,          "0.05"                 },
                {UNIT_HUNDREDTHS,  50,         "0.50"                 },
                {UNIT_HUNDREDTHS,  246,        "2.46"                 },
                {UNIT_HUNDREDTHS,  10000,      "100.00"               },
                {UNIT_HUNDREDTHS,  UINT64_MAX, "184467440737095516.15"},
                {UNIT_BYTES,       0,          "0.00MB"               },
                {UNIT_BYTES,       1,          "0.00MB"               },
                {UNIT_BYTES,       5242,       "0.00MB"               },
                {UNIT_BYTES,       5243,       "0.01MB"               },
                {UNIT_BYTES,       22250782,   "21.22MB"              },
                {UNIT_BYTES,       MB - 1,     "1.00MB"               },
                {UNIT_BYTES,       MB,         "1.00MB"               },
                {UNIT_BYTES,       512 * MB,   "512.00MB"             },
                {UNIT_BYTES,       MB / 8,     "0.12MB"               },
                {UNIT_BYTES,       MB / 8 * 3, "0.38MB"               },
                {UNIT_BYTES,       MB / 8 * 5, "0.62MB"               },
                {UNIT_BYTES,       MB / 8 * 7, "0.88MB"               },
                {UNIT_BYTES,       UINT64_MAX, "17592186044416.00MB"  },
                {UNIT_PAGES,       348836,     "348836pages"          },
                {UNIT_PAGES,       0,          "0pages"               },
                {UNIT_NANOSECONDS, 0,          "0.000000s"            },
                {UNIT_NANOSECONDS, 999,        "0.000000s"            },
                {UNIT_NANOSECONDS, 1000,       "0.000001s"            },
                {UNIT_NANOSECONDS, 5123456789, "5.123456s"            },
                {UNIT_NANOSECONDS, 1999999999, "1.999999s"            },
                {UNIT_NANOSECONDS, UINT64_MAX, "18446744073.709551s"  },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char text[128];

                write_value(rows[i].unit, rows[i].number, NULL, text, sizeof(text));
                check_text(rows[i].text, text, rows[i].text);
        }
}

/* Up to 2^53 a double holds the number, and its quotient by a power of two, without an error. */
static void test_megabytes_as_printf_does(void **state)
{
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 200000; i++) {
                uint64_t bytes = random_size(&seed) >> 11;
                char text[128], expected[64];

                if (i % 4 == 0) /* near the edges of rounding */
                        bytes = bytes / MB * MB + MB * random_below(&seed, 200) / 200 +
                                random_below(&seed, 3) - 1;
                if (bytes >> 53)
                        continue;
                write_value(UNIT_BYTES, bytes, NULL, text, sizeof(text));
                snprintf(expected, sizeof(expected), "%.2fMB", (double)bytes / 1048576.0);
                check_text(expected, text, expected);
        }
}

/* The formats for machines: base units, nothing lost. */
static void test_base_units(void **state)
{
        static const struct {
                enum unit unit;
                uint64_t number;
                const char *text;
        } rows[] = {
                {UNIT_NONE,        0,          "0"                    },
                {UNIT_NONE,        UINT64_MAX, "18446744073709551615" },
                {UNIT_HUNDREDTHS,  5,          "0.05"                 },
                {UNIT_HUNDREDTHS,  UINT64_MAX, "184467440737095516.15"},
                {UNIT_BYTES,       22250782,   "22250782"             },
                {UNIT_PAGES,       348836,     "348836"               },
                {UNIT_NANOSECONDS, 0,          "0.000000"             },
                {UNIT_NANOSECONDS, 999,        "0.000000999"          },
                {UNIT_NANOSECONDS, 5123456000, "5.123456"             },
                {UNIT_NANOSECONDS, 5123456789, "5.123456789"          },
                {UNIT_NANOSECONDS, UINT64_MAX, "18446744073.709551615"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct record record = {
                        .source = "s",
                        .dyno = "d",
                        .fields = {{.key = "k", .unit = rows[i].unit, .number = rows[i].number}},
                        .n_fields = 1,
                };
                char memory[256], expected[256];
                struct buf line;

                buf_init(&line, memory, sizeof(memory));
                format_find("logfmt")->write(&record, measure_of(0), &line);
                snprintf(expected, sizeof(expected),
                        "ts=1970-01-01T00:00:00.000000+00:00 source=s dyno=d k=%s", rows[i].text);
                check_text(rows[i].text, memory, expected);
                buf_truncate(&line, 0);
                format_find("json")->write(&record, measure_of(0), &line);
                snprintf(expected, sizeof(expected),
                        "{\"ts\":\"1970-01-01T00:00:00.000000+00:00\",\"source\":\"s\","
                        "\"dyno\":\"d\",\"k\":%s}",
                        rows[i].text);
                check_text(rows[i].text, memory, expected);
        }
}

/* Texts as logfmt has them; JSON has the same, in quotes. */
static void test_quoting(void **state)
{
        static const struct {
                const char *text, *expected;
        } rows[] = {
                {"puma",               "puma"                     },
                {"a.b_c:d@e/f+g-'[{#", "a.b_c:d@e/f+g-'[{#"       },
                {"",                   "\"\""                     },
                {"a b",                "\"a b\""                  },
                {"a=b",                "\"a=b\""                  },
                {"a\"b",               "\"a\\\"b\""               },
                {"a\\b",               "\"a\\\\b\""               },
                {"\n\r\t",             "\"\\n\\r\\t\""            },
                {"\x01\x1b\x7f",       "\"\\u0001\\u001b\\u007f\""},
                {"k\xc3\xa4se",        "k\xc3\xa4se"              },
                {"\xc2\x9b",           "\"\\u009b\""              },
                {"k\xe4se",            "\"k\xef\xbf\xbdse\""      },
                {"\"",                 "\"\\\"\""                 },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct record record = {
                        .source = "s",
                        .dyno = rows[i].text,
                        .is_event = true,
                        .fields = {{.key = "k", .unit = UNIT_TEXT, .text = rows[i].text}},
                        .n_fields = 1,
                };
                const char *quote = *rows[i].expected == '"' ? "" : "\"";
                char memory[256], expected[256];
                struct buf line;

                buf_init(&line, memory, sizeof(memory));
                format_find("logfmt")->write(&record, (struct measure){0}, &line);
                snprintf(expected, sizeof(expected), "source=s dyno=%s k=%s", rows[i].expected,
                        rows[i].expected);
                check_text(rows[i].text, memory, expected);
                buf_truncate(&line, 0);
                format_find("json")->write(&record, (struct measure){0}, &line);
                snprintf(expected, sizeof(expected),
                        "{\"source\":\"s\",\"dyno\":%s%s%s,\"k\":%s%s%s}", quote, rows[i].expected,
                        quote, quote, rows[i].expected, quote);
                check_text(rows[i].text, memory, expected);
        }
}

/* What others choose becomes one word without a special byte. */
static void test_text(void **state)
{
        static const struct {
                const char *text, *expected;
        } rows[] = {
                {"unit.5f2c",             "unit.5f2c"            },
                {"azAZ09._:@/+-",         "azAZ09._:@/+-"        },
                {"",                      ""                     },
                {"a b",                   "a_b"                  },
                {"a\nsource=x",           "a_source_x"           },
                {"\t\r\x1b[0m\x7f",       "____0m_"              },
                {"\"quoted'\\",           "_quoted__"            },
                {"k\xc3\xa4se",           "k__se"                },
                {"k\xef\xbf\xbdse",       "k_se"                 }, /* one byte that was no text */
                {"sample#x=1",            "sample_x_1"           },
                {"a,;%&|()[]{}<>*?!$~^`", "a____________________"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char text[128];

                write_value(UNIT_TEXT, 0, rows[i].text, text, sizeof(text));
                check_text(rows[i].text, text, rows[i].expected);
        }
        for (int c = 1; c < 256; c++) {
                const char word[] = {(char)c, '\0'};
                char text[128], what[16];
                const bool safe = c < 128 && (strchr("._:@/+-", c) || (c >= '0' && c <= '9') ||
                                                     ((c | 32) >= 'a' && (c | 32) <= 'z'));

                snprintf(what, sizeof(what), "%d", c);
                write_value(UNIT_TEXT, 0, word, text, sizeof(text));
                check_text(what, text, safe ? word : "_");
        }
}

static void test_lines(void **state)
{
        /* clang-format off */
        struct sample sample = {
                .load.avg_1m = {true, 246},
                .load.avg_15m = {true, 99},
                .memory = {{true, 22250782}, {true, 22250782}, {true, 0}, {false, 7},
                        {true, 348836}, {true, 343403}, {true, 512 * MB}},
        };
        /* clang-format on */
        struct record record;
        char memory[1024];
        struct buf line;

        (void)state;
        buf_init(&line, memory, sizeof(memory));
        assert_true(record_samples(GROUP_LOAD, &sample, "web.1", "unit.5f2c", &record));
        format_find("heroku")->write(&record, (struct measure){0}, &line);
        assert_string_equal(memory, "source=web.1 dyno=unit.5f2c sample#load_avg_1m=2.46 "
                                    "sample#load_avg_15m=0.99");

        buf_truncate(&line, 0);
        assert_true(record_samples(GROUP_MEMORY, &sample, "web.1", "unit.5f2c", &record));
        format_find("heroku")->write(&record, (struct measure){0}, &line);
        assert_string_equal(memory,
                "source=web.1 dyno=unit.5f2c sample#memory_total=21.22MB sample#memory_rss=21.22MB "
                "sample#memory_cache=0.00MB sample#memory_swap=0.00MB "
                "sample#memory_pgpgin=348836pages sample#memory_pgpgout=343403pages "
                "sample#memory_quota=512.00MB");

        buf_truncate(&line, 0);
        record_event(EVENT_BACK, "we b.1", "d=1", &record);
        record_add_text(&record, "old_dyno", "a b");
        record_add_number(&record, "ticks", 12);
        format_find("heroku")->write(&record, (struct measure){0}, &line);
        assert_string_equal(memory, "source=we_b.1 dyno=d_1 event=back state=leave level=info "
                                    "old_dyno=a_b ticks=12");
}

static void test_line_too_long(void **state)
{
        struct record record;
        char memory[32];
        struct buf line;

        (void)state;
        buf_init(&line, memory, sizeof(memory));
        record_event(EVENT_BACK, "web.1", "unit.5f2c", &record);
        format_find("heroku")->write(&record, (struct measure){0}, &line);
        assert_true(line.overflow);
}

static void test_prefix(void **state)
{
        /* clang-format off */
        static const struct {
                uint64_t wall_ns;
                const char *text;
        } rows[] = {
                {0, "1970-01-01T00:00:00.000000+00:00 heroku[web.1]: "},
                {999, "1970-01-01T00:00:00.000000+00:00 heroku[web.1]: "},
                {UINT64_C(951782400000001000), "2000-02-29T00:00:00.000001+00:00 heroku[web.1]: "},
                {UINT64_C(1767571200000000000), "2026-01-05T00:00:00.000000+00:00 heroku[web.1]: "},
                {UINT64_C(1767225599999999999), "2025-12-31T23:59:59.999999+00:00 heroku[web.1]: "},
                {UINT64_C(4107542400000000000), "2100-03-01T00:00:00.000000+00:00 heroku[web.1]: "},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[128];
                struct buf line;

                buf_init(&line, memory, sizeof(memory));
                prefix_write(PREFIX_NONE, "web.1", rows[i].wall_ns, &line);
                check_text(rows[i].text, memory, "");
                prefix_write(PREFIX_LOGPLEX, "web.1", rows[i].wall_ns, &line);
                check_text(rows[i].text, memory, rows[i].text);
        }
}

static void check_time(uint64_t seconds, unsigned micros)
{
        const time_t time = (time_t)seconds;
        char memory[128], expected[128], date[64];
        struct buf line;
        struct tm tm;

        buf_init(&line, memory, sizeof(memory));
        prefix_write(PREFIX_LOGPLEX, "s", seconds * 1000000000 + micros * UINT64_C(1000), &line);
        assert_non_null(gmtime_r(&time, &tm));
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(expected, sizeof(expected), "%s.%06u+00:00 heroku[s]: ", date, micros);
        check_text(date, memory, expected);
}

static void test_prefix_as_strftime_does(void **state)
{
        const uint64_t end = UINT64_MAX / 1000000000; /* in the year 2554 */
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 100000; i++)
                check_time(random_u64(&seed) % end, random_below(&seed, 1000000));
        /* the first and the last second of every day */
        for (uint64_t day = 0; day < end / 86400; day++) {
                check_time(day * 86400, 0);
                check_time(day * 86400 + 86399, 999999);
        }
}

/* The platform's own messages behind a sample above its quota. */
static void test_messages(void **state)
{
        /* clang-format off */
        static const struct {
                uint64_t total_mb100, rss_mb100, swap_mb100, quota_mb;
                const char *first, *second;
        } rows[] = {
                {68193, 49938, 18211, 512, "Process running mem=681M(133.1%)", "Error R14 (Memory quota exceeded)"},
                {119412, 119412, 0, 512, "Process running mem=1194M(233.2%)", "Error R15 (Memory quota vastly exceeded)"},
                {60000, 51200, 0, 512, "", ""},
                {60000, 51201, 0, 512, "Process running mem=600M(100.0%)", "Error R14 (Memory quota exceeded)"},
                {102400, 102400, 0, 512, "Process running mem=1024M(200.0%)", "Error R14 (Memory quota exceeded)"},
                {100, 100, 100, 0, "", ""},
        };
        /* clang-format on */
        const struct format *format = format_find("heroku");

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct sample sample = {0};
                struct record record;
                char text[2][80];

                sample.memory.total_bytes = measure_of(rows[i].total_mb100 * MB / 100);
                sample.memory.rss_bytes = measure_of(rows[i].rss_mb100 * MB / 100);
                sample.memory.swap_bytes = measure_of(rows[i].swap_mb100 * MB / 100);
                sample.memory.quota_bytes = measure_of(rows[i].quota_mb * MB);
                assert_true(record_samples(GROUP_MEMORY, &sample, "s", "d", &record));
                for (unsigned j = 0; j < 2; j++) {
                        struct buf line;
                        bool any;

                        buf_init(&line, text[j], sizeof(text[j]));
                        any = format->write_message(&record, j, &line);
                        check_int(rows[i].first, any, *rows[i].first != '\0');
                }
                check_text("first", text[0], rows[i].first);
                check_text("second", text[1], rows[i].second);
                assert_true(record_samples(GROUP_MEMORY, &sample, "s", "d", &record));
                record_event(EVENT_QUOTA, "s", "d", &record);
                assert_false(format->write_message(&record, 0, &(struct buf){0}));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_find),
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_messages),
                cmocka_unit_test(test_megabytes_as_printf_does),
                cmocka_unit_test(test_base_units),
                cmocka_unit_test(test_quoting),
                cmocka_unit_test(test_text),
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_line_too_long),
                cmocka_unit_test(test_prefix),
                cmocka_unit_test(test_prefix_as_strftime_does),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
