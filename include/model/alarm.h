/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

/*
 * When a lasting condition is told of: once when it has begun, again when it gets worse and every
 * so often, and once when it has ended. A value on the edge does not flap: between the thresholds
 * for entering and leaving nothing changes, both have to be passed for a while, and an alarm that
 * came back soon after it had ended takes longer to end each time.
 */

/* What one look says. */
enum condition {
        CONDITION_OFF,     /* below the threshold for leaving */
        CONDITION_BETWEEN, /* all stays as it is */
        CONDITION_ON,      /* at the threshold for entering, or above */
};

/* How long a condition has to hold; all in nanoseconds. */
struct alarm_rule {
        uint64_t enter_ns; /* before it is entered; 0: at once */
        uint64_t leave_ns; /* before it is left */
        uint64_t again_ns; /* between two updates; 0: none */
};

/* All 0: nothing has been told. */
struct alarm {
        bool entered;
        bool turning;       /* the condition is not what `entered` says, since `turning_ns` */
        enum level level;   /* the worst since it was entered */
        unsigned n_returns; /* how often it came back soon after it was left */
        uint64_t turning_ns;
        uint64_t said_ns; /* when something was told last */
        uint64_t left_ns;
};

/* A look at `now_ns`, which must not run backwards. `level` is how bad a condition that is ON is:
 * when that rises, there is an update at once. */
enum say alarm_feed(struct alarm *alarm, const struct alarm_rule *rule, uint64_t now_ns,
        enum condition condition, enum level level);
