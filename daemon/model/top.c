/* SPDX-License-Identifier: MIT */
#include "model/top.h"

#include <stdbool.h>
#include <string.h>

static uint64_t weight(const struct top_process *process)
{
        return process->now > process->value ? process->now : process->value;
}

static struct top_process *find(struct top *top, int64_t pid, uint64_t start_ticks)
{
        for (size_t i = 0; i < top->n; i++) {
                if (top->items[i].pid == pid && top->items[i].start_ticks == start_ticks)
                        return &top->items[i];
        }
        return NULL;
}

static uint64_t bit(int64_t pid)
{
        return UINT64_C(1) << ((uint64_t)pid % 64);
}

/* Whether a process with `value` may be one of these, or become one. */
static bool may_be_in(const struct top *top, int64_t pid, uint64_t value)
{
        return top->least < value || (top->pids & bit(pid));
}

static void note_pids(struct top *top)
{
        top->pids = 0;
        for (size_t i = 0; i < top->n; i++)
                top->pids |= bit(top->items[i].pid);
}

/* A free place, or that of the one with least when it has less than `value`. */
static struct top_process *make_room(struct top *top, uint64_t value)
{
        struct top_process *least = &top->items[0];

        if (top->n < TOP_MAX)
                return &top->items[top->n++];
        for (size_t i = 1; i < top->n; i++) {
                if (weight(&top->items[i]) < weight(least))
                        least = &top->items[i];
        }
        /* In a round nobody's weight becomes less, and that of one who takes the place is more. */
        top->least = weight(least);
        return top->least < value ? least : NULL;
}

void top_add(struct top *top, int64_t pid, uint64_t start_ticks, const char *comm, size_t comm_len,
        uint64_t value)
{
        struct top_process *process;

        if (!may_be_in(top, pid, value))
                return;
        process = find(top, pid, start_ticks);
        if (!process) {
                process = make_room(top, value);
                if (!process)
                        return;
                *process = (struct top_process){
                        .pid = pid, .start_ticks = start_ticks, .first = value};
                note_pids(top);
        }
        comm_copy(process->comm, comm, comm_len);
        process->now = value;
}

void top_name(struct top *top, int64_t pid, const char *comm, size_t comm_len)
{
        struct top_process *process = find(top, pid, 0);

        if (process)
                comm_copy(process->comm, comm, comm_len);
}

void top_add_child(struct top *top, int64_t pid)
{
        struct top_process *process;

        /* With one child so far it may have most in the end. */
        if (!may_be_in(top, pid, 2))
                return;
        process = find(top, pid, 0);
        if (!process) {
                process = make_room(top, 2);
                if (!process)
                        return;
                *process = (struct top_process){.pid = pid};
                note_pids(top);
        }
        process->now++;
}

void top_begin_round(struct top *top)
{
        for (size_t i = 0; i < top->n; i++)
                top->items[i].now = 0;
        top->least = 0;
}

void top_end_round(struct top *top)
{
        size_t n = 0;

        for (size_t i = 0; i < top->n; i++) {
                struct top_process *process = &top->items[i];

                if (process->now == 0)
                        continue;
                if (process->first == 0)
                        process->first = process->now;
                process->value = process->now;
                process->now = 0;
                top->items[n++] = *process;
        }
        top->n = n;
        top->least = 0;
        note_pids(top);
}

static uint64_t growth(const struct top_process *process)
{
        return process->value > process->first ? process->value - process->first : 0;
}

const struct top_process *top_largest(const struct top *top)
{
        const struct top_process *largest = NULL;

        for (size_t i = 0; i < top->n; i++) {
                if (!largest || top->items[i].value > largest->value)
                        largest = &top->items[i];
        }
        return largest;
}

const struct top_process *top_grown(const struct top *top)
{
        const struct top_process *grown = top_largest(top);

        for (size_t i = 0; i < top->n; i++) {
                if (growth(&top->items[i]) > growth(grown))
                        grown = &top->items[i];
        }
        return grown;
}
