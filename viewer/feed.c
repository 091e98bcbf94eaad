/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int feed_init(struct feed *ret, struct view *view, struct input *input)
{
        char *text = malloc(FEED_BYTES + 1); /* lines are written to, and what is behind them */

        if (!text)
                return -ENOMEM;
        *ret = (struct feed){.view = view, .input = input, .text = text};
        return 0;
}

void feed_done(struct feed *feed)
{
        free(feed->text);
        *feed = (struct feed){0};
}

static void take(struct feed *feed, char *text, size_t len, uint64_t now_ns)
{
        if (feed->input)
                feed->input->n_lines++;
        if (feed->n_skipped > 0)
                view_skip(feed->view, feed->n_skipped + len);
        else if (len > 0)
                view_take(feed->view, text, len, feed->host, now_ns);
        feed->n_skipped = 0;
}

char *feed_room(struct feed *feed, size_t *ret_size)
{
        *ret_size = FEED_BYTES - feed->len;
        return feed->text + feed->len;
}

void feed_added(struct feed *feed, size_t len, uint64_t now_ns)
{
        size_t start = 0, n;

        feed->len += len;
        while ((n = frame_next(&feed->frame, feed->text + start, feed->len - start)) > 0) {
                take(feed, feed->text + start, n - 1, now_ns);
                start += n;
        }
        feed->len -= start;
        if (start > 0)
                memmove(feed->text, feed->text + start, feed->len);
        if (feed->len == FEED_BYTES) {
                frame_drop(&feed->frame);
                feed->n_skipped += feed->len;
                feed->len = 0;
        }
}

void feed_end(struct feed *feed, bool is_whole, uint64_t now_ns)
{
        if (is_whole && feed->len + feed->n_skipped > 0)
                take(feed, feed->text, feed->len, now_ns);
        feed->len = feed->n_skipped = 0;
        feed->frame = (struct frame){0};
}
