/* SPDX-License-Identifier: MIT */
#include "run/target.h"

#include <stdio.h>

#include "test.h"

static void test_names(void **state)
{
        static char given[] = "web.2", prefix[] = "web.3";
        static const struct watch derived = {.name = NULL};
        static const struct watch named = {.name = given};
        static const struct watch pattern = {.name = prefix, .is_pattern = true};
        const struct watch watches[] = {derived, named, pattern};
        static const struct {
                const char *name;
                unsigned watch;
                struct name wanted;
                const char *source;
        } rows[] = {
                {"the first",                     0, {"web", 1},          "web.1"         },
                {"taken, and the next is given",  0, {"web", 1},          "web.3"         },
                {"the given one",                 1, {"x", 1},            "web.2"         },
                {"a pattern's name is a prefix",  2, {"web", 1},          "web.4"         },
                {"another number",                0, {"web", 7},          "web.7"         },
                {"and the next",                  0, {"web", 7},          "web.8"         },
                {"that of runstatd itself",       0, {"runstatd", 1},     "runstatd.2"    },
                {"a word that others begin with", 0, {"we", 1},           "we.1"          },
                {"the highest number",            0, {"web", UINT32_MAX}, "web.4294967295"},
                {"and behind that",               0, {"web", UINT32_MAX}, "web.0"         },
        };
        struct targets targets = {.watches = watches, .n_watches = ARRAY_SIZE(watches)};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct target *target;

                check_int(rows[i].name,
                        targets_add(&targets, &watches[rows[i].watch], i % 2 ? "/a" : NULL,
                                &rows[i].wanted, &target),
                        0);
                check_text(rows[i].name, target->source, rows[i].source);
                check_text(rows[i].name, target->dyno, "none");
                check_int(rows[i].name, target->presence, NEVER_SEEN);
                check_int(rows[i].name, target->path != NULL, i % 2);
                check(rows[i].name, targets.items[i] == target);
                check(rows[i].name, target->watch == &watches[rows[i].watch]);
        }
        targets_done(&targets);
        assert_int_equal(targets.n_items, 0);
        targets_done(&targets);
}

/* Many of one word have the numbers from 1 on, each once; a free one is taken again. */
static void test_many_names(void **state)
{
        enum { N = 5000 };
        static const struct watch watch = {.is_pattern = true};
        static const struct name wanted = {"nginx", 1};
        struct targets targets = {.watches = &watch, .n_watches = 1};
        struct target *target;

        (void)state;
        for (unsigned i = 1; i <= N; i++) {
                char source[NAME_MAX_BYTES];

                assert_int_equal(targets_add(&targets, &watch, "/a", &wanted, &target), 0);
                snprintf(source, sizeof(source), "nginx.%u", i);
                check_text("the next number", target->source, source);
        }
        targets_remove(&targets, 4321);
        assert_int_equal(targets_add(&targets, &watch, "/a", &wanted, &target), 0);
        check_text("the one that is free", target->source, "nginx.4322");
        targets_done(&targets);
}

static void test_remove(void **state)
{
        static const struct watch watch = {.is_pattern = true};
        static const struct name wanted = {"a", 1};
        struct targets targets = {.watches = &watch, .n_watches = 1};
        struct target *target, *kept;

        (void)state;
        for (unsigned i = 0; i < 4; i++)
                assert_int_equal(targets_add(&targets, &watch, "/a", &wanted, &target), 0);
        kept = targets.items[2];
        targets_remove(&targets, 1);
        assert_int_equal(targets.n_items, 3);
        assert_string_equal(targets.items[0]->source, "a.1");
        assert_ptr_equal(targets.items[1], kept);
        assert_string_equal(targets.items[1]->source, "a.3");
        targets_remove(&targets, 2);
        targets_remove(&targets, 0);
        assert_ptr_equal(targets.items[0], kept);

        /* a name that is free again is given again */
        assert_int_equal(targets_add(&targets, &watch, "/a", &wanted, &target), 0);
        assert_string_equal(target->source, "a.1");
        targets_done(&targets);
}

static void test_grow(void **state)
{
        static const struct {
                const char *name;
                uint64_t now, grown;
        } rows[] = {
                {"the first",       100,              100       },
                {"the same",        100,              100       },
                {"more",            150,              150       },
                {"a process ended", 20,               150       },
                {"more again",      30,               160       },
                {"all ended",       0,                160       },
                {"others began",    5,                165       },
                {"large",           UINT64_MAX - 160, UINT64_MAX},
        };
        uint64_t last = 0, grown = 0;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                check_u64(rows[i].name, target_grow(&last, &grown, rows[i].now), rows[i].grown);
                check_u64(rows[i].name, last, rows[i].now);
        }
}

/* What happens to a target, one thing after the other. */
static void test_presence(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                const char *identity; /* NULL: it is not there */
                bool says;
                enum event event;
                const char *dyno, *old_dyno;
                bool anew;
        } rows[] = {
                {"there from the start", "a", false, EVENT_GONE, "dyno.a", "none", true},
                {"still there", "a", false, EVENT_GONE, "dyno.a", "none", false},
                {"another one", "b", true, EVENT_RESTARTED, "dyno.b", "dyno.a", true},
                {"gone", NULL, true, EVENT_GONE, "dyno.b", "dyno.a", false},
                {"still gone", NULL, false, EVENT_GONE, "dyno.b", "dyno.a", false},
                {"the same is back", "b", true, EVENT_BACK, "dyno.b", "none", false},
                {"gone again", NULL, true, EVENT_GONE, "dyno.b", "none", false},
                {"another one is back", "c", true, EVENT_BACK, "dyno.c", "dyno.b", true},
        };
        /* clang-format on */
        struct target target = {0};

        (void)state;
        memcpy(target.dyno, "none", 5);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char dyno[32];

                target.says = false;
                target.load.started = true;
                target.reads.grown = target.writes.last = 7;
                if (rows[i].identity) {
                        snprintf(dyno, sizeof(dyno), "dyno.%s", rows[i].identity);
                        target_appears(&target, rows[i].identity, dyno);
                } else {
                        target_vanishes(&target, 1000 + i);
                }
                check_int(rows[i].name, target.says, rows[i].says);
                if (rows[i].says)
                        check_int(rows[i].name, target.event, rows[i].event);
                check_text(rows[i].name, target.dyno, rows[i].dyno);
                if (i > 0)
                        check_text(rows[i].name, target.old_dyno, rows[i].old_dyno);
                check_int(rows[i].name, target.load.started, !rows[i].anew);
                check_u64(rows[i].name, target.reads.grown, rows[i].anew ? 0 : 7);
                check_u64(rows[i].name, target.writes.last, rows[i].anew ? 0 : 7);
        }
        assert_int_equal(target.gone_ns, 1006);
}

static void test_absent_at_the_start(void **state)
{
        struct target target = {.dyno = "none"};

        (void)state;
        target_vanishes(&target, 5);
        assert_true(target.says);
        assert_int_equal(target.event, EVENT_GONE);
        assert_int_equal(target.gone_ns, 5);
        target.says = false;
        target_vanishes(&target, 9);
        assert_false(target.says);
        assert_int_equal(target.gone_ns, 5);

        target_appears(&target, "a", "dyno.a");
        assert_true(target.says);
        assert_int_equal(target.event, EVENT_BACK);
        assert_string_equal(target.old_dyno, "none");
        assert_string_equal(target.dyno, "dyno.a");
}

static void test_long_dynos(void **state)
{
        char dyno[200];
        struct target target = {.dyno = "none"};

        (void)state;
        memset(dyno, 'd', sizeof(dyno));
        dyno[sizeof(dyno) - 1] = '\0';
        target_appears(&target, "a", dyno);
        assert_int_equal(strlen(target.dyno), DYNO_MAX_BYTES - 1);
}

static void test_rename(void **state)
{
        struct target target = {.dyno = "none"};

        (void)state;
        target_appears(&target, "cgroup.1/", "cgroup.1");
        target.says = false;
        target_rename(&target, "cgroup.1/id", "unit.id");
        assert_string_equal(target.dyno, "unit.id");
        target_appears(&target, "cgroup.1/id", "unit.id");
        assert_false(target.says);
        target_appears(&target, "cgroup.1/other", "unit.other");
        assert_true(target.says);
        assert_int_equal(target.event, EVENT_RESTARTED);
        assert_string_equal(target.old_dyno, "unit.id");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_many_names),
                cmocka_unit_test(test_remove),
                cmocka_unit_test(test_grow),
                cmocka_unit_test(test_presence),
                cmocka_unit_test(test_absent_at_the_start),
                cmocka_unit_test(test_long_dynos),
                cmocka_unit_test(test_rename),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
