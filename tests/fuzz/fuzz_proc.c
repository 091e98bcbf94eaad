/* SPDX-License-Identifier: MIT */
#include "source/proc.h"

#include <string.h>

#include "targets.h"

static void check_stat(const char *text)
{
        struct proc_stat stat;

        if (proc_stat_parse(text, &stat) < 0)
                return;
        require(stat.pid >= 0 && stat.ppid >= 0);
        require(stat.state && stat.state == proc_stat_state(text));
        require(stat.comm > text && stat.comm + stat.comm_len < text + strlen(text));
        require(stat.comm[-1] == '(' && stat.comm[stat.comm_len] == ')');
}

/* The files of one process. */
void fuzz_proc(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {
                "proc/7/io",
                "proc/7/limits",
                "proc/7/smaps_rollup",
                "proc/7/stat",
                "proc/7/status",
                "proc/self/mountinfo",
                "proc/self/stat",
                "proc/self/status",
                NULL,
        };
        static struct fuzz_tree memory;
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);
        struct proc_stat stat;
        struct proc_memory sizes = {0};
        struct proc_waiting waiting;
        char *text = fuzz_text(data, size);

        fuzz_tree_put(tree, data, size);
        check_stat(text);
        proc_read_stat(&tree->root, 7, &tree->scratch, &stat);
        require(proc_own_pid(&tree->root, &tree->scratch) >= 0);
        proc_hides(&tree->root, &tree->scratch);
        proc_read_memory(&tree->root, 7, 0, true, &tree->scratch, &sizes);
        require(proc_read_waiting(&tree->root, 7, &tree->scratch, &waiting) == 0 ||
                size >= tree->scratch.size);
        proc_read_nproc_limit(&tree->root, 7, &tree->scratch);
        free(text);
}
