/* SPDX-License-Identifier: MIT */
#include "sink/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kinds.h"

/* A prefix with a colon takes an argument; the other ones are the whole name. */
static const struct sink_kind *find_kind(const char *output, const char **ret_argument)
{
        static const struct sink_kind *const kinds[] = {
                &sink_kind_stdout,
                &sink_kind_journal,
                &sink_kind_file,
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
                buf_printf(error, "unknown output '%.99s': auto, stdout, journal or file:PATH",
                        output);
        } else if (kind == &sink_kind_file && !*argument) {
                buf_add(error, "'file:' needs a path, as in 'file:/var/log/runstatd.log'");
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
                sink->writer.fd = -1;
                sink->name = strdup(*argument                    ? argument
                                    : kind == &sink_kind_journal ? "the journal"
                                                                 : "standard output");
        }
        if (!sink || !sink->name)
                buf_add(error, "out of memory");
        else
                r = kind->open(sink, argument, error);
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
        writer_close(&sink->writer);
        free(sink->name);
        free(sink);
}

bool sink_takes_entries(const struct sink *sink)
{
        return sink->kind->takes_entries;
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

const char *sink_name(const struct sink *sink)
{
        return sink->name;
}
