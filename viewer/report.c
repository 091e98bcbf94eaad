/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "words.h"

enum {
        EVENTS_MAX = 200,  /* the last ones */
        HARMLESS_MAX = 50, /* targets that nothing is the matter with */
};

/* "2026-01-05 00:00:00"; a time that was counted from nowhere is a span. */
static void add_time(struct out *out, uint64_t t_ms)
{
        const size_t start = out->len;

        if (t_ms < UINT64_C(365) * 86400 * 1000) {
                out_printf(out, "+%3llu:%02llu:%02llu", (unsigned long long)(t_ms / 3600000),
                        (unsigned long long)(t_ms / 60000 % 60),
                        (unsigned long long)(t_ms / 1000 % 60));
                return;
        }
        out_time(out, t_ms);
        if (out->failed)
                return;
        out->text[start + 10] = ' ';
        out->len = start + 19;
}

static void add_count(struct out *out, const char *name, uint64_t n)
{
        if (n == 0)
                return;
        out_text(out, ", ");
        out_u64(out, n);
        out_char(out, ' ');
        out_text(out, name);
}

static void add_summary(const struct view *view, struct out *out)
{
        const struct view_counts *counts = &view->counts;
        uint64_t first_ms = UNKNOWN, last_ms = 0;

        for (const struct target *target = view->first; target; target = target->next) {
                const uint64_t t_ms = series_first_ms(view->history, &target->series);

                first_ms = t_ms < first_ms ? t_ms : first_ms;
                last_ms = target->tick_ms > last_ms ? target->tick_ms : last_ms;
        }
        if (first_ms != UNKNOWN) {
                out_text(out, "From ");
                add_time(out, first_ms);
                out_text(out, " to ");
                add_time(out, last_ms);
                out_text(out,
                        first_ms < 86400000 ? " (counted: the lines have no times)\n" : " (UTC)\n");
        }
        out_u64(out, counts->n_lines);
        out_text(out, " lines");
        add_count(out, "of samples", counts->n_samples);
        add_count(out, "of events", counts->n_events);
        add_count(out, "of the router", counts->n_router);
        add_count(out, "of the platform", counts->n_platform);
        add_count(out, "others", counts->n_unknown);
        add_count(out, "too long", counts->n_too_long);
        add_count(out, "out of order", counts->n_late);
        add_count(out, "of targets for which there was no room", counts->n_ignored);
        out_char(out, '\n');
}

static void add_requests(const struct view *view, struct out *out)
{
        struct request_figures figures;

        if (!view->requests)
                return;
        requests_figures(view->requests, view_now_ms(view), MINUTE_SECONDS, &figures);
        out_text(out, "\nREQUESTS\n  ");
        out_u64(out, requests_total(view->requests));
        out_text(out, " in all; ");
        out_u64(out, figures.n);
        out_text(out, " in the last minute");
        if (figures.service_median_ms.known)
                out_printf(out, ", median %llu ms, 95th percentile %llu ms",
                        (unsigned long long)figures.service_median_ms.value,
                        (unsigned long long)figures.service_p95_ms.value);
        out_text(out, "\n  of those");
        for (unsigned i = 0; i < STATUS_CLASSES; i++)
                out_printf(out, "%s %uxx: %llu", i > 0 ? "," : "", i + 1,
                        (unsigned long long)figures.status[i]);
        out_char(out, '\n');
}

static void add_codes(const struct view *view, struct out *out)
{
        if (view->codes.n == 0)
                return;
        out_text(out, "\nERRORS\n");
        for (size_t i = 0; i < view->codes.n; i++) {
                const struct code *code = &view->codes.items[i];

                out_printf(out, "  %-4s %8llu  ", code->code, (unsigned long long)code->total);
                out_shown(out, code->text);
                out_text(out, ", the last at ");
                add_time(out, code->t_ms);
                out_char(out, '\n');
        }
}

/* The highest number of a column, and when that was. */
struct peak {
        bool known;
        uint64_t value, t_ms;
};

/* The columns whose peaks are told. */
enum peak_of {
        PEAK_TOTAL,
        PEAK_RSS,
        PEAK_LOAD,
        PEAK_THREADS,
        PEAK_ZOMBIES,
        PEAK_TASKS,
        N_PEAKS,
};

struct peaks {
        unsigned columns[N_PEAKS];
        struct peak items[N_PEAKS];
};

static void take_slab(void *data, const struct slab *slab)
{
        struct peaks *peaks = data;

        for (unsigned i = 0; i < slab->n_columns; i++) {
                for (unsigned k = 0; k < N_PEAKS; k++) {
                        struct peak *peak = &peaks->items[k];

                        if (peaks->columns[k] != slab->columns[i])
                                continue;
                        for (unsigned row = 0; row < slab->n_rows; row++) {
                                const uint64_t value = slab->values[i][row];

                                if (value == UNKNOWN || (peak->known && value <= peak->value))
                                        continue;
                                *peak = (struct peak){true, value, slab->t_ms[row]};
                        }
                }
        }
}

static void find_peaks(const struct view *view, const struct target *target, struct peaks *ret)
{
        const struct known_columns *known = &view->columns.known;

        *ret = (struct peaks){
                .columns =
                        {
                                  [PEAK_TOTAL] = known->memory_total,
                                  [PEAK_RSS] = known->memory_rss,
                                  [PEAK_LOAD] = known->load_avg_1m,
                                  [PEAK_THREADS] = known->threads,
                                  [PEAK_ZOMBIES] = known->zombies,
                                  [PEAK_TASKS] = known->pids,
                                  },
        };
        series_read(view->history, &target->series, 0, UINT64_MAX, take_slab, ret);
}

static void add_peak(
        struct out *out, const struct peaks *peaks, enum peak_of which, const char *name)
{
        const struct peak *peak = &peaks->items[which];

        if (!peak->known)
                return;
        out_printf(out, "    %-13s", name);
        if (which == PEAK_TOTAL || which == PEAK_RSS)
                words_bytes(out, (double)peak->value);
        else if (which == PEAK_LOAD)
                out_printf(out, "%.2f", (double)peak->value / 100);
        else
                out_u64(out, peak->value);
        out_text(out, " at ");
        add_time(out, peak->t_ms);
        out_char(out, '\n');
}

static void add_use(struct out *out, const char *name, double percent)
{
        if (!isnan(percent))
                out_printf(out, ", %s %.0f %%", name, percent);
}

static void add_happening(const struct happening *happening, struct out *out)
{
        const char *cause = words_cause(happening), *advice = words_advice(happening);

        out_printf(out, "  ! ");
        words_say(happening, out);
        if (cause) {
                out_text(out, "\n    ");
                out_text(out, cause);
        }
        if (advice) {
                out_text(out, "\n    ");
                out_text(out, advice);
        }
        if (happening->since_ms != UNKNOWN && happening->since_ms < happening->t_ms) {
                out_text(out, "\n    since ");
                add_time(out, happening->since_ms);
        }
        out_char(out, '\n');
}

static void add_target(const struct view *view, const struct target *target, struct out *out)
{
        static const char *const severities[] = {"well", "note", "warning", "ERROR"};
        struct peaks peaks;

        out_shown(out, target->name);
        out_text(out, "  ");
        out_text(out, severities[target_severity(target, &view->columns)]);
        if (target->is_gone || target->is_silent)
                out_text(out, target->is_gone ? ", gone" : ", silent");
        add_use(out, "memory at", target_memory_percent(target, &view->columns));
        add_use(out, "tasks at", target_tasks_percent(target, &view->columns));
        if (target->n_restarts > 0)
                out_printf(out, ", restarted %llu times", (unsigned long long)target->n_restarts);
        for (unsigned i = 0; i < CODES_MAX && target->codes[i].n > 0; i++)
                out_printf(out, ", %s %llu times", target->codes[i].code,
                        (unsigned long long)target->codes[i].n);
        out_char(out, '\n');
        for (unsigned i = 0; i < target->n_troubles; i++)
                add_happening(target->troubles[i].happening, out);
        find_peaks(view, target, &peaks);
        add_peak(out, &peaks, PEAK_TOTAL, "memory");
        add_peak(out, &peaks, PEAK_RSS, "of that, rss");
        add_peak(out, &peaks, PEAK_LOAD, "load");
        add_peak(out, &peaks, PEAK_THREADS, "threads");
        add_peak(out, &peaks, PEAK_ZOMBIES, "zombies");
        add_peak(out, &peaks, PEAK_TASKS, "tasks");
}

static void add_targets(const struct view *view, struct out *out)
{
        const struct target **targets = calloc(view->n_targets + 1, sizeof(struct target *));
        size_t n_harmless = 0;

        if (!targets) {
                out->failed = true;
                return;
        }
        view_sort(view, targets);
        if (view->n_targets > 0)
                out_text(out, "\nTARGETS, the worst first, with their peaks\n");
        for (size_t i = 0; i < view->n_targets; i++) {
                if (target_severity(targets[i], &view->columns) == 0 &&
                        n_harmless++ >= HARMLESS_MAX)
                        continue;
                add_target(view, targets[i], out);
        }
        if (n_harmless > HARMLESS_MAX)
                out_printf(out, "and %zu more, which are well\n", n_harmless - HARMLESS_MAX);
        free(targets);
}

static void add_events(const struct view *view, struct out *out)
{
        static const char *const level_names[] = {"?", "info", "warning", "error"};
        const size_t n = view->happenings.n;
        const size_t first = n > EVENTS_MAX ? n - EVENTS_MAX : 0;

        if (n == 0)
                return;
        out_text(out, "\nEVENTS\n");
        if (first > 0)
                out_printf(out, "  (%zu earlier ones are left out)\n", first);
        for (size_t i = first; i < n; i++) {
                const struct happening *happening = happenings_at(&view->happenings, i);

                out_text(out, "  ");
                add_time(out, happening->t_ms);
                out_printf(out, "  %-7s  ", level_names[level_rank(happening->level)]);
                out_shown(out, happening->source);
                out_text(out, ": ");
                words_title(happening, out);
                if (strcmp(happening->state, "leave") == 0)
                        out_text(out, " (over)");
                else if (strcmp(happening->state, "update") == 0)
                        out_text(out, " (still)");
                out_char(out, '\n');
        }
}

void report_write(const struct view *view, struct out *ret)
{
        add_summary(view, ret);
        add_requests(view, ret);
        add_codes(view, ret);
        add_targets(view, ret);
        add_events(view, ret);
}
