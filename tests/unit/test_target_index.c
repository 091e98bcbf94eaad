/* SPDX-License-Identifier: MIT */
#include "run/target_index.h"

#include <stdio.h>

#include "test.h"

enum { N_TARGETS = 1000 };

static const struct name wanted = {"a", 1};

static void add(struct targets *targets, const struct watch *watch, const char *path)
{
        struct target *target;

        assert_int_equal(targets_add(targets, watch, path, &wanted, &target), 0);
}

/* How many targets there are of the key; they are told apart by their watches. */
static size_t count(const struct target_index *index, const char *key, const struct watch *watch)
{
        struct target *target;
        uint64_t at = 0;
        size_t n = 0;

        while ((target = target_index_next(index, key, &at)))
                n += target->watch == watch;
        return n;
}

static void test_kinds(void **state)
{
        static char unit_name[] = "web.service", pattern_name[] = "*.service";
        static const struct watch unit = {.kind = WATCH_UNIT, .argument = unit_name};
        static const struct watch pattern = {
                .kind = WATCH_UNIT, .argument = pattern_name, .is_pattern = true};
        static const struct watch cgroups = {.kind = WATCH_CGROUP, .is_pattern = true};
        static const struct watch cgroup = {.kind = WATCH_CGROUP};
        static const struct watch host = {.kind = WATCH_HOST};
        struct target_index index = {0};
        struct targets targets = {0};

        (void)state;
        assert_int_equal(count(&index, "/a", &cgroups), 0);
        assert_int_equal(target_index_make(&index, &targets), 0);
        assert_int_equal(count(&index, "/a", &cgroups), 0);

        add(&targets, &unit, NULL);
        add(&targets, &unit, "/elsewhere");
        add(&targets, &pattern, "/a");
        add(&targets, &cgroups, "/a");
        add(&targets, &cgroup, "/a");
        add(&targets, &host, NULL);
        assert_int_equal(target_index_make(&index, &targets), 0);
        assert_int_equal(count(&index, "web.service", &unit), 2);
        assert_int_equal(count(&index, "/elsewhere", &unit), 0);
        assert_int_equal(count(&index, "/a", &pattern), 1);
        assert_int_equal(count(&index, "/a", &cgroups), 1);
        assert_int_equal(count(&index, "/a", &cgroup), 0);
        assert_int_equal(count(&index, "", &host), 0);
        target_index_done(&index);
        targets_done(&targets);
}

/* It is made anew again and again, of more and of fewer. */
static void test_many(void **state)
{
        static const struct watch cgroups = {.kind = WATCH_CGROUP, .is_pattern = true};
        struct target_index index = {0};
        struct targets targets = {0};
        char path[32];

        (void)state;
        for (unsigned i = 0; i < N_TARGETS; i++) {
                snprintf(path, sizeof(path), "/a/%u", i);
                add(&targets, &cgroups, path);
        }
        assert_int_equal(target_index_make(&index, &targets), 0);
        for (unsigned i = 0; i < N_TARGETS + 10; i++) {
                snprintf(path, sizeof(path), "/a/%u", i);
                assert_int_equal(count(&index, path, &cgroups), i < N_TARGETS);
        }
        while (targets.n_items > 1)
                targets_remove(&targets, targets.n_items - 1);
        assert_int_equal(target_index_make(&index, &targets), 0);
        assert_int_equal(count(&index, "/a/0", &cgroups), 1);
        assert_int_equal(count(&index, "/a/1", &cgroups), 0);
        target_index_done(&index);
        target_index_done(&index);
        targets_done(&targets);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kinds),
                cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
