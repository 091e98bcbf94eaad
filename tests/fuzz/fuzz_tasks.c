/* SPDX-License-Identifier: MIT */
#include "source/tasks.h"

#include <string.h>

#include "source/unit.h"
#include "targets.h"

static const struct hierarchy hierarchies[] = {
        {.v2 = true},
        {.controllers = 1u << CONTROLLER_MEMORY | 1u << CONTROLLER_PIDS},
};

struct seen {
        struct task_scan *scan;
        struct sampling sampling;
        unsigned n_processes, n_ends;
};

static void visit(void *data, const struct process *visited)
{
        struct seen *seen = data;
        struct process looked, *process = &looked;

        if (!visited) {
                seen->n_ends++;
                return;
        }
        looked = *visited;
        require(process->n_running + process->n_blocked <= process->n_threads);
        task_scan_look(seen->scan, &seen->sampling, process);
        require(process->others.n_looked <= process->others.n);
        seen->n_processes++;
        require(process->stat.pid >= 0);
        require(!process->zombie || process->n_threads == 0);
        require(process->n_running + process->n_blocked <= process->n_threads);
        for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
                size_t len;
                bool deleted;
                const char *path =
                        task_scan_cgroup(seen->scan, process, &hierarchies[i], &len, &deleted);

                require(!path || !memchr(path, '\n', len));
        }
}

/* A walk over two processes, one with two threads, that are what the input says. Its first line is
 * their stat, the rest /proc/PID/cgroup. */
void fuzz_tasks(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {
                "proc/1/cgroup",
                "proc/7/cgroup",
                "proc/7/task/8/cgroup",
                NULL,
        };
        static struct fuzz_tree memory;
        const bool is_new = !memory.path[0];
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);
        const uint8_t *newline = memchr(data, '\n', size);
        const size_t stat_len = newline ? (size_t)(newline - data) + 1 : size;
        static struct task_scan *scan;
        struct seen seen;
        char *stat = fuzz_text(data, stat_len);

        if (is_new)
                fuzz_tree_file(tree, "proc/1/stat", "1 (init) S 0", 12);
        fuzz_tree_put(tree, data + stat_len, size - stat_len);
        fuzz_tree_file(tree, "proc/1/stat", stat, stat_len);
        fuzz_tree_file(tree, "proc/7/stat", stat, stat_len);
        fuzz_tree_file(tree, "proc/7/task/7/stat", stat, stat_len);
        fuzz_tree_file(tree, "proc/7/task/8/stat", stat, stat_len);
        if (!scan)
                require(task_scan_new(&tree->root, &scan) == 0);
        for (unsigned i = 0; i < 2; i++) {
                const struct deadline never = {0};

                seen = (struct seen){.scan = scan};
                sampling_begin(&seen.sampling, 1, 1);
                require(task_scan_run(scan, &never, visit, &seen) == 1);
                require(seen.n_ends == 1 && seen.n_processes <= 2);
        }
        free(stat);
}
