/* SPDX-License-Identifier: MIT */
#include "run/options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "targets.h"

enum { MAX_ARGUMENTS = 16 };

/* The arguments, one a line. */
void fuzz_options(const uint8_t *data, size_t size)
{
        char program[] = "runstatd", *argv[MAX_ARGUMENTS + 2] = {program};
        char *text = fuzz_text(data, size), *rest = text, memory[16384];
        struct settings settings;
        struct buf error;
        int argc = 1, r;

        while (rest && *rest && argc <= MAX_ARGUMENTS)
                argv[argc++] = strsep(&rest, "\n");
        buf_init(&error, memory, sizeof(memory));
        optind = 0;
        r = settings_from_arguments(argc, argv, &settings, &error);
        require((r == 0) == (error.len == 0));
        require(r == 0 || r == -EINVAL);
        require(error.len == 0 || error.overflow || memory[error.len - 1] == '\n');
        if (r == 0) {
                require(settings.interval_ns > 0 && settings.groups < 1u << N_GROUPS);
                settings_done(&settings);
        }
        free(text);
}
