/* SPDX-License-Identifier: MIT */
#include "query.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A first reading finds out how many rows there are, and which columns. */
struct survey {
        const struct query *query;
        size_t n_rows, n_gaps;
        uint64_t last_ms;
        bool known[COLUMNS_MAX];
};

static bool is_within(const struct query *query, uint64_t t_ms)
{
        return t_ms >= query->from_ms && t_ms <= query->to_ms;
}

static void survey_slab(void *data, const struct slab *slab)
{
        struct survey *survey = data;

        for (unsigned row = 0; row < slab->n_rows; row++) {
                const uint64_t t_ms = slab->t_ms[row];

                if (!is_within(survey->query, t_ms))
                        continue;
                if (survey->n_rows > 0 && t_ms - survey->last_ms > survey->query->gap_ms)
                        survey->n_gaps++;
                survey->n_rows++;
                survey->last_ms = t_ms;
                for (unsigned i = 0; i < slab->n_columns; i++)
                        survey->known[slab->columns[i]] |= slab->values[i][row] != UNKNOWN;
        }
}

/* A second one makes the points. */
struct filling {
        const struct query *query;
        struct answer *answer;
        size_t size;                 /* points there is room for */
        uint8_t places[COLUMNS_MAX]; /* in the answer, and 1 */
        uint64_t last_ms;            /* of the row before */
        uint64_t end_ms;             /* of the point */
        uint64_t (*counts)[1];       /* of the numbers in the point, a column each */
};

static void add_point(struct filling *filling, uint64_t t_ms)
{
        struct answer *answer = filling->answer;
        const size_t at = answer->n++;

        answer->t_ms[at] = t_ms;
        for (size_t i = 0; i < answer->n_columns; i++) {
                struct answer_column *column = &answer->columns[i];

                column->min[at] = column->max[at] = UNKNOWN;
                column->mean[at] = (double)NAN;
                filling->counts[i][0] = 0;
        }
}

static void add_number(struct filling *filling, size_t place, uint64_t value)
{
        struct answer_column *column = &filling->answer->columns[place];
        const size_t at = filling->answer->n - 1;
        const uint64_t n = ++filling->counts[place][0];

        if (n == 1) {
                column->min[at] = column->max[at] = value;
                column->mean[at] = (double)value;
                return;
        }
        if (value < column->min[at])
                column->min[at] = value;
        if (value > column->max[at])
                column->max[at] = value;
        column->mean[at] += ((double)value - column->mean[at]) / (double)n;
}

/* Begins the point of the time, behind one that has nothing if the line is to end. */
static void find_point(struct filling *filling, uint64_t t_ms)
{
        struct answer *answer = filling->answer;
        const uint64_t step_ms = answer->step_ms, from_ms = filling->query->from_ms;
        const bool is_gap = answer->n > 0 && t_ms - filling->last_ms > filling->query->gap_ms &&
                            t_ms - filling->last_ms > 2 * step_ms;

        if (answer->n > 0 && step_ms > 0 && t_ms < filling->end_ms)
                return;
        if (is_gap && answer->n < filling->size)
                add_point(filling, filling->last_ms + (step_ms > 0 ? step_ms : 1));
        if (answer->n < filling->size)
                add_point(filling,
                        step_ms > 0 ? from_ms + (t_ms - from_ms) / step_ms * step_ms : t_ms);
        filling->end_ms = answer->t_ms[answer->n - 1] + step_ms;
}

static void fill_slab(void *data, const struct slab *slab)
{
        struct filling *filling = data;

        for (unsigned row = 0; row < slab->n_rows; row++) {
                const uint64_t t_ms = slab->t_ms[row];

                if (!is_within(filling->query, t_ms))
                        continue;
                find_point(filling, t_ms);
                filling->last_ms = t_ms;
                for (unsigned i = 0; i < slab->n_columns; i++) {
                        const uint8_t place = filling->places[slab->columns[i]];

                        if (place > 0 && slab->values[i][row] != UNKNOWN)
                                add_number(filling, place - 1U, slab->values[i][row]);
                }
        }
}

/* One piece of memory for all arrays. */
static int allocate(struct filling *filling, struct answer *answer)
{
        const size_t n = filling->size, columns = answer->n_columns;
        uint64_t *memory = calloc(n * (1 + 3 * columns) + columns + 1, sizeof(uint64_t));

        if (!memory)
                return -ENOMEM;
        answer->memory = memory;
        answer->t_ms = memory;
        memory += n;
        for (size_t i = 0; i < columns; i++) {
                answer->columns[i].min = memory;
                answer->columns[i].max = memory + n;
                answer->columns[i].mean = (void *)(memory + 2 * n);
                memory += 3 * n;
        }
        filling->counts = (uint64_t(*)[1])memory;
        return 0;
}

int query_run(const struct history *history, const struct series *series, const struct query *query,
        struct answer *ret)
{
        struct survey survey = {.query = query};
        struct answer answer = {0};
        struct filling filling = {.query = query, .answer = &answer};
        const uint64_t span_ms = query->to_ms - query->from_ms;

        series_read(history, series, query->from_ms, query->to_ms, survey_slab, &survey);
        if (survey.n_rows + survey.n_gaps > query->n_points)
                answer.step_ms = span_ms / query->n_points + 1;
        /* With steps, as many gaps at most as there are points. */
        filling.size = answer.step_ms > 0 ? 2 * (size_t)query->n_points + 2
                                          : survey.n_rows + survey.n_gaps;
        for (unsigned i = 0; i < COLUMNS_MAX; i++) {
                if (!query->wanted[i] || !survey.known[i])
                        continue;
                answer.columns[answer.n_columns++].column = i;
                filling.places[i] = (uint8_t)answer.n_columns;
        }
        if (filling.size > 0 && allocate(&filling, &answer) < 0)
                return -ENOMEM;
        if (filling.size > 0)
                series_read(history, series, query->from_ms, query->to_ms, fill_slab, &filling);
        *ret = answer;
        return 0;
}

void answer_done(struct answer *answer)
{
        free(answer->memory);
        *answer = (struct answer){0};
}
