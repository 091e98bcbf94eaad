/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cgroup_files.h"
#include "targets.h"

/* The files of a cgroup of version 2, and those of the cgroup above that limit it. */
void fuzz_cgroup_v2(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {
                "cg/a/b/cgroup.events",
                "cg/a/b/memory.events.local",
                "cg/a/b/cgroup.procs",
                "cg/a/b/cgroup.threads",
                "cg/a/cgroup.events",
                "cg/a/cgroup.procs",
                "cg/a/cgroup.threads",
                "cg/a/cgroup.stat",
                "cg/a/cpu.max",
                "cg/a/cpu.pressure",
                "cg/a/cpu.stat",
                "cg/a/io.pressure",
                "cg/a/io.stat",
                "cg/a/memory.current",
                "cg/a/memory.events",
                "cg/a/memory.events.local",
                "cg/a/memory.high",
                "cg/a/memory.low",
                "cg/a/memory.max",
                "cg/a/memory.min",
                "cg/a/memory.peak",
                "cg/a/memory.pressure",
                "cg/a/memory.stat",
                "cg/a/memory.swap.current",
                "cg/a/memory.swap.events",
                "cg/a/memory.swap.max",
                "cg/a/pids.current",
                "cg/a/pids.events",
                "cg/a/pids.events.local",
                "cg/a/pids.max",
                "cg/a/pids.peak",
                "cg/cgroup.stat",
                "cg/memory.stat",
                "proc/7/limits",
                "proc/7/status",
                "proc/7/task/7/children",
                "proc/meminfo",
                NULL,
        };
        static const char cgroup[] = "0::/\n";
        static const char mountinfo[] = "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw,nsdelegate\n";
        static struct fuzz_tree memory;
        const bool is_new = !memory.path[0];
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);

        if (is_new) {
                fuzz_tree_file(tree, "proc/self/cgroup", cgroup, strlen(cgroup));
                fuzz_tree_file(tree, "proc/self/mountinfo", mountinfo, strlen(mountinfo));
        }
        fuzz_check_cgroup(tree, data, size);
}
