/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include <string.h>

#include "model/name.h"
#include "targets.h"

void fuzz_watch(const uint8_t *data, size_t size)
{
        char *text = fuzz_text(data, size), memory[1024];
        struct watch watch, again;
        struct buf error;
        int r;

        buf_init(&error, memory, sizeof(memory));
        r = watch_parse(text, &watch, &error);
        require((r == 0) == (error.len == 0));
        if (r == 0) {
                require(!watch.name || name_is_valid(watch.name) ||
                        (watch.is_pattern && !*watch.name));
                require(watch.kind != WATCH_PID || watch.pid > 0);
                require(watch.kind != WATCH_CGROUP || watch.argument[0] == '/');
                require(watch.kind != WATCH_UNIT || !strchr(watch.argument, '/'));
                /* The specification alone is the same watch, unless it has a '=' of its own. */
                if (watch_parse(watch.spec, &again, &error) == 0) {
                        require(strchr(watch.spec, '=') || watch_is_same(&watch, &again));
                        watch_done(&again);
                }
                watch_done(&watch);
        }
        free(text);
}
