/* SPDX-License-Identifier: MIT */
#include "model/look.h"

#define DELAY_NS UINT64_C(30000000)

enum { TIMES_AS_LONG = 10 /* the pause, as the look before it */ };

void look_plan(struct look *look, uint64_t now_ns)
{
        uint64_t pause_ns = TIMES_AS_LONG * look->took_ns;

        if (look->is_due)
                return;
        if (pause_ns < look->pause_ns)
                pause_ns = look->pause_ns;
        look->at_ns = now_ns + DELAY_NS;
        if (look->ended_ns > 0 && look->at_ns < look->ended_ns + pause_ns)
                look->at_ns = look->ended_ns + pause_ns;
        look->is_due = true;
}

uint64_t look_wait(const struct look *look, uint64_t now_ns)
{
        if (!look->is_due)
                return UINT64_MAX;
        return look->at_ns > now_ns ? look->at_ns - now_ns : 0;
}

void look_end(struct look *look, uint64_t began_ns, uint64_t ended_ns)
{
        look->is_due = false;
        look->ended_ns = ended_ns;
        look->took_ns = ended_ns - began_ns;
}
