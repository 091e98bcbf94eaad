/* SPDX-License-Identifier: MIT */
#include "real.h"

/* e^-x is the 2^n-th power of e^-(x / 2^n), and that of a small number a short series. */
double real_decay(double x)
{
        enum { N_TERMS = 11 }; /* the next one is below 2^-53 */
        unsigned n_squares = 0;
        double sum = 1;

        if (x > 800)
                return 0;
        while (x > 0.25) {
                x /= 2;
                n_squares++;
        }
        for (unsigned i = N_TERMS; i > 0; i--)
                sum = 1 - x / i * sum;
        for (; n_squares > 0; n_squares--)
                sum *= sum;
        return sum;
}
