/* SPDX-License-Identifier: MIT */
#include "base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

enum { N_PAGES = 16 };

/* Only what was written is in memory, and all of it is 0 before. */
static void test_only_what_is_written(void **state)
{
        const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
        unsigned char is_there[N_PAGES];
        char *pages = pages_new(N_PAGES * page_bytes);

        (void)state;
        assert_non_null(pages);
        assert_int_equal((uintptr_t)pages % page_bytes, 0);
        pages[5 * page_bytes + 7] = 'x';
        assert_int_equal(mincore(pages, N_PAGES * page_bytes, is_there), 0);
        for (size_t i = 0; i < N_PAGES; i++)
                assert_int_equal(is_there[i] & 1, i == 5);
        for (size_t i = 0; i < N_PAGES * page_bytes; i++)
                assert_int_equal(pages[i], i == 5 * page_bytes + 7 ? 'x' : 0);
        pages_free(pages, N_PAGES * page_bytes);
        pages_free(NULL, N_PAGES * page_bytes);
}

static void test_no_memory(void **state)
{
        (void)state;
        assert_null(pages_new(SIZE_MAX / 2));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_only_what_is_written),
                cmocka_unit_test(test_no_memory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
