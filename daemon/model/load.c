/* SPDX-License-Identifier: MIT */
#include "model/load.h"

#include <stddef.h>

#include "real.h"

static const uint64_t windows_ns[3] = {
        UINT64_C(60000000000),
        UINT64_C(300000000000),
        UINT64_C(900000000000),
};

void load_count(struct load *load, uint64_t now_ns, uint64_t n_running)
{
        if (!load->started) {
                *load = (struct load){.started = true, .first_ns = now_ns, .last_ns = now_ns};
                return;
        }
        for (size_t i = 0; i < 3; i++) {
                const double e =
                        real_decay((double)(now_ns - load->last_ns) / (double)windows_ns[i]);

                load->averages[i] = (1 - e) * (double)n_running + e * load->averages[i];
        }
        load->last_ns = now_ns;
}

void load_sample(const struct load *load, struct load_sample *ret)
{
        struct measure *averages[3] = {&ret->avg_1m, &ret->avg_5m, &ret->avg_15m};

        for (size_t i = 0; i < 3; i++) {
                if (load->started && load->last_ns - load->first_ns >= windows_ns[i])
                        *averages[i] = measure_of((uint64_t)(load->averages[i] * 100 + 0.5));
        }
}
