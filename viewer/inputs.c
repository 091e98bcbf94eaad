/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "source.h"

enum {
        SLICE_MS = 20,  /* of reading, before others get their turn */
        LOOK_MS = 1000, /* at files that inotify does not tell of, as those of other machines */
        SETTLE_MS = 20, /* what is written in pieces is read together */
        PATH_BYTES = 4096,
};

struct inputs {
        struct inputs_plan plan;
        struct source sources[INPUTS_MAX];
        unsigned n;
        struct watch *work; /* to read what has more */
        struct watch *look;
        int inotify_fd;
        struct watch *inotify;
        bool has_ended;
};

static uint64_t clock_ns(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Each in turn, so that none waits for another. Returns whether there is more. */
static bool read_round(struct inputs *inputs, uint64_t now_ns)
{
        bool has_more = false;

        for (unsigned i = 0; i < inputs->n; i++) {
                struct source *source = &inputs->sources[i];

                if (source->has_more)
                        source_read(source, inputs->plan.view, now_ns);
                has_more |= source->has_more;
        }
        return has_more;
}

static bool is_over(const struct inputs *inputs)
{
        for (unsigned i = 0; i < inputs->n; i++) {
                if (!inputs->sources[i].is_over)
                        return false;
        }
        return inputs->n > 0;
}

static void conclude(struct inputs *inputs)
{
        inputs->plan.changed(inputs->plan.data);
        if (is_over(inputs) && !inputs->has_ended) {
                inputs->has_ended = true;
                inputs->plan.ended(inputs->plan.data);
        }
}

static void on_work(void *data)
{
        struct inputs *inputs = data;
        const uint64_t now_ns = clock_ns(CLOCK_REALTIME);
        const uint64_t start_ns = clock_ns(CLOCK_MONOTONIC);
        bool has_more;

        do
                has_more = read_round(inputs, now_ns);
        while (has_more && clock_ns(CLOCK_MONOTONIC) - start_ns < SLICE_MS * UINT64_C(1000000));
        if (has_more)
                watch_after(inputs->work, 0);
        conclude(inputs);
}

/* A stream tells that it has something, and is read once each time: the next time it might make us
 * wait. */
static void on_stream(void *data)
{
        struct source *source = data;
        struct inputs *inputs = source->owner;

        source_read(source, inputs->plan.view, clock_ns(CLOCK_REALTIME));
        conclude(inputs);
}

static void look_again(struct inputs *inputs)
{
        for (unsigned i = 0; i < inputs->n; i++) {
                struct source *source = &inputs->sources[i];

                source->has_more |= !source->is_over && !source->watch;
        }
        watch_after(inputs->work, SETTLE_MS);
}

static void on_look(void *data)
{
        struct inputs *inputs = data;

        look_again(inputs);
        watch_after(inputs->look, LOOK_MS);
}

/* What is told does not matter: all files are looked at. */
static void on_inotify(void *data)
{
        struct inputs *inputs = data;
        char events[4096];

        while (read(inputs->inotify_fd, events, sizeof(events)) > 0)
                ;
        look_again(inputs);
}

int inputs_new(const struct inputs_plan *plan, struct inputs **ret)
{
        struct inputs *inputs = calloc(1, sizeof(*inputs));

        if (!inputs)
                return -ENOMEM;
        inputs->plan = *plan;
        inputs->inotify_fd = -1;
        inputs->work = watch_new(plan->loop, -1, on_work, inputs);
        inputs->look = watch_new(plan->loop, -1, on_look, inputs);
        if (!inputs->work || !inputs->look) {
                inputs_free(inputs);
                return -ENOMEM;
        }
        *ret = inputs;
        return 0;
}

void inputs_free(struct inputs *inputs)
{
        if (!inputs)
                return;
        for (unsigned i = 0; i < inputs->n; i++)
                source_done(&inputs->sources[i]);
        watch_free(inputs->inotify);
        watch_free(inputs->work);
        watch_free(inputs->look);
        if (inputs->inotify_fd >= 0)
                close(inputs->inotify_fd);
        free(inputs);
}

static int add(struct inputs *inputs, const char *name, struct buf *error, struct source **ret)
{
        struct source *source = &inputs->sources[inputs->n];
        struct input *input = view_add_input(inputs->plan.view, name);

        if (!input) {
                buf_printf(error, "there are more than %d inputs", INPUTS_MAX);
                return -ENOSPC;
        }
        *source = (struct source){
                .owner = inputs, .input = input, .fd = -1, .follows = inputs->plan.follows};
        if (feed_init(&source->feed, inputs->plan.view, input) < 0) {
                buf_printf(error, "%s", strerror(ENOMEM));
                return -ENOMEM;
        }
        inputs->n++;
        *ret = source;
        return 0;
}

/* A pipe, a terminal or a socket tells when it has something; a file always has, or is at its end,
 * and so is what cannot tell. */
static void watch_fd(struct inputs *inputs, struct source *source)
{
        struct stat st;

        if (fstat(source->fd, &st) == 0 && S_ISREG(st.st_mode)) {
                source->is_backlog = source->has_more = true;
                return;
        }
        /* What is read to its end and no further was written earlier. */
        source->is_backlog = !source->follows;
        source->watch = watch_new(inputs->plan.loop, source->fd, on_stream, source);
        source->has_more = !source->watch;
}

int inputs_add_stdin(struct inputs *inputs, struct buf *error)
{
        struct source *source;
        int r = add(inputs, "standard input", error, &source);

        if (r < 0)
                return r;
        source->fd = STDIN_FILENO;
        watch_fd(inputs, source);
        return 0;
}

/* The folder tells when a file comes that has the name; the file, when it grows. A name can be a
 * link into another folder. */
static void watch_path(struct inputs *inputs, const char *path)
{
        const char *slash = strrchr(path, '/');
        char folder[PATH_BYTES];
        struct buf text;

        if (inputs->inotify_fd < 0)
                inputs->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (inputs->inotify_fd < 0)
                return;
        if (!inputs->inotify)
                inputs->inotify =
                        watch_new(inputs->plan.loop, inputs->inotify_fd, on_inotify, inputs);
        buf_init(&text, folder, sizeof(folder));
        if (slash == path)
                buf_add(&text, "/");
        else if (slash)
                buf_add_bytes(&text, path, (size_t)(slash - path));
        else
                buf_add(&text, ".");
        /* What cannot be watched is looked at each second all the same. */
        if (!text.overflow)
                inotify_add_watch(inputs->inotify_fd, folder, IN_CREATE | IN_MOVED_TO | IN_MODIFY);
        inotify_add_watch(inputs->inotify_fd, path, IN_MODIFY);
}

int inputs_add_file(struct inputs *inputs, const char *path, struct buf *error)
{
        struct source *source;
        int r = add(inputs, path, error, &source);

        if (r < 0)
                return r;
        source->path = path;
        r = source_open(source);
        if (r == -ENOENT && source->follows) {
                source->input->state = INPUT_WAITING;
        } else if (r < 0) {
                buf_printf(error, "cannot read '%s': %s", path, strerror(-r));
                return r;
        } else {
                watch_fd(inputs, source);
        }
        if (source->follows && !source->watch)
                watch_path(inputs, path);
        return 0;
}

int inputs_add_journal(
        struct inputs *inputs, const char *match, uint64_t since_ns, struct buf *error)
{
        struct source *source;
        int r = add(inputs, "journal", error, &source);

        if (r < 0)
                return r;
        r = journal_open(match, since_ns, error, &source->journal);
        source->input->state = INPUT_READING;
        source->has_more = true;
        return r;
}

void inputs_start(struct inputs *inputs)
{
        watch_after(inputs->work, 0);
        if (inputs->plan.follows)
                watch_after(inputs->look, LOOK_MS);
}
