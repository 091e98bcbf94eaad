/* SPDX-License-Identifier: MIT */
#include "run/timeline.h"

#include <errno.h>
#include <string.h>

#include "format/frame.h"
#include "targets.h"

static const uint64_t NOW_NS = UINT64_C(1795467600000000000); /* 2026-11-23 21:00:00 */

static void say(void *data, const char *line, size_t len)
{
        uint64_t *n = data;

        (*n)++;
        require(len > 0 && memchr(line, '\n', len) == line + len - 1);
        for (size_t i = 0; i + 1 < len; i++)
                require((unsigned char)line[i] >= ' ' && line[i] < 0x7f);
        require(memmem(line, len, "source=", 7) && memmem(line, len, " event=", 7));
}

/* What --replay makes of a file. */
void fuzz_timeline(const uint8_t *data, size_t size)
{
        static struct reading reading;
        char *text = fuzz_text(data, size);
        struct timeline *timeline;
        struct timeline_counts counts;
        struct frame frame = {0};
        uint64_t n_said = 0;
        size_t n;

        require(timeline_new(UINT64_C(20000000000), &judge_default_rules, format_find("heroku"),
                        say, &n_said, &timeline) == 0);
        for (size_t at = 0; (n = frame_next(&frame, text + at, size - at)) > 0; at += n) {
                if (reader_read(text + at, n - 1, NOW_NS, &reading)) {
                        const int r = timeline_add(timeline, &reading);

                        require(r == 0 || r == -ENOSPC);
                }
        }
        require(timeline_end(timeline) == 0);
        counts = timeline_counts(timeline);
        require(counts.n_events <= n_said || n_said == 0);
        require(!counts.first_ns.known || counts.first_ns.value <= counts.last_ns.value);
        timeline_free(timeline);
        free(text);
}
