/* SPDX-License-Identifier: MIT */

/* Those who have more and more threads, processes or memory: some for ever, some for a while. */

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ways.h"

#define BLOCK_BYTES (256 * 1024)
#define N_WORKERS   4

static void *live_for_a_while(void *data)
{
        const double *seconds = data;

        sleep_for(*seconds);
        free(data);
        return NULL;
}

/* The first ones stay longest; then it begins again. */
static double breath_s(unsigned i)
{
        return 2 * order.every_s * (order.n_max - i);
}

static void live_breathing(void)
{
        settle();
        for (;;) {
                for (unsigned i = 0; i < order.n_max; i++) {
                        double *seconds = malloc(sizeof(*seconds));
                        if (!seconds)
                                err(1, "no memory");
                        *seconds = breath_s(i);
                        start_thread(live_for_a_while, seconds);
                        sleep_for(order.every_s);
                }
                sleep_for(breath_s(0));
        }
}

static void live_breathing_processes(void)
{
        settle();
        for (;;) {
                uint64_t due_ns = now_ns(CLOCK_MONOTONIC);
                for (unsigned i = 0; i < order.n_max; i++) {
                        if (try_fork(false) == 0)
                                die_after(breath_s(i));
                        due_ns += (uint64_t)(order.every_s * 1e9);
                        while (now_ns(CLOCK_MONOTONIC) < due_ns) {
                                sleep_for(0.02);
                                reap_all();
                        }
                }
                due_ns += (uint64_t)(breath_s(0) * 1e9);
                while (now_ns(CLOCK_MONOTONIC) < due_ns) {
                        sleep_for(0.02);
                        reap_all();
                }
        }
}

/* As many as it is going to have, and no more. */
static void live_grown(void)
{
        settle();
        for (unsigned i = 0; i < order.n_max; i++) {
                sleep_for(order.every_s);
                if (try_fork(false) == 0)
                        sleep_forever(NULL);
        }
        sleep_forever(NULL);
}

static void *allocate_block(void)
{
        void *block =
                mmap(NULL, BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (block == MAP_FAILED)
                err(1, "cannot map memory");
        memset(block, 1, BLOCK_BYTES);
        return block;
}

/* As a garbage collector does. */
static void live_collecting(void)
{
        void **blocks = calloc(order.n_max, sizeof(*blocks));

        if (!blocks)
                err(1, "no memory");
        settle();
        for (;;) {
                for (unsigned i = 0; i < order.n_max; i++) {
                        blocks[i] = allocate_block();
                        sleep_for(order.every_s);
                }
                for (unsigned i = 0; i < order.n_max; i++)
                        munmap(blocks[i], BLOCK_BYTES);
        }
}

static void leak_thread(void)
{
        start_thread(sleep_forever, NULL);
}

static void live_leaking_threads(void)
{
        settle();
        repeat(leak_thread, NULL, 0);
}

/* No worker of them leaks fast. */
static void live_leaking_in_workers(void)
{
        order.every_s *= N_WORKERS;
        for (unsigned i = 0; i < N_WORKERS; i++) {
                if (try_fork(false) == 0) {
                        prctl(PR_SET_NAME, order.child_name);
                        sleep_for(order.every_s * i / N_WORKERS);
                        repeat(leak_thread, NULL, 0);
                }
        }
        settle();
        sleep_forever(NULL);
}

static void leak_process(void)
{
        if (try_fork(false) == 0) {
                prctl(PR_SET_NAME, order.child_name);
                sleep_forever(NULL);
        }
}

static void live_leaking_processes(void)
{
        settle();
        repeat(leak_process, NULL, 0);
}

static void leak_memory(void)
{
        allocate_block();
}

static void live_leaking_memory(void)
{
        settle();
        repeat(leak_memory, NULL, 0);
}

static const struct animal animals[] = {
        {"breathes",             live_breathing,           "none", "none",       "default", 'S'},
        {"breathes-processes",   live_breathing_processes, "none", "none",       "default", 'S'},
        {"grows",                live_grown,               "none", "none",       "default", 'S'},
        {"collects",             live_collecting,          "none", "none",       "default", 'S'},
        {"leaks-threads",        live_leaking_threads,     "none", "threads",    "default", 'S'},
        {"leaks-worker-threads", live_leaking_in_workers,  "none", "threads",    "default", 'S'},
        {"leaks-processes",      live_leaking_processes,   "none", "processes",  "default", 'S'},
        {"leaks-memory",         live_leaking_memory,      "none", "memory_rss", "default", 'S'},
};

const struct animal *find_growth(const char *name)
{
        for (size_t i = 0; i < sizeof(animals) / sizeof(animals[0]); i++)
                if (strcmp(animals[i].name, name) == 0)
                        return &animals[i];
        return NULL;
}
