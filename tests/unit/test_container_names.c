/* SPDX-License-Identifier: MIT */
#include "run/container_names.h"

#include "test.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_find(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text, *id, *comm, *name;
        } rows[] = {
                {"", A, "nginx", NULL},
                {" , ,", A, "nginx", NULL},
                {"nginx=web", A, "nginx", "web"},
                {"nginx=web", A, "ngin", NULL},
                {"nginx=web", A, "nginxx", NULL},
                {"nginx=web", "", "nginx", "web"},
                {"0123456789ab=web", A, "nginx", "web"},
                {"0123456789ab=web", "0123456789ab", "nginx", "web"},
                {"0123456789abcdef=web", "0123456789ab", "nginx", "web"},
                {A "=web.1", A, "x", "web.1"},
                {"0123456789ac=web", A, "nginx", NULL},
                {"0123456789ab=web", "", "nginx", NULL},
                {"0123456789ab=web", "0123", "nginx", NULL},
                /* the id says more, wherever it stands */
                {"nginx=a,0123456789ab=b", A, "nginx", "b"},
                {" nginx = a , java=b ", A, "java", "b"},
                {" nginx = a , java=b ", A, "nginx", "a"},
                {"node: worker=w", A, "node: worker", "w"},
                {"cafe=c", A, "cafe", "c"},
                {"dead=c,", A, "dead", "c"},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct container_names names;
                char text[256];
                struct buf error;
                const char *name;

                buf_init(&error, text, sizeof(text));
                check_int(rows[i].text, container_names_parse(rows[i].text, &names, &error), 0);
                name = container_names_find(&names, rows[i].id, rows[i].comm);
                if (rows[i].name)
                        assert_string_equal(name, rows[i].name);
                else
                        check(rows[i].text, !name);
                container_names_done(&names);
        }
}

static void test_wrong(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                {"nginx",              "'nginx' should be like"                  },
                {"a=b,c",              "'c' should be like"                      },
                {"=web",               "'' is neither"                           },
                {"nginx=",             "'' cannot be a name"                     },
                {"nginx=a b",          "'a b' cannot be a name"                  },
                {"nginx=a=b",          "'a=b' cannot be a name"                  },
                {"0123456789a=web",    "'0123456789a' is neither 12 to 64 digits"},
                {"0123ab=web",         "'0123ab' is neither"                     },
                {A "0=web",            "is neither"                              },
                {"sixteen-bytes-xx=a", "'sixteen-bytes-xx' is neither"           },
                {"a=b,a=c",            "'a' is named twice"                      },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct container_names names = {0};
                char text[256];
                struct buf error;

                buf_init(&error, text, sizeof(text));
                check_int(
                        rows[i].text, container_names_parse(rows[i].text, &names, &error), -EINVAL);
                check(rows[i].text, strstr(text, rows[i].says));
                check_int(rows[i].text, (int)names.n_items, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_find),
                cmocka_unit_test(test_wrong),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
