/* SPDX-License-Identifier: MIT */
#include "model/alarm.h"

#include "test.h"

#define S_NS UINT64_C(1000000000)

static const struct alarm_rule rule = {30 * S_NS, 60 * S_NS, 300 * S_NS};

/* One look every 10 s. Conditions: '.' off, '-' between, '+' on, '!' on and an error. What is said:
 * '.' nothing, 'E' enter, 'u' update, 'L' leave. */
static void test_rules(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                const char *conditions;
                const char *said;
        } rows[] = {
                {"never",             "..........", ".........."},
                {"between is not on", "----------", ".........."},
                {"held",              "++++++",     "...E.."    },
                {"not held",          "+++.+++.",   "........"  },
                {"between breaks it", "+++-++++",   ".......E"  },
                {"leaves",            "++++........",       "...E......L."      },
                {"does not leave",    "++++.....+.......L", "...E............L."},
                {"between stays",     "++++------------",   "...E............"  },
                {"between, then off", "++++--.......",      "...E........L"     },
                {"gets worse",        "++++!++!",           "...Eu..."          },
                {"bad from the start", "!!!!++++!",         "...E....."         },
                {"again",
                        "++++++++++++++++++++++++++++++++++",
                        "...E.............................u"},
                {"worse counts as said",
                        "++++!+++++++++++++++++++++++++++++",
                        "...Eu............................."},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const size_t n = strlen(rows[i].conditions);
                struct alarm alarm = {0};
                char said[64] = "";

                for (size_t j = 0; j < n; j++) {
                        const char c = rows[i].conditions[j];
                        const enum condition condition = c == '.' || c == 'L' ? CONDITION_OFF
                                                         : c == '-'           ? CONDITION_BETWEEN
                                                                              : CONDITION_ON;

                        said[j] = ".EuL"[alarm_feed(&alarm, &rule, (5 + j * 10) * S_NS, condition,
                                c == '!' ? LEVEL_ERROR : LEVEL_WARNING)];
                }
                check_text(rows[i].name, said, rows[i].said);
        }
}

struct counts {
        unsigned n_enter, n_leave, n_update;
};

static void count(struct counts *counts, enum say say)
{
        counts->n_enter += say == SAY_ENTER;
        counts->n_leave += say == SAY_LEAVE;
        counts->n_update += say == SAY_UPDATE;
}

/* A value that goes up and down around the threshold for a day, and then is low. */
static struct counts saw(uint64_t period_s, unsigned low, unsigned high)
{
        const struct alarm_rule minutes = {0, 600 * S_NS, 3600 * S_NS};
        struct counts counts = {0};
        struct alarm alarm = {0};

        for (uint64_t s = 0; s < 4 * 86400; s += 20) {
                const uint64_t part = s % period_s * 100 / period_s;
                const uint64_t value = s < 86400 ? low + (high - low) * part / 100 : 0;
                const enum condition condition = value >= 80   ? CONDITION_ON
                                                 : value >= 70 ? CONDITION_BETWEEN
                                                               : CONDITION_OFF;

                count(&counts, alarm_feed(&alarm, &minutes, s * S_NS, condition, LEVEL_WARNING));
        }
        return counts;
}

static void test_flapping(void **state)
{
        static const struct {
                const char *name;
                uint64_t period_s;
                unsigned low, high;
                unsigned most_enter; /* and as many leave */
        } rows[] = {
                {"on the edge, quick",  120,   72, 88,  1},
                {"on the edge, slow",   14400, 72, 88,  1},
                {"through both, quick", 120,   20, 120, 1},
                {"through both",        600,   20, 120, 1},
                {"longer than held",    3600,  20, 120, 3},
                {"each one counts",     43200, 20, 120, 2},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct counts counts = saw(rows[i].period_s, rows[i].low, rows[i].high);

                check(rows[i].name, counts.n_enter >= 1);
                check(rows[i].name, counts.n_enter <= rows[i].most_enter);
                check_int(rows[i].name, counts.n_leave, counts.n_enter);
                check(rows[i].name, counts.n_update <= 24 + counts.n_enter * 11);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rules),
                cmocka_unit_test(test_flapping),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
