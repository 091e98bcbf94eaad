/* SPDX-License-Identifier: MIT */
#include "model/real.h"

#include <math.h>

#include "test.h"

/* As the functions of libm that they stand for. */
static void test_greater_and_lesser(void **state)
{
        static const double numbers[] = {
                -(double)INFINITY, -1, 0, 0.5, 3, (double)INFINITY, (double)NAN};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
                for (size_t j = 0; j < ARRAY_SIZE(numbers); j++) {
                        const double a = numbers[i], b = numbers[j];
                        const double min = fmin(a, b), max = fmax(a, b);

                        if (isnan(max)) {
                                assert_true(isnan(real_max(a, b)) && isnan(real_min(a, b)));
                                continue;
                        }
                        assert_true(real_max(a, b) == max && real_min(a, b) == min);
                        assert_true(real_maxf((float)a, (float)b) == (float)max);
                        assert_true(real_minf((float)a, (float)b) == (float)min);
                }
        }
}

static void test_decay(void **state)
{
        (void)state;
        assert_true(real_decay(0) == 1);
        assert_true(real_decay((double)INFINITY) == 0);
        for (double x = 1e-12; x < 1e9; x *= 1.01) {
                const double expected = exp(-x);

                if (!(fabs(real_decay(x) - expected) <= expected * 1e-12 + 1e-300))
                        fail_msg("of %.17g: %.17g, not %.17g", x, real_decay(x), expected);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_greater_and_lesser),
                cmocka_unit_test(test_decay),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
