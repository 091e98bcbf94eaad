/* SPDX-License-Identifier: MIT */
#include "source/machine.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/held.h"
#include "base/text.h"
#include "pressure.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static int read_keys(const struct root *root, struct scratch *scratch, const char *path,
        const struct text_key *keys, size_t n_keys, void *ret)
{
        int r = root_read_held(root, path, scratch);

        if (r == -ENOENT)
                return 0;
        return r < 0 ? r : text_read_keys(scratch->text, keys, n_keys, ret);
}

/* meminfo: "MemTotal:        2030404 kB" */
struct meminfo {
        struct measure total, anon, cached, buffers, swap_total, swap_free;
};

static const struct text_key meminfo_keys[] = {
        {"MemTotal",  offsetof(struct meminfo, total)     },
        {"AnonPages", offsetof(struct meminfo, anon)      },
        {"Cached",    offsetof(struct meminfo, cached)    },
        {"Buffers",   offsetof(struct meminfo, buffers)   },
        {"SwapTotal", offsetof(struct meminfo, swap_total)},
        {"SwapFree",  offsetof(struct meminfo, swap_free) },
};

/* vmstat: "pgpgin 348836", in KiB */
struct paging {
        struct measure in_kib, out_kib;
};

static int read_paging(const struct root *root, struct scratch *scratch, struct paging *ret)
{
        static const struct text_key keys[] = {
                {"pgpgin",  offsetof(struct paging, in_kib) },
                {"pgpgout", offsetof(struct paging, out_kib)},
        };

        return read_keys(root, scratch, "proc/vmstat", keys, ARRAY_SIZE(keys), ret);
}

static struct measure scaled(struct measure measure, uint64_t factor)
{
        if (!measure.known || __builtin_mul_overflow(measure.value, factor, &measure.value))
                return (struct measure){0};
        return measure;
}

int machine_read_memory(const struct root *root, struct scratch *scratch, struct memory_sample *ret)
{
        const uint64_t page_kib = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
        struct meminfo info = {0};
        struct paging paging = {0};
        int r, r2;

        r = read_keys(root, scratch, "proc/meminfo", meminfo_keys, ARRAY_SIZE(meminfo_keys), &info);
        ret->rss_bytes = info.anon;
        ret->cache_bytes = measure_sum(info.cached, info.buffers);
        if (info.swap_total.known && info.swap_free.known &&
                info.swap_total.value >= info.swap_free.value)
                ret->swap_bytes = measure_of(info.swap_total.value - info.swap_free.value);
        ret->quota_bytes = info.total;

        r2 = read_paging(root, scratch, &paging);
        if (paging.in_kib.known)
                ret->pgpgin_pages = measure_of(paging.in_kib.value / page_kib);
        if (paging.out_kib.known)
                ret->pgpgout_pages = measure_of(paging.out_kib.value / page_kib);
        return r < 0 ? r : r2;
}

/* The seconds the machine is up; unknown when nobody says. uptime: "350735.47 234388.90" */
static struct measure read_uptime(const struct root *root, struct scratch *scratch)
{
        const char *at = scratch->text;
        uint64_t seconds;

        if (root_read_held(root, "proc/uptime", scratch) < 0 ||
                text_take_decimal(&at, 0, &seconds) < 0)
                return (struct measure){0};
        return measure_of(seconds);
}

/* loadavg: "0.20 0.18 0.12 1/80 11206" */
int machine_read_load(const struct root *root, struct scratch *scratch, struct load_sample *ret)
{
        const struct measure uptime_s = read_uptime(root, scratch);
        struct {
                uint64_t window_s;
                struct measure *ret;
        } averages[] = {
                {60,  &ret->avg_1m },
                {300, &ret->avg_5m },
                {900, &ret->avg_15m},
        };
        const char *at = scratch->text;
        int r = root_read_held(root, "proc/loadavg", scratch);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        for (size_t i = 0; i < ARRAY_SIZE(averages); i++) {
                uint64_t hundredths;

                if (text_take_decimal(&at, 2, &hundredths) < 0 || *at++ != ' ')
                        return -EBADMSG;
                if (!uptime_s.known || uptime_s.value >= averages[i].window_s)
                        *averages[i].ret = measure_of(hundredths);
        }
        return 0;
}

/* The behind part of loadavg's "1/80": all tasks the machine has. */
static int read_total(const struct root *root, struct scratch *scratch, struct measure *ret)
{
        const char *slash;
        uint64_t total;
        int r = root_read_held(root, "proc/loadavg", scratch);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        slash = strchr(scratch->text, '/');
        if (!slash)
                return -EBADMSG;
        slash++;
        if (text_take_u64(&slash, &total) < 0)
                return -EBADMSG;
        *ret = measure_of(total);
        return 0;
}

static struct measure read_number(
        const struct root *root, struct scratch *scratch, const char *path)
{
        const char *at = scratch->text;
        uint64_t value;

        if (root_read_held(root, path, scratch) == 0 && text_take_u64(&at, &value) == 0)
                return measure_of(value);
        return (struct measure){0};
}

int machine_read_tasks(const struct root *root, struct scratch *scratch, struct machine_tasks *ret)
{
        ret->threads_max = read_number(root, scratch, "proc/sys/kernel/threads-max");
        ret->pid_max = read_number(root, scratch, "proc/sys/kernel/pid_max");
        return read_total(root, scratch, &ret->n_tasks);
}

int machine_read_pids(const struct root *root, struct scratch *scratch, struct tasks_sample *ret)
{
        struct machine_tasks tasks = {0};
        int r = machine_read_tasks(root, scratch, &tasks);

        ret->pids_limit =
                measure_min(ret->pids_limit, measure_min(tasks.threads_max, tasks.pid_max));
        if (tasks.n_tasks.known)
                ret->pids = tasks.n_tasks;
        return r;
}

/* stat: "cpu  2255 34 2290 22625563 6290 127 456 0 0 0" in clock ticks: user, nice, system, idle,
 * iowait, irq, softirq, steal; guest times are within user and nice. */
static int parse_cpu_line(const char *at, struct cpu_sample *ret)
{
        enum { USER, NICE, SYSTEM, IRQ = 5, SOFTIRQ, N_FIELDS };
        const uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
        uint64_t ticks[N_FIELDS], user, system, usage;

        at = text_after(at, "cpu");
        for (size_t i = 0; i < N_FIELDS; i++) {
                if (!at)
                        return -EBADMSG;
                at += strspn(at, " ");
                if (text_take_u64(&at, &ticks[i]) < 0)
                        return -EBADMSG;
        }
        if (__builtin_add_overflow(ticks[USER], ticks[NICE], &user) ||
                __builtin_add_overflow(ticks[SYSTEM], ticks[IRQ], &system) ||
                __builtin_add_overflow(system, ticks[SOFTIRQ], &system) ||
                __builtin_add_overflow(user, system, &usage))
                return -EBADMSG;
        /* 1,000 busy CPUs reach 2^64 nanoseconds in seven months. */
        ret->user_ns = scaled(measure_of(user), tick_ns);
        ret->system_ns = scaled(measure_of(system), tick_ns);
        ret->usage_ns = scaled(measure_of(usage), tick_ns);
        return 0;
}

/* Lines "cpu0", "cpu1", …: one for each that is online. */
static uint64_t count_cpus(const char *text)
{
        uint64_t n = 0;

        while ((text = strchr(text, '\n'))) {
                text++;
                if (!text_after(text, "cpu"))
                        break;
                n++;
        }
        return n;
}

int machine_read_cpu(const struct root *root, struct scratch *scratch, struct cpu_sample *ret)
{
        int r = root_read_held(root, "proc/stat", scratch);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        r = parse_cpu_line(scratch->text, ret);
        if (r < 0)
                return r;
        ret->cpus = measure_of(count_cpus(scratch->text));
        return 0;
}

int machine_read_pressure(
        const struct root *root, struct scratch *scratch, struct pressure_sample *ret)
{
        int first = 0;

        for (size_t i = 0; i < N_PRESSURE_FILES; i++) {
                int r = root_read_held(root, pressure_files[i].machine_path, scratch);

                if (r == 0)
                        r = pressure_parse(scratch->text, &pressure_files[i], ret);
                /* EOPNOTSUPP: built in, and switched off at boot */
                if (r < 0 && r != -ENOENT && r != -EOPNOTSUPP && first == 0)
                        first = r;
        }
        return first;
}

int machine_read_io(const struct root *root, struct scratch *scratch, struct io_sample *ret)
{
        struct paging paging = {0};
        int r = read_paging(root, scratch, &paging);

        ret->rbytes = scaled(paging.in_kib, 1024);
        ret->wbytes = scaled(paging.out_kib, 1024);
        return r;
}

int machine_read_detail(const struct root *root, struct scratch *scratch, struct detail_sample *ret)
{
        static const struct text_key meminfo_detail[] = {
                {"MemAvailable", offsetof(struct detail_sample, available_bytes)     },
                {"MemFree",      offsetof(struct detail_sample, free_bytes)          },
                {"Shmem",        offsetof(struct detail_sample, shmem_bytes)         },
                {"Mapped",       offsetof(struct detail_sample, file_mapped_bytes)   },
                {"Dirty",        offsetof(struct detail_sample, file_dirty_bytes)    },
                {"Writeback",    offsetof(struct detail_sample, file_writeback_bytes)},
                {"Slab",         offsetof(struct detail_sample, slab_bytes)          },
                {"SwapTotal",    offsetof(struct detail_sample, swap_limit_bytes)    },
        };
        static const struct text_key vmstat_detail[] = {
                {"pgfault",    offsetof(struct detail_sample, pgfault)        },
                {"pgmajfault", offsetof(struct detail_sample, pgmajfault)     },
                {"oom_kill",   offsetof(struct detail_sample, events_oom_kill)},
        };
        int r, r2;

        r = read_keys(
                root, scratch, "proc/meminfo", meminfo_detail, ARRAY_SIZE(meminfo_detail), ret);
        r2 = read_keys(root, scratch, "proc/vmstat", vmstat_detail, ARRAY_SIZE(vmstat_detail), ret);
        return r < 0 ? r : r2;
}

int machine_read_oom_kills(const struct root *root, struct scratch *scratch, struct measure *ret)
{
        static const struct text_key keys[] = {
                {"oom_kill", 0},
        };

        return read_keys(root, scratch, "proc/vmstat", keys, ARRAY_SIZE(keys), ret);
}

int machine_read_boot_id(const struct root *root, struct scratch *scratch, char ret[33])
{
        char id[33];
        size_t n = 0;
        int r = root_read(root, "proc/sys/kernel/random/boot_id", scratch);

        if (r < 0)
                return r;
        for (const char *at = scratch->text; *at && *at != '\n'; at++) {
                if (*at == '-')
                        continue;
                if (n == 32 || !strchr("0123456789abcdef", *at))
                        return -EBADMSG;
                id[n++] = *at;
        }
        if (n != 32)
                return -EBADMSG;
        id[n] = '\0';
        memcpy(ret, id, sizeof(id));
        return 0;
}
