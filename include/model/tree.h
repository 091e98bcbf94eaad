/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One process of a walk over all, as much of it as process trees need. */
struct tree_node {
        pid_t pid, ppid;
        pid_t live_tid; /* a live thread when the leader has exited, else 0 */
        uint32_t n_threads, n_others, n_running, n_blocked;
        char state;
        bool zombie, zombie_before, started;
        uint64_t start_ticks, rss_pages;
        char comm[16]; /* not terminated */
        uint8_t comm_len;
        bool decided, inside; /* see tree_mark() */
};

/* Sorts the nodes by pid, which a walk over /proc mostly has done already. */
void tree_sort(struct tree_node *nodes, size_t n_nodes);

/* The node of that pid among sorted ones, or NULL. */
struct tree_node *tree_find(struct tree_node *nodes, size_t n_nodes, pid_t pid);

/*
 * Sets `inside` of each node: whether it is the process `top` or descends from it. The nodes are
 * sorted. A parent that is not among them, or a loop, which a /proc that changes while it is read
 * may show, means outside.
 */
void tree_mark(struct tree_node *nodes, size_t n_nodes, pid_t top);
