/* SPDX-License-Identifier: MIT */
#include "viewer/times.h"

#include "tests/unit/test.h"

#define NOW_S UINT64_C(1795888800)

static void check_figures(
        const char *what, const struct times *times, uint64_t now_s, uint64_t median, uint64_t p95)
{
        uint64_t got_median = 0, got_p95 = 0;

        check(what, times_figures(times, now_s, &got_median, &got_p95));
        check_u64(what, got_median, median);
        check_u64(what, got_p95, p95);
}

static void test_nothing(void **state)
{
        struct times times = {0};
        uint64_t ms;

        (void)state;
        check("none", !times_figures(&times, NOW_S, &ms, &ms));
        times_add(&times, NOW_S, 5);
        check_figures("one", &times, NOW_S, 5, 5);
        check("not yet", !times_figures(&times, NOW_S - 1, &ms, &ms));
        check_figures("still", &times, NOW_S + 59, 5, 5);
        check("no longer", !times_figures(&times, NOW_S + 60, &ms, &ms));
        times_clear(&times);
        check("none again", !times_figures(&times, NOW_S, &ms, &ms));
}

/* Whatever the order they come in. */
static void test_figures(void **state)
{
        struct times times = {0};

        (void)state;
        for (uint64_t i = 0; i < 100; i++)
                times_add(&times, NOW_S - i % 60, i * 37 % 100 + 1);
        check_figures("1 to 100", &times, NOW_S, 50, 95);
        times_clear(&times);
        for (uint64_t i = 0; i < 1024; i++)
                times_add(&times, NOW_S, i < 900 ? 10 : UINT64_MAX);
        check_figures("without end", &times, NOW_S, 10, UINT32_MAX);
        times_clear(&times);
}

/* A few a second need no more room, however long that goes on; many have the last ones kept. */
static void test_room(void **state)
{
        struct times times = {0};

        (void)state;
        for (uint64_t s = 0; s < 10000; s++)
                times_add(&times, NOW_S + s, s);
        check("little room", times.size <= 128);
        check_figures("the last minute", &times, NOW_S + 9999, 9969, 9996);
        for (uint64_t i = 0; i < 100000; i++)
                times_add(&times, NOW_S + 20000, i);
        check_u64("all room there is", times.size, TIMES_MAX);
        check_figures("the last ones", &times, NOW_S + 20000, 99487, 99948);
        times_clear(&times);
}

/* Times that lines made up, and what came before they did. */
static void test_hostile(void **state)
{
        static const uint64_t seconds[] = {
                UINT64_MAX, 0, NOW_S, UINT32_MAX, 1, UINT64_MAX - 1, NOW_S};
        struct times times = {0};

        (void)state;
        for (size_t i = 0; i < 7000; i++)
                times_add(&times, seconds[i % ARRAY_SIZE(seconds)], 7);
        check("room", times.size <= TIMES_MAX);
        check_figures("now", &times, NOW_S, 7, 7);
        times_clear(&times);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_nothing),
                cmocka_unit_test(test_figures),
                cmocka_unit_test(test_room),
                cmocka_unit_test(test_hostile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
