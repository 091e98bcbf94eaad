/* SPDX-License-Identifier: MIT */
#include "source/machine.h"

#include <string.h>

#include "model/record.h"
#include "targets.h"

/* meminfo, vmstat, stat, loadavg, uptime and pressure. */
void fuzz_machine(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {
                "proc/loadavg",
                "proc/meminfo",
                "proc/pressure/cpu",
                "proc/pressure/io",
                "proc/pressure/memory",
                "proc/stat",
                "proc/sys/kernel/pid_max",
                "proc/sys/kernel/random/boot_id",
                "proc/sys/kernel/threads-max",
                "proc/uptime",
                "proc/vmstat",
                NULL,
        };
        static struct fuzz_tree memory;
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);
        struct sample sample = {0};
        struct measure oom_kills = {0};
        char boot_id[33];

        fuzz_tree_put(tree, data, size);
        machine_read_load(&tree->root, &tree->scratch, &sample.load);
        machine_read_memory(&tree->root, &tree->scratch, &sample.memory);
        machine_read_pids(&tree->root, &tree->scratch, &sample.tasks);
        machine_read_cpu(&tree->root, &tree->scratch, &sample.cpu);
        machine_read_pressure(&tree->root, &tree->scratch, &sample.pressure);
        machine_read_io(&tree->root, &tree->scratch, &sample.io);
        machine_read_detail(&tree->root, &tree->scratch, &sample.detail);
        machine_read_oom_kills(&tree->root, &tree->scratch, &oom_kills);
        require(!sample.cpu.usage_ns.known ||
                sample.cpu.usage_ns.value >= sample.cpu.user_ns.value);
        if (machine_read_boot_id(&tree->root, &tree->scratch, boot_id) == 0)
                require(strlen(boot_id) == 32);
        fuzz_check_sample(&sample);
}
