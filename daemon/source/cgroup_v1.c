/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/held.h"
#include "base/text.h"
#include "cgroup_files.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/*
 * memory.stat, one key and value a line: "total_rss 21471232". The keys without "total_" leave the
 * children out. hierarchical_memory_limit is the smallest on the way up; without one it is the
 * largest number of whole pages, 9223372036854771712.
 */
static const struct text_key memory_keys[] = {
        {"total_rss",                 offsetof(struct memory_sample, rss_bytes)    },
        {"total_cache",               offsetof(struct memory_sample, cache_bytes)  },
        {"total_swap",                offsetof(struct memory_sample, swap_bytes)   },
        {"total_pgpgin",              offsetof(struct memory_sample, pgpgin_pages) },
        {"total_pgpgout",             offsetof(struct memory_sample, pgpgout_pages)},
        {"hierarchical_memory_limit", offsetof(struct memory_sample, quota_bytes)  },
};

static const struct text_key memory_detail_keys[] = {
        {"total_shmem",       offsetof(struct detail_sample, shmem_bytes)         },
        {"total_mapped_file", offsetof(struct detail_sample, file_mapped_bytes)   },
        {"total_dirty",       offsetof(struct detail_sample, file_dirty_bytes)    },
        {"total_writeback",   offsetof(struct detail_sample, file_writeback_bytes)},
        {"total_pgfault",     offsetof(struct detail_sample, pgfault)             },
        {"total_pgmajfault",  offsetof(struct detail_sample, pgmajfault)          },
};

/* memory.oom_control: "oom_kill_disable 0", "under_oom 0", "oom_kill 0". */
static const struct text_key oom_keys[] = {
        {"oom_kill", offsetof(struct detail_sample, events_oom_kill)},
};

static const struct text_key memory_files[] = {
        {"memory.usage_in_bytes",      offsetof(struct detail_sample, current_bytes)},
        {"memory.max_usage_in_bytes",  offsetof(struct detail_sample, peak_bytes)   },
        {"memory.kmem.usage_in_bytes", offsetof(struct detail_sample, kernel_bytes) },
        {"memory.failcnt",             offsetof(struct detail_sample, events_max)   },
};

/* What the kernel prints where there is no limit: LONG_MAX in whole pages, of whatever size. */
static bool is_unlimited(uint64_t bytes)
{
        return bytes >= (UINT64_C(1) << 62);
}

/* Whether all pages that ever came in with the children (`total`) came in without them. The key is
 * searched for by itself, as one that is so short would have all lines compared. */
static bool came_in_alone(const char *memory_stat, struct measure total)
{
        static const char key[] = "\npgpgin ";
        const char *own = strstr(memory_stat, key);
        uint64_t value;

        if (!own || !total.known)
                return false;
        own += sizeof(key) - 1;
        return text_take_u64(&own, &value) == 0 && value == total.value;
}

int cgroup_v1_read_memory(struct folder *folder, struct memory_sample *ret)
{
        int r = folder_read_keys(folder, "memory.stat", memory_keys, ARRAY_SIZE(memory_keys), ret);

        if (folder->places) {
                folder->places->charged_round = held_round(folder->root->held);
                folder->places->is_charged_alone =
                        r == 0 && came_in_alone(folder->scratch->text, ret->pgpgin_pages);
        }
        if (is_unlimited(ret->quota_bytes.value))
                ret->quota_bytes = (struct measure){0};
        return r == -ENOENT ? 0 : r;
}

bool cgroup_v1_is_charged_alone(struct folder *folder)
{
        static const struct text_key key = {"total_pgpgin", 0};
        struct measure total = {0};

        if (folder->places && folder->places->charged_round == held_round(folder->root->held))
                return folder->places->is_charged_alone;
        return folder_read_keys(folder, "memory.stat", &key, 1, &total) == 0 &&
               came_in_alone(folder->scratch->text, total);
}

/* cpu.stat: "nr_periods 120", "nr_throttled 4", "throttled_time 4000000" (nanoseconds). */
static const struct text_key cpu_keys[] = {
        {"nr_periods",     offsetof(struct cpu_sample, nr_periods)  },
        {"nr_throttled",   offsetof(struct cpu_sample, nr_throttled)},
        {"throttled_time", offsetof(struct cpu_sample, throttled_ns)},
};

/* cpu.cfs_quota_us, -1 without a limit, in a period of cpu.cfs_period_us. */
static bool lower_cpu_limit(struct folder *folder, void *data)
{
        struct measure *limit = data;
        struct measure quota = {0}, period = {0};

        if (folder_read_number(folder, "cpu.cfs_quota_us", &quota) == 0 &&
                folder_read_number(folder, "cpu.cfs_period_us", &period) == 0 && quota.known &&
                period.value > 0 && quota.value <= UINT64_MAX / 100)
                *limit = measure_min(*limit, measure_of(quota.value * 100 / period.value));
        return true;
}

int cgroup_v1_read_cpu(struct folder *folder, struct cpu_sample *ret)
{
        int r = folder_read_keys(folder, "cpu.stat", cpu_keys, ARRAY_SIZE(cpu_keys), ret);

        folder_walk_up(folder, lower_cpu_limit, &ret->limit_percent);
        return r == -ENOENT ? 0 : r;
}

/* In nanoseconds; these count the children, too. */
int cgroup_v1_read_cpuacct(struct folder *folder, struct cpu_sample *ret)
{
        int first = 0;

        note_error(&first, folder_read_number(folder, "cpuacct.usage", &ret->usage_ns));
        note_error(&first, folder_read_number(folder, "cpuacct.usage_user", &ret->user_ns));
        note_error(&first, folder_read_number(folder, "cpuacct.usage_sys", &ret->system_ns));
        return first;
}

/* "8:0 Read 1459200", "8:0 Write 314773504", … "Total 316232704". */
static int parse_blkio(const char *text, struct measure *ret_read, struct measure *ret_write)
{
        *ret_read = *ret_write = measure_of(0);
        while (*text) {
                const char *word = text + strcspn(text, " \n");
                struct measure *sum = NULL;
                const char *number;
                uint64_t value;

                if ((number = text_after(word, " Read ")))
                        sum = ret_read;
                else if ((number = text_after(word, " Write ")))
                        sum = ret_write;
                if (sum && (text_take_u64(&number, &value) < 0 ||
                                   __builtin_add_overflow(sum->value, value, &sum->value)))
                        return -EBADMSG;
                text = word + strcspn(word, "\n");
                text += *text == '\n';
        }
        return 0;
}

static int read_blkio(struct folder *folder, const char *name, struct measure *ret_read,
        struct measure *ret_write)
{
        struct measure reads, writes;
        int r = folder_read(folder, name);

        if (r == 0)
                r = parse_blkio(folder->scratch->text, &reads, &writes);
        if (r < 0)
                return r;
        *ret_read = reads;
        *ret_write = writes;
        return 0;
}

int cgroup_v1_read_io(struct folder *folder, struct io_sample *ret)
{
        int first = 0;

        note_error(&first, read_blkio(folder, "blkio.throttle.io_service_bytes_recursive",
                                   &ret->rbytes, &ret->wbytes));
        note_error(&first,
                read_blkio(folder, "blkio.throttle.io_serviced_recursive", &ret->rios, &ret->wios));
        return first;
}

int cgroup_v1_read_memory_detail(struct folder *folder, struct detail_sample *ret)
{
        int first = 0;

        note_error(&first, folder_read_keys(folder, "memory.stat", memory_detail_keys,
                                   ARRAY_SIZE(memory_detail_keys), ret));
        note_error(&first, folder_read_keys(folder, "memory.oom_control", oom_keys,
                                   ARRAY_SIZE(oom_keys), ret));
        for (size_t i = 0; i < ARRAY_SIZE(memory_files); i++)
                note_error(&first, folder_read_number(folder, memory_files[i].name,
                                           (void *)((char *)ret + memory_files[i].offset)));
        note_error(&first, folder_read_number(folder, "memory.limit_in_bytes", &ret->max_bytes));
        if (is_unlimited(ret->max_bytes.value))
                ret->max_bytes = (struct measure){0};
        return first;
}

/* What a limit and its use and its refusals are called. */
struct limit_files {
        char name[32], max[32], used[32], n_refused[24];
};

/* memory.failcnt counts at the cgroup whose limit was reached, and page cache that was given back
 * for it, too. */
static int add_limit(struct folder *folder, const struct limit_files *files, struct level *level)
{
        static const struct text_key keys[] = {
                {"total_inactive_file", 0                     },
                {"total_active_file",   sizeof(struct measure)},
        };
        struct measure max = {0}, used = {0}, n_refused = {0}, cache[2] = {0};
        uint64_t cache_bytes;
        int first = 0;

        note_error(&first, folder_read_number(folder, files->max, &max));
        if (!max.known || is_unlimited(max.value))
                return first;
        note_error(&first, folder_read_number(folder, files->used, &used));
        note_error(&first, folder_read_number(folder, files->n_refused, &n_refused));
        note_error(&first, folder_read_keys(folder, "memory.stat", keys, ARRAY_SIZE(keys), cache));
        if (!used.known)
                return first;
        cache_bytes = cache[0].value + cache[1].value;
        used.value -= cache_bytes < used.value ? cache_bytes : used.value;
        level->limits[level->n_limits++] =
                (struct level_limit){files->name, used.value, max.value, n_refused};
        return first;
}

int cgroup_v1_read_memory_level(struct folder *folder, struct level *ret)
{
        /* clang-format off */
        static const struct limit_files files[] = {
                {"memory.max",
                        "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.failcnt"},
                {"memory.memsw.limit_in_bytes",
                        "memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes",
                        "memory.memsw.failcnt"},
        };
        /* clang-format on */
        int first = 0;

        for (size_t i = 0; i < ARRAY_SIZE(files); i++)
                note_error(&first, add_limit(folder, &files[i], ret));
        return first;
}
