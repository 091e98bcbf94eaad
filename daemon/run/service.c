/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/root.h"
#include "collector.h"
#include "configuration.h"
#include "log.h"
#include "loop.h"
#include "memory.h"
#include "model/beat.h"
#include "model/look.h"
#include "notify.h"
#include "output.h"
#include "reaper.h"
#include "sandbox.h"
#include "sink/sink.h"

#define SCAN_MAX_NS UINT64_C(250000000)

enum { ERROR_BYTES = 2 * PATH_MAX };

/* What refuses does so again and again, thousands of times a second: it is looked at once in a
 * second, and said within one. */
#define LIMITS_PAUSE_NS UINT64_C(900000000)

/* The loop counts in milliseconds. */
#define DELAY_UNIT_NS UINT64_C(1000000)

enum { LOOK_AT_TARGETS, LOOK_AT_LIMITS, N_LOOKS };

struct service {
        int argc;
        char **argv;
        struct settings *settings;
        struct sink *sink;
        struct output *output;
        struct collector *collector;
        struct loop *loop;
        struct notify *notify;
        struct sandbox sandbox; /* nothing closed before it is entered, and without one */
        struct beat beat;
        struct reaper reaper;
        uint64_t n_ticks, n_missed;
        struct {
                struct look plan;
                void (*run)(struct collector *collector, uint64_t now_ns, uint64_t wall_ns);
        } looks[N_LOOKS];       /* between ticks */
        uint64_t scan_until_ns; /* on CLOCK_BOOTTIME */
        uint64_t tick_ns;       /* how long the last tick took */
        uint64_t cpu_ns;        /* spent up to the last tick */
        int complained;         /* the errno said on standard error, 0 when all is well */
        int exit_status;
};

static uint64_t clock_ns(clockid_t clock)
{
        struct timespec time;

        clock_gettime(clock, &time);
        return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static bool scan_has_passed(void *data)
{
        const struct service *service = data;

        return clock_ns(CLOCK_BOOTTIME) >= service->scan_until_ns;
}

/* What the kernel says of this process: threads, and pages in memory; see proc(5), stat. */
static void read_self(struct self_sample *ret)
{
        char text[1024];
        struct scratch scratch = {.text = text, .size = sizeof(text)};
        struct proc_stat stat;

        if (file_read_at(AT_FDCWD, "/proc/self/stat", &scratch, NULL) < 0 ||
                proc_stat_parse(text, &stat) < 0)
                return;
        ret->tasks = measure_of(stat.n_threads);
        ret->rss_bytes = measure_of(stat.rss_pages * (uint64_t)sysconf(_SC_PAGESIZE));
}

/* What there is to say about this process. */
static void describe_self(struct service *service, uint64_t late_ns, struct self_sample *ret)
{
        const uint64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

        read_self(ret);
        ret->cpu_ns = measure_of(cpu_ns - service->cpu_ns);
        ret->cpu_total_ns = measure_of(cpu_ns);
        if (service->n_ticks > 0)
                ret->tick_ns = measure_of(service->tick_ns);
        ret->late_ns = measure_of(late_ns);
        ret->ticks = measure_of(service->n_ticks);
        ret->ticks_missed = measure_of(service->n_missed);
        ret->lines_dropped = measure_of(output_dropped(service->output));
        ret->targets = measure_of(collector_n_targets(service->collector));
        ret->reaped = reaper_count(&service->reaper);
        service->cpu_ns = cpu_ns;
}

/* Says once that writing fails, and once that it works again. A slow reader is told by the line
 * that follows when it reads again. */
static void check_output(struct service *service)
{
        const char *name = sink_name(service->sink);
        const int r = output_status(service->output);

        if (r == -EPIPE) {
                log_message("the reader of %s has gone", name);
                service->exit_status = EXIT_FAILURE;
                loop_stop(service->loop);
        } else if (r < 0 && r != -EAGAIN && r != service->complained) {
                log_message("cannot write to '%s': %s; dropping lines until it works", name,
                        strerror(-r));
                service->complained = r;
        } else if (r == 0 && service->complained) {
                log_message("writing to '%s' works again", name);
                service->complained = 0;
        }
}

static void take_sample(
        struct service *service, uint64_t now_ns, uint64_t woken_ns, uint64_t n_missed)
{
        const uint64_t quarter_ns = service->settings->interval_ns / 4;
        struct tick tick = {
                .now_ns = now_ns,
                .wall_ns = clock_ns(CLOCK_REALTIME),
                .n_missed = n_missed,
                .deadline = {.passed = scan_has_passed, .data = service},
        };

        service->scan_until_ns = woken_ns + (quarter_ns < SCAN_MAX_NS ? quarter_ns : SCAN_MAX_NS);
        if (service->settings->groups & (UINT32_C(1) << GROUP_SELF))
                describe_self(service, woken_ns - now_ns, &tick.self);
        collector_tick(service->collector, &tick);
        service->tick_ns = clock_ns(CLOCK_BOOTTIME) - woken_ns;
        check_output(service);
}

/* "2 of 3 targets present; tick 12 at 2026-01-05T00:00:00.000000+00:00" */
static void tell_manager(struct service *service, uint64_t now_ns)
{
        char text[256];
        struct buf status;

        if (service->n_ticks == 1)
                notify_ready(service->notify);
        if (!notify_wants_tick(service->notify, now_ns))
                return;
        buf_init(&status, text, sizeof(text));
        buf_add_u64(&status, collector_n_present(service->collector), 0);
        buf_add(&status, " of ");
        buf_add_u64(&status, collector_n_targets(service->collector), 0);
        buf_add(&status, " targets present; tick ");
        buf_add_u64(&status, service->n_ticks, 0);
        buf_add(&status, " at ");
        time_write(clock_ns(CLOCK_REALTIME), &status);
        notify_tick(service->notify, now_ns, text);
}

static void on_tick(void *data, uint64_t n_expired)
{
        struct service *service = data;
        const struct beat_tick tick = beat_advance(&service->beat, n_expired);

        service->n_missed += tick.n_missed;
        reaper_run(&service->reaper);
        take_sample(service, tick.due_ns, clock_ns(CLOCK_BOOTTIME), tick.n_missed);
        service->n_ticks++;
        tell_manager(service, tick.due_ns);
        if (service->n_ticks == service->settings->count)
                loop_stop(service->loop);
}

/* Has the loop wait for the look that is due first, if there is one. */
static void wait_for_look(struct service *service, uint64_t now_ns)
{
        uint64_t wait_ns = UINT64_MAX;

        for (size_t i = 0; i < N_LOOKS; i++) {
                const uint64_t here_ns = look_wait(&service->looks[i].plan, now_ns);

                wait_ns = here_ns < wait_ns ? here_ns : wait_ns;
        }
        if (wait_ns < UINT64_MAX)
                loop_delay(service->loop, wait_ns);
}

static void on_look(void *data)
{
        struct service *service = data;

        for (size_t i = 0; i < N_LOOKS; i++) {
                const uint64_t now_ns = clock_ns(CLOCK_BOOTTIME);

                if (look_wait(&service->looks[i].plan, now_ns) > DELAY_UNIT_NS)
                        continue;
                service->looks[i].run(service->collector, now_ns, clock_ns(CLOCK_REALTIME));
                look_end(&service->looks[i].plan, now_ns, clock_ns(CLOCK_BOOTTIME));
        }
        check_output(service);
        wait_for_look(service, clock_ns(CLOCK_BOOTTIME));
}

static void on_change(void *data)
{
        struct service *service = data;
        const uint64_t now_ns = clock_ns(CLOCK_BOOTTIME);
        const unsigned changes = collector_take_changes(service->collector);

        if (changes & CHANGE_FOLDERS)
                look_plan(&service->looks[LOOK_AT_TARGETS].plan, now_ns);
        if (changes & CHANGE_EVENTS)
                look_plan(&service->looks[LOOK_AT_LIMITS].plan, now_ns);
        if (changes)
                wait_for_look(service, now_ns);
}

static void on_stop(void *data, int signal)
{
        struct service *service = data;

        (void)signal;
        notify_stopping(service->notify);
        loop_stop(service->loop);
}

static void on_extra(void *data, int signal)
{
        const uint64_t now_ns = clock_ns(CLOCK_BOOTTIME);

        (void)signal;
        take_sample(data, now_ns, now_ns, 0);
}

static void on_resize(void *data, int signal)
{
        struct service *service = data;

        (void)signal;
        output_look_at_screen(service->output);
}

static void reopen_sink(struct service *service)
{
        int r;

        output_finish(service->output);
        r = sink_reopen(service->sink);
        if (r < 0)
                log_message("cannot open '%s' anew: %s; going on with the old one",
                        sink_name(service->sink), strerror(-r));
}

static void change_interval(struct service *service, uint64_t interval_ns)
{
        uint64_t next_ns;
        int r;

        if (interval_ns == service->beat.interval_ns)
                return;
        next_ns = beat_change(&service->beat, interval_ns, clock_ns(CLOCK_BOOTTIME));
        r = loop_set_timer(service->loop, next_ns, interval_ns);
        if (r < 0)
                log_message("cannot set the timer: %s", strerror(-r));
}

/* What is closed cannot be opened again. */
static int check_sandbox(
        const struct service *service, const struct settings *fresh, struct buf *error)
{
        if ((fresh->sandbox == SANDBOX_OFF) != (service->settings->sandbox == SANDBOX_OFF)) {
                buf_add(error, "the sandbox cannot be changed while it runs: restart runstatd");
                return -EPERM;
        }
        if (service->sandbox.closes_outputs && strcmp(fresh->output, "journal") != 0 &&
                strcmp(fresh->output, service->settings->output) != 0) {
                buf_printf(error,
                        "the output cannot become '%.99s' in the sandbox: restart runstatd",
                        fresh->output);
                return -EPERM;
        }
        for (size_t i = 0; i < fresh->n_watches && service->sandbox.closes_processes; i++) {
                if (watch_is_process(&fresh->watches[i]) ||
                        (fresh->watches[i].kind == WATCH_CONTAINERS &&
                                collector_reads_for(service->collector, &fresh->watches[i]))) {
                        buf_printf(error,
                                "the sandbox was made for no target such as '%.99s': restart "
                                "runstatd",
                                fresh->watches[i].spec);
                        return -EPERM;
                }
        }
        return 0;
}

/* Goes over to `fresh`, which then holds the old settings; or leaves all as it was. */
static int change_settings(struct service *service, struct settings *fresh, struct buf *error)
{
        struct settings old = *service->settings;
        struct sink *sink = NULL;
        int r = check_sandbox(service, fresh, error);

        if (r == 0 && strcmp(fresh->output, old.output) != 0)
                r = sink_open(fresh->output, &sink, error);
        if (r == 0)
                r = collector_reload(service->collector, fresh, error);
        if (r < 0) {
                sink_free(sink);
                return r;
        }
        if (sink) {
                output_finish(service->output);
                sink_free(service->sink);
                service->sink = sink;
        } else {
                reopen_sink(service);
        }
        *service->settings = *fresh;
        *fresh = old;
        output_change(service->output, service->sink, service->settings->format,
                service->settings->prefix);
        change_interval(service, service->settings->interval_ns);
        notify_interval(service->notify, service->settings->interval_ns);
        return 0;
}

static void on_reload(void *data, int signal)
{
        struct service *service = data;
        struct settings fresh;
        char text[ERROR_BYTES];
        struct buf error;
        int r;

        (void)signal;
        notify_reloading(service->notify, clock_ns(CLOCK_MONOTONIC));
        buf_init(&error, text, sizeof(text));
        r = configuration_load(service->argc, service->argv, &fresh, &error);
        if (r == 0) {
                r = change_settings(service, &fresh, &error);
                settings_done(&fresh);
        }
        if (r < 0) {
                log_lines(text);
                log_message("the configuration was not reloaded, the old one stays in force");
                reopen_sink(service);
        }
        notify_ready(service->notify);
}

static void on_child(void *data, int signal)
{
        struct service *service = data;

        (void)signal;
        reaper_run(&service->reaper);
}

static int add_signals(struct service *service)
{
        static const struct {
                int signal;
                void (*caught)(void *data, int signal);
        } signals[] = {
                {SIGTERM,  on_stop  },
                {SIGINT,   on_stop  },
                {SIGUSR1,  on_extra },
                {SIGHUP,   on_reload},
                {SIGWINCH, on_resize},
        };
        int r = 0;

        for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]) && r == 0; i++)
                r = loop_add_signal(service->loop, signals[i].signal, signals[i].caught, service);
        if (r == 0 && service->reaper.is_init)
                r = loop_add_signal(service->loop, SIGCHLD, on_child, service);
        return r;
}

/* These would end or stop a process that writes; it gets an error from write(2) instead. */
static void ignore_signals(void)
{
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN);
        signal(SIGTTOU, SIG_IGN);
}

static int open_service(struct service *service, struct buf *error)
{
        int r = sink_open(service->settings->output, &service->sink, error);

        if (r == 0)
                r = output_new(service->sink, service->settings->format, service->settings->prefix,
                        &service->output);
        if (r == 0)
                r = collector_new(service->settings, service->output, &service->collector, error);
        if (r == 0)
                r = loop_new(&service->loop);
        if (r == 0)
                r = add_signals(service);
        if (r == 0)
                r = notify_new(&service->notify);
        if (r == 0)
                r = loop_add_delay(service->loop, on_look, service);
        if (r == 0 && collector_change_fd(service->collector) >= 0)
                r = loop_add_reader(
                        service->loop, collector_change_fd(service->collector), on_change, service);
        if (r < 0)
                return r;
        notify_interval(service->notify, service->settings->interval_ns);
        service->beat = (struct beat){
                .start_ns = clock_ns(CLOCK_BOOTTIME),
                .interval_ns = service->settings->interval_ns,
        };
        return loop_add_timer(
                service->loop, service->beat.start_ns, service->beat.interval_ns, on_tick, service);
}

/* From here on there are only ticks, looks and signals. */
static void enter_sandbox(struct service *service)
{
        const struct settings *settings = service->settings;
        const struct sandbox_plan plan = {
                .root = settings->root,
                .layout = collector_layout(service->collector),
                .config = configuration_path(settings),
                .output = sink_path(service->sink),
                .replaces_output = sink_takes_pages(service->sink),
                .reads_processes = collector_reads_processes(service->collector),
                .enters_containers = collector_enters_containers(service->collector),
        };
        char text[1024];
        struct buf missing;

        if (settings->sandbox == SANDBOX_OFF)
                return;
        buf_init(&missing, text, sizeof(text));
        sandbox_enter(&plan, &service->sandbox, &missing);
        if (service->sandbox.output)
                sink_fix_path(service->sink, service->sandbox.output);
        if (settings->sandbox == SANDBOX_ON)
                log_lines(text);
}

static void close_service(struct service *service)
{
        notify_free(service->notify);
        loop_free(service->loop);
        collector_free(service->collector);
        output_free(service->output);
        sink_free(service->sink);
}

/* Says why something could not be started, and with which status that ends. */
static int fail(const struct settings *settings, int r, const struct buf *error)
{
        log_message("%s", error->len > 0 ? error->text : strerror(-r));
        if (r != -EINVAL)
                return EXIT_FAILURE;
        return settings->watches_are_configured ? EX_CONFIG : EX_USAGE;
}

/*
 * Opens all, up to the sandbox. Its frame, and the memory that those below it allocate, are given
 * back before the first tick. Returns 0 or -errno, after it was said why.
 */
__attribute__((noinline)) static int start(struct service *service)
{
        char text[ERROR_BYTES];
        struct buf error;
        int r;

        buf_init(&error, text, sizeof(text));
        r = open_service(service, &error);
        if (r < 0) {
                service->exit_status = fail(service->settings, r, &error);
                return r;
        }
        memory_lock();
        enter_sandbox(service);
        return 0;
}

static void run(struct service *service)
{
        uint64_t n_lost;
        int r = loop_run(service->loop);

        if (r < 0) {
                log_message("%s", strerror(-r));
                service->exit_status = EXIT_FAILURE;
                return;
        }
        output_finish(service->output);
        n_lost = output_dropped_unsaid(service->output);
        if (n_lost > 0 && service->exit_status == EXIT_SUCCESS) {
                log_message("%llu lines could not be written to '%s'", (unsigned long long)n_lost,
                        sink_name(service->sink));
                /* Who asked for so many ticks has not got them. */
                if (service->settings->count > 0)
                        service->exit_status = EXIT_FAILURE;
        }
}

int service_run(int argc, char **argv, struct settings *settings)
{
        struct service service = {
                .argc = argc,
                .argv = argv,
                .settings = settings,
                .exit_status = EXIT_SUCCESS,
                .looks =
                        {
                                [LOOK_AT_TARGETS] = {.run = collector_look},
                                [LOOK_AT_LIMITS] = {.run = collector_look_at_limits,
                                        .plan = {.pause_ns = LIMITS_PAUSE_NS}},
                                },
        };

        ignore_signals();
        reaper_init(&service.reaper);
        if (start(&service) == 0) {
                memory_trim();
                run(&service);
        }
        close_service(&service);
        return service.exit_status;
}

int service_print(const char *text)
{
        if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
                return EXIT_SUCCESS;
        log_message("cannot write to standard output: %m");
        return EXIT_FAILURE;
}

int service_list_targets(const struct settings *settings)
{
        enum { LIST_BYTES = 4 * 1024 * 1024 };
        struct collector *collector = NULL;
        char text[ERROR_BYTES];
        struct buf error, list;
        cleanup_free char *memory = malloc(LIST_BYTES);
        int r, status;

        buf_init(&error, text, sizeof(text));
        if (!memory)
                return fail(settings, -ENOMEM, &error);
        r = collector_new(settings, NULL, &collector, &error);
        if (r < 0)
                return fail(settings, r, &error);
        buf_init(&list, memory, LIST_BYTES);
        collector_list(collector, &list);
        status = service_print(list.text);
        collector_free(collector);
        return status;
}
