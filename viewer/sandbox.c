/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/landlock.h"
#include "config.h"
#include "filter.h"

/* A file that is followed may be replaced by another in its folder; a name can be a link. */
static void allow_file(struct landlock *landlock, const char *path)
{
        char real[PATH_MAX], folder[PATH_MAX];
        const char *paths[] = {path, realpath(path, real)};

        for (unsigned i = 0; i < 2; i++) {
                const char *slash = paths[i] ? strrchr(paths[i], '/') : NULL;
                struct buf text;

                if (!paths[i])
                        continue;
                buf_init(&text, folder, sizeof(folder));
                if (slash == paths[i])
                        buf_add(&text, "/");
                else if (slash)
                        buf_add_bytes(&text, paths[i], (size_t)(slash - paths[i]));
                else
                        buf_add(&text, ".");
                landlock_allow(landlock, folder, LANDLOCK_READ);
        }
}

static int close_files(const struct options *options)
{
        /* Where the journal is, and what libsystemd loads when it is compressed. */
        static const char *const journal[] = {"/var/log/journal", "/run/log/journal", "/usr/lib",
                "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/machine-id"};
        struct landlock landlock;
        int r = landlock_init(&landlock);

        if (r < 0)
                return r;
        for (int i = 0; i < options->n_files; i++) {
                if (strcmp(options->files[i], "-") != 0)
                        allow_file(&landlock, options->files[i]);
        }
        for (size_t i = 0; options->journal && i < sizeof(journal) / sizeof(journal[0]); i++)
                landlock_allow(&landlock, journal[i], LANDLOCK_READ);
        return landlock_enter(&landlock);
}

static void note(struct buf *missing, const char *what, int r)
{
        if (r < 0)
                buf_printf(missing, "runstat-view: %s: %s\n", what, strerror(-r));
}

void sandbox_enter(const struct options *options, struct buf *missing)
{
        if (options->sandbox == VIEW_SANDBOX_AUTO && !SANDBOX_BY_DEFAULT)
                return;
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        note(missing, "files are not closed by Landlock", close_files(options));
        /* libsystemd may load a library at any time, whose code is memory that can be run. */
        if (!options->journal)
                note(missing, "system calls are not closed by seccomp", filter_enter());
}
