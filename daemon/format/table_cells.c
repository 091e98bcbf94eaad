/* SPDX-License-Identifier: MIT */
#include "table_cells.h"

#include "sentence.h"

enum tint table_add_unknown(struct buf *cell)
{
        buf_add_char(cell, '-');
        return TINT_FAINT;
}

/* Five digits, then thousands: "123k", "12M". */
static enum tint add_count(struct buf *cell, struct measure count)
{
        static const char units[] = " kMGTPE";
        unsigned unit = 0;

        if (!count.known)
                return table_add_unknown(cell);
        for (; count.value > (unit > 0 ? 9999 : 99999); unit++)
                count.value /= 1000;
        buf_add_u64(cell, count.value, 0);
        if (unit > 0)
                buf_add_char(cell, units[unit]);
        return TINT_PLAIN;
}

static enum tint add_size(struct buf *cell, struct measure bytes)
{
        if (!bytes.known)
                return table_add_unknown(cell);
        sentence_add_size(cell, bytes.value);
        return TINT_PLAIN;
}

static enum tint add_hundredths(struct buf *cell, struct measure number)
{
        if (!number.known)
                return table_add_unknown(cell);
        if (number.value >= 1000000)
                return add_count(cell, measure_of(number.value / 100));
        buf_add_u64(cell, number.value / 100, 0);
        if (number.value < 10000) {
                buf_add_char(cell, '.');
                buf_add_u64(cell, number.value % 100, 2);
        }
        return TINT_PLAIN;
}

static enum tint add_percent(struct buf *cell, struct measure part, struct measure whole)
{
        uint64_t percent;

        if (!part.known || !whole.known || whole.value == 0)
                return table_add_unknown(cell);
        percent = (uint64_t)((double)part.value * 100 / (double)whole.value + 0.5);
        buf_add_u64(cell, percent < 999 ? percent : 999, 0);
        buf_add_char(cell, '%');
        return percent >= 95 ? TINT_ERROR : percent >= 80 ? TINT_WARNING : TINT_PLAIN;
}

/* What a counter has grown by in a second, between two samples. */
static struct measure rate(const struct board_target *target, struct measure now,
        struct measure before, uint64_t factor)
{
        const uint64_t ns = target->wall_ns - target->before_ns;

        if (!now.known || !before.known || target->before_ns == 0 ||
                target->wall_ns <= target->before_ns || now.value < before.value)
                return (struct measure){0};
        return measure_of(
                (uint64_t)((double)(now.value - before.value) * (double)factor * 1e9 / (double)ns));
}

#define CELL(name, expression)                                                                     \
        static enum tint name(const struct board_target *target, struct buf *cell)                 \
        {                                                                                          \
                const struct sample *sample = &target->sample;                                     \
                                                                                                   \
                return expression;                                                                 \
        }
CELL(load_1m, add_hundredths(cell, sample->load.avg_1m))
CELL(load_5m, add_hundredths(cell, sample->load.avg_5m))
CELL(load_15m, add_hundredths(cell, sample->load.avg_15m))
CELL(memory_total, add_size(cell, sample->memory.total_bytes))
CELL(rss, add_size(cell, sample->memory.rss_bytes))
CELL(cache, add_size(cell, sample->memory.cache_bytes))
CELL(swap, add_size(cell, sample->memory.swap_bytes))
CELL(quota, add_size(cell, sample->memory.quota_bytes))
CELL(quota_used, add_percent(cell,
                         sample->memory.rss_bytes.known
                                 ? measure_sum(sample->memory.rss_bytes, sample->memory.swap_bytes)
                                 : sample->memory.rss_bytes,
                         sample->memory.quota_bytes))
CELL(processes, add_count(cell, sample->tasks.processes))
CELL(threads, add_count(cell, sample->tasks.threads))
CELL(running, add_count(cell, sample->tasks.threads_running))
CELL(blocked, add_count(cell, sample->tasks.threads_blocked))
CELL(pids_limit, add_count(cell, sample->tasks.pids_limit))
CELL(pids_used, add_percent(cell, sample->tasks.pids, sample->tasks.pids_limit))
CELL(pressure_cpu, add_hundredths(cell, sample->pressure.cpu_some.avg10))
CELL(pressure_memory, add_hundredths(cell, sample->pressure.memory_some.avg10))
CELL(pressure_io, add_hundredths(cell, sample->pressure.io_some.avg10))
CELL(reads, add_size(cell, rate(target, sample->io.rbytes, target->before.io.rbytes, 1)))
CELL(writes, add_size(cell, rate(target, sample->io.wbytes, target->before.io.wbytes, 1)))
#undef CELL

/* More than one CPU is nothing to worry about. */
static enum tint cpu(const struct board_target *target, struct buf *cell)
{
        const struct measure usage =
                rate(target, target->sample.cpu.usage_ns, target->before.cpu.usage_ns, 100);

        return add_percent(cell, usage, measure_of(UINT64_C(100000000000))) == TINT_FAINT
                       ? TINT_FAINT
                       : TINT_PLAIN;
}

static enum tint zombies(const struct board_target *target, struct buf *cell)
{
        const struct measure number = target->sample.tasks.zombies;

        add_count(cell, number);
        return !number.known ? TINT_FAINT : number.value > 0 ? TINT_WARNING : TINT_PLAIN;
}

static enum tint zombies_stuck(const struct board_target *target, struct buf *cell)
{
        const struct measure number = target->sample.tasks.zombies_stuck;

        add_count(cell, number);
        return !number.known ? TINT_FAINT : number.value > 0 ? TINT_ERROR : TINT_PLAIN;
}

/* clang-format off */
const struct table_column table_columns[N_TABLE_COLUMNS] = {
        {"LOAD",  5, 1, GROUP_LOAD, load_1m},
        {"5MIN",  5, 6, GROUP_LOAD, load_5m},
        {"15MIN", 5, 6, GROUP_LOAD, load_15m},
        {"CPU",   4, 2, GROUP_CPU, cpu},
        {"TOTAL", 5, 5, GROUP_MEMORY, memory_total},
        {"RSS",   5, 1, GROUP_MEMORY, rss},
        {"CACHE", 5, 3, GROUP_MEMORY, cache},
        {"SWAP",  5, 4, GROUP_MEMORY, swap},
        {"QUOTA", 5, 2, GROUP_MEMORY, quota},
        {"USED",  4, 1, GROUP_MEMORY, quota_used},
        {"PROCS", 5, 1, GROUP_PROCESSES, processes},
        {"THRDS", 5, 1, GROUP_PROCESSES, threads},
        {"RUN",   5, 5, GROUP_PROCESSES, running},
        {"BLKD",  5, 5, GROUP_PROCESSES, blocked},
        {"ZOMB",  5, 1, GROUP_PROCESSES, zombies},
        {"STUCK", 5, 4, GROUP_PROCESSES, zombies_stuck},
        {"LIMIT", 5, 5, GROUP_PROCESSES, pids_limit},
        {"PIDS",  4, 2, GROUP_PROCESSES, pids_used},
        {"PCPU",  5, 6, GROUP_PRESSURE, pressure_cpu},
        {"PMEM",  5, 6, GROUP_PRESSURE, pressure_memory},
        {"PIO",   5, 6, GROUP_PRESSURE, pressure_io},
        {"RD/S",  5, 6, GROUP_IO, reads},
        {"WR/S",  5, 6, GROUP_IO, writes},
};
/* clang-format on */
