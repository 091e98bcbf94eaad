/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "words.h"

void words_bytes(struct out *ret, double bytes)
{
        static const char *const units[] = {" B", " kB", " MB", " GB", " TB"};
        unsigned unit = 0;

        while (bytes >= 1024 && unit < 4) {
                bytes /= 1024;
                unit++;
        }
        out_double(ret, bytes, bytes < 10 && unit > 0 ? 2 : bytes < 100 && unit > 0 ? 1 : 0);
        out_text(ret, units[unit]);
}

void words_span(struct out *ret, double seconds)
{
        static const struct {
                double seconds;
                const char *name;
        } units[] = {
                {86400, "d"  },
                {3600,  "h"  },
                {60,    "min"},
                {1,     "s"  },
        };
        unsigned i = 0;
        double whole;

        while (i < 3 && seconds < units[i].seconds)
                i++;
        whole = floor(seconds / units[i].seconds);
        out_double(ret, whole, 0);
        out_char(ret, ' ');
        out_text(ret, units[i].name);
        if (i == 3 || whole >= 10)
                return;
        seconds = floor((seconds - whole * units[i].seconds) / units[i + 1].seconds);
        if (seconds >= 1) {
                out_char(ret, ' ');
                out_double(ret, seconds, 0);
                out_char(ret, ' ');
                out_text(ret, units[i + 1].name);
        }
}

void words_number(struct out *ret, double number)
{
        out_double(ret, number, fabs(number) < 10 ? 2 : fabs(number) < 100 ? 1 : 0);
}
