/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "config.h"
#include "inputs.h"
#include "options.h"
#include "report.h"
#include "sandbox.h"
#include "server.h"
#include "snapshot.h"

/* All there is while the program runs. */
struct program {
        struct options options;
        struct view *view;
        struct loop *loop;
        struct inputs *inputs;
        struct server *server;
        int snapshot_fd;
};

static void say(const char *text)
{
        fprintf(stderr, "runstat-view: %s\n", text);
}

static void on_changed(void *data)
{
        struct program *program = data;

        if (program->server)
                streams_wake(server_streams(program->server));
}

/* A server goes on: what was read is to be looked at. */
static void on_ended(void *data)
{
        struct program *program = data;

        if (!program->server)
                loop_stop(program->loop);
}

static int add_inputs(struct program *program, struct buf *error)
{
        const struct options *options = &program->options;
        int r = 0;

        if (options->journal)
                r = inputs_add_journal(program->inputs, options->journal, options->since_ns, error);
        for (int i = 0; r == 0 && i < options->n_files; i++) {
                if (strcmp(options->files[i], "-") == 0)
                        r = inputs_add_stdin(program->inputs, error);
                else
                        r = inputs_add_file(program->inputs, options->files[i], error);
        }
        if (r < 0 || options->journal || options->n_files > 0 || *options->access.token)
                return r;
        if (isatty(STDIN_FILENO)) {
                buf_add(error, "there is nothing to read: give it a file, --journal, --drain, or "
                               "pipe lines into it");
                return -EINVAL;
        }
        return inputs_add_stdin(program->inputs, error);
}

static int start(struct program *program, struct buf *error)
{
        const struct options *options = &program->options;
        const struct inputs_plan plan_of_server = {.follows = options->action == VIEW_SERVE};
        struct inputs_plan plan = plan_of_server;
        int r;

        r = view_new(options->history_bytes, options->step_ms, &program->view);
        if (r == 0)
                r = loop_new(&program->loop);
        if (r < 0) {
                buf_printf(error, "%s", strerror(-r));
                return r;
        }
        plan.loop = program->loop;
        plan.view = program->view;
        plan.changed = on_changed;
        plan.ended = on_ended;
        plan.data = program;
        if (options->action == VIEW_SERVE)
                r = server_new(program->loop, program->view, &options->access, options->listen,
                        error, &program->server);
        if (r == 0)
                r = inputs_new(&plan, &program->inputs);
        return r < 0 ? r : add_inputs(program, error);
}

static int write_all(int fd, const struct out *text)
{
        size_t done = 0;

        while (done < text->len) {
                const ssize_t n = write(fd, text->text + done, text->len - done);

                if (n < 0 && errno != EINTR)
                        return -errno;
                if (n > 0)
                        done += (size_t)n;
        }
        return 0;
}

static uint64_t now_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What was read to its end, as text or as a page. */
static int write_result(struct program *program)
{
        const struct api_query all = {.to_ms = UINT64_MAX - 1, .n_points = 400, .limit = 2000};
        const bool is_report = program->options.action == VIEW_REPORT;
        struct out text = {0};
        int r = 0;

        view_advance(program->view, now_ns() / 1000000);
        if (is_report)
                report_write(program->view, &text);
        else
                r = snapshot_write(program->view, &all, &text);
        if (r == 0)
                r = text.failed
                            ? -ENOMEM
                            : write_all(is_report ? STDOUT_FILENO : program->snapshot_fd, &text);
        out_done(&text);
        if (r < 0)
                fprintf(stderr, "runstat-view: cannot write the %s: %s\n",
                        is_report ? "report" : "snapshot",
                        r == -ENOSYS ? "this program was built without it" : strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Whether any line was one of ours, or of the platform; says so if not. */
static bool was_understood(const struct view *view)
{
        if (view->counts.n_lines == 0 || view->counts.n_unknown < view->counts.n_lines)
                return true;
        say("no line was understood; expected are lines like 'source=web.1 dyno=ID "
            "sample#memory_rss=21.22MB', as runstatd, Heroku or journalctl write them");
        return false;
}

static int serve(struct program *program)
{
        char memory[128];
        struct buf url;
        int r;

        if (program->server) {
                buf_init(&url, memory, sizeof(memory));
                server_write_url(program->server, &url);
                say(memory);
        }
        inputs_start(program->inputs);
        r = loop_run(program->loop);
        if (r < 0)
                say(strerror(-r));
        if (r < 0 || program->server)
                return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        if (!was_understood(program->view))
                return EXIT_FAILURE;
        return write_result(program);
}

static int run(struct program *program)
{
        const struct options *options = &program->options;
        char memory[1024];
        struct buf text;
        int r;

        buf_init(&text, memory, sizeof(memory));
        if (options->action == VIEW_SNAPSHOT) {
                program->snapshot_fd =
                        open(options->snapshot, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
                if (program->snapshot_fd < 0) {
                        fprintf(stderr, "runstat-view: cannot write '%s': %m\n", options->snapshot);
                        return EXIT_FAILURE;
                }
        }
        r = start(program, &text);
        if (r < 0) {
                say(memory);
                return r == -EINVAL ? EX_USAGE : EXIT_FAILURE;
        }
        if (options->sandbox != VIEW_SANDBOX_OFF) {
                sandbox_enter(options, &text);
                if (options->sandbox == VIEW_SANDBOX_ON && *memory)
                        fputs(memory, stderr);
        }
        return serve(program);
}

static int print(const char *text)
{
        return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int print_help(void)
{
        char memory[4096];
        struct buf help;

        buf_init(&help, memory, sizeof(memory));
        options_write_help(&help);
        return print(memory);
}

int main(int argc, char **argv)
{
        struct program program = {.snapshot_fd = -1};
        char memory[1024];
        struct buf error;
        int status, r;

        signal(SIGPIPE, SIG_IGN);
        buf_init(&error, memory, sizeof(memory));
        r = options_read(argc, argv, now_ns(), &program.options, &error);
        if (r < 0) {
                say(memory);
                if (r == -EINVAL)
                        say("'runstat-view --help' tells what there is");
                return r == -EINVAL ? EX_USAGE : EXIT_FAILURE;
        }
        if (program.options.action == VIEW_HELP)
                return print_help();
        if (program.options.action == VIEW_VERSION)
                return print("runstat-view (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
        status = run(&program);
        inputs_free(program.inputs);
        server_free(program.server);
        loop_free(program.loop);
        view_free(program.view);
        if (program.snapshot_fd >= 0)
                close(program.snapshot_fd);
        return status;
}
