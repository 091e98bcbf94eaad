/* SPDX-License-Identifier: MIT */
#include "viewer/pack.h"

#include "tests/unit/test.h"

static size_t check_round_trip(const char *what, const uint64_t *values, unsigned n)
{
        unsigned char bytes[PACK_BYTES];
        uint64_t back[PACK_ROWS];
        const size_t len = pack_column(values, n, bytes);

        check(what, len <= sizeof(bytes));
        check(what, unpack_column(bytes, bytes + len, n, back) == bytes + len);
        for (unsigned i = 0; i < n; i++)
                check_u64(what, back[i], values[i]);
        /* A column that was cut is none, however it was cut. */
        for (size_t i = 0; i < len; i++)
                check(what, !unpack_column(bytes, bytes + i, n, back));
        return len;
}

/* What numbers of targets look like, and how much room a column of 64 takes. */
static void test_sizes(void **state)
{
        uint64_t same[PACK_ROWS], steady[PACK_ROWS], near[PACK_ROWS], none[PACK_ROWS];

        (void)state;
        for (unsigned i = 0; i < PACK_ROWS; i++) {
                same[i] = 536870912;
                steady[i] = 1795888800000 + i * UINT64_C(20000);
                near[i] = 40 + i % 5;
                none[i] = UNKNOWN;
        }
        check_u64("quota", check_round_trip("quota", same, PACK_ROWS), 6);
        check_u64("unknown", check_round_trip("unknown", none, PACK_ROWS), 1);
        check("times", check_round_trip("times", steady, PACK_ROWS) < 80);
        check("threads", check_round_trip("threads", near, PACK_ROWS) < 70);
}

static void test_edges(void **state)
{
        static const uint64_t edges[] = {0, UINT64_MAX - 1, 1, UINT64_MAX - 1, 0, UNKNOWN,
                UINT64_C(1) << 63, (UINT64_C(1) << 63) - 1, UNKNOWN, 7};

        (void)state;
        for (unsigned n = 1; n <= ARRAY_SIZE(edges); n++)
                check_round_trip("edges", edges, n);
}

static void test_random(void **state)
{
        uint64_t seed = 1, values[PACK_ROWS];

        (void)state;
        for (unsigned i = 0; i < 2000; i++) {
                const unsigned n = 1 + random_below(&seed, PACK_ROWS);

                for (unsigned k = 0; k < n; k++)
                        values[k] = random_below(&seed, 8) == 0 ? UNKNOWN : random_size(&seed);
                check_round_trip("random", values, n);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_edges),
                cmocka_unit_test(test_random),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
