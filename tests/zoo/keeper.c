/* SPDX-License-Identifier: MIT */

/*
 * Keeps one animal of the zoo: a program that treats its children, threads or memory in a way that
 * is known, so that what runstatd says of it can be compared with the truth:
 *
 *   keeper [OPTION]... ANIMAL
 *
 *     --cgroup DIR         move the animal there first; may be repeated
 *     --log FILE           append "WHAT TIME" for each child that dies (c), each that is waited for
 *                          (r) and each that could not be made (e); TIME is CLOCK_REALTIME
 *     --every SECONDS      between two children, threads or blocks of memory (1)
 *     --poisson            let this be the mean of times that are independent of each other
 *     --jitter FRACTION    let each be up to so much longer or shorter
 *     --burst N            so many at once (1)
 *     --life SECONDS       how long a child lives (0)
 *     --reap-every SECONDS for those that look for dead children every so often (1)
 *     --count N            how many children or threads there are at most, for some (60)
 *     --sigchld HOW        default, ignored, caught, or blocked
 *     --threads N          of the animal, beside its first; the last one does the work
 *     --depth N            so many processes between the keeper and the animal
 *     --name NAME          of the animal
 *     --child-name NAME    of its children
 *     --seed N             of what is random
 *
 * When the animal is in place, as /proc shows, it prints one line with the truth, names as runstatd
 * writes them:
 *
 *   ready pid=811 parent_pid=812 parent_comm=app child_comm=helper cause=never_waits
 *           sigchld=default leaks=zombies per_h=3600 steady=1
 *
 * `cause` is "none" of what is healthy, `leaks` are those metrics which rise without end, `per_h`
 * is how many die in an hour and `steady` whether they do so at equal distances. On SIGTERM,
 * SIGINT, SIGHUP and the end of standard input the keeper kills and reaps the animal with all it
 * has made, and exits with 0.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ways.h"

#define N_POLLS_MAX 6000 /* of 10 ms: an emulated machine is slow */

static void enter_cgroups(void)
{
        for (unsigned i = 0; i < order.n_cgroups; i++) {
                char path[4096];

                snprintf(path, sizeof(path), "%s/cgroup.procs", order.cgroups[i]);
                FILE *file = fopen(path, "we");
                if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file) != 0)
                        err(1, "cannot enter cgroup '%s'", order.cgroups[i]);
        }
}

static void *live_in_thread(void *unused)
{
        (void)unused;
        order.animal->live();
        return NULL;
}

static void be_animal(void)
{
        prctl(PR_SET_NAME, order.name);
        set_sigchld();
        if (order.n_threads == 0)
                order.animal->live();
        for (unsigned i = 1; i < order.n_threads; i++)
                start_thread(sleep_forever, NULL);
        start_thread(live_in_thread, NULL);
        sleep_forever(NULL);
}

/* Each level waits for the next, as a shell does. */
static void descend(void)
{
        for (unsigned depth = order.depth; depth > 0; depth--) {
                const pid_t pid = try_fork(false);

                if (pid == 0)
                        continue;
                prctl(PR_SET_NAME, "shell");
                waitpid(pid, NULL, 0);
                _exit(0);
        }
        be_animal();
}

/* Takes /proc/PID/stat: "41 (name) S 1 …", where the name may hold anything. */
static char read_state(pid_t pid)
{
        char path[64], text[512];

        snprintf(path, sizeof(path), "/proc/%d/stat", pid);
        FILE *file = fopen(path, "re");
        if (!file)
                return '?';
        text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
        fclose(file);
        const char *end = strrchr(text, ')');
        return end && end[1] == ' ' ? end[2] : '?';
}

/* One that works without a pause need not be seen asleep. */
static bool is_in_place(void)
{
        if (!shared->settled)
                return false;
        const char state = read_state(shared->parent_pid);
        return state == order.animal->state || (order.animal->state == 'S' && state == 'R');
}

static void wait_until_in_place(void)
{
        int status;

        for (unsigned i = 0; !is_in_place(); i++) {
                if (waitpid(-1, &status, WNOHANG) > 0)
                        exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status)
                                                                           : 1);
                if (i == N_POLLS_MAX)
                        errx(1, "the animal does not get in place");
                nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        }
}

/* As runstatd writes names of others; the kernel keeps 15 bytes. */
static const char *tame(const char *name, char *buf, size_t size)
{
        static const char allowed[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                "._:@/+-";
        size_t n = strnlen(name, size - 1);

        for (size_t i = 0; i < n; i++)
                buf[i] = strchr(allowed, name[i]) ? name[i] : '_';
        buf[n] = '\0';
        return buf;
}

static void print_truth(void)
{
        char name[16], child_name[16];

        printf("ready pid=%d parent_pid=%d parent_comm=%s child_comm=%s cause=%s sigchld=%s "
               "leaks=%s "
               "per_h=%.0f steady=%d\n",
                getpid(), shared->parent_pid, tame(order.name, name, sizeof(name)),
                tame(order.child_name, child_name, sizeof(child_name)), order.animal->cause,
                order.sigchld, order.animal->leaks, 3600 / order.every_s * order.n_burst,
                !order.poisson);
        fflush(stdout);
}

static void wait_for_end(int signal_fd)
{
        struct pollfd fds[] = {
                {.fd = STDIN_FILENO, .events = POLLIN},
                {.fd = signal_fd,    .events = POLLIN},
        };
        char ignored[512];

        for (;;) {
                if (poll(fds, 2, -1) < 0)
                        continue;
                if (fds[1].revents)
                        return;
                if (fds[0].revents && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
                        return;
        }
}

/* All others die with their parents. Zombies become ours, because we are their subreaper. */
static void kill_all(pid_t first)
{
        kill(first, SIGKILL);
        while (wait(NULL) > 0 || errno == EINTR)
                ;
}

static double parse_seconds(const char *text)
{
        char *end;
        const double value = strtod(text, &end);

        if (end == text || *end || !(value >= 0 && value <= 1e6))
                errx(64, "not a number: '%s'", text);
        return value;
}

static unsigned parse_count(const char *text)
{
        char *end;
        const unsigned long value = strtoul(text, &end, 10);

        if (end == text || *end || value > 100000)
                errx(64, "not a count: '%s'", text);
        return (unsigned)value;
}

static void add_cgroup(const char *dir)
{
        if (order.n_cgroups == N_CGROUPS_MAX)
                errx(64, "too many cgroups");
        order.cgroups[order.n_cgroups++] = dir;
}

static void open_log(const char *path)
{
        order.log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (order.log_fd < 0)
                err(1, "cannot open '%s'", path);
}

static void choose_animal(const char *name)
{
        order.animal = find_parent(name);
        if (!order.animal)
                order.animal = find_growth(name);
        if (!order.animal)
                errx(64, "unknown animal '%s'", name);
        if (!order.sigchld)
                order.sigchld = order.animal->sigchld;
}

static const struct option options[] = {
        {"burst",      required_argument, NULL, 'b'},
        {"cgroup",     required_argument, NULL, 'c'},
        {"child-name", required_argument, NULL, 'n'},
        {"count",      required_argument, NULL, 'm'},
        {"depth",      required_argument, NULL, 'd'},
        {"every",      required_argument, NULL, 'e'},
        {"jitter",     required_argument, NULL, 'j'},
        {"life",       required_argument, NULL, 'l'},
        {"log",        required_argument, NULL, 'o'},
        {"name",       required_argument, NULL, 'N'},
        {"poisson",    no_argument,       NULL, 'p'},
        {"reap-every", required_argument, NULL, 'r'},
        {"seed",       required_argument, NULL, 's'},
        {"sigchld",    required_argument, NULL, 'S'},
        {"threads",    required_argument, NULL, 't'},
        {NULL,         0,                 NULL, 0  },
};

static void set_option(int c)
{
        switch (c) {
        case 'b':
                order.n_burst = parse_count(optarg);
                break;
        case 'c':
                add_cgroup(optarg);
                break;
        case 'd':
                order.depth = parse_count(optarg);
                break;
        case 'e':
                order.every_s = parse_seconds(optarg);
                break;
        case 'j':
                order.jitter = parse_seconds(optarg);
                break;
        case 'l':
                order.life_s = parse_seconds(optarg);
                break;
        case 'm':
                order.n_max = parse_count(optarg);
                break;
        case 'n':
                order.child_name = optarg;
                break;
        case 'N':
                order.name = optarg;
                break;
        case 'o':
                open_log(optarg);
                break;
        case 'p':
                order.poisson = true;
                break;
        case 'r':
                order.reap_every_s = parse_seconds(optarg);
                break;
        case 's':
                srand48(parse_count(optarg));
                break;
        case 'S':
                order.sigchld = optarg;
                break;
        case 't':
                order.n_threads = parse_count(optarg);
                break;
        default:
                exit(64);
        }
}

static void parse_options(int argc, char **argv)
{
        int c;

        while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
                set_option(c);
        if (optind != argc - 1)
                errx(64, "usage: keeper [OPTION]... ANIMAL");
        choose_animal(argv[optind]);
}

int main(int argc, char **argv)
{
        sigset_t mask;

        parse_options(argc, argv);
        shared = mmap(
                NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED)
                err(1, "cannot map memory");

        /* An ignored or blocked SIGCHLD, which we may have inherited, would be another story. */
        signal(SIGCHLD, SIG_DFL);
        sigemptyset(&mask);
        sigaddset(&mask, SIGCHLD);
        sigprocmask(SIG_UNBLOCK, &mask, NULL);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        sigemptyset(&mask);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        sigaddset(&mask, SIGHUP);
        sigprocmask(SIG_BLOCK, &mask, &original_mask);
        int signal_fd = signalfd(-1, &mask, SFD_CLOEXEC);
        if (signal_fd < 0)
                err(1, "cannot make a signalfd");

        const pid_t pid = try_fork(false);
        if (pid == 0) {
                enter_cgroups();
                descend();
        }
        wait_until_in_place();
        print_truth();
        wait_for_end(signal_fd);
        kill_all(pid);
        return 0;
}
