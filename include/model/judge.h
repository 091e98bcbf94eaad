/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/alarm.h"
#include "model/comm.h"
#include "model/limit.h"
#include "model/record.h"
#include "model/sample.h"
#include "model/trend.h"

/*
 * What the samples of one target mean: events, as records. It is fed the same by the live program
 * and by a replay of its lines, and so knows nothing but what is in `struct evidence`.
 */

/* The metrics that can leak. */
enum leaking {
        LEAKING_ZOMBIES,
        LEAKING_PROCESSES,
        LEAKING_THREADS,
        LEAKING_PIDS, /* only where the others are not known: it is the sum of them */
        LEAKING_MEMORY_RSS,
        N_LEAKING,
};

/* The process behind a number. */
struct culprit {
        bool known;
        int64_t pid;
        char comm[COMM_BYTES];
};

/* What is known at one instant. */
struct evidence {
        uint64_t now_ns;
        const char *source, *dyno;
        const struct sample *sample; /* NULL for a look between ticks, at limits alone */
        const struct limit *limits;  /* on tasks */
        size_t n_limits;
        const struct limit *memory_limits;
        size_t n_memory_limits;
        struct measure n_oom_kills;      /* a counter that only grows */
        struct culprit grown[N_LEAKING]; /* the process that made each metric rise most */
        struct culprit largest;          /* the one with most memory */
};

/* What a user may set; see runstatd.conf(5). 0: never. */
enum rule {
        RULE_ZOMBIES,     /* of one parent, to name it */
        RULE_LIMIT,       /* percent of a limit, to say that it is near */
        RULE_LIMIT_ERROR, /* percent of a limit, to make that an error */
        RULE_CHURN,       /* processes of one name started in a minute */
        N_RULES,
};

struct judge_rules {
        uint64_t values[N_RULES];
};

extern const struct judge_rules judge_default_rules;

enum {
        JUDGE_LIMITS = 12 /* limits whose refusals are told apart */
};

/* The refusals of one limit. */
struct refusals {
        uint64_t by; /* a hash of its name; 0: none */
        uint64_t n;
};

/* The state of one incarnation. All 0: nothing is known yet. */
struct judge {
        struct trend trends[N_LEAKING];
        uint8_t leaks_under_way; /* a bit for each alarm below that is not at rest */
        struct alarm leaks[N_LEAKING];
        struct alarm quota;
        struct limit_alarm {
                struct alarm alarm;
                bool refused; /* since it was entered */
        } limit, memory_limit;
        struct refusals refusals[JUDGE_LIMITS];
        struct measure n_oom_kills;
};

typedef void judge_say(void *data, const struct record *record);

/* Calls `say` for each event that is due. `record` is room for them; it and its texts are valid
 * during the call. */
void judge_feed(struct judge *judge, const struct judge_rules *rules,
        const struct evidence *evidence, struct record *record, judge_say *say, void *data);
