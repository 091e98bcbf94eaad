/* SPDX-License-Identifier: MIT */
#include "api.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "words.h"

void api_number(struct out *ret, const struct columns *columns, unsigned column, double value)
{
        switch (column_unit(columns, column)) {
        case UNIT_HUNDREDTHS:
                out_double(ret, value / 100, 4);
                return;
        case UNIT_NANOSECONDS:
                out_double(ret, value / 1e9, 6);
                return;
        case UNIT_NONE:
        case UNIT_BYTES:
        case UNIT_PAGES:
        case UNIT_TEXT:
                out_double(ret, value, 2);
                return;
        }
}

static void add_words(struct out *out, const char *key, const struct happening *happening,
        void (*write)(const struct happening *happening, struct out *ret))
{
        struct out words = {0};

        write(happening, &words);
        out_char(&words, '\0');
        if (words.failed)
                out->failed = true;
        else
                json_text(out, key, words.text);
        out_done(&words);
}

static void add_text(struct out *out, const char *key, const char *text)
{
        if (text)
                json_text(out, key, text);
}

void api_happening(const struct happening *happening, struct out *ret, const char *key)
{
        json_open(ret, key, '{');
        json_u64(ret, "id", happening->id);
        json_u64(ret, "t", happening->t_ms);
        json_text(ret, "source", happening->source);
        json_text(ret, "event", happening->event);
        json_text(ret, "state", happening->state);
        json_text(ret, "level", happening->level);
        if (happening->since_ms != UNKNOWN)
                json_u64(ret, "since", happening->since_ms);
        if (happening->is_derived)
                json_bool(ret, "derived", true);
        add_words(ret, "title", happening, words_title);
        add_words(ret, "say", happening, words_say);
        add_text(ret, "cause", words_cause(happening));
        add_text(ret, "advice", words_advice(happening));
        json_open(ret, "fields", '{');
        for (size_t i = 0; i < happening->n_fields; i++) {
                const struct happening_field *field = &happening->fields[i];

                if (field->is_number)
                        json_double(ret, field->key, field->number, 6);
                else
                        json_text(ret, field->key, field->text);
        }
        json_close(ret, '}');
        json_close(ret, '}');
}

static bool is_asked_for(const struct happening *happening, const struct api_query *query)
{
        return happening->t_ms >= query->from_ms && happening->t_ms <= query->to_ms &&
               (query->before == 0 || happening->id < query->before) &&
               (!query->source || strcmp(happening->source, query->source) == 0);
}

static void add_events(
        const struct view *view, const struct api_query *query, struct out *out, const char *key)
{
        bool more = false;
        unsigned n = 0;

        json_open(out, key, '{');
        json_open(out, "events", '[');
        for (size_t i = view->happenings.n; i > 0 && !more; i--) {
                const struct happening *happening = happenings_at(&view->happenings, i - 1);

                if (!is_asked_for(happening, query))
                        continue;
                if (n++ == query->limit)
                        more = true;
                else
                        api_happening(happening, out, NULL);
        }
        json_close(out, ']');
        json_bool(out, "more", more);
        json_u64(out, "dropped", view->happenings.n_dropped);
        json_close(out, '}');
}

void api_events(const struct view *view, const struct api_query *query, struct out *ret)
{
        add_events(view, query, ret, NULL);
}

/* The numbers of a target, or of the router. */
static const struct series *find_series(
        const struct view *view, const char *source, uint64_t *ret_gap_ms)
{
        const struct target *target = view_find(view, source);
        const uint64_t step_ms = target && target->step_ms > 0 ? target->step_ms : view->step_ms;

        *ret_gap_ms = step_ms * 5 / 2;
        if (target)
                return &target->series;
        if (view->requests && strcmp(source, "router") == 0) {
                *ret_gap_ms = REQUESTS_SLOT_S * 2500;
                return requests_series(view->requests);
        }
        return NULL;
}

/* "memory_rss,memory_swap" */
static int read_keys(const struct view *view, const char *keys, bool ret[COLUMNS_MAX])
{
        if (!keys) {
                for (unsigned i = 0; i < view->columns.n; i++)
                        ret[i] = true;
                return 0;
        }
        while (*keys) {
                const size_t len = strcspn(keys, ",");
                const unsigned column = column_find(&view->columns, keys, len);

                if (column == COLUMN_NONE)
                        return -EINVAL;
                ret[column] = true;
                keys += len + (keys[len] == ',');
        }
        return 0;
}

static int run(const struct view *view, const struct api_query *asked, unsigned n_points,
        struct query *ret_query, struct answer *ret)
{
        const struct series *series = find_series(view, asked->source, &ret_query->gap_ms);
        const uint64_t first_ms = series ? series_first_ms(view->history, series) : UNKNOWN;

        if (!series)
                return -ENOENT;
        if (read_keys(view, asked->keys, ret_query->wanted) < 0)
                return -EINVAL;
        ret_query->n_points = n_points;
        ret_query->from_ms = asked->from_ms;
        ret_query->to_ms = asked->to_ms;
        if (first_ms != UNKNOWN && asked->from_ms < first_ms)
                ret_query->from_ms = first_ms;
        if (series->n_rows > 0 && asked->to_ms > series->t_ms[series->n_rows - 1])
                ret_query->to_ms = series->t_ms[series->n_rows - 1];
        if (ret_query->to_ms < ret_query->from_ms)
                ret_query->to_ms = ret_query->from_ms;
        return query_run(view->history, series, ret_query, ret);
}

static void add_array(struct out *out, const char *key, const struct columns *columns,
        unsigned column, const uint64_t *values, size_t n)
{
        json_open(out, key, '[');
        for (size_t i = 0; i < n; i++) {
                json_key(out, NULL);
                if (values[i] == UNKNOWN)
                        out_text(out, "null");
                else
                        api_number(out, columns, column, (double)values[i]);
        }
        json_close(out, ']');
}

static void add_means(struct out *out, const struct columns *columns, unsigned column,
        const double *values, size_t n)
{
        json_open(out, "avg", '[');
        for (size_t i = 0; i < n; i++) {
                json_key(out, NULL);
                if (isnan(values[i]))
                        out_text(out, "null");
                else
                        api_number(out, columns, column, values[i]);
        }
        json_close(out, ']');
}

static void add_column(struct out *out, const struct columns *columns, const struct answer *answer,
        const struct answer_column *column)
{
        const unsigned id = column->column;

        json_open(out, column_key(columns, id), '{');
        if (answer->step_ms == 0) {
                add_array(out, "value", columns, id, column->min, answer->n);
        } else {
                add_array(out, "min", columns, id, column->min, answer->n);
                add_means(out, columns, id, column->mean, answer->n);
                add_array(out, "max", columns, id, column->max, answer->n);
        }
        json_close(out, '}');
}

int api_history(
        const struct view *view, const struct api_query *asked, struct out *ret, const char *key)
{
        struct query query = {0};
        struct answer answer;
        int r = run(view, asked, asked->n_points, &query, &answer);

        if (r < 0)
                return r;
        json_open(ret, key, '{');
        json_text(ret, "source", asked->source);
        json_u64(ret, "from", query.from_ms);
        json_u64(ret, "to", query.to_ms);
        json_u64(ret, "step_ms", answer.step_ms);
        json_open(ret, "t", '[');
        for (size_t i = 0; i < answer.n; i++)
                json_u64(ret, NULL, answer.t_ms[i]);
        json_close(ret, ']');
        json_open(ret, "columns", '{');
        for (size_t i = 0; i < answer.n_columns; i++)
                add_column(ret, &view->columns, &answer, &answer.columns[i]);
        json_close(ret, '}');
        json_close(ret, '}');
        answer_done(&answer);
        return ret->failed ? -ENOMEM : 0;
}

int api_csv(const struct view *view, const struct api_query *asked, struct out *ret)
{
        struct query query = {0};
        struct answer answer;
        int r = run(view, asked, UINT32_MAX, &query, &answer);

        if (r < 0)
                return r;
        out_text(ret, "time");
        for (size_t i = 0; i < answer.n_columns; i++) {
                out_char(ret, ',');
                out_text(ret, column_key(&view->columns, answer.columns[i].column));
        }
        out_text(ret, "\r\n");
        for (size_t row = 0; row < answer.n; row++) {
                bool any = false;

                for (size_t i = 0; i < answer.n_columns; i++)
                        any |= answer.columns[i].min[row] != UNKNOWN;
                if (!any)
                        continue;
                out_time(ret, answer.t_ms[row]);
                for (size_t i = 0; i < answer.n_columns; i++) {
                        const struct answer_column *column = &answer.columns[i];

                        out_char(ret, ',');
                        if (column->min[row] != UNKNOWN)
                                api_number(ret, &view->columns, column->column,
                                        (double)column->min[row]);
                }
                out_text(ret, "\r\n");
        }
        answer_done(&answer);
        return ret->failed ? -ENOMEM : 0;
}

/* A file that is to be mailed: the more targets, the fewer points each. */
enum {
        SNAPSHOT_TARGETS = 200,
        SNAPSHOT_POINTS = 20000, /* of all targets together */
        SNAPSHOT_POINTS_MIN = 60,
};

static int add_histories(const struct view *view, const struct api_query *asked, struct out *out)
{
        const struct target **targets = calloc(view->n_targets + 1, sizeof(struct target *));
        const size_t n = targets ? view_sort(view, targets) : 0;
        struct api_query query = *asked;
        unsigned n_targets = n < SNAPSHOT_TARGETS ? (unsigned)n : SNAPSHOT_TARGETS;
        int r = targets ? 0 : -ENOMEM;

        if (n_targets > 0 && query.n_points > SNAPSHOT_POINTS / n_targets)
                query.n_points = SNAPSHOT_POINTS / n_targets;
        if (query.n_points < SNAPSHOT_POINTS_MIN)
                query.n_points = SNAPSHOT_POINTS_MIN;
        for (unsigned i = 0; r == 0 && i < n_targets; i++) {
                query.source = targets[i]->name;
                r = api_history(view, &query, out, query.source);
        }
        free(targets);
        return r;
}

int api_snapshot(const struct view *view, const struct api_query *asked, struct out *ret)
{
        struct api_query router = *asked;
        int r;

        if (asked->source && !view_find(view, asked->source))
                return -ENOENT;
        router.source = "router";
        json_open(ret, NULL, '{');
        json_u64(ret, "made", view->wall_ms);
        json_key(ret, "overview");
        api_overview(view, ret);
        add_events(view, asked, ret, "events");
        json_open(ret, "history", '{');
        if (asked->source)
                r = api_history(view, asked, ret, asked->source);
        else
                r = add_histories(view, asked, ret);
        if (r == 0 && view->requests)
                r = api_history(view, &router, ret, "router");
        json_close(ret, '}');
        json_close(ret, '}');
        return ret->failed ? -ENOMEM : r;
}
