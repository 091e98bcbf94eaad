/* SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/*
 * What the animals of the zoo have in common: what is asked of them, and the ways in which they
 * make children and wait for them. Whatever cannot be done ends the process with a message.
 */

#define N_CGROUPS_MAX 8

/* A life never returns. */
typedef void life(void);

/* What can be kept. */
struct animal {
        const char *name;
        life *live;
        const char *cause;   /* of its zombies, "none" if it does well */
        const char *leaks;   /* the metric that rises without end, or "none" */
        const char *sigchld; /* when nothing else is asked for */
        char state;          /* which its first thread gets into */
};

/* NULL if there is none of that name. */
const struct animal *find_parent(const char *name);
const struct animal *find_growth(const char *name);

/* What the command line asks for; see keeper.c. */
struct order {
        const struct animal *animal;
        const char *cgroups[N_CGROUPS_MAX];
        unsigned n_cgroups;
        double every_s, jitter, life_s, reap_every_s;
        bool poisson;
        unsigned n_burst, n_max, n_threads, depth;
        const char *sigchld, *name, *child_name;
        int log_fd;
};

extern struct order order;

/* What the animal tells its keeper, in memory that both share. */
struct shared {
        _Atomic pid_t parent_pid;
        atomic_bool settled;
};

extern struct shared *shared;

/* Of signals, before anything was done to it. */
extern sigset_t original_mask;

uint64_t now_ns(clockid_t clock);
void sleep_until(uint64_t at_ns);
void sleep_for(double seconds);
_Noreturn void *sleep_forever(void *unused);

/* Appends to the log: one short line, in one write. A signal handler may call it. */
void note(char what);

/* The child comes back with 0. `-1` when there cannot be one. It dies with its parent, unless it is
 * meant to survive it. */
pid_t try_fork(bool survives);

/* The end of a child. */
_Noreturn void die_after(double seconds);

/* A child that dies after `order.life_s`. Returns its number, or -1. */
pid_t make_child(void);

/* A grandchild whose parent is gone before it dies itself: it is left to whoever adopts it. */
void make_orphan(void);

/* All that are dead. */
void reap_all(void);

/* The classic mistake, as a handler: signals that come while one is pending are lost, and their
 * children are not. */
void reap_one(int number);

void start_thread(void *(*run)(void *), void *data);

void catch_sigchld(void (*handle)(int));

/* As it is ordered. */
void set_sigchld(void);

/* The name and the place in the tree are settled: from now on, what the keeper says holds. */
void settle(void);

/* The time from one child to the next. */
uint64_t draw_interval_ns(void);

/* Calls `make` when it is time, `order.n_burst` times, for ever; and meanwhile `look`, unless that
 * is NULL, every `look_s`, or in no time if that is 0. */
_Noreturn void repeat(void (*make)(void), void (*look)(void), double look_s);
