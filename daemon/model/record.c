/* SPDX-License-Identifier: MIT */
#include "model/record.h"

#include <assert.h>
#include <string.h>

const char *const group_names[N_GROUPS] = {
        [GROUP_LOAD] = "load",
        [GROUP_MEMORY] = "memory",
        [GROUP_PROCESSES] = "processes",
        [GROUP_CPU] = "cpu",
        [GROUP_PRESSURE] = "pressure",
        [GROUP_IO] = "io",
        [GROUP_DETAIL] = "detail",
        [GROUP_SELF] = "self",
};

/* Keys in the order of their lines. Those of the first two lines are the platform's, and frozen;
 * no other key may end in one of theirs, as readers match them by their end. */
#define ROW(group, key, unit, member)                                                              \
        {                                                                                          \
                group, key, unit, offsetof(struct sample, member), sizeof(key) - 1, false          \
        }
#define COUNTER(group, key, unit, member)                                                          \
        {                                                                                          \
                group, key, unit, offsetof(struct sample, member), sizeof(key) - 1, true           \
        }
static const struct record_key rows[] = {
        ROW(GROUP_LOAD, "load_avg_1m", UNIT_HUNDREDTHS, load.avg_1m),
        ROW(GROUP_LOAD, "load_avg_5m", UNIT_HUNDREDTHS, load.avg_5m),
        ROW(GROUP_LOAD, "load_avg_15m", UNIT_HUNDREDTHS, load.avg_15m),

        ROW(GROUP_MEMORY, "memory_total", UNIT_BYTES, memory.total_bytes),
        ROW(GROUP_MEMORY, "memory_rss", UNIT_BYTES, memory.rss_bytes),
        ROW(GROUP_MEMORY, "memory_cache", UNIT_BYTES, memory.cache_bytes),
        ROW(GROUP_MEMORY, "memory_swap", UNIT_BYTES, memory.swap_bytes),
        COUNTER(GROUP_MEMORY, "memory_pgpgin", UNIT_PAGES, memory.pgpgin_pages),
        COUNTER(GROUP_MEMORY, "memory_pgpgout", UNIT_PAGES, memory.pgpgout_pages),
        ROW(GROUP_MEMORY, "memory_quota", UNIT_BYTES, memory.quota_bytes),

        ROW(GROUP_PROCESSES, "processes", UNIT_NONE, tasks.processes),
        ROW(GROUP_PROCESSES, "threads", UNIT_NONE, tasks.threads),
        ROW(GROUP_PROCESSES, "zombies", UNIT_NONE, tasks.zombies),
        ROW(GROUP_PROCESSES, "zombies_stuck", UNIT_NONE, tasks.zombies_stuck),
        ROW(GROUP_PROCESSES, "threads_running", UNIT_NONE, tasks.threads_running),
        ROW(GROUP_PROCESSES, "threads_blocked", UNIT_NONE, tasks.threads_blocked),
        ROW(GROUP_PROCESSES, "pids", UNIT_NONE, tasks.pids),
        ROW(GROUP_PROCESSES, "pids_limit", UNIT_NONE, tasks.pids_limit),
        ROW(GROUP_PROCESSES, "threads_sampled", UNIT_NONE, tasks.threads_sampled),
        ROW(GROUP_PROCESSES, "partial", UNIT_NONE, tasks.partial),

        COUNTER(GROUP_CPU, "cpu_usage", UNIT_NANOSECONDS, cpu.usage_ns),
        COUNTER(GROUP_CPU, "cpu_user", UNIT_NANOSECONDS, cpu.user_ns),
        COUNTER(GROUP_CPU, "cpu_system", UNIT_NANOSECONDS, cpu.system_ns),
        COUNTER(GROUP_CPU, "cpu_nr_periods", UNIT_NONE, cpu.nr_periods),
        COUNTER(GROUP_CPU, "cpu_nr_throttled", UNIT_NONE, cpu.nr_throttled),
        COUNTER(GROUP_CPU, "cpu_throttled", UNIT_NANOSECONDS, cpu.throttled_ns),
        ROW(GROUP_CPU, "cpu_limit", UNIT_HUNDREDTHS, cpu.limit_percent),
        ROW(GROUP_CPU, "cpu_online", UNIT_NONE, cpu.cpus),

#define STALL(key, member)                                                                         \
        ROW(GROUP_PRESSURE, "pressure_" key "_avg10", UNIT_HUNDREDTHS, pressure.member.avg10),     \
                ROW(GROUP_PRESSURE, "pressure_" key "_avg60", UNIT_HUNDREDTHS,                     \
                        pressure.member.avg60),                                                    \
                ROW(GROUP_PRESSURE, "pressure_" key "_avg300", UNIT_HUNDREDTHS,                    \
                        pressure.member.avg300),                                                   \
                COUNTER(GROUP_PRESSURE, "pressure_" key "_stalled", UNIT_NANOSECONDS,              \
                        pressure.member.total_ns)
        STALL("cpu_some", cpu_some),
        STALL("cpu_full", cpu_full),
        STALL("memory_some", memory_some),
        STALL("memory_full", memory_full),
        STALL("io_some", io_some),
        STALL("io_full", io_full),
#undef STALL

        COUNTER(GROUP_IO, "io_rbytes", UNIT_BYTES, io.rbytes),
        COUNTER(GROUP_IO, "io_wbytes", UNIT_BYTES, io.wbytes),
        COUNTER(GROUP_IO, "io_rios", UNIT_NONE, io.rios),
        COUNTER(GROUP_IO, "io_wios", UNIT_NONE, io.wios),

        ROW(GROUP_DETAIL, "memory_current", UNIT_BYTES, detail.current_bytes),
        ROW(GROUP_DETAIL, "memory_peak", UNIT_BYTES, detail.peak_bytes),
        ROW(GROUP_DETAIL, "memory_min", UNIT_BYTES, detail.min_bytes),
        ROW(GROUP_DETAIL, "memory_low", UNIT_BYTES, detail.low_bytes),
        ROW(GROUP_DETAIL, "memory_high", UNIT_BYTES, detail.high_bytes),
        ROW(GROUP_DETAIL, "memory_max", UNIT_BYTES, detail.max_bytes),
        ROW(GROUP_DETAIL, "memory_available", UNIT_BYTES, detail.available_bytes),
        ROW(GROUP_DETAIL, "memory_free", UNIT_BYTES, detail.free_bytes),
        ROW(GROUP_DETAIL, "memory_shmem", UNIT_BYTES, detail.shmem_bytes),
        ROW(GROUP_DETAIL, "memory_file_mapped", UNIT_BYTES, detail.file_mapped_bytes),
        ROW(GROUP_DETAIL, "memory_file_dirty", UNIT_BYTES, detail.file_dirty_bytes),
        ROW(GROUP_DETAIL, "memory_file_writeback", UNIT_BYTES, detail.file_writeback_bytes),
        ROW(GROUP_DETAIL, "memory_kernel", UNIT_BYTES, detail.kernel_bytes),
        ROW(GROUP_DETAIL, "memory_slab", UNIT_BYTES, detail.slab_bytes),
        ROW(GROUP_DETAIL, "memory_sock", UNIT_BYTES, detail.sock_bytes),
        ROW(GROUP_DETAIL, "swap_max", UNIT_BYTES, detail.swap_limit_bytes),
        COUNTER(GROUP_DETAIL, "memory_pgfault", UNIT_NONE, detail.pgfault),
        COUNTER(GROUP_DETAIL, "memory_pgmajfault", UNIT_NONE, detail.pgmajfault),
        COUNTER(GROUP_DETAIL, "memory_events_high", UNIT_NONE, detail.events_high),
        COUNTER(GROUP_DETAIL, "memory_events_max", UNIT_NONE, detail.events_max),
        COUNTER(GROUP_DETAIL, "memory_events_oom", UNIT_NONE, detail.events_oom),
        COUNTER(GROUP_DETAIL, "memory_events_oom_kill", UNIT_NONE, detail.events_oom_kill),
        ROW(GROUP_DETAIL, "pss_processes", UNIT_NONE, detail.pss_processes),
        ROW(GROUP_DETAIL, "rss_processes", UNIT_NONE, detail.rss_processes),
        ROW(GROUP_DETAIL, "pids_peak", UNIT_NONE, detail.pids_peak),
        COUNTER(GROUP_DETAIL, "pids_events_max", UNIT_NONE, detail.pids_events_max),
        ROW(GROUP_DETAIL, "nr_descendants", UNIT_NONE, detail.nr_descendants),
        ROW(GROUP_DETAIL, "nr_dying_descendants", UNIT_NONE, detail.nr_dying_descendants),

        ROW(GROUP_SELF, "self_tasks", UNIT_NONE, self.tasks),
        ROW(GROUP_SELF, "self_rss", UNIT_BYTES, self.rss_bytes),
        ROW(GROUP_SELF, "self_cpu", UNIT_NANOSECONDS, self.cpu_ns),
        COUNTER(GROUP_SELF, "self_cpu_sum", UNIT_NANOSECONDS, self.cpu_total_ns),
        ROW(GROUP_SELF, "self_tick", UNIT_NANOSECONDS, self.tick_ns),
        ROW(GROUP_SELF, "self_late", UNIT_NANOSECONDS, self.late_ns),
        COUNTER(GROUP_SELF, "self_ticks", UNIT_NONE, self.ticks),
        COUNTER(GROUP_SELF, "self_ticks_missed", UNIT_NONE, self.ticks_missed),
        COUNTER(GROUP_SELF, "self_lines_dropped", UNIT_NONE, self.lines_dropped),
        ROW(GROUP_SELF, "self_targets", UNIT_NONE, self.targets),
        COUNTER(GROUP_SELF, "self_reaped", UNIT_NONE, self.reaped),
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct record_key *record_key_at(size_t index)
{
        return index < N_ROWS ? &rows[index] : NULL;
}

size_t record_n_keys(void)
{
        return N_ROWS;
}

struct measure record_measure(const struct record_key *key, const struct sample *sample)
{
        return *(const struct measure *)(const void *)((const char *)sample + key->offset);
}

static void add(struct record *record, struct field field)
{
        assert(record->n_fields < RECORD_MAX_FIELDS);
        record->fields[record->n_fields++] = field;
}

/* The first row that is of one of the groups; the rows of a group follow each other. */
static size_t first_row(uint32_t groups)
{
        size_t low = 0, high = N_ROWS;

        while (low < high) {
                const size_t middle = low + (high - low) / 2;

                /* below the lowest of them */
                if (!(groups & ((UINT32_C(2) << rows[middle].group) - 1)))
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Fills in the fields of the groups that are known, and those of `complete` that are not, as 0. */
static bool add_samples(uint32_t groups, uint32_t complete, const struct sample *sample,
        const char *source, const char *dyno, struct record *ret)
{
        bool any_known = false;

        ret->source = source;
        ret->dyno = dyno;
        ret->is_event = false;
        ret->n_fields = 0;
        for (size_t i = first_row(groups); i < N_ROWS && groups >> rows[i].group > 0; i++) {
                const struct record_key *row = &rows[i];
                const struct measure *measure = (const void *)((const char *)sample + row->offset);
                const uint32_t bit = UINT32_C(1) << row->group;

                if (!(groups & bit) || (!measure->known && !(complete & bit)))
                        continue;
                /* A limit alone is no sample of anybody's memory. */
                any_known |= measure->known &&
                             row->offset != offsetof(struct sample, memory.quota_bytes);
                add(ret, (struct field){
                                 .key = row->key,
                                 .unit = row->unit,
                                 .number = measure->known ? measure->value : 0,
                         });
        }
        return any_known;
}

bool record_samples(enum group group, const struct sample *sample, const char *source,
        const char *dyno, struct record *ret)
{
        return add_samples(
                UINT32_C(1) << group, UINT32_C(1) << GROUP_MEMORY, sample, source, dyno, ret);
}

bool record_whole(uint32_t groups, const struct sample *sample, const char *source,
        const char *dyno, struct record *ret)
{
        return add_samples(groups, 0, sample, source, dyno, ret);
}

const struct record_key *record_find(const char *key, size_t len, const struct record_key *last)
{
        const size_t first = last ? (size_t)(last - rows) + 1 : 0;

        for (size_t i = 0; i < N_ROWS; i++) {
                const struct record_key *row = &rows[(first + i) % N_ROWS];

                if (row->key_len == len && memcmp(row->key, key, len) == 0)
                        return row;
        }
        return NULL;
}

static const char level_names[][8] = {
        [LEVEL_INFO] = "info",
        [LEVEL_WARNING] = "warning",
        [LEVEL_ERROR] = "error",
};

static const struct event_row {
        char name[16], state[8];
        enum level level;
} events[N_EVENTS] = {
        [EVENT_GONE] = {"gone",      "enter", LEVEL_WARNING},
        [EVENT_BACK] = {"back",      "leave", LEVEL_INFO   },
        [EVENT_RESTARTED] = {"restarted", "enter", LEVEL_INFO   },
        [EVENT_MISSED] = {"missed",    "enter", LEVEL_WARNING},
        [EVENT_DROPPED] = {"dropped",   "leave", LEVEL_WARNING},
        [EVENT_DENIED] = {"denied",    "enter", LEVEL_WARNING},
        [EVENT_ZOMBIES] = {"zombies",   "enter", LEVEL_WARNING},
        [EVENT_LEAK] = {"leak",      "enter", LEVEL_WARNING},
        [EVENT_LIMIT] = {"limit",     "enter", LEVEL_WARNING},
        [EVENT_QUOTA] = {"quota",     "enter", LEVEL_WARNING},
        [EVENT_OOM_KILL] = {"oom_kill",  "enter", LEVEL_ERROR  },
        [EVENT_CHURN] = {"churn",     "enter", LEVEL_INFO   },
};

const char *record_event_name(enum event event)
{
        return events[event].name;
}

const char *record_level_name(enum level level)
{
        return level_names[level];
}

void record_event(enum event event, const char *source, const char *dyno, struct record *ret)
{
        const struct event_row *row = &events[event];

        ret->source = source;
        ret->dyno = dyno;
        ret->is_event = true;
        ret->event = event;
        ret->level = row->level;
        ret->n_fields = 0;
        record_add_text(ret, "event", row->name);
        record_add_text(ret, "state", row->state);
        record_add_text(ret, "level", level_names[row->level]);
}

void record_set_level(struct record *record, enum level level)
{
        record->level = level;
        for (size_t i = 0; i < record->n_fields; i++) {
                if (strcmp(record->fields[i].key, "level") == 0)
                        record->fields[i].text = level_names[level];
        }
}

static void set_state(struct record *record, const char *state)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                if (strcmp(record->fields[i].key, "state") == 0)
                        record->fields[i].text = state;
        }
}

void record_leave(struct record *record)
{
        record_set_level(record, LEVEL_INFO);
        set_state(record, "leave");
}

void record_say(struct record *record, enum say say)
{
        if (say == SAY_LEAVE)
                record_leave(record);
        else if (say == SAY_UPDATE)
                set_state(record, "update");
}

void record_add_text(struct record *record, const char *key, const char *text)
{
        add(record, (struct field){.key = key, .unit = UNIT_TEXT, .text = text});
}

void record_add_number(struct record *record, const char *key, uint64_t number)
{
        add(record, (struct field){.key = key, .unit = UNIT_NONE, .number = number});
}

void record_add_bytes(struct record *record, const char *key, uint64_t bytes)
{
        add(record, (struct field){.key = key, .unit = UNIT_BYTES, .number = bytes});
}

void record_add_measure(struct record *record, const char *key, struct measure measure)
{
        if (measure.known)
                record_add_number(record, key, measure.value);
}

uint64_t record_hundredths_of_mb(uint64_t bytes)
{
        const uint64_t mb = UINT64_C(1) << 20;
        const uint64_t part = bytes % mb * 100;
        const uint64_t hundredths = part / mb, rest = part % mb;
        const bool up = rest > mb / 2 || (rest == mb / 2 && hundredths % 2 == 1);

        return bytes / mb * 100 + hundredths + up;
}
