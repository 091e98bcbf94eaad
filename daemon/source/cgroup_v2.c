/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cgroup_files.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* memory.stat, one key and value a line: "anon 21471232". */
static const struct text_key memory_keys[] = {
        {"anon", offsetof(struct memory_sample, rss_bytes)  },
        {"file", offsetof(struct memory_sample, cache_bytes)},
};

static const struct text_key memory_detail_keys[] = {
        {"shmem",          offsetof(struct detail_sample, shmem_bytes)         },
        {"file_mapped",    offsetof(struct detail_sample, file_mapped_bytes)   },
        {"file_dirty",     offsetof(struct detail_sample, file_dirty_bytes)    },
        {"file_writeback", offsetof(struct detail_sample, file_writeback_bytes)},
        {"kernel",         offsetof(struct detail_sample, kernel_bytes)        },
        {"slab",           offsetof(struct detail_sample, slab_bytes)          },
        {"sock",           offsetof(struct detail_sample, sock_bytes)          },
        {"pgfault",        offsetof(struct detail_sample, pgfault)             },
        {"pgmajfault",     offsetof(struct detail_sample, pgmajfault)          },
};

/* memory.events: "oom_kill 0" */
static const struct text_key memory_events_keys[] = {
        {"high",     offsetof(struct detail_sample, events_high)    },
        {"max",      offsetof(struct detail_sample, events_max)     },
        {"oom",      offsetof(struct detail_sample, events_oom)     },
        {"oom_kill", offsetof(struct detail_sample, events_oom_kill)},
};

/* cgroup.stat: "nr_descendants 3" */
static const struct text_key tree_keys[] = {
        {"nr_descendants",       offsetof(struct detail_sample, nr_descendants)      },
        {"nr_dying_descendants", offsetof(struct detail_sample, nr_dying_descendants)},
};

/* Numbers that have a file of their own. */
static const struct text_key memory_files[] = {
        {"memory.current",  offsetof(struct detail_sample, current_bytes)   },
        {"memory.peak",     offsetof(struct detail_sample, peak_bytes)      },
        {"memory.min",      offsetof(struct detail_sample, min_bytes)       },
        {"memory.low",      offsetof(struct detail_sample, low_bytes)       },
        {"memory.high",     offsetof(struct detail_sample, high_bytes)      },
        {"memory.max",      offsetof(struct detail_sample, max_bytes)       },
        {"memory.swap.max", offsetof(struct detail_sample, swap_limit_bytes)},
};

/* The numbers of a device's line in io.stat that are used. */
enum { RBYTES, WBYTES, RIOS, WIOS, N_IO_KEYS };

/* One of them, "rbytes=4096"; unknown keys are skipped. */
static int add_io_pair(const char *pair, struct measure sums[N_IO_KEYS])
{
        static const char keys[N_IO_KEYS][8] = {
                [RBYTES] = "rbytes=",
                [WBYTES] = "wbytes=",
                [RIOS] = "rios=",
                [WIOS] = "wios=",
        };

        for (size_t i = 0; i < N_IO_KEYS; i++) {
                const char *number = text_after(pair, keys[i]);
                uint64_t value;

                if (!number)
                        continue;
                if (text_take_u64(&number, &value) < 0 ||
                        __builtin_add_overflow(sums[i].value, value, &value))
                        return -EBADMSG;
                sums[i] = measure_of(value);
                break;
        }
        return 0;
}

/* "8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0", a line a device; a
 * device may have none of them, and nobody may have used any device so far. */
static int parse_io(const char *text, struct io_sample *ret)
{
        struct measure sums[N_IO_KEYS] = {0};
        bool any_known = false;

        for (const char *pair = text; *pair;) {
                int r = add_io_pair(pair, sums);

                if (r < 0)
                        return r;
                pair += strcspn(pair, " \n");
                pair += strspn(pair, " \n");
        }
        for (size_t i = 0; i < N_IO_KEYS; i++)
                any_known |= sums[i].known;
        for (size_t i = 0; i < N_IO_KEYS; i++)
                sums[i].known |= !any_known;
        *ret = (struct io_sample){
                .rbytes = sums[RBYTES],
                .wbytes = sums[WBYTES],
                .rios = sums[RIOS],
                .wios = sums[WIOS],
        };
        return 0;
}

int cgroup_v2_read_io(struct folder *folder, struct io_sample *ret)
{
        int r = folder_read(folder, "io.stat");

        return r < 0 ? r : parse_io(folder->scratch->text, ret);
}

/* The platform's pgpgin and pgpgout are pages read from and written to disk, which is what io.stat
 * counts; v2 has no counters of these names. */
static int read_paging(struct folder *folder, struct memory_sample *ret)
{
        const uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
        struct io_sample io = {0};
        int r = cgroup_v2_read_io(folder, &io);

        if (io.rbytes.known)
                ret->pgpgin_pages = measure_of(io.rbytes.value / page_bytes);
        if (io.wbytes.known)
                ret->pgpgout_pages = measure_of(io.wbytes.value / page_bytes);
        return r;
}

int cgroup_v2_read_memory(struct folder *folder, struct memory_sample *ret)
{
        int first = 0, limits = 0;

        note_error(&limits, folder_read_limit(folder, "memory.max", &ret->quota_bytes));
        note_error(&limits, folder_read_limit(folder, "memory.high", &ret->quota_bytes));
        /* One that cannot be read may be lower than the others. */
        if (limits < 0)
                ret->quota_bytes = (struct measure){0};
        note_error(&first,
                folder_read_keys(folder, "memory.stat", memory_keys, ARRAY_SIZE(memory_keys), ret));
        note_error(&first, folder_read_number(folder, "memory.swap.current", &ret->swap_bytes));
        note_error(&first, read_paging(folder, ret));
        note_error(&first, limits);
        return first;
}

/* cpu.stat, in microseconds: "usage_usec 5123456". */
struct cpu_usec {
        struct measure usage, user, system, throttled, nr_periods, nr_throttled;
};

static struct measure usec_to_ns(struct measure usec)
{
        if (!usec.known || __builtin_mul_overflow(usec.value, 1000, &usec.value))
                return (struct measure){0};
        return usec;
}

static int parse_cpu_stat(const char *text, struct cpu_sample *ret)
{
        static const struct text_key keys[] = {
                {"usage_usec",     offsetof(struct cpu_usec, usage)       },
                {"user_usec",      offsetof(struct cpu_usec, user)        },
                {"system_usec",    offsetof(struct cpu_usec, system)      },
                {"throttled_usec", offsetof(struct cpu_usec, throttled)   },
                {"nr_periods",     offsetof(struct cpu_usec, nr_periods)  },
                {"nr_throttled",   offsetof(struct cpu_usec, nr_throttled)},
        };
        struct cpu_usec usec = {0};
        int r = text_read_keys(text, keys, ARRAY_SIZE(keys), &usec);

        if (r < 0)
                return r;
        ret->usage_ns = usec_to_ns(usec.usage);
        ret->user_ns = usec_to_ns(usec.user);
        ret->system_ns = usec_to_ns(usec.system);
        ret->throttled_ns = usec_to_ns(usec.throttled);
        ret->nr_periods = usec.nr_periods;
        ret->nr_throttled = usec.nr_throttled;
        return 0;
}

/* cpu.max, microseconds a period: "150000 100000", or "max 100000". In percent of one CPU. */
static bool lower_cpu_limit(struct folder *folder, void *data)
{
        struct measure *limit = data;
        const char *at = folder->scratch->text;
        uint64_t quota, period;

        if (folder_read(folder, "cpu.max") == 0 && text_take_u64(&at, &quota) == 0 &&
                *at++ == ' ' && text_take_u64(&at, &period) == 0 && period > 0 &&
                quota <= UINT64_MAX / 100)
                *limit = measure_min(*limit, measure_of(quota * 100 / period));
        return true;
}

int cgroup_v2_read_cpu(struct folder *folder, struct cpu_sample *ret)
{
        int r = folder_read(folder, "cpu.stat");

        if (r == 0)
                r = parse_cpu_stat(folder->scratch->text, ret);
        folder_walk_up(folder, lower_cpu_limit, &ret->limit_percent);
        return r == -ENOENT ? 0 : r;
}

int cgroup_v2_read_memory_detail(struct folder *folder, struct detail_sample *ret)
{
        int first = 0;

        note_error(&first, folder_read_keys(folder, "memory.stat", memory_detail_keys,
                                   ARRAY_SIZE(memory_detail_keys), ret));
        note_error(&first, folder_read_keys(folder, "memory.events", memory_events_keys,
                                   ARRAY_SIZE(memory_events_keys), ret));
        for (size_t i = 0; i < ARRAY_SIZE(memory_files); i++)
                note_error(&first, folder_read_number(folder, memory_files[i].name,
                                           (void *)((char *)ret + memory_files[i].offset)));
        return first;
}

int cgroup_v2_read_tree_detail(struct folder *folder, struct detail_sample *ret)
{
        int r = folder_read_keys(folder, "cgroup.stat", tree_keys, ARRAY_SIZE(tree_keys), ret);

        return r == -ENOENT ? 0 : r;
}

/* memory.stat: "inactive_file 4096" */
struct reclaimable {
        struct measure inactive_file, active_file, slab;
};

/* What the cgroup uses and the kernel cannot just take back. */
static int read_used(struct folder *folder, struct measure *ret)
{
        static const struct text_key keys[] = {
                {"inactive_file",    offsetof(struct reclaimable, inactive_file)},
                {"active_file",      offsetof(struct reclaimable, active_file)  },
                {"slab_reclaimable", offsetof(struct reclaimable, slab)         },
        };
        struct reclaimable reclaimable = {0};
        struct measure current = {0};
        uint64_t bytes;
        int r = folder_read_number(folder, "memory.current", &current);

        if (r == 0)
                r = folder_read_keys(folder, "memory.stat", keys, ARRAY_SIZE(keys), &reclaimable);
        if (r < 0)
                return r;
        bytes = reclaimable.inactive_file.value + reclaimable.active_file.value +
                reclaimable.slab.value;
        current.value -= bytes < current.value ? bytes : current.value;
        *ret = current;
        return 0;
}

/* memory.events.local, since Linux 5.2: "max 37". memory.events has those of all below, too. */
struct memory_events {
        struct measure max, high;
};

static int read_memory_events(
        struct folder *folder, struct memory_events *ret, const char **ret_name)
{
        static const struct text_key keys[] = {
                {"max",  offsetof(struct memory_events, max) },
                {"high", offsetof(struct memory_events, high)},
        };
        int r;

        *ret_name = "memory.events.local";
        r = folder_read_keys(folder, *ret_name, keys, ARRAY_SIZE(keys), ret);
        if (r != -ENOENT)
                return r;
        *ret_name = "memory.events";
        return folder_read_keys(folder, *ret_name, keys, ARRAY_SIZE(keys), ret);
}

static void add_limit(struct level *level, const char *name, struct measure used,
        struct measure max, struct measure n_refused)
{
        if (used.known && max.known)
                level->limits[level->n_limits++] =
                        (struct level_limit){name, used.value, max.value, n_refused};
}

/* memory.swap.events: "max 0". Without any swap allowed nothing is near its end. */
static int add_swap(struct folder *folder, struct level *level)
{
        static const struct text_key keys[] = {
                {"max", 0},
        };
        struct measure used = {0}, max = {0}, n_refused = {0};
        int first = 0;

        note_error(&first, folder_read_number(folder, "memory.swap.max", &max));
        if (!max.known || max.value == 0)
                return first;
        note_error(&first, folder_read_number(folder, "memory.swap.current", &used));
        note_error(&first,
                folder_read_keys(folder, "memory.swap.events", keys, ARRAY_SIZE(keys), &n_refused));
        add_limit(level, "memory.swap.max", used, max, n_refused);
        return first;
}

int cgroup_v2_read_memory_level(struct folder *folder, struct level *ret)
{
        struct measure max = {0}, high = {0}, used = {0};
        struct memory_events events = {0};
        int first = 0;

        note_error(&first, folder_read_number(folder, "memory.max", &max));
        note_error(&first, folder_read_number(folder, "memory.high", &high));
        if (max.known || high.known) {
                note_error(&first, read_used(folder, &used));
                note_error(&first, read_memory_events(folder, &events, &ret->events));
                add_limit(ret, "memory.max", used, max, events.max);
                add_limit(ret, "memory.high", used, high, events.high);
        }
        note_error(&first, add_swap(folder, ret));
        return first;
}
