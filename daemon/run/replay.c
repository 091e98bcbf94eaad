/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "format/frame.h"
#include "format/reader.h"
#include "log.h"
#include "sandbox.h"
#include "timeline.h"
#include "values.h"

/* Lines and entries that do not fit are skipped. */
enum { BUFFER_BYTES = 1024 * 1024 };

struct replay {
        struct timeline *timeline;
        uint64_t now_ns;
        char *text;
        size_t len;
        struct frame frame;
        bool is_skipping; /* the begin of this line did not fit */
        uint64_t n_lines, n_skipped;
        struct reading reading;
};

static void print(void *data, const char *line, size_t len)
{
        (void)data;
        fwrite(line, 1, len, stdout);
}

/* One line, or one entry, without its last byte, which may be written to. */
static int take(struct replay *replay, char *text, size_t len)
{
        int r = -ENOSPC;

        if (len == 0 && !replay->is_skipping)
                return 0;
        replay->n_lines++;
        if (!replay->is_skipping && reader_read(text, len, replay->now_ns, &replay->reading))
                r = timeline_add(replay->timeline, &replay->reading);
        if (r == -ENOSPC) {
                replay->n_skipped++;
                r = 0;
        }
        replay->is_skipping = false;
        return r;
}

/* Takes all lines that are complete, and moves what remains to the front. */
static int take_lines(struct replay *replay)
{
        size_t start = 0, n;
        int r = 0;

        while (r == 0 &&
                (n = frame_next(&replay->frame, replay->text + start, replay->len - start)) > 0) {
                r = take(replay, replay->text + start, n - 1);
                start += n;
        }
        replay->len -= start;
        memmove(replay->text, replay->text + start, replay->len);
        if (replay->len == BUFFER_BYTES) {
                frame_drop(&replay->frame);
                replay->is_skipping = true;
                replay->len = 0;
        }
        return r;
}

/* A last line that has no end may have been cut short, and with it its last word. An object knows
 * its own end; an entry is one line of many, and is left. */
static int take_rest(struct replay *replay)
{
        if (replay->len == 0 && !replay->is_skipping)
                return 0;
        if (replay->len > 0 && replay->text[replay->len - 1] != '}') {
                const char *space = memrchr(replay->text, ' ', replay->len);

                replay->len = space ? (size_t)(space - replay->text) : 1;
        }
        return take(replay, replay->text, replay->len);
}

static int read_all(struct replay *replay, int fd, const char *name)
{
        for (;;) {
                ssize_t n = read(fd, replay->text + replay->len, BUFFER_BYTES - replay->len);
                int r;

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        log_message("cannot read '%s': %m", name);
                        return EXIT_FAILURE;
                }
                replay->len += (size_t)n;
                r = n > 0 ? take_lines(replay) : take_rest(replay);
                if (r == 0 && n == 0)
                        r = timeline_end(replay->timeline);
                if (r < 0) {
                        log_message("%s", strerror(-r));
                        return EXIT_FAILURE;
                }
                if (fflush(stdout) != 0 || ferror(stdout)) {
                        log_message("cannot write to standard output: %m");
                        return EXIT_FAILURE;
                }
                if (n == 0)
                        return EXIT_SUCCESS;
        }
}

static void summarize(const struct replay *replay)
{
        const struct timeline_counts counts = timeline_counts(replay->timeline);
        char memory[512];
        struct buf text;

        buf_init(&text, memory, sizeof(memory));
        buf_printf(&text, "lines %llu, skipped %llu, sources %llu, samples %llu, events %llu",
                (unsigned long long)replay->n_lines, (unsigned long long)replay->n_skipped,
                (unsigned long long)counts.n_sources, (unsigned long long)counts.n_ticks,
                (unsigned long long)counts.n_events);
        if (counts.first_ns.known) {
                buf_add(&text, "; from ");
                time_write(counts.first_ns.value, &text);
                buf_add(&text, " to ");
                time_write(counts.last_ns.value, &text);
        } else {
                buf_add(&text, "; without times, over ");
                value_write_time(counts.counted_ns, &text);
        }
        log_message("%s", memory);
}

/* Whether there was anything to judge; says what there should have been. */
static int conclude(const struct replay *replay, const char *name)
{
        if (replay->n_skipped < replay->n_lines) {
                summarize(replay);
                return EXIT_SUCCESS;
        }
        log_message("'%s' has no line of log-runtime-metrics; expected are lines like "
                    "'source=web.1 dyno=ID sample#memory_rss=21.22MB', as runstatd, Heroku or "
                    "journalctl write them, in any of the formats runstatd has",
                name);
        return EXIT_FAILURE;
}

/* What is read was written by anybody: from here on there is nothing but it and the output. */
static void enter_sandbox(const struct settings *settings)
{
        const struct sandbox_plan plan = {.root = "/"};
        struct sandbox sandbox;
        char text[1024];
        struct buf missing;

        if (settings->sandbox == SANDBOX_OFF)
                return;
        buf_init(&missing, text, sizeof(text));
        sandbox_enter(&plan, &sandbox, &missing);
        if (settings->sandbox == SANDBOX_ON)
                log_lines(text);
}

static int replay_file(int fd, const char *name, const struct settings *settings)
{
        struct replay replay = {0};
        struct timespec now;
        int status = EXIT_FAILURE;

        enter_sandbox(settings);
        clock_gettime(CLOCK_REALTIME, &now);
        replay.now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
        replay.text = malloc(BUFFER_BYTES + 1);
        if (!replay.text || timeline_new(settings->interval_ns, &settings->rules, settings->format,
                                    print, NULL, &replay.timeline) < 0)
                log_message("%s", strerror(ENOMEM));
        else
                status = read_all(&replay, fd, name);
        if (status == EXIT_SUCCESS)
                status = conclude(&replay, name);
        timeline_free(replay.timeline);
        free(replay.text);
        return status;
}

int replay_run(const struct settings *settings)
{
        cleanup_fd int fd = -1;

        if (strcmp(settings->replay, "-") == 0)
                return replay_file(STDIN_FILENO, "standard input", settings);
        fd = open(settings->replay, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd >= 0)
                return replay_file(fd, settings->replay, settings);
        log_message("cannot read '%s': %m", settings->replay);
        return EXIT_FAILURE;
}
