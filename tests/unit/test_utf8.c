/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <locale.h>
#include <wchar.h>

#include "test.h"

static void test_rows(void **state)
{
        static const struct {
                const char *text;
                size_t len;
        } rows[] = {
                {"",                 0},
                {"a",                1},
                {"\x01",             1},
                {"\x7f",             1},
                {"\x80",             0},
                {"\xbf",             0},
                {"\xc0\x80",         0}, /* NUL in two bytes */
                {"\xc1\xbf",         0},
                {"\xc2\x80",         2},
                {"\xc2",             0},
                {"\xc2z",            0},
                {"\xdf\xbf",         2},
                {"\xe0\x9f\xbf",     0},
                {"\xe0\xa0\x80",     3},
                {"\xe2\x82",         0},
                {"\xe2\x82\xac",     3},
                {"\xed\x9f\xbf",     3},
                {"\xed\xa0\x80",     0}, /* half of a pair */
                {"\xef\xbf\xbd",     3},
                {"\xf0\x8f\xbf\xbf", 0},
                {"\xf0\x90\x80\x80", 4},
                {"\xf4\x8f\xbf\xbf", 4},
                {"\xf4\x90\x80\x80", 0},
                {"\xf5\x80\x80\x80", 0},
                {"\xff",             0},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].text, (int)utf8_len(rows[i].text), (int)rows[i].len);
}

/* The C library knows it, too. */
static void test_as_the_library_does(void **state)
{
        uint64_t seed = 1;

        (void)state;
        if (!setlocale(LC_CTYPE, "C.UTF-8"))
                skip();
        for (unsigned i = 0; i < 1000000; i++) {
                const uint64_t bits = random_u64(&seed);
                char text[5] = {0};
                mbstate_t shift = {0};
                wchar_t c = 0;
                size_t len;

                memcpy(text, &bits, 4);
                if (i % 2 == 0)
                        text[1] = (char)(0x80 | (text[1] & 0x3f));
                if (i % 4 == 0)
                        text[2] = (char)(0x80 | (text[2] & 0x3f));
                len = mbrtowc(&c, text, 4, &shift);
                /* glibc takes what lies beyond the last character. */
                if (len > 4 || c > 0x10ffff)
                        len = 0;
                check_int(text, (int)utf8_len(text), (int)len);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows),
                cmocka_unit_test(test_as_the_library_does),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
