/* SPDX-License-Identifier: MIT */
#include "requests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Times are counted in classes: a class each up to 127 ms, and then 64 for each time twice as long,
 * so that none is wider than 1.6 % of what is in it.
 */
enum {
        EXACT = 128,
        PER_OCTAVE = 64,
        OCTAVES = 14, /* up to half an hour */
        CLASSES = EXACT + OCTAVES * PER_OCTAVE,
        SECONDS = 64,
};

struct second {
        uint64_t second;
        uint32_t n, n_errors, status[STATUS_CLASSES];
        uint32_t service_max_ms;
        uint32_t connect[EXACT]; /* what takes longer is the last one */
        uint32_t service[CLASSES];
};

struct requests {
        uint64_t total, first_ms;
        uint64_t slot; /* of REQUESTS_SLOT_S that is being counted; 0: none */
        struct minute minute;
        struct series series;
        struct second seconds[SECONDS];
};

static unsigned class_of(uint64_t ms)
{
        unsigned octave;

        if (ms < EXACT)
                return (unsigned)ms;
        octave = 63 - (unsigned)__builtin_clzll(ms);
        if (octave >= 7 + OCTAVES)
                return CLASSES - 1;
        return EXACT + (octave - 7) * PER_OCTAVE + (unsigned)(ms >> (octave - 6)) % PER_OCTAVE;
}

/* The middle of a class. */
static uint64_t ms_of(unsigned class)
{
        unsigned octave;
        uint64_t width;

        if (class < EXACT)
                return class;
        octave = (class - EXACT) / PER_OCTAVE;
        width = UINT64_C(2) << octave;
        return (PER_OCTAVE + (class - EXACT) % PER_OCTAVE) * width + width / 2;
}

int requests_new(struct requests **ret)
{
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

void requests_free(struct requests *requests, struct history *history)
{
        if (!requests)
                return;
        series_done(history, &requests->series);
        free(requests);
}

/* The counts of a second; NULL when it is over for too long. */
static struct second *find_second(struct requests *requests, uint64_t s)
{
        struct second *second = &requests->seconds[s % SECONDS];

        if (second->second > s)
                return NULL;
        if (second->second < s) {
                memset(second, 0, sizeof(*second));
                second->second = s;
        }
        return second;
}

static void count(struct second *second, const struct platform_line *line)
{
        const uint64_t class = line->status.known ? line->status.value / 100 : 0;

        second->n++;
        second->n_errors += *line->code != '\0';
        if (class >= 1 && class <= STATUS_CLASSES)
                second->status[class - 1]++;
        if (line->connect_ms.known)
                second->connect[line->connect_ms.value < EXACT ? line->connect_ms.value
                                                               : EXACT - 1]++;
        if (!line->service_ms.known)
                return;
        second->service[class_of(line->service_ms.value)]++;
        if (line->service_ms.value > second->service_max_ms)
                second->service_max_ms = (uint32_t)line->service_ms.value;
}

void requests_add(struct requests *requests, const struct columns *columns, struct history *history,
        const struct platform_line *line, uint64_t t_ms)
{
        struct second *second;

        requests_advance(requests, columns, history, t_ms);
        if (requests->slot == 0)
                requests->slot = t_ms / 1000 / REQUESTS_SLOT_S;
        if (requests->total++ == 0)
                requests->first_ms = t_ms;
        minute_add(&requests->minute, t_ms / 1000, 1);
        second = find_second(requests, t_ms / 1000);
        if (second)
                count(second, line);
}

/* The number of the class that the `rank`th of all is in, from 0 on. */
static unsigned find_rank(const uint32_t *counts, uint64_t rank)
{
        unsigned class = 0;

        for (uint64_t n = counts[0]; n <= rank; n += counts[class])
                class ++;
        return class;
}

/* The middle one, or the mean of the two in the middle. */
static uint64_t find_median(const uint32_t *counts, uint64_t n)
{
        return (ms_of(find_rank(counts, (n - 1) / 2)) + ms_of(find_rank(counts, n / 2))) / 2;
}

static uint64_t add_counts(const uint32_t *from, unsigned n, uint32_t *to)
{
        uint64_t sum = 0;

        for (unsigned i = 0; i < n; i++) {
                to[i] += from[i];
                sum += from[i];
        }
        return sum;
}

void requests_figures(
        const struct requests *requests, uint64_t now_ms, unsigned n_s, struct request_figures *ret)
{
        uint32_t service[CLASSES] = {0}, connect[EXACT] = {0};
        uint64_t n_service = 0, n_connect = 0, max_ms = 0;

        *ret = (struct request_figures){0};
        for (uint64_t i = 0; i < n_s && i <= now_ms / 1000; i++) {
                const uint64_t s = now_ms / 1000 - i;
                const struct second *second = &requests->seconds[s % SECONDS];

                if (second->second != s || second->n == 0)
                        continue;
                ret->n += second->n;
                ret->n_errors += second->n_errors;
                for (unsigned k = 0; k < STATUS_CLASSES; k++)
                        ret->status[k] += second->status[k];
                n_service += add_counts(second->service, CLASSES, service);
                n_connect += add_counts(second->connect, EXACT, connect);
                if (second->service_max_ms > max_ms)
                        max_ms = second->service_max_ms;
        }
        if (n_connect > 0)
                ret->connect_median_ms = measure_of(find_median(connect, n_connect));
        if (n_service == 0)
                return;
        ret->service_max_ms = measure_of(max_ms);
        ret->service_median_ms = measure_of(find_median(service, n_service));
        /* The smallest one that 95 % are not above. */
        ret->service_p95_ms =
                measure_of(ms_of(find_rank(service, (n_service * 95 + 99) / 100 - 1)));
}

static void set(struct requests *requests, const struct columns *columns, unsigned row,
        enum router_column column, uint64_t value)
{
        series_set(&requests->series, row, column_of_router(columns, column), value);
}

/* Makes a row of the seconds of a slot. */
static void close_slot(struct requests *requests, const struct columns *columns,
        struct history *history, uint64_t slot)
{
        const uint64_t end_s = (slot + 1) * REQUESTS_SLOT_S - 1;
        struct request_figures figures;
        unsigned row;

        requests_figures(requests, end_s * 1000, REQUESTS_SLOT_S, &figures);
        if (series_row(history, &requests->series, end_s * 1000 + 1000, &row) < 0)
                return;
        set(requests, columns, row, ROUTER_REQUESTS_PER_MIN, figures.n * 60 / REQUESTS_SLOT_S);
        for (unsigned i = 0; i < STATUS_CLASSES; i++)
                set(requests, columns, row, (enum router_column)(ROUTER_STATUS_1XX + i),
                        figures.status[i]);
        set(requests, columns, row, ROUTER_ERRORS, figures.n_errors);
        if (!figures.service_median_ms.known)
                return;
        set(requests, columns, row, ROUTER_SERVICE_MEDIAN_MS, figures.service_median_ms.value);
        set(requests, columns, row, ROUTER_SERVICE_P95_MS, figures.service_p95_ms.value);
}

void requests_advance(struct requests *requests, const struct columns *columns,
        struct history *history, uint64_t now_ms)
{
        /* Lines of a moment ago may still come. */
        const uint64_t over = now_ms >= 2000 ? (now_ms - 2000) / 1000 / REQUESTS_SLOT_S : 0;

        if (requests->slot == 0 || over <= requests->slot)
                return;
        close_slot(requests, columns, history, requests->slot);
        /* A time without requests has 0 of them, as long as it can be told from no lines at all. */
        if (over - requests->slot <= 3)
                while (++requests->slot < over)
                        close_slot(requests, columns, history, requests->slot);
        requests->slot = over;
}

uint64_t requests_total(const struct requests *requests)
{
        return requests->total;
}

uint64_t requests_first_ms(const struct requests *requests)
{
        return requests->first_ms;
}

const struct minute *requests_minute(const struct requests *requests)
{
        return &requests->minute;
}

const struct series *requests_series(const struct requests *requests)
{
        return &requests->series;
}
