/* SPDX-License-Identifier: MIT */
#include "pid_set.h"

#include <stdlib.h>

bool pid_set_put(struct pid_set *set, pid_t pid, bool in)
{
        const size_t bits = PID_SET_CHUNK_BYTES * 8;
        size_t number = (size_t)pid, chunk = number / bits, byte = number % bits / 8;
        unsigned char bit = (unsigned char)(1U << (number % 8));
        bool was_in;

        if (pid < 0 || chunk >= PID_SET_CHUNKS)
                return false;
        if (!set->chunks[chunk]) {
                if (!in)
                        return false;
                set->chunks[chunk] = calloc(1, PID_SET_CHUNK_BYTES);
                if (!set->chunks[chunk])
                        return false;
        }
        was_in = set->chunks[chunk][byte] & bit;
        if (in)
                set->chunks[chunk][byte] |= bit;
        else
                set->chunks[chunk][byte] &= (unsigned char)~bit;
        return was_in;
}

bool pid_set_has(const struct pid_set *set, pid_t pid)
{
        const size_t bits = PID_SET_CHUNK_BYTES * 8, number = (size_t)pid, chunk = number / bits;

        return pid >= 0 && chunk < PID_SET_CHUNKS && set->chunks[chunk] &&
               (set->chunks[chunk][number % bits / 8] >> (number % 8) & 1);
}

void pid_set_done(struct pid_set *set)
{
        for (size_t i = 0; i < PID_SET_CHUNKS; i++)
                free(set->chunks[i]);
        *set = (struct pid_set){0};
}
