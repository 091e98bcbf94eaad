/* SPDX-License-Identifier: MIT */

/*
 * Makes a population of processes of known size, so that live tests can compare what runstatd
 * counts with what is there:
 *
 *   injector [--cgroup DIR]... [--sleepers N] [--threaded PROCESSES:THREADS] [--zombies N]
 *            [--dead-leaders PROCESSES:THREADS] [--running N] [--blocked N] [--memory MIB]
 *            [--names hostile]
 *
 * It moves itself to each DIR first. When everybody is in place, as /proc shows, it prints one
 * line with the totals, itself and the parent of the zombies included:
 *
 *   ready pid=812 processes=310 threads=1314 zombies=57 dead_leaders=3 zombie_parent=1120
 *
 * A dead leader is a process whose first thread has exited while THREADS others live on: it counts
 * as one live process, and as many threads as live. The N blocked threads are of one process, and
 * each waits in state D for a child of its own, as after vfork(2). On SIGTERM, SIGINT, SIGHUP and
 * the end of standard input the injector kills and reaps all it made, and exits with 0.
 */

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREAD_STACK_BYTES (64 * 1024)
#define NUMBER_MAX         100000
#define N_POLLS_MAX        12000 /* of 10 ms: an emulated machine is slow */

/* What the command line asks for. */
struct order {
        unsigned n_sleepers;
        unsigned n_threaded;
        unsigned n_threads; /* of each threaded process, the first one included */
        unsigned n_zombies;
        unsigned n_dead_leaders;
        unsigned n_survivors; /* threads that live on behind each dead leader */
        unsigned n_running;
        unsigned n_blocked; /* threads, and as many children */
        unsigned memory_mib;
        bool hostile_names;
};

/* How many threads of one process are in which state. */
struct states {
        unsigned sleeping;
        unsigned running;
        unsigned blocked;
        unsigned dead;
        unsigned other;
};

struct process {
        pid_t pid;
        struct states expected;
        atomic_bool settled; /* says the process itself, when it has got where it should be */
};

/* All that were made, in memory that all of them share. */
struct population {
        unsigned n;
        struct process processes[];
};

/* A life never returns. */
typedef void life(struct process *self, const struct order *order);

static const char *const hostile_names[] = {
        "a) R 1 (",
        ") Z 1 1",
        "x\ny=1",
        "\033[2J",
        "source=evil",
        "a b  c",
        "\"quoted\\",
        "\xff\xfe\x80",
        "((((((((((((((",
        "",
};

static struct population *population;
static sigset_t original_mask;

static void start(unsigned n, struct states expected, life *live, const struct order *order)
{
        pid_t parent = getpid();

        for (unsigned i = 0; i < n; i++) {
                /* Counted before it lives, because it may go on with the list itself. */
                struct process *process = &population->processes[population->n++];
                process->expected = expected;

                pid_t pid = fork();
                if (pid < 0)
                        err(1, "cannot fork");
                if (pid == 0) {
                        sigprocmask(SIG_SETMASK, &original_mask, NULL);
                        prctl(PR_SET_PDEATHSIG, SIGKILL);
                        if (getppid() == parent)
                                live(process, order);
                        _exit(1);
                }
                process->pid = pid;
        }
}

static void start_threads(unsigned n, void *(*run)(void *))
{
        pthread_attr_t attr;
        pthread_t thread;

        pthread_attr_init(&attr);
        pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
        for (unsigned i = 0; i < n; i++) {
                errno = pthread_create(&thread, &attr, run, NULL);
                if (errno != 0)
                        err(1, "cannot start a thread");
        }
}

_Noreturn static void *sleep_forever(void *unused)
{
        (void)unused;
        for (;;)
                pause();
}

static void live_asleep(struct process *self, const struct order *order)
{
        size_t n_names = sizeof(hostile_names) / sizeof(hostile_names[0]);

        if (order->hostile_names)
                prctl(PR_SET_NAME, hostile_names[(size_t)(self - population->processes) % n_names]);
        self->settled = true;
        sleep_forever(NULL);
}

static void live_threaded(struct process *self, const struct order *order)
{
        start_threads(order->n_threads - 1, sleep_forever);
        self->settled = true;
        sleep_forever(NULL);
}

static void live_without_leader(struct process *self, const struct order *order)
{
        start_threads(order->n_survivors, sleep_forever);
        self->settled = true;
        /* Unlike exit() this ends one thread, and unlike pthread_exit() it runs nothing before. */
        syscall(SYS_exit, 0);
}

static void live_running(struct process *self, const struct order *order)
{
        (void)order;
        self->settled = true;
        for (;;)
                ;
}

static int sleep_as_child(void *unused)
{
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        sleep_forever(unused);
}

/* The child has a copy of the stack, like all memory. */
_Noreturn static void *wait_for_child(void *unused)
{
        static _Alignas(16) char stack[16 * 1024];

        if (clone(sleep_as_child, stack + sizeof(stack), CLONE_VFORK | SIGCHLD, unused) < 0)
                err(1, "cannot make a child");
        errx(1, "a child has died");
}

static void live_blocked(struct process *self, const struct order *order)
{
        start_threads(order->n_blocked, wait_for_child);
        self->settled = true;
        sleep_forever(NULL);
}

static void live_in_memory(struct process *self, const struct order *order)
{
        size_t size = (size_t)order->memory_mib << 20;
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
                err(1, "cannot map %u MiB", order->memory_mib);
        memset(memory, 1, size);
        self->settled = true;
        sleep_forever(NULL);
}

static void die_at_once(struct process *self, const struct order *order)
{
        (void)order;
        self->settled = true;
        _exit(0);
}

static void live_as_zombie_parent(struct process *self, const struct order *order)
{
        start(order->n_zombies, (struct states){.dead = 1}, die_at_once, order);
        self->settled = true;
        sleep_forever(NULL);
}

/* Takes /proc/PID/task/TID/stat: "41 (name) S 1 …", where the name may hold anything. */
static char read_state(const char *path)
{
        char text[512];
        FILE *file = fopen(path, "re");

        if (!file)
                return '?';
        text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
        fclose(file);
        char *end = strrchr(text, ')');
        return end && end[1] == ' ' ? end[2] : '?';
}

static struct states count_states(pid_t pid)
{
        struct states states = {0};
        char pattern[64];
        glob_t found;

        snprintf(pattern, sizeof(pattern), "/proc/%d/task/[0-9]*/stat", pid);
        if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
                return states;
        for (size_t i = 0; i < found.gl_pathc; i++) {
                switch (read_state(found.gl_pathv[i])) {
                case 'S':
                        states.sleeping++;
                        break;
                case 'R':
                        states.running++;
                        break;
                case 'D':
                        states.blocked++;
                        break;
                case 'Z':
                        states.dead++;
                        break;
                default:
                        states.other++;
                }
        }
        globfree(&found);
        return states;
}

static bool is_in_place(const struct process *process)
{
        if (!process->settled)
                return false;
        struct states states = count_states(process->pid);
        return memcmp(&states, &process->expected, sizeof(states)) == 0;
}

/* Once in place, nobody leaves it: so each is waited for in turn. */
static void wait_until_in_place(const struct process *process)
{
        for (unsigned i = 0; !is_in_place(process); i++) {
                /* None of our own children is meant to be waited for yet. */
                if (waitpid(-1, NULL, WNOHANG) > 0)
                        errx(1, "a process has died");
                if (i == N_POLLS_MAX)
                        errx(1, "process %d does not get in place", process->pid);
                nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        }
}

static void print_totals(const struct order *order, pid_t zombie_parent)
{
        unsigned n_processes = 1 + order->n_blocked, n_threads = n_processes;
        unsigned n_zombies = 0, n_dead_leaders = 0;

        for (unsigned i = 0; i < population->n; i++) {
                struct states expected = population->processes[i].expected;
                unsigned n_live = expected.sleeping + expected.running + expected.blocked;

                n_threads += n_live;
                n_processes += n_live > 0;
                n_zombies += n_live == 0;
                n_dead_leaders += n_live > 0 && expected.dead > 0;
        }
        printf("ready pid=%d processes=%u threads=%u zombies=%u dead_leaders=%u zombie_parent=%d\n",
                getpid(), n_processes, n_threads, n_zombies, n_dead_leaders, zombie_parent);
        fflush(stdout);
}

/* Starts all that is ordered. Returns the parent of the zombies, 0 if there are to be none. */
static pid_t populate(const struct order *order)
{
        struct states asleep = {.sleeping = 1};
        struct states threaded = {.sleeping = order->n_threads};
        struct states without_leader = {.sleeping = order->n_survivors, .dead = 1};
        struct states running = {.running = 1};
        struct states blocked = {.sleeping = 1, .blocked = order->n_blocked};
        pid_t zombie_parent = 0;

        start(order->n_sleepers, asleep, live_asleep, order);
        start(order->n_threaded, threaded, live_threaded, order);
        start(order->n_dead_leaders, without_leader, live_without_leader, order);
        start(order->n_running, running, live_running, order);
        start(order->n_blocked > 0, blocked, live_blocked, order);
        start(order->memory_mib > 0, asleep, live_in_memory, order);
        if (order->n_zombies > 0) {
                /* Must be the last one here, because its zombies follow it in the list. */
                struct process *parent = &population->processes[population->n];

                start(1, asleep, live_as_zombie_parent, order);
                zombie_parent = parent->pid;
        }

        for (unsigned i = 0; i < population->n; i++)
                wait_until_in_place(&population->processes[i]);
        return zombie_parent;
}

/* The zombies become ours when their parent dies, because we are their subreaper. */
static void kill_all(void)
{
        for (unsigned i = 0; i < population->n; i++) {
                const struct process *process = &population->processes[i];

                if (process->expected.sleeping > 0 || process->expected.running > 0)
                        kill(process->pid, SIGKILL);
        }
        while (wait(NULL) > 0 || errno == EINTR)
                ;
}

static void make_population(const struct order *order)
{
        /* Three more for the parent of the zombies, the one in memory and the blocked one. */
        size_t n_max = (size_t)order->n_sleepers + order->n_threaded + order->n_dead_leaders +
                       order->n_running + order->n_zombies + 3;

        population = mmap(NULL, sizeof(*population) + n_max * sizeof(population->processes[0]),
                PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (population == MAP_FAILED)
                err(1, "cannot map memory");
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

static void enter_cgroup(const char *dir)
{
        char path[4096];

        snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
        FILE *file = fopen(path, "we");
        if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file) != 0)
                err(1, "cannot enter cgroup '%s'", dir);
}

/* Takes digits up to the character `end`, and returns what is behind it. */
static const char *parse_number(const char *text, char end, unsigned *ret)
{
        unsigned value = 0;
        const char *p = text;

        for (; *p >= '0' && *p <= '9' && value <= NUMBER_MAX; p++)
                value = 10 * value + (unsigned)(*p - '0');
        if (p == text || *p != end || value > NUMBER_MAX)
                errx(64, "not a number up to %d: '%s'", NUMBER_MAX, text);
        *ret = value;
        return p + 1;
}

static void parse_pair(const char *text, unsigned *ret_processes, unsigned *ret_threads)
{
        parse_number(parse_number(text, ':', ret_processes), '\0', ret_threads);
        if (*ret_threads == 0)
                errx(64, "a process needs threads: '%s'", text);
}

static void parse_options(int argc, char **argv, struct order *ret)
{
        static const struct option options[] = {
                {"cgroup",       required_argument, NULL, 'c'},
                {"sleepers",     required_argument, NULL, 's'},
                {"threaded",     required_argument, NULL, 't'},
                {"zombies",      required_argument, NULL, 'z'},
                {"dead-leaders", required_argument, NULL, 'd'},
                {"running",      required_argument, NULL, 'r'},
                {"blocked",      required_argument, NULL, 'b'},
                {"memory",       required_argument, NULL, 'm'},
                {"names",        required_argument, NULL, 'n'},
                {NULL,           0,                 NULL, 0  },
        };

        for (;;) {
                switch (getopt_long(argc, argv, "", options, NULL)) {
                case 'c':
                        enter_cgroup(optarg);
                        break;
                case 's':
                        parse_number(optarg, '\0', &ret->n_sleepers);
                        break;
                case 't':
                        parse_pair(optarg, &ret->n_threaded, &ret->n_threads);
                        break;
                case 'z':
                        parse_number(optarg, '\0', &ret->n_zombies);
                        break;
                case 'd':
                        parse_pair(optarg, &ret->n_dead_leaders, &ret->n_survivors);
                        break;
                case 'r':
                        parse_number(optarg, '\0', &ret->n_running);
                        break;
                case 'b':
                        parse_number(optarg, '\0', &ret->n_blocked);
                        break;
                case 'm':
                        parse_number(optarg, '\0', &ret->memory_mib);
                        break;
                case 'n':
                        if (strcmp(optarg, "hostile") != 0)
                                errx(64, "the only names to choose are hostile");
                        ret->hostile_names = true;
                        break;
                case -1:
                        if (optind < argc)
                                errx(64, "unexpected argument '%s'", argv[optind]);
                        return;
                default:
                        exit(64);
                }
        }
}

int main(int argc, char **argv)
{
        struct order order = {0};
        sigset_t mask;

        parse_options(argc, argv, &order);
        make_population(&order);

        /* An ignored SIGCHLD, which we may have inherited, would leave no zombies. */
        signal(SIGCHLD, SIG_DFL);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        sigemptyset(&mask);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        sigaddset(&mask, SIGHUP);
        sigprocmask(SIG_BLOCK, &mask, &original_mask);
        int signal_fd = signalfd(-1, &mask, SFD_CLOEXEC);
        if (signal_fd < 0)
                err(1, "cannot make a signalfd");

        print_totals(&order, populate(&order));
        wait_for_end(signal_fd);
        kill_all();
        return 0;
}
