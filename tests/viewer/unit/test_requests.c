/* SPDX-License-Identifier: MIT */
#include "viewer/requests.h"

#include <stdlib.h>

#include "tests/unit/test.h"

#define NOW_MS UINT64_C(1795888800000)

struct fixture {
        struct columns columns;
        struct history *history;
        struct requests *requests;
};

static int set_up(void **state)
{
        struct fixture *fixture = calloc(1, sizeof(*fixture));

        columns_init(&fixture->columns);
        assert_int_equal(history_new(1 << 20, &fixture->history), 0);
        assert_int_equal(requests_new(&fixture->requests), 0);
        *state = fixture;
        return 0;
}

static int tear_down(void **state)
{
        struct fixture *fixture = *state;

        requests_free(fixture->requests, fixture->history);
        history_free(fixture->history);
        free(fixture);
        return 0;
}

static void add(struct fixture *fixture, uint64_t t_ms, uint64_t status, uint64_t service_ms)
{
        const struct platform_line line = {
                .kind = PLATFORM_REQUEST,
                .status = measure_of(status),
                .service_ms = measure_of(service_ms),
                .connect_ms = measure_of(1),
        };

        requests_add(fixture->requests, &fixture->columns, fixture->history, &line, t_ms);
}

static void test_nothing(void **state)
{
        struct fixture *fixture = *state;
        struct request_figures figures;

        requests_figures(fixture->requests, NOW_MS, 60, &figures);
        check_u64("n", figures.n, 0);
        check("median", !figures.service_median_ms.known);
        check("p95", !figures.service_p95_ms.known);
}

/* Exact below 128 ms: 1 to 100 have a median of 50.5 and a 95th percentile of 95. */
static void test_figures(void **state)
{
        struct fixture *fixture = *state;
        struct request_figures figures;

        for (uint64_t i = 1; i <= 100; i++)
                add(fixture, NOW_MS - 30000 + i, i % 10 == 0 ? 503 : 200, i);
        requests_figures(fixture->requests, NOW_MS, 60, &figures);
        check_u64("n", figures.n, 100);
        check_u64("2xx", figures.status[1], 90);
        check_u64("3xx", figures.status[2], 0);
        check_u64("5xx", figures.status[4], 10);
        check_u64("median", figures.service_median_ms.value, 50);
        check_u64("p95", figures.service_p95_ms.value, 95);
        check_u64("max", figures.service_max_ms.value, 100);
        check_u64("connect", figures.connect_median_ms.value, 1);
        requests_figures(fixture->requests, NOW_MS + 31000, 60, &figures);
        check_u64("over", figures.n, 0);
        check_u64("total", requests_total(fixture->requests), 100);
}

/* Above, within 1 %, up to half an hour. */
static void test_precision(void **state)
{
        struct fixture *fixture = *state;

        for (uint64_t ms = 100, t_ms = NOW_MS; ms < 1800000; ms = ms * 17 / 13, t_ms += 61000) {
                struct request_figures figures;
                uint64_t difference;

                add(fixture, t_ms, 200, ms);
                requests_figures(fixture->requests, t_ms, 60, &figures);
                difference = figures.service_median_ms.value > ms
                                     ? figures.service_median_ms.value - ms
                                     : ms - figures.service_median_ms.value;
                check("within 1 %", difference * 100 <= ms);
                check_u64("max", figures.service_max_ms.value, ms);
        }
}

static void count_rows(void *data, const struct slab *slab)
{
        uint64_t *n = data;

        for (unsigned i = 0; i < slab->n_columns; i++) {
                for (unsigned row = 0; row < slab->n_rows && i == 0; row++)
                        n[0]++, n[1] += slab->values[0][row];
        }
}

/* A row each 20 s; a pause of some has rows of 0, one that is long has none. */
static void test_history(void **state)
{
        struct fixture *fixture = *state;
        uint64_t counts[2] = {0};

        for (uint64_t s = 0; s < 60; s++)
                add(fixture, NOW_MS + s * 1000, 200, 5);
        requests_advance(fixture->requests, &fixture->columns, fixture->history, NOW_MS + 102000);
        series_read(fixture->history, requests_series(fixture->requests), 0, UINT64_MAX, count_rows,
                counts);
        check_u64("rows", counts[0], 5);
        check_u64("requests a minute", counts[1], 3 * 60);
        requests_advance(fixture->requests, &fixture->columns, fixture->history, NOW_MS + 9000000);
        counts[0] = 0;
        series_read(fixture->history, requests_series(fixture->requests), 0, UINT64_MAX, count_rows,
                counts);
        check_u64("rows", counts[0], 6);
}

/* A time that is far away, as hostile lines have it, costs nothing. */
static void test_times(void **state)
{
        static const uint64_t times[] = {NOW_MS, 0, 1, UINT64_MAX / 1000000, NOW_MS, 999,
                NOW_MS + 1, UINT64_MAX / 2000000, 5};
        struct fixture *fixture = *state;

        for (size_t i = 0; i < ARRAY_SIZE(times); i++)
                add(fixture, times[i], 200, 1);
        check_u64("total", requests_total(fixture->requests), ARRAY_SIZE(times));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_figures, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_precision, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_history, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
