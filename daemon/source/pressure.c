/* SPDX-License-Identifier: MIT */
#include "pressure.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

const struct pressure_file pressure_files[N_PRESSURE_FILES] = {
        {
         "proc/pressure/cpu",             "cpu.pressure",
         offsetof(struct pressure_sample, cpu_some),
         offsetof(struct pressure_sample, cpu_full),
         },
        {
         "proc/pressure/memory",                               "memory.pressure",
         offsetof(struct pressure_sample,          memory_some),
         offsetof(struct pressure_sample, memory_full),
         },
        {
         "proc/pressure/io", "io.pressure",
         offsetof(struct pressure_sample,                               io_some),
         offsetof(struct pressure_sample,              io_full),
         },
};

static int take_average(const char **at, const char *key, struct measure *ret)
{
        const char *number = text_after(*at, key);
        uint64_t hundredths;

        if (!number || text_take_decimal(&number, 2, &hundredths) < 0)
                return -EBADMSG;
        *ret = measure_of(hundredths);
        *at = number;
        return 0;
}

/* Behind "some" or "full": " avg10=0.00 avg60=0.12 avg300=0.05 total=9423", the total in
 * microseconds. See Documentation/accounting/psi.rst. */
static int parse_line(const char *at, struct stall_sample *ret)
{
        struct stall_sample stall = {0};
        const char *number;
        uint64_t usec;
        int r;

        r = take_average(&at, " avg10=", &stall.avg10);
        if (r == 0)
                r = take_average(&at, " avg60=", &stall.avg60);
        if (r == 0)
                r = take_average(&at, " avg300=", &stall.avg300);
        if (r < 0)
                return r;
        number = text_after(at, " total=");
        if (!number || text_take_u64(&number, &usec) < 0 ||
                __builtin_mul_overflow(usec, 1000, &usec))
                return -EBADMSG;
        stall.total_ns = measure_of(usec);
        *ret = stall;
        return 0;
}

int pressure_parse(const char *text, const struct pressure_file *file, struct pressure_sample *ret)
{
        struct stall_sample some = {0}, full = {0};

        while (*text) {
                const char *rest;
                int r = 0;

                if ((rest = text_after(text, "some")))
                        r = some.total_ns.known ? -EBADMSG : parse_line(rest, &some);
                else if ((rest = text_after(text, "full")))
                        r = full.total_ns.known ? -EBADMSG : parse_line(rest, &full);
                if (r < 0)
                        return r;
                text += strcspn(text, "\n");
                text += *text == '\n';
        }
        *(struct stall_sample *)(void *)((char *)ret + file->some_offset) = some;
        *(struct stall_sample *)(void *)((char *)ret + file->full_offset) = full;
        return 0;
}
