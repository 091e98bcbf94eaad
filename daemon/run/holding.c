/* SPDX-License-Identifier: MIT */
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include "base/held.h"
#include "collector_state.h"
#include "source/machine.h"

/*
 * How many files can be held: as many as the process may open, and as are an eighth of the memory
 * it may have. What the kernel keeps for an open file is some 5 kB, most of it the page that its
 * text is written to.
 */
static size_t count_holdable(struct collector *collector)
{
        enum { FILE_BYTES = 5 * 1024, OTHERS = 64, MAX_FILES = 32 * 1024 };
        struct memory_sample memory = {0};
        struct cgroup own;
        struct rlimit limit;
        uint64_t n = MAX_FILES;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return 0;
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n + OTHERS)
                n = limit.rlim_max > OTHERS ? limit.rlim_max - OTHERS : 0;
        machine_read_memory(&collector->root, &collector->scratch, &memory);
        if (cgroup_find(&collector->view, NULL, &own) == 0) {
                struct memory_sample here = {0};

                cgroup_read_memory(&collector->view, &own, &here);
                memory.quota_bytes = measure_min(memory.quota_bytes, here.quota_bytes);
        }
        if (memory.quota_bytes.known && memory.quota_bytes.value / 8 / FILE_BYTES < n)
                n = memory.quota_bytes.value / 8 / FILE_BYTES;
        return (size_t)n;
}

/* In a recorded tree one file takes the place of another. Of those that can be held, a quarter are
 * of processes and threads. */
int collector_hold_files(struct collector *collector)
{
        struct statfs fs;
        size_t n;
        int r;

        if (fstatfs(task_scan_fd(collector->scan), &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
                return 0;
        collector->is_live = true;
        n = count_holdable(collector);
        r = held_new(n - n / 4, &collector->root.held);
        return r < 0 ? r
                     : task_scan_hold(collector->looks, n / 4, held_ahead(collector->root.held));
}
