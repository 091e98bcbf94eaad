/* SPDX-License-Identifier: MIT */
#include "viewer/history.h"

#include <math.h>
#include <stdlib.h>

#include "tests/unit/test.h"
#include "viewer/query.h"

#define STEP_MS UINT64_C(20000)

enum { SMALL_BYTES = 400 * 1024 };

static struct history *new_history(size_t bytes)
{
        struct history *history;

        assert_int_equal(history_new(bytes, &history), 0);
        return history;
}

static void put(struct history *history, struct series *series, uint64_t t_ms, unsigned column,
        uint64_t value)
{
        unsigned row;

        assert_int_equal(series_row(history, series, t_ms, &row), 0);
        assert_int_equal(series_set(series, row, column, value), 0);
}

/* Rows as they are read, to be compared. */
struct rows {
        size_t n;
        uint64_t t_ms[20000], values[20000]; /* of column 3 */
};

static void take(void *data, const struct slab *slab)
{
        struct rows *rows = data;

        for (unsigned row = 0; row < slab->n_rows; row++) {
                rows->t_ms[rows->n] = slab->t_ms[row];
                rows->values[rows->n] = UNKNOWN;
                for (unsigned i = 0; i < slab->n_columns; i++) {
                        if (slab->columns[i] == 3)
                                rows->values[rows->n] = slab->values[i][row];
                }
                rows->n++;
        }
}

/* All rows come back as they were put, however many blocks they are in. */
static void test_rows(void **state)
{
        struct history *history = new_history(1 << 20);
        struct series series = {0};
        struct rows *rows = calloc(1, sizeof(*rows));
        uint64_t seed = 5;

        (void)state;
        for (uint64_t i = 0; i < 1000; i++) {
                put(history, &series, (i + 1) * STEP_MS, 3, i * 7);
                if (random_below(&seed, 3) == 0)
                        put(history, &series, (i + 1) * STEP_MS, 90, random_u64(&seed));
        }
        check_u64("first", series_first_ms(history, &series), STEP_MS);
        check_u64("last", series_last(&series, 3), 999 * 7);
        check_u64("other", series_last(&series, 4), UNKNOWN);
        series_read(history, &series, 0, UINT64_MAX, take, rows);
        check_u64("rows", rows->n, 1000);
        for (uint64_t i = 0; i < rows->n; i++) {
                check_u64("time", rows->t_ms[i], (i + 1) * STEP_MS);
                check_u64("value", rows->values[i], i * 7);
        }
        series_shift(history, &series, 1000);
        rows->n = 0;
        series_read(history, &series, 0, UINT64_MAX, take, rows);
        check_u64("shifted", rows->n, 1000);
        check_u64("shifted", rows->t_ms[0], STEP_MS + 1000);
        check_u64("shifted", rows->t_ms[999], 1000 * STEP_MS + 1000);
        series_done(history, &series);
        history_free(history);
        free(rows);
}

/* Lines that come late find their place, unless it is packed away. */
static void test_order(void **state)
{
        struct history *history = new_history(SMALL_BYTES);
        struct series series = {0};
        struct rows *rows = calloc(1, sizeof(*rows));
        unsigned row;

        (void)state;
        put(history, &series, 3000, 3, 30);
        put(history, &series, 1000, 3, 10);
        put(history, &series, 2000, 3, 20);
        put(history, &series, 2000, 4, 99);
        put(history, &series, 4000, 3, 40);
        series_read(history, &series, 0, UINT64_MAX, take, rows);
        check_u64("rows", rows->n, 4);
        for (uint64_t i = 0; i < 4; i++) {
                check_u64("time", rows->t_ms[i], (i + 1) * 1000);
                check_u64("value", rows->values[i], (i + 1) * 10);
        }
        for (uint64_t i = 5; i < 200; i++)
                put(history, &series, i * 1000, 3, i * 10);
        assert_int_equal(series_row(history, &series, 1500, &row), -ERANGE);
        series_done(history, &series);
        history_free(history);
        free(rows);
}

/* What is oldest makes room, of whichever target it is; none loses what is newer than what another
 * one has kept. */
static void test_eviction(void **state)
{
        enum { N = 5 };
        struct history *history = new_history(SMALL_BYTES);
        struct series *series = calloc(N, sizeof(*series));
        struct rows *rows = calloc(1, sizeof(*rows));
        uint64_t seed = 9, first_ms = 0;

        (void)state;
        for (uint64_t i = 1; i < 20000; i++) {
                for (unsigned k = 0; k < N; k++) {
                        put(history, &series[k], i * STEP_MS, 3, i);
                        put(history, &series[k], i * STEP_MS, 4, random_u64(&seed) / 2);
                }
                check("within", history_used_bytes(history) <= history_bytes(history));
        }
        for (unsigned k = 0; k < N; k++) {
                rows->n = 0;
                series_read(history, &series[k], 0, UINT64_MAX, take, rows);
                check("some are gone", rows->n < 19000);
                check("some are kept", rows->n > 1000);
                check_u64("the last", rows->values[rows->n - 1], 19999);
                for (size_t i = 1; i < rows->n; i++)
                        check_u64("without a gap", rows->values[i], rows->values[i - 1] + 1);
                if (k == 0)
                        first_ms = rows->t_ms[0];
                check("alike", rows->t_ms[0] <= first_ms + 64 * STEP_MS &&
                                       first_ms <= rows->t_ms[0] + 64 * STEP_MS);
        }
        /* A target that is forgotten leaves room, and nothing that points to it. */
        series_done(history, &series[0]);
        for (uint64_t i = 20000; i < 40000; i++)
                put(history, &series[1], i * STEP_MS, 4, random_u64(&seed) / 2);
        for (unsigned k = 1; k < N; k++)
                series_done(history, &series[k]);
        history_free(history);
        free(series);
        free(rows);
}

static void run(struct history *history, const struct series *series, uint64_t from_ms,
        uint64_t to_ms, unsigned n_points, struct answer *ret)
{
        struct query query = {from_ms, to_ms, n_points, 2 * STEP_MS, {0}};

        query.wanted[3] = query.wanted[5] = true;
        assert_int_equal(query_run(history, series, &query, ret), 0);
}

/* One tick of ten thousand that is higher, or lower, is to be seen at any zoom. */
static void test_peaks(void **state)
{
        static const unsigned points[] = {16, 100, 333, 800, 4000};
        struct history *history = new_history(4 << 20);
        struct series series = {0};

        (void)state;
        for (uint64_t i = 0; i < 10000; i++)
                put(history, &series, (i + 1) * STEP_MS, 3,
                        i == 7777   ? 900
                        : i == 1234 ? 1
                                    : 100 + i % 2);
        for (size_t k = 0; k < ARRAY_SIZE(points); k++) {
                uint64_t min = UINT64_MAX, max = 0, n = 0;
                struct answer answer;

                run(history, &series, STEP_MS, 10000 * STEP_MS, points[k], &answer);
                check("points", answer.n <= points[k] + 1 && answer.n > points[k] / 2);
                check("steps", answer.step_ms > 0);
                check_u64("columns", answer.n_columns, 1);
                for (size_t i = 0; i < answer.n; i++) {
                        const struct answer_column *column = &answer.columns[0];

                        min = column->min[i] < min ? column->min[i] : min;
                        max = column->max[i] > max ? column->max[i] : max;
                        n += column->mean[i] >= (double)column->min[i] &&
                             column->mean[i] <= (double)column->max[i];
                        check("order", i == 0 || answer.t_ms[i] > answer.t_ms[i - 1]);
                }
                check_u64("peak", max, 900);
                check_u64("dip", min, 1);
                check_u64("means", n, answer.n);
                answer_done(&answer);
        }
        series_done(history, &series);
        history_free(history);
}

/* Few ticks are given as they are, and where there were none for long the line ends. */
static void test_gaps(void **state)
{
        static const uint64_t times[] = {1, 2, 3, 9, 10};
        static const uint64_t expected[] = {20000, 40000, 60000, 60001, 180000, 200000};
        struct history *history = new_history(SMALL_BYTES);
        struct series series = {0};
        struct answer answer;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(times); i++)
                put(history, &series, times[i] * STEP_MS, 3, times[i]);
        put(history, &series, 10 * STEP_MS, 5, 1);
        run(history, &series, 0, UINT64_MAX / 2, 100, &answer);
        check_u64("step", answer.step_ms, 0);
        check_u64("n", answer.n, ARRAY_SIZE(expected));
        for (size_t i = 0; i < answer.n; i++)
                check_u64("time", answer.t_ms[i], expected[i]);
        check_u64("gap", answer.columns[0].min[3], UNKNOWN);
        check("gap", isnan(answer.columns[0].mean[3]));
        check_u64("behind", answer.columns[0].min[4], 9);
        check_u64("other", answer.columns[1].min[4], UNKNOWN);
        check_u64("other", answer.columns[1].min[5], 1);
        answer_done(&answer);
        run(history, &series, 60 * STEP_MS, 61 * STEP_MS, 100, &answer);
        check_u64("none", answer.n, 0);
        answer_done(&answer);
        series_done(history, &series);
        history_free(history);
}

/* Means of what has gaps in it, in steps. */
static void test_steps(void **state)
{
        struct history *history = new_history(SMALL_BYTES);
        struct series series = {0};
        struct answer answer;
        uint64_t n_gaps = 0;

        (void)state;
        for (uint64_t i = 0; i < 1000; i++) {
                if (i < 400 || i >= 600)
                        put(history, &series, (i + 1) * 1000, 3, i);
        }
        run(history, &series, 1000, 1000000, 50, &answer);
        check("step", answer.step_ms > 0);
        for (size_t i = 0; i < answer.n; i++)
                n_gaps += answer.columns[0].min[i] == UNKNOWN;
        check_u64("one gap", n_gaps, 1);
        answer_done(&answer);
        series_done(history, &series);
        history_free(history);
}

/* A day of 200 targets at 20 s, with 18 numbers each of the kind that runstatd writes. */
static void test_a_day(void **state)
{
        enum { TARGETS = 200, TICKS = 4320, COLUMNS = 18 };
        const size_t limit = (size_t)48 << 20;
        struct history *history = new_history(limit);
        struct series *series = calloc(TARGETS, sizeof(*series));
        uint64_t seed = 3, rss[TARGETS], n_open_bytes = 0;

        (void)state;
        for (unsigned i = 0; i < TARGETS; i++)
                rss[i] = 100000000 + random_below(&seed, 100000000);
        for (uint64_t tick = 1; tick <= TICKS; tick++) {
                for (unsigned i = 0; i < TARGETS; i++) {
                        unsigned row;

                        rss[i] += random_below(&seed, 4000000);
                        rss[i] -= rss[i] > 4000000 ? random_below(&seed, 4000000) : 0;
                        assert_int_equal(series_row(history, &series[i], tick * STEP_MS, &row), 0);
                        for (unsigned k = 0; k < COLUMNS; k++)
                                series_set(&series[i], row, k,
                                        k < 4    ? rss[i] / (k + 1)
                                        : k < 7  ? random_below(&seed, 400)
                                        : k < 9  ? tick * 1000 + random_below(&seed, 900)
                                        : k < 14 ? 40 + random_below(&seed, 8)
                                                 : 512);
                }
        }
        for (unsigned i = 0; i < TARGETS; i++) {
                check_u64("whole", series_first_ms(history, &series[i]), STEP_MS);
                n_open_bytes +=
                        sizeof(series[i]) + series[i].n_values * sizeof(series[i].values[0]);
        }
        print_message("a day of 200 targets: %zu bytes packed, %" PRIu64 " open, %zu a row\n",
                history_used_bytes(history), n_open_bytes,
                history_used_bytes(history) / ((size_t)TARGETS * TICKS));
        check("packed", history_used_bytes(history) < limit);
        check("all", history_used_bytes(history) + n_open_bytes < (size_t)64 << 20);
        for (unsigned i = 0; i < TARGETS; i++)
                series_done(history, &series[i]);
        free(series);
        history_free(history);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows),
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_eviction),
                cmocka_unit_test(test_peaks),
                cmocka_unit_test(test_gaps),
                cmocka_unit_test(test_steps),
                cmocka_unit_test(test_a_day),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
