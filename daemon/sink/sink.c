/* SPDX-License-Identifier: MIT */
#include "sink/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "kinds.h"

/* A prefix with a colon takes an argument; the other ones are the whole name. */
static const struct sink_kind *find_kind(const char *output, const char **ret_argument)
{
        static const struct sink_kind *const kinds[] = {
                &sink_kind_stdout,
                &sink_kind_journal,
                &sink_kind_file,
                &sink_kind_textfile,
        };

        if (strcmp(output, "auto") == 0)
                output = journal_is_stdout() ? "journal" : "stdout";
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                const char *prefix = kinds[i]->prefix;
                const char *argument = text_after(output, prefix);

                if (argument && (!*argument || prefix[strlen(prefix) - 1] == ':')) {
                        *ret_argument = argument;
                        return kinds[i];
                }
        }
        return NULL;
}

/* As find_kind(), with a sentence in `error` when it is none. */
static const struct sink_kind *choose_kind(
        const char *output, const char **ret_argument, struct buf *error)
{
        const char *argument = "";
        const struct sink_kind *kind = find_kind(output, &argument);

        if (!kind) {
                buf_printf(error,
                        "unknown output '%.99s': auto, stdout, journal, file:PATH or "
                        "textfile:PATH",
                        output);
        } else if (kind == &sink_kind_file && !*argument) {
                buf_add(error, "'file:' needs a path, as in 'file:/var/log/runstatd.log'");
                kind = NULL;
        } else if (kind == &sink_kind_textfile && !*argument) {
                buf_add(error, "'textfile:' needs a path, as in "
                               "'textfile:/var/lib/prometheus/node-exporter/runstatd.prom'");
                kind = NULL;
        }
        *ret_argument = argument;
        return kind;
}

int sink_check(const char *output, struct buf *error)
{
        const char *argument;

        return choose_kind(output, &argument, error) ? 0 : -EINVAL;
}

/* A copy of the name, with that of a temporary file behind its NUL. */
static char *copy_name(const char *name)
{
        static const char end[] = ".tmp";
        const size_t len = strlen(name);
        char *copy = malloc(2 * len + 1 + sizeof(end));

        if (!copy)
                return NULL;
        memcpy(copy, name, len + 1);
        memcpy(mempcpy(copy + len + 1, name, len), end, sizeof(end));
        return copy;
}

int sink_open(const char *output, struct sink **ret, struct buf *error)
{
        const char *argument;
        const struct sink_kind *kind = choose_kind(output, &argument, error);
        struct sink *sink;
        int r = -ENOMEM;

        if (!kind)
                return -EINVAL;
        sink = calloc(1, sizeof(*sink));
        if (sink) {
                sink->kind = kind;
                r = writer_init(&sink->writer);
                sink->name = copy_name(*argument                    ? argument
                                       : kind == &sink_kind_journal ? "the journal"
                                                                    : "standard output");
        }
        if (r < 0 || !sink->name) {
                buf_add(error, "out of memory");
                r = -ENOMEM;
        } else {
                r = kind->open(sink, argument, error);
        }
        if (r < 0) {
                sink_free(sink);
                return r;
        }
        *ret = sink;
        return 0;
}

void sink_free(struct sink *sink)
{
        if (!sink)
                return;
        writer_done(&sink->writer);
        free(sink->name);
        free(sink);
}

bool sink_takes_entries(const struct sink *sink)
{
        return sink->kind->takes_entries;
}

bool sink_takes_pages(const struct sink *sink)
{
        return sink->kind->takes_pages;
}

int sink_commit(struct sink *sink)
{
        return sink->kind->commit ? sink->kind->commit(sink) : 0;
}

int sink_write(struct sink *sink, const char *text, size_t len, size_t *ret_taken)
{
        return sink->kind->write(sink, text, len, ret_taken);
}

size_t sink_finish(struct sink *sink)
{
        return writer_finish(&sink->writer);
}

int sink_reopen(struct sink *sink)
{
        return sink->kind->reopen(sink);
}

const char *sink_path(const struct sink *sink)
{
        return sink->path;
}

void sink_fix_path(struct sink *sink, const char *path)
{
        sink->path = path;
}

int sink_terminal(const struct sink *sink)
{
        const int fd = sink->writer.fd;

        return fd >= 0 && isatty(fd) ? fd : -1;
}

const char *sink_name(const struct sink *sink)
{
        return sink->name;
}
