/* SPDX-License-Identifier: MIT */
#include "source/users.h"

#include "test.h"

static void test_sums(void **state)
{
        struct users users = {0};

        (void)state;
        assert_int_equal(users_n_tasks(&users, 0), 0);
        users_clear(&users);
        assert_int_equal(users_add(&users, 1000, 0), 0);
        assert_int_equal(users_n_tasks(&users, 1000), 0);

        assert_int_equal(users_add(&users, 0, 7), 0);
        assert_int_equal(users_add(&users, 1000, 3), 0);
        assert_int_equal(users_add(&users, 1000, 2), 0);
        assert_int_equal(users_add(&users, UINT32_MAX, 1), 0);
        assert_int_equal(users_n_tasks(&users, 0), 7);
        assert_int_equal(users_n_tasks(&users, 1000), 5);
        assert_int_equal(users_n_tasks(&users, 1001), 0);
        assert_int_equal(users_n_tasks(&users, UINT32_MAX), 1);

        users_clear(&users);
        assert_int_equal(users_n_tasks(&users, 1000), 0);
        assert_int_equal(users_add(&users, 1000, 4), 0);
        assert_int_equal(users_n_tasks(&users, 1000), 4);
        users_done(&users);
        assert_int_equal(users_n_tasks(&users, 1000), 0);
        users_done(&users);
}

/* As a machine with a range of users for each container has them. */
static void test_many(void **state)
{
        enum { N_USERS = 5000, STEP = 65536 };
        struct users users = {0};

        (void)state;
        for (int round = 0; round < 3; round++) {
                size_t n_places = users.n_places;

                users_clear(&users);
                for (uint64_t i = 0; i < N_USERS; i++) {
                        assert_int_equal(users_add(&users, i * STEP, i + 1), 0);
                        assert_int_equal(users_add(&users, i * STEP / 2, 1), 0);
                }
                for (uint64_t i = 0; i < N_USERS; i++)
                        assert_int_equal(
                                users_n_tasks(&users, i * STEP), i + 1 + (i * 2 < N_USERS ? 1 : 0));
                assert_true(round == 0 || users.n_places == n_places);
        }
        users_done(&users);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sums),
                cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
