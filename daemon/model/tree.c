/* SPDX-License-Identifier: MIT */
#include "model/tree.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
        pid_t first = ((const struct tree_node *)a)->pid;
        pid_t second = ((const struct tree_node *)b)->pid;

        return (first > second) - (first < second);
}

void tree_sort(struct tree_node *nodes, size_t n_nodes)
{
        for (size_t i = 1; i < n_nodes; i++) {
                if (nodes[i - 1].pid > nodes[i].pid) {
                        qsort(nodes, n_nodes, sizeof(*nodes), compare);
                        return;
                }
        }
}

struct tree_node *tree_find(struct tree_node *nodes, size_t n_nodes, pid_t pid)
{
        const struct tree_node key = {.pid = pid};

        return n_nodes > 0 ? bsearch(&key, nodes, n_nodes, sizeof(*nodes), compare) : NULL;
}

/*
 * Goes up from the node to the first ancestor that is decided, or to where the way ends, and then
 * decides all on that way. Each node is decided but once, so all of them cost one search each.
 */
static void decide(struct tree_node *nodes, size_t n_nodes, struct tree_node *node)
{
        struct tree_node *at = node;
        bool inside;

        for (size_t steps = 0; at && !at->decided && steps <= n_nodes; steps++)
                at = tree_find(nodes, n_nodes, at->ppid);
        inside = at && at->decided && at->inside;
        for (at = node; at && !at->decided; at = tree_find(nodes, n_nodes, at->ppid)) {
                at->decided = true;
                at->inside = inside;
        }
}

void tree_mark(struct tree_node *nodes, size_t n_nodes, pid_t top)
{
        for (size_t i = 0; i < n_nodes; i++) {
                nodes[i].decided = nodes[i].pid == top;
                nodes[i].inside = nodes[i].pid == top;
        }
        for (size_t i = 0; i < n_nodes; i++)
                decide(nodes, n_nodes, &nodes[i]);
}
