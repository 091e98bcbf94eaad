/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cgroup_files.h"
#include "targets.h"

/* The files of a cgroup of version 1, all controllers in one hierarchy. */
void fuzz_cgroup_v1(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {
                "cg/a/blkio.throttle.io_service_bytes_recursive",
                "cg/a/blkio.throttle.io_serviced_recursive",
                "cg/a/cgroup.procs",
                "cg/a/cpu.cfs_period_us",
                "cg/a/cpu.cfs_quota_us",
                "cg/a/cpu.stat",
                "cg/a/cpuacct.usage",
                "cg/a/cpuacct.usage_sys",
                "cg/a/cpuacct.usage_user",
                "cg/a/memory.failcnt",
                "cg/a/memory.kmem.usage_in_bytes",
                "cg/a/memory.limit_in_bytes",
                "cg/a/memory.max_usage_in_bytes",
                "cg/a/memory.memsw.failcnt",
                "cg/a/memory.memsw.limit_in_bytes",
                "cg/a/memory.memsw.usage_in_bytes",
                "cg/a/memory.oom_control",
                "cg/a/memory.stat",
                "cg/a/memory.usage_in_bytes",
                "cg/a/pids.current",
                "cg/a/pids.events",
                "cg/a/pids.max",
                "cg/a/tasks",
                "cg/cgroup.sane_behavior",
                "cg/memory.limit_in_bytes",
                "proc/7/limits",
                "proc/7/status",
                "proc/meminfo",
                NULL,
        };
        static const char cgroup[] = "2:pids,memory,cpu,cpuacct,blkio:/\n";
        static const char mountinfo[] =
                "30 23 0:26 / /cg rw - cgroup cgroup rw,pids,memory,cpu,cpuacct,blkio\n";
        static struct fuzz_tree memory;
        const bool is_new = !memory.path[0];
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);

        if (is_new) {
                fuzz_tree_file(tree, "proc/self/cgroup", cgroup, strlen(cgroup));
                fuzz_tree_file(tree, "proc/self/mountinfo", mountinfo, strlen(mountinfo));
        }
        fuzz_check_cgroup(tree, data, size);
}
