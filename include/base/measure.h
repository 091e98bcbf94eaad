/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A number the kernel may or may not have told us. Unknown is not zero. */
struct measure {
        bool known;
        uint64_t value;
};

static inline struct measure measure_of(uint64_t value)
{
        return (struct measure){.known = true, .value = value};
}

/* The sum; unknown only when both are. */
static inline struct measure measure_sum(struct measure a, struct measure b)
{
        return (struct measure){
                .known = a.known || b.known,
                .value = (a.known ? a.value : 0) + (b.known ? b.value : 0),
        };
}

/* The smaller of those that are known. */
static inline struct measure measure_min(struct measure a, struct measure b)
{
        if (!a.known)
                return b;
        if (!b.known)
                return a;
        return a.value < b.value ? a : b;
}
