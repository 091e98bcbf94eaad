/* SPDX-License-Identifier: MIT */
#include "run/configuration.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "targets.h"

/* Each mistake is a line "FILE:LINE: …" or "FILE: …". */
static void check_mistakes(const struct buf *error, const char *path)
{
        for (const char *line = error->text; *line;) {
                const char *end = strchr(line, '\n');

                require(end || error->overflow);
                require(error->overflow || strncmp(line, path, strlen(path)) == 0);
                if (!end)
                        break;
                line = end + 1;
        }
}

void fuzz_configuration(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {NULL};
        static struct fuzz_tree memory;
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);
        char path[80], error_memory[65536];
        struct settings settings;
        struct buf error;
        int r;

        fuzz_tree_put(tree, data, size);
        snprintf(path, sizeof(path), "%s/input", tree->path);
        require(settings_init(&settings) == 0);
        settings.config = strdup(path);
        buf_init(&error, error_memory, sizeof(error_memory));
        r = configuration_read(&settings, &error);
        require(r == 0 || r == -EINVAL);
        require((r == 0) == (error.len == 0));
        check_mistakes(&error, path);
        require(settings.interval_ns > 0 && settings.groups < 1u << N_GROUPS);
        error.overflow = false;
        buf_truncate(&error, 0);
        configuration_warn(&settings, &error);
        settings_done(&settings);
}
