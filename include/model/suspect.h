/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "model/alarm.h"
#include "model/comm.h"

/*
 * Whose zombies they are, and why they are there. A zombie is kept until its parent waits for it,
 * so the parent is the one to name. Memory is the same for 5 zombies and for 500,000.
 */

enum {
        SUSPECTS_MAX = 32,
};

/* Why the zombies are there, in the words of runstatd(8). */
enum cause {
        CAUSE_NEVER_WAITS,
        CAUSE_TOO_SLOW,
        CAUSE_SIGCHLD_BLOCKED,
        CAUSE_PARENT_STOPPED,
        CAUSE_PARENT_STUCK,
        CAUSE_INIT_NOT_REAPING,
        CAUSE_PROBE_ORPHANS,
        N_CAUSES,
};

/* A number of zombies by the times at which their processes were started, in clock ticks. */
struct births {
        uint64_t n;
        uint64_t first, last;
};

/* A parent with zombies. */
struct suspect {
        int64_t pid;
        uint64_t start_ticks;         /* of the parent; 0: nobody has looked yet */
        uint64_t n_zombies;           /* in the last round that is over */
        uint64_t n_stuck;             /* of those, the ones that had been there a round before */
        uint64_t n_created, n_reaped; /* zombies seen to come, and to go, since `since_ns` */
        uint64_t last_ns;             /* when the last round was over */
        uint64_t since_ns;            /* the first round that is over with it */
        struct measure waited_faults; /* of the parent at the first look */
        bool waits;                   /* that number has grown since */
        uint64_t n_rounds;            /* that are over with it */
        uint64_t oldest;              /* start time of the oldest of the last round */
        char comm[COMM_BYTES];        /* of the parent; "" until somebody has looked */
        enum cause cause;             /* as it was told */
        unsigned n_other_cause;       /* looks in a row at which it was another one */
        char child_comm[COMM_BYTES];  /* the name most of them have */
        uint64_t child_votes;
        struct births births[2]; /* of this hour, and of the one before */
        /* The times between births, those at once taken as one: is it a clock? */
        uint64_t clock_last, clock_n;
        double clock_mean, clock_spread; /* by Welford's method */
        struct alarm alarm;

        /* of the round under way */
        uint64_t n_now, n_new;
        uint64_t oldest_now;
};

/* The parents with zombies in one target. All 0: none. */
struct suspects {
        size_t n;
        size_t last;       /* the one that was added to last */
        uint64_t n_others; /* zombies of parents for which there was no room */
        uint64_t others_now;
        struct alarm others_alarm;
        struct suspect items[SUSPECTS_MAX];
};

/* One zombie, as it was met in a round over all processes. */
struct zombie {
        int64_t pid, parent_pid;
        uint64_t start_ticks;
        bool is_new; /* it was none a round before */
        const char *comm;
        size_t comm_len;
};

/* A round over all processes begins; one that was under way is given up. */
void suspects_begin_round(struct suspects *suspects);

/* `ticks_per_s` is the resolution of start times. */
void suspects_add(struct suspects *suspects, const struct zombie *zombie, uint64_t ticks_per_s);

/* A round over all processes is over at `now_ns`. Forgets those without zombies about which there
 * is nothing left to say. */
void suspects_end_round(struct suspects *suspects, uint64_t now_ns, uint64_t ticks_per_s);

/* The worst that is worse than `after`, or of all (NULL): by zombies, then by pid. NULL: no more.
 */
struct suspect *suspects_next(struct suspects *suspects, const struct suspect *after);

/* Of the zombies seen since a while, an hour or two if there are that many; unknown while there are
 * too few. */
struct measure suspect_created_per_h(const struct suspect *suspect, uint64_t ticks_per_s);
struct measure suspect_reaped_per_h(const struct suspect *suspect, uint64_t now_ns);

/* The time between births when it is steady, in clock ticks. */
struct measure suspect_period_ticks(const struct suspect *suspect, uint64_t ticks_per_s);

/* What /proc says of the parent; see proc(5). */
struct parent_facts {
        char state;                    /* R S D T t … */
        bool blocked, ignored, caught; /* SIGCHLD, in SigBlk, SigIgn and SigCgt */
        bool is_init;                  /* PID 1 of its namespace */
};

extern const char cause_names[N_CAUSES][24];

enum cause suspect_cause(
        const struct suspect *suspect, const struct parent_facts *facts, uint64_t ticks_per_s);

/* "default", "ignored", "caught" or "blocked". */
const char *parent_sigchld(const struct parent_facts *facts);
