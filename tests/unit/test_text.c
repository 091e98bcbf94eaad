/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <fnmatch.h>

#include "test.h"

enum { UNTOUCHED = 4711 };

static void test_parse_u64(void **state)
{
        static const struct {
                const char *text;
                int r;
                uint64_t value;
        } rows[] = {
                {"0",                     0,       0         },
                {"7",                     0,       7         },
                {"007",                   0,       7         },
                {"18446744073709551615",  0,       UINT64_MAX},
                {"018446744073709551615", 0,       UINT64_MAX},
                {"18446744073709551616",  -ERANGE, UNTOUCHED },
                {"18446744073709551620",  -ERANGE, UNTOUCHED },
                {"99999999999999999999",  -ERANGE, UNTOUCHED },
                {"",                      -EINVAL, UNTOUCHED },
                {"-1",                    -EINVAL, UNTOUCHED },
                {"+1",                    -EINVAL, UNTOUCHED },
                {" 1",                    -EINVAL, UNTOUCHED },
                {"1 ",                    -EINVAL, UNTOUCHED },
                {"1\n",                   -EINVAL, UNTOUCHED },
                {"1.0",                   -EINVAL, UNTOUCHED },
                {"12kB",                  -EINVAL, UNTOUCHED },
                {"0x10",                  -EINVAL, UNTOUCHED },
                {"max",                   -EINVAL, UNTOUCHED },
                {"/",                     -EINVAL, UNTOUCHED },
                {":",                     -EINVAL, UNTOUCHED },
        };
        uint64_t seed = 1;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                uint64_t value = UNTOUCHED;

                check_int(rows[i].text, text_parse_u64(rows[i].text, &value), rows[i].r);
                check_u64(rows[i].text, value, rows[i].value);
        }
        for (unsigned i = 0; i < 10000; i++) {
                const uint64_t number = random_size(&seed);
                uint64_t value = UNTOUCHED;
                char text[32];

                snprintf(text, sizeof(text), "%" PRIu64, number);
                check_int(text, text_parse_u64(text, &value), 0);
                check_u64(text, value, number);
        }
}

static void test_take_u64(void **state)
{
        static const struct {
                const char *text;
                int r;
                uint64_t value;
                const char *rest;
        } rows[] = {
                {"12",                     0,       12,         ""                      },
                {"12 34",                  0,       12,         " 34"                   },
                {"12\n34",                 0,       12,         "\n34"                  },
                {"12\t34",                 0,       12,         "\t34"                  },
                {"18446744073709551615\n", 0,       UINT64_MAX, "\n"                    },
                {"18446744073709551616\n", -ERANGE, UNTOUCHED,  "18446744073709551616\n"},
                {"12kB",                   -EINVAL, UNTOUCHED,  "12kB"                  },
                {"12,34",                  -EINVAL, UNTOUCHED,  "12,34"                 },
                {"12/34",                  -EINVAL, UNTOUCHED,  "12/34"                 },
                {"12.5",                   -EINVAL, UNTOUCHED,  "12.5"                  },
                {"-1",                     -EINVAL, UNTOUCHED,  "-1"                    },
                {" 12",                    -EINVAL, UNTOUCHED,  " 12"                   },
                {"",                       -EINVAL, UNTOUCHED,  ""                      },
                {"\n",                     -EINVAL, UNTOUCHED,  "\n"                    },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *at = rows[i].text;
                uint64_t value = UNTOUCHED;

                check_int(rows[i].text, text_take_u64(&at, &value), rows[i].r);
                check_u64(rows[i].text, value, rows[i].value);
                check_text(rows[i].text, at, rows[i].rest);
        }
}

static void test_take_decimal(void **state)
{
        static const struct {
                const char *text;
                unsigned places;
                int r;
                uint64_t value;
                const char *rest;
        } rows[] = {
                {"0.53 x",                 2, 0,       53,         " x"},
                {"0.05",                   2, 0,       5,          ""  },
                {"12.3\n",                 2, 0,       1230,       "\n"},
                {"12\t",                   2, 0,       1200,       "\t"},
                {"1.999",                  2, 0,       199,        ""  },
                {"350735.47 1",            0, 0,       350735,     " 1"},
                {"1.123456789",            9, 0,       1123456789, ""  },
                {"1.1234567891",           9, 0,       1123456789, ""  },
                {"184467440737095516.15",  2, 0,       UINT64_MAX, ""  },
                {"184467440737095516.16",  2, -ERANGE, UNTOUCHED,  NULL},
                {"184467440737095517",     2, -ERANGE, UNTOUCHED,  NULL},
                {"1844674407370955162.1",  2, -ERANGE, UNTOUCHED,  NULL},
                {"18446744073709551616.0", 2, -ERANGE, UNTOUCHED,  NULL},
                {"18446744073709551615.9", 0, 0,       UINT64_MAX, ""  },
                {"0.",                     2, -EINVAL, UNTOUCHED,  NULL},
                {".5",                     2, -EINVAL, UNTOUCHED,  NULL},
                {"-0.5",                   2, -EINVAL, UNTOUCHED,  NULL},
                {"0.5.5",                  2, -EINVAL, UNTOUCHED,  NULL},
                {"0.5%",                   2, -EINVAL, UNTOUCHED,  NULL},
                {"0,5",                    2, -EINVAL, UNTOUCHED,  NULL},
                {"1e3",                    2, -EINVAL, UNTOUCHED,  NULL},
                {"",                       2, -EINVAL, UNTOUCHED,  NULL},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *at = rows[i].text;
                uint64_t value = UNTOUCHED;

                check_int(rows[i].text, text_take_decimal(&at, rows[i].places, &value), rows[i].r);
                check_u64(rows[i].text, value, rows[i].value);
                check_text(rows[i].text, at, rows[i].rest ? rows[i].rest : rows[i].text);
        }
}

struct keys {
        struct measure anon, file, total;
};

static const struct text_key keys[] = {
        {"anon",     offsetof(struct keys, anon) },
        {"file",     offsetof(struct keys, file) },
        {"MemTotal", offsetof(struct keys, total)},
};

static void test_read_keys(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                int r;
                const char *expected; /* anon file total */
        } rows[] = {
                {"", 0, "- - -"},
                {"anon 21471232\nfile 5\n", 0, "21471232 5 -"},
                {"anon 21471232", 0, "21471232 - -"},
                {"file 0\nother\nanon 18446744073709551615\n", 0, "18446744073709551615 0 -"},
                {"MemTotal:        2030404 kB\n", 0, "- - 2079133696"},
                {"MemTotal:\t 1 kB\nanon\t2\n", 0, "2 - 1024"},
                {"MemTotal: 7\n", 0, "- - 7"},
                {"\n\n anon 1\n", 0, "- - -"},
                {"anon_thp 1\nxanon 2\nano 3\nAnon 4\n", 0, "- - -"},
                {"SwapMemTotal: 1 kB\nMemTotal 2 kB\n", 0, "- - 2048"},
                {"file_anon 7 anon 8\nanon 9\n", 0, "9 - -"},
                {"other 1 2 3\nanon 4 5\n", 0, "4 - -"},
                {"anon 1\nanon 1\n", -EBADMSG, NULL},
                {"anon 1\nMemTotal: 2 kB\nMemTotal: 2 kB", -EBADMSG, NULL},
                {"anon\nfile 1\n", -EBADMSG, NULL},
                {"anon", -EBADMSG, NULL},
                {"anon \n", -EBADMSG, NULL},
                {"anon -1\n", -EBADMSG, NULL},
                {"anon 1.5\n", -EBADMSG, NULL},
                {"anon 1kB\n", -EBADMSG, NULL},
                {"anon max\n", -EBADMSG, NULL},
                {"anon 18446744073709551616\n", -EBADMSG, NULL},
                {"MemTotal: 18014398509481983 kB\n", 0, "- - 18446744073709550592"},
                {"MemTotal: 18014398509481984 kB\n", -EBADMSG, NULL},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct keys ret = {0};

                check_int(rows[i].text, text_read_keys(rows[i].text, keys, ARRAY_SIZE(keys), &ret),
                        rows[i].r);
                if (rows[i].expected)
                        check_measures(rows[i].text, ret, rows[i].expected);
        }
}

/* What was read from another file before stays, and counts as there already. */
static void test_read_keys_keeps(void **state)
{
        struct keys ret = {
                .file = {true, 3}
        };

        (void)state;
        assert_int_equal(text_read_keys("anon 1\n", keys, ARRAY_SIZE(keys), &ret), 0);
        check_measures("the file before", ret, "1 3 -");
        assert_int_equal(text_read_keys("anon 1\n", keys, 0, &ret), 0);
}

static void test_after(void **state)
{
        static const struct {
                const char *text, *prefix, *rest;
        } rows[] = {
                {"some avg10", "some", " avg10"},
                {"some",       "some", ""      },
                {"some",       "",     "some"  },
                {"",           "",     ""      },
                {"som",        "some", NULL    },
                {"",           "some", NULL    },
                {"asome",      "some", NULL    },
                {"Some",       "some", NULL    },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *rest = text_after(rows[i].text, rows[i].prefix);

                if (rows[i].rest)
                        check_text(rows[i].text, rest, rows[i].rest);
                else
                        check(rows[i].text, !rest);
        }
}

static void test_matches(void **state)
{
        static const struct {
                const char *text, *pattern;
                bool matches;
        } rows[] = {
                {"",              "",            true },
                {"",              "*",           true },
                {"",              "?",           false},
                {"a",             "",            false},
                {"web.service",   "web.service", true },
                {"web.service",   "*.service",   true },
                {".service",      "*.service",   true },
                {"web.service",   "web.*",       true },
                {"web.servic",    "*.service",   false},
                {"web.services",  "*.service",   false},
                {"web",           "w?b",         true },
                {"wb",            "w?b",         false},
                {"weeb",          "w?b",         false},
                {"a/b",           "a?b",         false},
                {"a/b",           "*",           false},
                {"a/b",           "*/*",         true },
                {"a/b/c",         "*/*",         false},
                {"a/b",           "a*b",         false},
                {"aab",           "*ab",         true },
                {"abab",          "*ab*ab",      true },
                {"abaXab",        "a*a*b",       true },
                {"mississippi",   "m*iss*pi",    true },
                {"mississippi",   "m*iss*pp",    false},
                {"aaaaaaaaaaaab", "a*a*a*a*a*b", true },
                {"aaaaaaaaaaaaa", "a*a*a*a*a*b", false},
                {"[a]",           "[a]",         true },
                {"a",             "[a]",         false},
                {"\\",            "\\",          true },
                {"*",             "*",           true },
                {"ab",            "***",         true },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char what[64];

                snprintf(what, sizeof(what), "%s as %s", rows[i].text, rows[i].pattern);
                check_int(what, text_matches(rows[i].text, rows[i].pattern), rows[i].matches);
        }
}

static void write_random(uint64_t *seed, const char *letters, char *ret, unsigned max_len)
{
        const unsigned len = random_below(seed, max_len + 1);

        for (unsigned i = 0; i < len; i++)
                ret[i] = letters[random_below(seed, (unsigned)strlen(letters))];
        ret[len] = '\0';
}

static void test_matches_as_fnmatch_does(void **state)
{
        uint64_t seed = 1;
        unsigned n_matches = 0;

        (void)state;
        for (unsigned i = 0; i < 300000; i++) {
                char text[16], pattern[12], what[64];
                bool expected;

                write_random(&seed, i % 2 ? "aab/" : "ab.\\*?/", text, sizeof(text) - 1);
                write_random(&seed, i % 2 ? "aab**?/" : "ab.\\**?/", pattern, sizeof(pattern) - 1);
                snprintf(what, sizeof(what), "%s as %s", text, pattern);
                expected = fnmatch(pattern, text, FNM_PATHNAME | FNM_NOESCAPE) == 0;
                check_int(what, text_matches(text, pattern), expected);
                n_matches += expected;
        }
        assert_in_range(n_matches, 1000, 100000);
}

/* Of a thousand names that differ in a number, as those of many targets, about four in five have
 * the low bits of their hash for themselves, wherever in the text the number is. */
static void test_hash(void **state)
{
        enum { N = 1000, N_PLACES = 2048 };

        (void)state;
        for (int len = 0; len < 20; len++) {
                bool used[N_PLACES] = {0};
                unsigned n_used = 0;

                for (unsigned i = 0; i < N; i++) {
                        char text[48];
                        const int n = snprintf(text, sizeof(text), "%.*s%u%.*s", len,
                                "/system.slice/some.service", i, 20 - len, ".service/with/below");
                        const size_t place = text_hash(text, (size_t)n) % N_PLACES;

                        n_used += !used[place];
                        used[place] = true;
                }
                assert_in_range(n_used, N * 7 / 10, N * 9 / 10);
        }
        assert_int_not_equal(text_hash("a", 1), text_hash("a\0", 2));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_hash),
                cmocka_unit_test(test_parse_u64),
                cmocka_unit_test(test_take_u64),
                cmocka_unit_test(test_take_decimal),
                cmocka_unit_test(test_read_keys),
                cmocka_unit_test(test_read_keys_keeps),
                cmocka_unit_test(test_after),
                cmocka_unit_test(test_matches),
                cmocka_unit_test(test_matches_as_fnmatch_does),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
