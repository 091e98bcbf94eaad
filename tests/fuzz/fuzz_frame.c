/* SPDX-License-Identifier: MIT */
#include "format/frame.h"

#include <string.h>

#include "targets.h"

enum { MAX_ENDS = 64 };

struct ends {
        size_t at[MAX_ENDS];
        size_t n;
};

/* Where lines end in text of which `step` bytes more are there each time. */
static void find_ends(const char *text, size_t size, size_t step, struct ends *ret)
{
        struct frame frame = {0};
        size_t start = 0, len = 0;

        ret->n = 0;
        while (len < size && ret->n < MAX_ENDS) {
                size_t n;

                len = size - len < step ? size : len + step;
                while (ret->n < MAX_ENDS &&
                        (n = frame_next(&frame, text + start, len - start)) > 0) {
                        start += n;
                        require(start <= len && text[start - 1] == '\n');
                        ret->at[ret->n++] = start;
                }
        }
}

/* With what does not fit dropped, as a full buffer does, it still gets to its end. */
static void drop_all(const char *text, size_t size, size_t room)
{
        struct frame frame = {0};
        size_t start = 0, len;

        for (len = 0; len < size; len++) {
                const size_t n = frame_next(&frame, text + start, len + 1 - start);

                require(n <= len + 1 - start);
                if (n > 0) {
                        start += n;
                } else if (len + 1 - start >= room) {
                        frame_drop(&frame);
                        start = len + 1;
                }
        }
}

/* It does not matter in which pieces text comes. */
void fuzz_frame(const uint8_t *data, size_t size)
{
        static const size_t steps[] = {1, 2, 7, 30};
        struct ends whole, pieces;
        char *text = fuzz_text(data, size);

        find_ends(text, size, size, &whole);
        for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
                find_ends(text, size, steps[i], &pieces);
                require(pieces.n == whole.n);
                require(memcmp(pieces.at, whole.at, whole.n * sizeof(whole.at[0])) == 0);
        }
        drop_all(text, size, 5);
        free(text);
}
