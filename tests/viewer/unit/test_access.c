/* SPDX-License-Identifier: MIT */
#include "viewer/access.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/test.h"

static const struct access allowed = {
        .hosts = {"stats.example"}, .n_hosts = 1, .token = "0123456789abcdef"};

static void test_host(void **state)
{
        static const struct {
                const char *host;
                bool expected;
        } rows[] = {
                {"localhost",          true },
                {"LOCALHOST:7878",     true },
                {"127.0.0.1:7878",     true },
                {"10.1.2.3",           true },
                {"[::1]:7878",         true },
                {"[fe80::1]",          true },
                {"stats.example",      true },
                {"Stats.Example:80",   true },
                {"evil.example",       false},
                {"127.0.0.1.evil.com", false},
                {"127.1",              false},
                {"0x7f000001",         false},
                {"localhost.evil.com", false},
                {"localhost:80x",      false},
                {"[::1",               false},
                {"[::1]x",             false},
                {":80",                false},
                {"",                   false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].host, access_host(&allowed, rows[i].host), rows[i].expected);
        check("none", !access_host(&allowed, NULL));
}

static void test_origin(void **state)
{
        static const struct {
                const char *origin, *host;
                bool expected;
        } rows[] = {
                {NULL,                      "localhost:7878", true },
                {"http://localhost:7878",   "localhost:7878", true },
                {"https://stats.example",   "stats.example",  true },
                {"http://localhost:8080",   "localhost:7878", false},
                {"http://evil.example",     "localhost:7878", false},
                {"null",                    "localhost:7878", false},
                {"",                        "localhost:7878", false},
                {"file://localhost:7878",   "localhost:7878", false},
                {"http://localhost:7878/x", "localhost:7878", false},
                {"http://localhost:7878",   NULL,             false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].origin ? rows[i].origin : "none",
                        access_origin(rows[i].origin, rows[i].host), rows[i].expected);
}

static void test_token(void **state)
{
        static const struct {
                const char *authorization;
                bool expected;
        } rows[] = {
                {"Bearer 0123456789abcdef",                true },
                {"bearer 0123456789abcdef",                true },
                {"Bearer 0123456789abcdeF",                false},
                {"Bearer 0123456789abcde",                 false},
                {"Bearer 0123456789abcdef0",               false},
                {"Bearer ",                                false},
                {"Basic cnVuc3RhdDowMTIzNDU2Nzg5YWJjZGVm", true }, /* runstat:TOKEN */
                {"Basic MDEyMzQ1Njc4OWFiY2RlZjo=",         true }, /* TOKEN: */
                {"Basic MDEyMzQ1Njc4OWFiY2RlZg==",         false}, /* TOKEN */
                {"Basic !!!!",                             false},
                {"Basic ",                                 false},
                {"0123456789abcdef",                       false},
                {"",                                       false},
        };
        const struct access none = {0};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].authorization, access_token(&allowed, rows[i].authorization),
                        rows[i].expected);
        check("no header", !access_token(&allowed, NULL));
        check("no token", !access_token(&none, "Bearer "));
}

static void test_token_file(void **state)
{
        static const struct {
                const char *text;
                int r;
        } rows[] = {
                {"0123456789abcdef\n",         0      },
                {"0123456789abcdef",           0      },
                {"0123456789abcdef\nand more", 0      },
                {"0123456789abcde\n",          -EINVAL},
                {"0123456789abcdef g\n",       -EINVAL},
                {"0123456789abcdef\r\n",       -EINVAL},
                {"",                           -EINVAL},
        };
        char path[] = "/tmp/test_access.XXXXXX";
        const int fd = mkstemp(path);

        (void)state;
        assert_true(fd >= 0);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const size_t len = strlen(rows[i].text);
                struct access access = {0};

                assert_int_equal(ftruncate(fd, 0), 0);
                assert_int_equal(pwrite(fd, rows[i].text, len, 0), len);
                check_int(rows[i].text, access_read_token(&access, path), rows[i].r);
                check_text(rows[i].text, access.token, rows[i].r == 0 ? "0123456789abcdef" : "");
        }
        close(fd);
        unlink(path);
        check_int("no file", access_read_token(&(struct access){0}, path), -ENOENT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_host),
                cmocka_unit_test(test_origin),
                cmocka_unit_test(test_token),
                cmocka_unit_test(test_token_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
