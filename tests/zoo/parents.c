/* SPDX-License-Identifier: MIT */

/* Those whose children die: some wait for them, some do not, each in a way of its own. */

#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ways.h"

static void make_and_forget(void)
{
        make_child();
}

static void live_never_waiting(void)
{
        settle();
        repeat(make_and_forget, NULL, 0);
}

static unsigned n_made, n_reaped;

/* Each third child is waited for, the oldest first. */
static void make_and_reap_a_third(void)
{
        if (make_child() > 0)
                n_made++;
}

static void reap_a_third(void)
{
        while (n_reaped < n_made / 3 && waitpid(-1, NULL, WNOHANG) > 0) {
                note('r');
                n_reaped++;
        }
}

static void live_too_slow(void)
{
        settle();
        repeat(make_and_reap_a_third, reap_a_third, order.reap_every_s);
}

/* It knows the children it asks something of, and forgets the others. */
static void make_and_reap_every_second(void)
{
        const pid_t pid = make_child();

        if (pid > 0 && ++n_made % 2 == 0 && waitpid(pid, NULL, 0) == pid)
                note('r');
}

static void live_reaping_some(void)
{
        settle();
        repeat(make_and_reap_every_second, NULL, 0);
}

static void live_reaping_once(void)
{
        catch_sigchld(reap_one);
        settle();
        repeat(make_and_forget, NULL, 0);
}

/* Children that are alive when it stops, and then end one after the other: on a busy machine it
 * takes a moment to come to that. */
static void make_generation(void)
{
        uint64_t life_ns = UINT64_C(1000000000);

        catch_sigchld(reap_one);
        for (unsigned i = 0; i < order.n_max; i++) {
                life_ns += draw_interval_ns();
                if (try_fork(false) == 0)
                        die_after((double)life_ns / 1e9);
        }
        set_sigchld();
}

static void live_stopped(void)
{
        make_generation();
        settle();
        kill(getpid(), SIGSTOP); /* not raise(), in which musl blocks all signals */
        sleep_forever(NULL);
}

/* A parent that has called vfork() is in state D until its child has exited or executed another
 * program, which this one never does. */
static void live_stuck(void)
{
        make_generation();
        settle();
        if (vfork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                for (;;)
                        syscall(SYS_pause);
        }
        sleep_forever(NULL);
}

/* A process of its own that brings up orphans, and waits for its own children. */
static void start_orphanage(void)
{
        if (try_fork(false) == 0) {
                prctl(PR_SET_NAME, "orphanage");
                repeat(make_orphan, NULL, 0);
        }
}

/* Those who are left to it are no children it has made. */
static void live_adopting(void)
{
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        start_orphanage();
        settle();
        sleep_forever(NULL);
}

/* From here on, children of this process are in a PID namespace of their own. The first is its PID
 * 1 and goes on with `live`. */
static void start_init(life *live)
{
        if (unshare(CLONE_NEWPID) < 0)
                err(77, "cannot make a PID namespace");
        const pid_t pid = fork();
        if (pid < 0)
                err(1, "cannot fork");
        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                live();
        }
        shared->parent_pid = pid;
        prctl(PR_SET_NAME, "shim");
}

static void be_init_with_orphanage(void)
{
        set_sigchld();
        start_orphanage();
        sleep_forever(NULL);
}

static void be_init_that_forks(void)
{
        set_sigchld();
        repeat(make_and_forget, NULL, 0);
}

static void be_init_that_sleeps(void)
{
        set_sigchld();
        sleep_forever(NULL);
}

static void live_as_init(void)
{
        start_init(be_init_with_orphanage);
        settle();
        sleep_forever(NULL);
}

static void live_as_forking_init(void)
{
        start_init(be_init_that_forks);
        settle();
        sleep_forever(NULL);
}

/* As a health check does, each probe comes from outside: its parent has no number in the namespace.
 * What it leaves behind is adopted by PID 1. */
static void live_probed(void)
{
        start_init(be_init_that_sleeps);
        settle();
        repeat(make_orphan, NULL, 0);
}

static void live_in_order(void)
{
        settle();
        repeat(make_and_forget, reap_all, 0);
}

static void live_polling(void)
{
        settle();
        repeat(make_and_forget, reap_all, order.reap_every_s);
}

static void live_ignoring(void)
{
        settle();
        repeat(make_and_forget, NULL, 0);
}

static void make_and_wait(void)
{
        const pid_t pid = make_child();

        if (pid > 0 && waitpid(pid, NULL, 0) == pid)
                note('r');
}

/* Some daemons never wait for the few children of their start. */
static void live_holding(void)
{
        for (unsigned i = 0; i < order.n_max; i++)
                make_child();
        settle();
        repeat(make_and_wait, NULL, 0);
}

/* Like the jobs of a make: each has a child of its own and waits for it. */
static void run_job(void)
{
        prctl(PR_SET_NAME, "job");
        const pid_t pid = try_fork(false);
        if (pid == 0)
                die_after(order.every_s * (0.5 + drand48()));
        if (pid > 0)
                waitpid(pid, NULL, 0);
        _exit(0);
}

static void live_making(void)
{
        settle();
        for (unsigned n_running = 0;;) {
                srand48((long)now_ns(CLOCK_MONOTONIC));
                while (n_running < order.n_max) {
                        const pid_t pid = try_fork(false);
                        if (pid == 0)
                                run_job();
                        n_running += pid > 0;
                }
                if (waitpid(-1, NULL, 0) > 0)
                        n_running--;
        }
}

static const struct animal animals[] = {
        {"never-waits", live_never_waiting,   "never_waits",      "zombies", "default", 'S'},
        {"blocked",     live_never_waiting,   "sigchld_blocked",  "zombies", "blocked", 'S'},
        {"too-slow",    live_too_slow,        "too_slow",         "zombies", "default", 'S'},
        {"reaps-some",  live_reaping_some,    "too_slow",         "zombies", "default", 'S'},
        {"reaps-once",  live_reaping_once,    "too_slow",         "zombies", "caught",  'S'},
        {"stopped",     live_stopped,         "parent_stopped",   "none",    "caught",  'T'},
        {"stuck",       live_stuck,           "parent_stuck",     "none",    "caught",  'D'},
        {"adopts",      live_adopting,        "never_waits",      "zombies", "default", 'S'},
        {"init",        live_as_init,         "init_not_reaping", "zombies", "default", 'S'},
        {"init-forks",  live_as_forking_init, "init_not_reaping", "zombies", "default", 'S'},
        {"probed",      live_probed,          "probe_orphans",    "zombies", "default", 'S'},
        {"pool",        live_in_order,        "none",             "none",    "caught",  'S'},
        {"polls",       live_polling,         "none",             "none",    "default", 'S'},
        {"ignores",     live_ignoring,        "none",             "none",    "ignored", 'S'},
        {"holds",       live_holding,         "none",             "none",    "default", 'S'},
        {"makes",       live_making,          "none",             "none",    "default", 'S'},
};

const struct animal *find_parent(const char *name)
{
        for (size_t i = 0; i < sizeof(animals) / sizeof(animals[0]); i++)
                if (strcmp(animals[i].name, name) == 0)
                        return &animals[i];
        return NULL;
}
