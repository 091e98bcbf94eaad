/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
        /* Lines that overtook each other may still be of these. */
        KEPT_ROWS = 8,
        PACKED_ROWS = PACK_ROWS - KEPT_ROWS,
        BLOCK_MAX_BYTES = 64 + (COLUMNS_MAX + 1) * (PACK_BYTES + 1),
};

/*
 * What stands before the packed columns: that of the times, and then each with its number before
 * it. Places in the ring only grow, and are taken modulo its size; 0 is none.
 */
struct block {
        uint32_t size; /* this included; a multiple of 8 */
        uint16_t n_rows, n_columns;
        struct series *series; /* NULL: nobody wants it any more */
        uint64_t next;         /* block of the series */
        uint64_t first_ms, last_ms;
        unsigned char data[];
};

struct history {
        unsigned char *ring;
        size_t size;
        uint64_t head, tail; /* the places of the next block and of the oldest one */
        unsigned char packed[BLOCK_MAX_BYTES];
};

static struct block *block_at(const struct history *history, uint64_t place)
{
        return (void *)(history->ring + place % history->size);
}

int history_new(size_t bytes, struct history **ret)
{
        struct history *history = calloc(1, sizeof(*history));

        if (!history)
                return -ENOMEM;
        history->size = bytes < 2 * (size_t)BLOCK_MAX_BYTES ? 2 * (size_t)BLOCK_MAX_BYTES : bytes;
        history->size -= history->size % 8;
        /* Only pages that are written to cost memory. */
        history->ring = mmap(NULL, history->size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (history->ring == MAP_FAILED) {
                free(history);
                return -ENOMEM;
        }
        history->head = history->tail = history->size;
        *ret = history;
        return 0;
}

void history_free(struct history *history)
{
        if (!history)
                return;
        munmap(history->ring, history->size);
        free(history);
}

size_t history_used_bytes(const struct history *history)
{
        return (size_t)(history->head - history->tail);
}

size_t history_bytes(const struct history *history)
{
        return history->size;
}

/* Takes the oldest block of all out of the ring. It is also the oldest one of its series. */
static void drop_oldest(struct history *history)
{
        const struct block *block = block_at(history, history->tail);
        struct series *series = block->series;

        if (series) {
                series->first_block = block->next;
                if (block->next == 0)
                        series->last_block = 0;
        }
        history->tail += block->size;
}

static void make_room(struct history *history, size_t bytes)
{
        while (history->head + bytes - history->tail > history->size)
                drop_oldest(history);
}

/* The memory of the next block. None goes over the end of the ring: what is left there is a block
 * that nobody wants. */
static struct block *reserve(struct history *history, size_t bytes)
{
        const size_t left = history->size - (size_t)(history->head % history->size);

        if (left < bytes) {
                make_room(history, left);
                /* Sizes are multiples of 8: there is room for what is read of it. */
                block_at(history, history->head)->size = (uint32_t)left;
                if (left >= sizeof(struct block))
                        block_at(history, history->head)->series = NULL;
                history->head += left;
        }
        make_room(history, bytes);
        return block_at(history, history->head);
}

static size_t pack_rows(const struct series *series, unsigned n, unsigned char *to)
{
        unsigned char *const start = to;

        to += pack_column(series->t_ms, n, to);
        for (unsigned i = 0; i < series->n_columns; i++) {
                *to++ = series->columns[i];
                to += pack_column(series->values[i], n, to);
        }
        return (size_t)(to - start);
}

static void append_block(struct history *history, struct series *series, unsigned n)
{
        const size_t data_bytes = pack_rows(series, n, history->packed);
        const size_t size = (sizeof(struct block) + data_bytes + 7) / 8 * 8;
        struct block *block = reserve(history, size);

        *block = (struct block){
                .size = (uint32_t)size,
                .n_rows = (uint16_t)n,
                .n_columns = (uint16_t)series->n_columns,
                .series = series,
                .first_ms = series->t_ms[0],
                .last_ms = series->t_ms[n - 1],
        };
        memcpy(block->data, history->packed, data_bytes);
        if (series->last_block != 0)
                block_at(history, series->last_block)->next = history->head;
        else
                series->first_block = history->head;
        series->last_block = history->head;
        history->head += size;
}

/* Packs all rows but the last ones, and forgets columns that have become empty. */
static void pack(struct history *history, struct series *series)
{
        unsigned n_columns = 0;

        append_block(history, series, PACKED_ROWS);
        series->packed_ms = series->t_ms[PACKED_ROWS - 1];
        series->n_rows -= PACKED_ROWS;
        memmove(series->t_ms, series->t_ms + PACKED_ROWS, series->n_rows * sizeof(uint64_t));
        memset(series->places, 0, sizeof(series->places));
        for (unsigned i = 0; i < series->n_columns; i++) {
                uint64_t *values = series->values[n_columns];
                bool any = false;

                memmove(values, series->values[i] + PACKED_ROWS, series->n_rows * sizeof(uint64_t));
                for (unsigned k = 0; k < series->n_rows; k++)
                        any |= values[k] != UNKNOWN;
                if (!any)
                        continue;
                series->columns[n_columns++] = series->columns[i];
                series->places[series->columns[n_columns - 1]] = (uint8_t)n_columns;
        }
        series->n_columns = n_columns;
}

static void insert_row(struct series *series, unsigned row, uint64_t t_ms)
{
        const size_t n_behind = series->n_rows - row;

        memmove(series->t_ms + row + 1, series->t_ms + row, n_behind * sizeof(uint64_t));
        series->t_ms[row] = t_ms;
        for (unsigned i = 0; i < series->n_columns; i++) {
                uint64_t *values = series->values[i];

                if (n_behind > 0)
                        memmove(values + row + 1, values + row, n_behind * sizeof(uint64_t));
                values[row] = UNKNOWN;
        }
        series->n_rows++;
}

int series_row(struct history *history, struct series *series, uint64_t t_ms, unsigned *ret)
{
        unsigned row = series->n_rows;

        while (row > 0 && series->t_ms[row - 1] > t_ms)
                row--;
        if (row > 0 && series->t_ms[row - 1] == t_ms) {
                *ret = row - 1;
                return 0;
        }
        if (row == 0 && series->packed_ms >= t_ms && series->packed_ms > 0)
                return -ERANGE;
        if (series->n_rows == PACK_ROWS) {
                if (row < PACKED_ROWS)
                        return -ERANGE;
                pack(history, series);
                row -= PACKED_ROWS;
        }
        insert_row(series, row, t_ms);
        *ret = row;
        return 0;
}

static int add_column(struct series *series, unsigned column)
{
        if (series->n_columns == series->n_values) {
                const size_t n = series->n_values + 8;
                void *values = realloc(series->values, n * sizeof(*series->values));

                if (!values)
                        return -ENOMEM;
                series->values = values;
                series->n_values = n;
        }
        memset(series->values[series->n_columns], 0xff, sizeof(*series->values)); /* UNKNOWN */
        series->columns[series->n_columns++] = (uint8_t)column;
        series->places[column] = (uint8_t)series->n_columns;
        return 0;
}

int series_set(struct series *series, unsigned row, unsigned column, uint64_t value)
{
        if (series->places[column] == 0 && add_column(series, column) < 0)
                return -ENOMEM;
        series->values[series->places[column] - 1][row] = value;
        return 0;
}

uint64_t series_last(const struct series *series, unsigned column)
{
        if (series->n_rows == 0 || series->places[column] == 0)
                return UNKNOWN;
        return series->values[series->places[column] - 1][series->n_rows - 1];
}

uint64_t series_first_ms(const struct history *history, const struct series *series)
{
        if (series->first_block != 0)
                return block_at(history, series->first_block)->first_ms;
        return series->n_rows > 0 ? series->t_ms[0] : UNKNOWN;
}

/* What a block is unpacked into. */
struct unpacked {
        uint64_t t_ms[PACK_ROWS];
        uint8_t columns[COLUMNS_MAX];
        uint64_t values[COLUMNS_MAX][PACK_ROWS];
};

static bool unpack(const struct block *block, struct unpacked *ret)
{
        const unsigned char *at = block->data, *end = (const unsigned char *)block + block->size;

        at = unpack_column(at, end, block->n_rows, ret->t_ms);
        for (unsigned i = 0; at && at < end && i < block->n_columns; i++) {
                ret->columns[i] = *at++;
                at = unpack_column(at, end, block->n_rows, ret->values[i]);
        }
        return at;
}

/* The times are the only thing of a block that changes. */
void series_shift(struct history *history, struct series *series, uint64_t shift_ms)
{
        for (uint64_t place = series->first_block; place != 0;) {
                struct block *block = block_at(history, place);

                block->first_ms += shift_ms;
                block->last_ms += shift_ms;
                place = block->next;
        }
        if (series->packed_ms > 0)
                series->packed_ms += shift_ms;
        for (unsigned i = 0; i < series->n_rows; i++)
                series->t_ms[i] += shift_ms;
}

void series_read(const struct history *history, const struct series *series, uint64_t from_ms,
        uint64_t to_ms, void (*take)(void *data, const struct slab *slab), void *data)
{
        struct unpacked unpacked;
        struct slab slab = {
                .t_ms = unpacked.t_ms,
                .columns = unpacked.columns,
                .values = (const uint64_t(*)[PACK_ROWS])unpacked.values,
        };

        for (uint64_t place = series->first_block; place != 0;) {
                const struct block *block = block_at(history, place);
                uint64_t shift_ms;

                place = block->next;
                if (block->last_ms < from_ms || block->first_ms > to_ms ||
                        !unpack(block, &unpacked))
                        continue;
                shift_ms = block->first_ms - unpacked.t_ms[0];
                for (unsigned i = 0; i < block->n_rows; i++)
                        unpacked.t_ms[i] += shift_ms;
                slab.n_rows = block->n_rows;
                slab.n_columns = block->n_columns;
                take(data, &slab);
        }
        if (series->n_rows == 0 || series->t_ms[series->n_rows - 1] < from_ms ||
                series->t_ms[0] > to_ms)
                return;
        slab = (struct slab){series->n_rows, series->n_columns, series->t_ms, series->columns,
                (const uint64_t(*)[PACK_ROWS])series->values};
        take(data, &slab);
}

void series_done(struct history *history, struct series *series)
{
        for (uint64_t place = series->first_block; place != 0;) {
                struct block *block = block_at(history, place);

                place = block->next;
                block->series = NULL;
        }
        free(series->values);
        *series = (struct series){0};
}
