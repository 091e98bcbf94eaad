/* SPDX-License-Identifier: MIT */
#include "ways.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREAD_STACK_BYTES (64 * 1024)
#define LOOK_NS            30000000 /* between two looks, when there is no time between them */
#define ORPHAN_S           0.02     /* a process lives on so long after its parent */

struct order order = {
        .every_s = 1,
        .reap_every_s = 1,
        .n_burst = 1,
        .n_max = 60,
        .name = "animal",
        .child_name = "young",
        .log_fd = -1,
};

struct shared *shared;
sigset_t original_mask;

uint64_t now_ns(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void sleep_until(uint64_t at_ns)
{
        const struct timespec at = {
                .tv_sec = (time_t)(at_ns / 1000000000), .tv_nsec = (long)(at_ns % 1000000000)};

        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
                ;
}

void sleep_for(double seconds)
{
        sleep_until(now_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9));
}

_Noreturn void *sleep_forever(void *unused)
{
        (void)unused;
        for (;;)
                pause();
}

void note(char what)
{
        char line[64];
        const uint64_t at_us = now_ns(CLOCK_REALTIME) / 1000;
        const int n = snprintf(line, sizeof(line), "%c %llu.%06llu\n", what,
                (unsigned long long)(at_us / 1000000), (unsigned long long)(at_us % 1000000));

        if (order.log_fd >= 0 && write(order.log_fd, line, (size_t)n) != n)
                _exit(1);
}

uint64_t draw_interval_ns(void)
{
        double s = order.every_s;

        if (order.poisson)
                s *= -log(1 - drand48());
        else
                s *= 1 + order.jitter * (2 * drand48() - 1);
        return (uint64_t)(s * 1e9);
}

pid_t try_fork(bool survives)
{
        const pid_t parent = getpid();
        const pid_t pid = fork();

        if (pid < 0 && errno != EAGAIN)
                err(1, "cannot fork");
        if (pid < 0)
                note('e');
        if (pid != 0)
                return pid;
        signal(SIGCHLD, SIG_DFL);
        sigprocmask(SIG_SETMASK, &original_mask, NULL);
        if (!survives) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                /* It may be outside of the PID namespace, where it has no number. */
                if (getppid() != parent && getppid() != 0)
                        _exit(1);
        }
        return 0;
}

_Noreturn void die_after(double seconds)
{
        prctl(PR_SET_NAME, order.child_name);
        sleep_for(seconds);
        note('c');
        _exit(0);
}

pid_t make_child(void)
{
        const pid_t pid = try_fork(false);

        if (pid == 0)
                die_after(order.life_s);
        return pid;
}

void make_orphan(void)
{
        const pid_t pid = try_fork(true);

        if (pid == 0) {
                if (try_fork(true) == 0)
                        die_after(ORPHAN_S + order.life_s);
                _exit(0);
        }
        if (pid > 0)
                waitpid(pid, NULL, 0);
}

void reap_all(void)
{
        while (waitpid(-1, NULL, WNOHANG) > 0)
                note('r');
}

void start_thread(void *(*run)(void *), void *data)
{
        pthread_attr_t attr;
        pthread_t thread;

        pthread_attr_init(&attr);
        pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
        errno = pthread_create(&thread, &attr, run, data);
        if (errno == EAGAIN)
                note('e');
        else if (errno != 0)
                err(1, "cannot start a thread");
        pthread_attr_destroy(&attr);
}

static void ignore_signal(int number)
{
        (void)number;
}

void reap_one(int number)
{
        const int saved = errno;

        (void)number;
        if (waitpid(-1, NULL, WNOHANG) > 0)
                note('r');
        errno = saved;
}

void catch_sigchld(void (*handle)(int))
{
        sigaction(SIGCHLD, &(struct sigaction){.sa_handler = handle, .sa_flags = SA_RESTART}, NULL);
}

static void block_sigchld(void)
{
        sigset_t mask;

        sigemptyset(&mask);
        sigaddset(&mask, SIGCHLD);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        /* As a program would that means to read it, and does not. */
        if (signalfd(-1, &mask, SFD_CLOEXEC) < 0)
                err(1, "cannot make a signalfd");
}

void set_sigchld(void)
{
        if (strcmp(order.sigchld, "default") == 0)
                signal(SIGCHLD, SIG_DFL);
        else if (strcmp(order.sigchld, "ignored") == 0)
                signal(SIGCHLD, SIG_IGN);
        else if (strcmp(order.sigchld, "caught") == 0)
                catch_sigchld(ignore_signal);
        else if (strcmp(order.sigchld, "blocked") == 0)
                block_sigchld();
        else
                errx(64, "unknown --sigchld '%s'", order.sigchld);
}

void settle(void)
{
        if (shared->parent_pid == 0)
                shared->parent_pid = getpid();
        shared->settled = true;
}

_Noreturn void repeat(void (*make)(void), void (*look)(void), double look_s)
{
        const uint64_t look_ns = look_s > 0 ? (uint64_t)(look_s * 1e9) : LOOK_NS;
        uint64_t due_ns = now_ns(CLOCK_MONOTONIC) + draw_interval_ns();
        uint64_t look_due_ns = now_ns(CLOCK_MONOTONIC) + look_ns;

        for (;;) {
                if (look && look_due_ns < due_ns) {
                        sleep_until(look_due_ns);
                        look();
                        look_due_ns += look_ns;
                        continue;
                }
                sleep_until(due_ns);
                for (unsigned i = 0; i < order.n_burst; i++)
                        make();
                due_ns += draw_interval_ns();
        }
}
