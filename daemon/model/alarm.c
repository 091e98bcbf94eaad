/* SPDX-License-Identifier: MIT */
#include "model/alarm.h"

#include <stddef.h>

enum { RETURNS_MAX = 6 };

/* What came back within this time was not really over. */
#define SOON_NS UINT64_C(14400000000000)

static uint64_t leave_ns(const struct alarm *alarm, const struct alarm_rule *rule)
{
        return rule->leave_ns << alarm->n_returns;
}

/* Whether the condition has been other than what was told for long enough. */
static bool has_turned(struct alarm *alarm, uint64_t now_ns, uint64_t hold_ns)
{
        if (!alarm->turning) {
                alarm->turning = true;
                alarm->turning_ns = now_ns;
        }
        return now_ns - alarm->turning_ns >= hold_ns;
}

static enum say enter(struct alarm *alarm, uint64_t now_ns, enum level level)
{
        const bool soon = alarm->left_ns > 0 && now_ns - alarm->left_ns < SOON_NS;

        if (!soon)
                alarm->n_returns = 0;
        else if (alarm->n_returns < RETURNS_MAX)
                alarm->n_returns++;
        alarm->entered = true;
        alarm->turning = false;
        alarm->level = level;
        alarm->said_ns = now_ns;
        return SAY_ENTER;
}

static enum say leave(struct alarm *alarm, uint64_t now_ns)
{
        alarm->entered = false;
        alarm->turning = false;
        alarm->left_ns = now_ns;
        return SAY_LEAVE;
}

/* While it lasts. */
static enum say remind(struct alarm *alarm, const struct alarm_rule *rule, uint64_t now_ns,
        enum condition condition, enum level level)
{
        const bool worse = condition == CONDITION_ON && level > alarm->level;

        if (worse)
                alarm->level = level;
        if (!worse && (rule->again_ns == 0 || now_ns - alarm->said_ns < rule->again_ns))
                return SAY_NOTHING;
        alarm->said_ns = now_ns;
        return SAY_UPDATE;
}

enum say alarm_feed(struct alarm *alarm, const struct alarm_rule *rule, uint64_t now_ns,
        enum condition condition, enum level level)
{
        if (!alarm->entered) {
                if (condition != CONDITION_ON)
                        alarm->turning = false;
                else if (has_turned(alarm, now_ns, rule->enter_ns))
                        return enter(alarm, now_ns, level);
                return SAY_NOTHING;
        }
        if (condition != CONDITION_OFF)
                alarm->turning = false;
        else if (has_turned(alarm, now_ns, leave_ns(alarm, rule)))
                return leave(alarm, now_ns);
        return remind(alarm, rule, now_ns, condition, level);
}
