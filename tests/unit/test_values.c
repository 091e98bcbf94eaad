/* SPDX-License-Identifier: MIT */
#include "run/values.h"

#include "model/record.h"
#include "test.h"

#define MS UINT64_C(1000000)
#define S  UINT64_C(1000000000)

static void test_time(void **state)
{
        static const struct {
                const char *text;
                int r;
                uint64_t ns;
        } rows[] = {
                {"20s",                                               0,       20 * S        },
                {"20",                                                0,       20 * S        },
                {" 20 s ",                                            0,       20 * S        },
                {"1sec",                                              0,       S             },
                {"1m",                                                0,       60 * S        },
                {"2min",                                              0,       120 * S       },
                {"1h",                                                0,       3600 * S      },
                {"1hr",                                               0,       3600 * S      },
                {"1d",                                                0,       86400 * S     },
                {"24h",                                               0,       86400 * S     },
                {"1ms",                                               0,       MS            },
                {"1.5s",                                              0,       1500 * MS     },
                {"1.5ms",                                             0,       1500000       },
                {"1.000001ms",                                        0,       1000001       },
                {"0.5d",                                              0,       43200 * S     },
                {"0.999999999d",                                      0,       86399999913600},
                {"0.3s",                                              0,       300 * MS      },
                {"1.1234567899s",                                     0,       1123456789    },
                {"1min 30s",                                          0,       90 * S        },
                {"1min30s",                                           0,       90 * S        },
                {"1h 1min 1s 1ms",                                    0,       3661 * S + MS },
                {"0020s",                                             0,       20 * S        },
                {"0.5ms",                                             -ERANGE, 0             },
                {"0.999999ms",                                        -ERANGE, 0             },
                {"0",                                                 -ERANGE, 0             },
                {"0s",                                                -ERANGE, 0             },
                {"1.000000001d",                                      -ERANGE, 0             },
                {"24h 1ms",                                           -ERANGE, 0             },
                {"2d",                                                -ERANGE, 0             },
                {"213504d",                                           -ERANGE, 0             },
                {"18446744073s",                                      -ERANGE, 0             },
                {"18446744074s",                                      -ERANGE, 0             },
                {"18446744073s 18446744073s",                         -ERANGE, 0             },
                {"18446744073.9s",                                    -ERANGE, 0             },
                {"213503.99d",                                        -ERANGE, 0             },
                {"99999999999999999999s",                             -ERANGE, 0             },
                {"",                                                  -EINVAL, 0             },
                {" ",                                                 -EINVAL, 0             },
                {"s",                                                 -EINVAL, 0             },
                {"-1",                                                -EINVAL, 0             },
                {"+1",                                                -EINVAL, 0             },
                {"1y",                                                -EINVAL, 0             },
                {"1 year",                                            -EINVAL, 0             },
                {"1S",                                                -EINVAL, 0             },
                {"1us",                                               -EINVAL, 0             },
                {"1seconds",                                          -EINVAL, 0             },
                {"1,5s",                                              -EINVAL, 0             },
                {".5s",                                               -EINVAL, 0             },
                {"5.s",                                               -EINVAL, 0             },
                {".",                                                 -EINVAL, 0             },
                {"1.5.5s",                                            -EINVAL, 0             },
                {"1..5s",                                             -EINVAL, 0             },
                {"1e3s",                                              -EINVAL, 0             },
                {"0x10s",                                             -EINVAL, 0             },
                {"5 5",                                               -EINVAL, 0             },
                {"1min, 30s",                                         -EINVAL, 0             },
                {"20s\n",                                             -EINVAL, 0             },
                {"1\ts",                                              -EINVAL, 0             },
                {"000000000000000000000000000000000000000000000001s", -EINVAL, 0             },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[256];
                struct buf error;
                uint64_t ns = 0;

                buf_init(&error, memory, sizeof(memory));
                check_int(rows[i].text, value_parse_time(rows[i].text, MS, 86400 * S, &ns, &error),
                        rows[i].r);
                check_u64(rows[i].text, ns, rows[i].ns);
                check_int(rows[i].text, error.len > 0, rows[i].r < 0);
        }
}

static void test_time_errors(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text, *error;
        } rows[] = {
                {"0", "'0' is out of range: from 1ms to 1d, such as '20s', '500ms' or '1min 30s'"},
                {"1y", "'1y' is no time: from 1ms to 1d, such as '20s', '500ms' or '1min 30s'"},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[256];
                struct buf error;
                uint64_t ns;

                buf_init(&error, memory, sizeof(memory));
                assert_true(value_parse_time(rows[i].text, MS, 86400 * S, &ns, &error) < 0);
                check_text(rows[i].text, memory, rows[i].error);
        }
}

static void test_write_time(void **state)
{
        static const struct {
                uint64_t ns;
                const char *text;
        } rows[] = {
                {0,         "0ns"     },
                {1,         "1ns"     },
                {MS - 1,    "999999ns"},
                {MS,        "1ms"     },
                {1500 * MS, "1500ms"  },
                {20 * S,    "20s"     },
                {60 * S,    "1min"    },
                {90 * S,    "90s"     },
                {3600 * S,  "1h"      },
                {86400 * S, "1d"      },
                {86401 * S, "86401s"  },
                {90000 * S, "25h"     },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[64];
                struct buf text;

                buf_init(&text, memory, sizeof(memory));
                value_write_time(rows[i].ns, &text);
                check_text(rows[i].text, memory, rows[i].text);
        }
}

/* What is written is read back the same. */
static void test_time_there_and_back(void **state)
{
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 20000; i++) {
                const uint64_t ns = (random_size(&seed) / MS) * MS;
                char memory[64], error_memory[256];
                struct buf text, error;
                uint64_t back;

                if (ns == 0)
                        continue;
                buf_init(&text, memory, sizeof(memory));
                buf_init(&error, error_memory, sizeof(error_memory));
                value_write_time(ns, &text);
                check_int(memory, value_parse_time(memory, 1, UINT64_MAX, &back, &error), 0);
                check_u64(memory, back, ns);
        }
}

static void test_number(void **state)
{
        static const struct {
                const char *text;
                uint64_t min;
                int r;
                uint64_t number;
        } rows[] = {
                {"1",                    1, 0,       1         },
                {"0",                    0, 0,       0         },
                {"18446744073709551615", 1, 0,       UINT64_MAX},
                {"0",                    1, -ERANGE, 77        },
                {"4",                    5, -ERANGE, 77        },
                {"18446744073709551616", 1, -ERANGE, 77        },
                {"",                     1, -EINVAL, 77        },
                {"-1",                   1, -EINVAL, 77        },
                {"1.5",                  1, -EINVAL, 77        },
                {"three",                1, -EINVAL, 77        },
                {" 3",                   1, -EINVAL, 77        },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[128];
                struct buf error;
                uint64_t number = 77;

                buf_init(&error, memory, sizeof(memory));
                check_int(rows[i].text,
                        value_parse_number(rows[i].text, rows[i].min, &number, &error), rows[i].r);
                check_u64(rows[i].text, number, rows[i].number);
                check_int(rows[i].text, error.len > 0, rows[i].r < 0);
        }
}

enum {
        LOAD = 1 << GROUP_LOAD,
        MEMORY = 1 << GROUP_MEMORY,
        PROCESSES = 1 << GROUP_PROCESSES,
        CPU = 1 << GROUP_CPU,
        SELF = 1 << GROUP_SELF,
        ALL = (1 << N_GROUPS) - 1,
        BEFORE = LOAD | MEMORY | PROCESSES,
};

static void test_groups(void **state)
{
        static const struct {
                const char *text;
                int r;
                uint32_t groups;
        } rows[] = {
                {"load",                               0,       LOAD                           },
                {"load,memory",                        0,       LOAD | MEMORY                  },
                {"memory,load",                        0,       LOAD | MEMORY                  },
                {"cpu,cpu",                            0,       CPU                            },
                {"all",                                0,       ALL                            },
                {"none",                               0,       0                              },
                {"none,self",                          0,       SELF                           },
                {"all,-self",                          0,       ALL & ~SELF                    },
                {"+cpu",                               0,       BEFORE | CPU                   },
                {"-load",                              0,       MEMORY | PROCESSES             },
                {"+cpu,-load",                         0,       MEMORY | PROCESSES | CPU       },
                {"-load,+cpu,self",                    0,       MEMORY | PROCESSES | CPU | SELF},
                {"+all",                               0,       ALL                            },
                {"-all",                               0,       0                              },
                {"cpu,+self",                          0,       CPU | SELF                     },
                {"load,none",                          0,       0                              },
                {"",                                   -EINVAL, BEFORE                         },
                {",",                                  -EINVAL, BEFORE                         },
                {"load,",                              -EINVAL, BEFORE                         },
                {"load, memory",                       -EINVAL, BEFORE                         },
                {"Load",                               -EINVAL, BEFORE                         },
                {"loads",                              -EINVAL, BEFORE                         },
                {"loa",                                -EINVAL, BEFORE                         },
                {"+",                                  -EINVAL, BEFORE                         },
                {"++cpu",                              -EINVAL, BEFORE                         },
                {"-none",                              -EINVAL, BEFORE                         },
                {"+none",                              -EINVAL, BEFORE                         },
                {"cpu,nonsense",                       -EINVAL, BEFORE                         },
                {"a-word-as-long-as-no-group-is-long", -EINVAL, BEFORE                         },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[256];
                struct buf error;
                uint32_t groups = BEFORE;

                buf_init(&error, memory, sizeof(memory));
                check_int(
                        rows[i].text, value_parse_groups(rows[i].text, &groups, &error), rows[i].r);
                check_u64(rows[i].text, groups, rows[i].groups);
                check_int(rows[i].text, error.len > 0, rows[i].r < 0);
        }
}

static void test_groups_error(void **state)
{
        char memory[256];
        struct buf error;
        uint32_t groups = 0;

        (void)state;
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(value_parse_groups("load,memroy", &groups, &error), -EINVAL);
        assert_string_equal(memory,
                "unknown group 'memroy', not one of all, none, load, memory, processes, cpu, "
                "pressure, io, detail, self; did you mean 'memory'?");
}

static void test_suggest(void **state)
{
        static const char *const names[] = {"target", "interval", "count", "cpu", "io", "format"};
        static const struct {
                const char *word, *nearest; /* NULL: none */
        } rows[] = {
                {"target",                                     "target"  },
                {"targets",                                    "target"  },
                {"taget",                                      "target"  },
                {"Target",                                     "target"  },
                {"intervall",                                  "interval"},
                {"intreval",                                   "interval"},
                {"iterval",                                    "interval"},
                {"counter",                                    "count"   },
                {"cpus",                                       "cpu"     },
                {"cbu",                                        "cpu"     },
                {"gpu",                                        "cpu"     },
                {"i",                                          NULL      },
                {"ic",                                         NULL      },
                {"cbi",                                        NULL      },
                {"xyz",                                        NULL      },
                {"",                                           NULL      },
                {"interval-that-is-longer-than-any-word-here", NULL      },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char memory[128], expected[128] = "";
                struct buf error;

                buf_init(&error, memory, sizeof(memory));
                value_suggest(rows[i].word, names, ARRAY_SIZE(names), &error);
                if (rows[i].nearest)
                        snprintf(expected, sizeof(expected), "; did you mean '%s'?",
                                rows[i].nearest);
                check_text(rows[i].word, memory, expected);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_time),
                cmocka_unit_test(test_time_errors),
                cmocka_unit_test(test_write_time),
                cmocka_unit_test(test_time_there_and_back),
                cmocka_unit_test(test_number),
                cmocka_unit_test(test_groups),
                cmocka_unit_test(test_groups_error),
                cmocka_unit_test(test_suggest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
