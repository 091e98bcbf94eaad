/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "config.h"
#include "json.h"
#include "words.h"

static void add_double(struct out *out, const char *key, double value, unsigned places)
{
        if (!isnan(value))
                json_double(out, key, value, places);
}

static void add_known(struct out *out, const char *key, uint64_t value)
{
        if (value != UNKNOWN)
                json_u64(out, key, value);
}

static void add_measure(struct out *out, const char *key, struct measure measure)
{
        if (measure.known)
                json_u64(out, key, measure.value);
}

static void add_minute(
        struct out *out, const char *key, const struct minute *minute, uint64_t now_ms)
{
        uint32_t counts[MINUTE_SECONDS];

        minute_read(minute, now_ms / 1000, counts);
        json_open(out, key, '[');
        for (unsigned i = 0; i < MINUTE_SECONDS; i++)
                json_u64(out, NULL, counts[i]);
        json_close(out, ']');
}

static void add_inputs(const struct view *view, struct out *out)
{
        static const char *const states[] = {
                [INPUT_WAITING] = "waiting",
                [INPUT_READING] = "reading",
                [INPUT_ENDED] = "ended",
                [INPUT_FAILED] = "failed",
        };

        json_open(out, "inputs", '[');
        for (unsigned i = 0; i < view->n_inputs; i++) {
                const struct input *input = &view->inputs[i];

                json_open(out, NULL, '{');
                json_text(out, "name", input->name);
                json_text(out, "state", states[input->state]);
                json_u64(out, "lines", input->n_lines);
                if (*input->error)
                        json_text(out, "error", input->error);
                json_close(out, '}');
        }
        json_close(out, ']');
}

static void add_counts(const struct view *view, struct out *out)
{
        const struct view_counts *counts = &view->counts;

        json_open(out, "counts", '{');
        json_u64(out, "bytes", counts->n_bytes);
        json_u64(out, "lines", counts->n_lines);
        json_u64(out, "samples", counts->n_samples);
        json_u64(out, "events", counts->n_events);
        json_u64(out, "router", counts->n_router);
        json_u64(out, "platform", counts->n_platform);
        json_u64(out, "unknown", counts->n_unknown);
        json_u64(out, "too_long", counts->n_too_long);
        json_u64(out, "late", counts->n_late);
        json_u64(out, "targets_ignored", counts->n_ignored);
        json_close(out, '}');
}

static void add_history(const struct view *view, struct out *out)
{
        uint64_t from_ms = UNKNOWN;

        for (const struct target *target = view->first; target; target = target->next) {
                const uint64_t first_ms = series_first_ms(view->history, &target->series);

                if (first_ms < from_ms)
                        from_ms = first_ms;
        }
        json_open(out, "history", '{');
        if (from_ms != UNKNOWN) {
                json_u64(out, "from", from_ms);
                json_u64(out, "to", view->newest_ms > from_ms ? view->newest_ms : from_ms);
        }
        json_u64(out, "bytes", history_used_bytes(view->history));
        json_u64(out, "bytes_max", history_bytes(view->history));
        json_close(out, '}');
}

static void add_dynos(const struct view *view, struct out *out, uint64_t now_ms)
{
        json_open(out, "dynos", '[');
        for (const struct target *target = view->first; target; target = target->next) {
                const uint64_t n = minute_sum(&target->requests, now_ms / 1000);
                uint64_t median_ms, p95_ms;

                if (n == 0)
                        continue;
                json_open(out, NULL, '{');
                json_text(out, "source", target->name);
                json_u64(out, "last_60s", n);
                if (times_figures(&target->times, now_ms / 1000, &median_ms, &p95_ms)) {
                        json_u64(out, "median_ms", median_ms);
                        json_u64(out, "p95_ms", p95_ms);
                }
                json_close(out, '}');
        }
        json_close(out, ']');
}

/* While less than a minute of requests has been seen, as many as would come in one. */
static uint64_t per_minute(const struct view *view, uint64_t now_ms, uint64_t n)
{
        const uint64_t first_ms = requests_first_ms(view->requests);
        const uint64_t age_s = now_ms > first_ms ? (now_ms - first_ms) / 1000 + 1 : 1;

        return age_s < MINUTE_SECONDS ? n * MINUTE_SECONDS / age_s : n;
}

static void add_requests(const struct view *view, struct out *out, uint64_t now_ms)
{
        static const char *const names[STATUS_CLASSES] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
        struct request_figures figures;

        if (!view->requests)
                return;
        requests_figures(view->requests, now_ms, MINUTE_SECONDS, &figures);
        json_open(out, "requests", '{');
        json_u64(out, "last_60s", figures.n);
        json_u64(out, "per_minute", per_minute(view, now_ms, figures.n));
        add_measure(out, "median_ms", figures.service_median_ms);
        add_measure(out, "p95_ms", figures.service_p95_ms);
        add_measure(out, "max_ms", figures.service_max_ms);
        add_measure(out, "connect_median_ms", figures.connect_median_ms);
        json_open(out, "status", '{');
        for (unsigned i = 0; i < STATUS_CLASSES; i++)
                json_u64(out, names[i], figures.status[i]);
        json_close(out, '}');
        json_open(out, "errors", '{');
        for (size_t i = 0; i < view->codes.n; i++) {
                const struct code *code = &view->codes.items[i];
                const uint64_t n = minute_sum(&code->minute, now_ms / 1000);

                if (*code->code == 'H' && n > 0)
                        json_u64(out, code->code, n);
        }
        json_close(out, '}');
        json_u64(out, "total", requests_total(view->requests));
        add_minute(out, "activity", requests_minute(view->requests), now_ms);
        add_dynos(view, out, now_ms);
        json_close(out, '}');
}

static void add_codes(const struct view *view, struct out *out, uint64_t now_ms)
{
        if (view->codes.n == 0)
                return;
        json_open(out, "codes", '[');
        for (size_t i = 0; i < view->codes.n; i++) {
                const struct code *code = &view->codes.items[i];

                json_open(out, NULL, '{');
                json_text(out, "code", code->code);
                if (*code->text)
                        json_text(out, "text", code->text);
                json_u64(out, "last_60s", minute_sum(&code->minute, now_ms / 1000));
                json_u64(out, "total", code->total);
                json_u64(out, "t", code->t_ms);
                json_close(out, '}');
        }
        json_close(out, ']');
}

static void add_values(const struct view *view, const struct target *target, struct out *out)
{
        json_open(out, "values", '{');
        for (unsigned i = 0; i < view->columns.n_record; i++) {
                const uint64_t value = target_value(target, &view->columns, i);

                if (value == UNKNOWN)
                        continue;
                json_key(out, column_key(&view->columns, i));
                api_number(out, &view->columns, i, (double)value);
        }
        json_close(out, '}');
}

static void add_memory(
        const struct view *view, const struct target *target, struct out *out, uint64_t now_ms)
{
        const double percent = target_memory_percent(target, &view->columns);
        uint64_t mean, max;

        if (target->max_total_bytes == 0 &&
                target_value(target, &view->columns, view->columns.known.memory_total) == UNKNOWN)
                return;
        json_open(out, "memory", '{');
        if (target_memory(target, now_ms, &mean, &max)) {
                json_u64(out, "avg_60s", mean);
                json_u64(out, "max_60s", max);
        }
        json_u64(out, "max", target->max_total_bytes);
        add_double(out, "percent", percent, 1);
        if (!isnan(percent))
                json_double(out, "max_percent", target->max_percent, 1);
        json_close(out, '}');
}

static void add_tasks(const struct view *view, const struct target *target, struct out *out)
{
        const uint64_t tasks = target_tasks(target, &view->columns);

        if (tasks == UNKNOWN)
                return;
        json_open(out, "tasks", '{');
        json_u64(out, "used", tasks);
        add_known(
                out, "limit", target_value(target, &view->columns, view->columns.known.pids_limit));
        add_double(out, "percent", target_tasks_percent(target, &view->columns), 1);
        json_u64(out, "zombies_max", target->zombies_max);
        json_close(out, '}');
}

static void add_why(
        const struct view *view, const struct target *target, struct out *out, uint64_t now_ms)
{
        const struct happening *worst = target_worst(target);
        const double memory = target_memory_percent(target, &view->columns);
        const double tasks = target_tasks_percent(target, &view->columns);
        struct out why = {0};

        if (worst) {
                words_title(worst, &why);
        } else if (target->is_silent) {
                out_text(&why, "no line for ");
                words_span(&why, (double)(now_ms - target->tick_ms) / 1000);
        } else if (target_severity(target, &view->columns) > 0) {
                const bool is_memory = isnan(tasks) || memory > tasks;

                out_printf(&why, "%s at %.0f %% of the %s", is_memory ? "memory" : "tasks",
                        is_memory ? memory : tasks, is_memory ? "quota" : "limit");
        } else {
                return;
        }
        out_char(&why, '\0');
        if (!why.failed)
                json_text(out, "why", why.text);
        out_done(&why);
}

/* Worst first, as target_worst() has them. */
static void add_conditions(const struct target *target, struct out *out)
{
        struct trouble rest[TROUBLES_MAX];
        struct target copy = {.n_troubles = target->n_troubles};

        memcpy(copy.troubles, target->troubles, sizeof(rest));
        json_open(out, "conditions", '[');
        while (copy.n_troubles > 0) {
                const struct happening *worst = target_worst(&copy);
                unsigned i = 0;

                while (copy.troubles[i].happening != worst)
                        i++;
                copy.troubles[i] = copy.troubles[--copy.n_troubles];
                api_happening(worst, out, NULL);
        }
        json_close(out, ']');
}

static void add_target(
        const struct view *view, const struct target *target, struct out *out, uint64_t now_ms)
{
        json_open(out, NULL, '{');
        json_text(out, "source", target->name);
        if (*target->dyno)
                json_text(out, "dyno", target->dyno);
        if (target->has_tick) {
                json_u64(out, "t", target->tick_ms);
                add_known(out, "first", series_first_ms(view->history, &target->series));
        }
        if (target->step_ms > 0)
                json_double(out, "interval_s", (double)target->step_ms / 1000, 3);
        json_text(out, "state", target->is_gone ? "gone" : target->is_silent ? "silent" : "live");
        json_u64(out, "severity", target_severity(target, &view->columns));
        add_why(view, target, out, now_ms);
        add_values(view, target, out);
        add_memory(view, target, out, now_ms);
        add_tasks(view, target, out);
        json_u64(out, "restarts", target->n_restarts);
        json_open(out, "errors", '{');
        for (unsigned i = 0; i < CODES_MAX && target->codes[i].n > 0; i++)
                json_u64(out, target->codes[i].code, target->codes[i].n);
        json_close(out, '}');
        add_minute(out, "activity", &target->lines, now_ms);
        add_conditions(target, out);
        json_close(out, '}');
}

static void add_head(const struct view *view, struct out *out, uint64_t now_ms)
{
        json_u64(out, "now", now_ms);
        json_bool(out, "live", view_is_live(view));
        json_text(out, "version", PACKAGE_VERSION);
        add_inputs(view, out);
        add_counts(view, out);
        add_history(view, out);
        add_requests(view, out, now_ms);
        add_codes(view, out, now_ms);
}

static const struct target **sort(const struct view *view, struct out *out)
{
        const struct target **targets = calloc(view->n_targets + 1, sizeof(struct target *));

        if (targets)
                view_sort(view, targets);
        else
                out->failed = true;
        return targets;
}

void api_overview(const struct view *view, struct out *ret)
{
        const uint64_t now_ms = view_now_ms(view);
        const struct target **targets = sort(view, ret);

        json_open(ret, NULL, '{');
        add_head(view, ret, now_ms);
        json_open(ret, "targets", '[');
        for (size_t i = 0; targets && i < view->n_targets; i++)
                add_target(view, targets[i], ret, now_ms);
        json_close(ret, ']');
        json_close(ret, '}');
        free(targets);
}

static uint64_t hash_order(const struct target **targets, size_t n)
{
        uint64_t hash = 14695981039346656037U + n;

        for (size_t i = 0; i < n; i++)
                hash = (hash ^ (uint64_t)(uintptr_t)targets[i]) * 1099511628211U;
        return hash;
}

void api_update(const struct view *view, uint64_t serial, uint64_t *order, struct out *ret)
{
        const uint64_t now_ms = view_now_ms(view);
        const struct target **targets = sort(view, ret);
        const uint64_t hash = targets ? hash_order(targets, view->n_targets) : 0;

        json_open(ret, NULL, '{');
        add_head(view, ret, now_ms);
        if (targets && hash != *order) {
                *order = hash;
                json_open(ret, "order", '[');
                for (size_t i = 0; i < view->n_targets; i++)
                        json_text(ret, NULL, targets[i]->name);
                json_close(ret, ']');
        }
        json_open(ret, "targets", '[');
        for (size_t i = 0; targets && i < view->n_targets; i++) {
                if (targets[i]->serial > serial)
                        add_target(view, targets[i], ret, now_ms);
        }
        json_close(ret, ']');
        json_close(ret, '}');
        free(targets);
}
