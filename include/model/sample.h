/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/measure.h"

/*
 * What one target looked like at one instant. The readers in source/ fill it, alike for cgroup v1,
 * cgroup v2, the machine and process trees. Sizes are in bytes, times in nanoseconds; counters
 * grow during one incarnation of the target.
 */

/* The platform's load averages, in hundredths. */
struct load_sample {
        struct measure avg_1m, avg_5m, avg_15m;
};

struct memory_sample {
        struct measure total_bytes; /* rss + cache + swap; see sample_complete() */
        struct measure rss_bytes;
        struct measure cache_bytes;
        struct measure swap_bytes;
        struct measure pgpgin_pages;
        struct measure pgpgout_pages;
        struct measure quota_bytes; /* the smallest limit that binds */
};

struct tasks_sample {
        struct measure processes; /* live ones; one whose leader alone has exited is live */
        struct measure threads;
        struct measure zombies;
        struct measure zombies_stuck;   /* zombies at the sample before, too */
        struct measure threads_running; /* state R */
        struct measure threads_blocked; /* state D */
        struct measure pids;            /* tasks the kernel charges, zombies included */
        struct measure pids_limit;
        struct measure threads_sampled; /* whose state was read; known when not all were */
        struct measure partial;         /* known, and 1, when not every process was looked at */
};

struct cpu_sample {
        struct measure usage_ns, user_ns, system_ns;
        struct measure nr_periods, nr_throttled, throttled_ns;
        struct measure limit_percent; /* of one CPU; the smallest quota on the way up */
        struct measure cpus;          /* those the machine has online */
};

/* One line of a pressure file; the averages in hundredths of a percent. */
struct stall_sample {
        struct measure avg10, avg60, avg300, total_ns;
};

struct pressure_sample {
        struct stall_sample cpu_some, cpu_full;
        struct stall_sample memory_some, memory_full;
        struct stall_sample io_some, io_full;
};

struct io_sample {
        struct measure rbytes, wbytes, rios, wios;
};

/* What explains the numbers of the other groups. */
struct detail_sample {
        /* of memory */
        struct measure current_bytes, peak_bytes, min_bytes, low_bytes, high_bytes, max_bytes;
        struct measure available_bytes, free_bytes; /* of the machine */
        struct measure shmem_bytes, file_mapped_bytes, file_dirty_bytes, file_writeback_bytes;
        struct measure kernel_bytes, slab_bytes, sock_bytes;
        struct measure swap_limit_bytes;
        struct measure pgfault, pgmajfault;
        struct measure events_high, events_max, events_oom, events_oom_kill;
        /* of processes summed one by one: whose memory is PSS, and whose only RSS */
        struct measure pss_processes, rss_processes;
        /* of pids */
        struct measure pids_peak, pids_events_max;
        /* of the cgroup */
        struct measure nr_descendants, nr_dying_descendants;
};

/* runstatd itself. */
struct self_sample {
        struct measure tasks; /* threads of the process */
        struct measure rss_bytes;
        struct measure cpu_ns; /* spent since the last tick */
        struct measure cpu_total_ns;
        struct measure tick_ns; /* from the start of the last tick to its last write */
        struct measure late_ns; /* this tick after its due time */
        struct measure ticks, ticks_missed;
        struct measure lines_dropped;
        struct measure targets;
        struct measure reaped; /* processes of others, as the first of a PID namespace */
};

struct sample {
        struct load_sample load;
        struct memory_sample memory;
        struct tasks_sample tasks;
        struct cpu_sample cpu;
        struct pressure_sample pressure;
        struct io_sample io;
        struct detail_sample detail;
        struct self_sample self;
};

/* Fills in what follows from the other members: the memory total. */
void sample_complete(struct sample *sample);

/* Takes over what `more` knows. */
void sample_merge(struct sample *sample, const struct sample *more);
