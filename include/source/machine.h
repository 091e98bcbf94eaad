/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/root.h"
#include "model/sample.h"

/*
 * What the kernel says of the machine as a whole; see proc(5). Each fills what it can of a zeroed
 * part of a sample. Returns 0, or the first -errno other than "no such file".
 */

/* meminfo: AnonPages, Cached + Buffers, SwapTotal - SwapFree, MemTotal; vmstat: pgpgin, pgpgout. */
int machine_read_memory(
        const struct root *root, struct scratch *scratch, struct memory_sample *ret);

/* loadavg, each average once the machine is up for as long as its window (uptime). */
int machine_read_load(const struct root *root, struct scratch *scratch, struct load_sample *ret);

/* loadavg's total of tasks, and the smaller of kernel.threads-max and kernel.pid_max. */
int machine_read_pids(const struct root *root, struct scratch *scratch, struct tasks_sample *ret);

/* Each of the three by itself. */
struct machine_tasks {
        struct measure n_tasks; /* threads and zombies */
        struct measure threads_max, pid_max;
};
int machine_read_tasks(const struct root *root, struct scratch *scratch, struct machine_tasks *ret);

/* vmstat's oom_kill: the processes the kernel has killed for want of memory, in cgroups and in
 * all. */
int machine_read_oom_kills(const struct root *root, struct scratch *scratch, struct measure *ret);

/* /proc/stat, in nanoseconds. */
int machine_read_cpu(const struct root *root, struct scratch *scratch, struct cpu_sample *ret);

int machine_read_pressure(
        const struct root *root, struct scratch *scratch, struct pressure_sample *ret);

/* The bytes of vmstat's pgpgin and pgpgout. */
int machine_read_io(const struct root *root, struct scratch *scratch, struct io_sample *ret);

int machine_read_detail(
        const struct root *root, struct scratch *scratch, struct detail_sample *ret);

/* The boot id without its hyphens: 32 hexadecimal digits and a NUL. -EBADMSG for anything else. */
int machine_read_boot_id(const struct root *root, struct scratch *scratch, char ret[33]);
