/* SPDX-License-Identifier: MIT */
#include "source/pressure.h"

#include "test.h"

#define LINE   "some avg10=0.12 avg60=1.50 avg300=100.00 total=9423\n"
#define FULL   "full avg10=0.00 avg60=0.01 avg300=0.10 total=7\n"
#define NO_END "18446744073709551"

/* Parses the text as that of one file. The members of the others, and on failure all, stay. */
static void check_file(
        const char *text, int r, const char *expected, const struct pressure_file *file)
{
        struct pressure_sample sample, before;
        struct stall_sample *some = (void *)((char *)&sample + file->some_offset);
        struct stall_sample *full = (void *)((char *)&sample + file->full_offset);

        memset(&sample, 0x55, sizeof(sample));
        before = sample;
        check_int(text, pressure_parse(text, file, &sample), r);
        if (r == 0) {
                const struct stall_sample both[] = {*some, *full};

                check_measures(text, both, expected);
                memset(some, 0x55, sizeof(*some));
                memset(full, 0x55, sizeof(*full));
        }
        check(text, memcmp(&sample, &before, sizeof(sample)) == 0);
}

static void test_parse(void **state)
{
        /* clang-format off */
        static const struct {
                const char *text;
                int r;
                const char *expected; /* some avg10 avg60 avg300 total, full the same */
        } rows[] = {
                {LINE FULL, 0, "12 150 10000 9423000 0 1 10 7000"},
                {FULL LINE, 0, "12 150 10000 9423000 0 1 10 7000"},
                {LINE, 0, "12 150 10000 9423000 - - - -"},
                {FULL, 0, "- - - - 0 1 10 7000"},
                {"new 1 2\n" LINE "tail\n", 0, "12 150 10000 9423000 - - - -"},
                {"some avg10=1 avg60=2 avg300=3 total=4", 0, "100 200 300 4000 - - - -"},
                {"some avg10=1 avg60=2 avg300=3 total=4 x=5\n", 0, "100 200 300 4000 - - - -"},
                {"some avg10=0 avg60=0 avg300=0 total=" NO_END, 0, "0 0 0 " NO_END "000 - - - -"},
                {"", 0, "- - - - - - - -"},
                {"some\n", -EBADMSG, NULL},
                {"some avg10=0.00 avg60=0.00 avg300=0.00\n", -EBADMSG, NULL},
                {"some avg10=0.00 avg300=0.00 avg60=0.00 total=1", -EBADMSG, NULL},
                {"some avg10=0.00 avg60=0.00 total=1\n", -EBADMSG, NULL},
                {"some avg10= avg60=0.00 avg300=0.00 total=1\n", -EBADMSG, NULL},
                {"some avg10=-1 avg60=0.00 avg300=0.00 total=1\n", -EBADMSG, NULL},
                {"some avg10=0.0% avg60=0 avg300=0 total=1\n", -EBADMSG, NULL},
                {"some  avg10=0 avg60=0 avg300=0 total=1\n", -EBADMSG, NULL},
                {"some avg10=0 avg60=0 avg300=0 total=1us\n", -EBADMSG, NULL},
                {"some avg10=0 avg60=0 avg300=0 total=-1\n", -EBADMSG, NULL},
                {"some avg10=0 avg60=0 avg300=0 total=" NO_END "616", -EBADMSG, NULL},
                {"some avg10=0 avg60=0 avg300=0 total=18446744073709552", -EBADMSG, NULL},
                {LINE "full avg10=0.00\n", -EBADMSG, NULL},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                for (unsigned j = 0; j < N_PRESSURE_FILES; j++)
                        check_file(rows[i].text, rows[i].r, rows[i].expected, &pressure_files[j]);
        }
}

/* A kernel writes each line once. */
static void test_duplicate(void **state)
{
        struct pressure_sample sample = {0};

        (void)state;
        assert_int_equal(pressure_parse(LINE LINE, &pressure_files[0], &sample), -EBADMSG);
}

static void test_files(void **state)
{
        static const char *const names[] = {"cpu", "memory", "io"};

        (void)state;
        for (unsigned i = 0; i < N_PRESSURE_FILES; i++) {
                char path[64];

                snprintf(path, sizeof(path), "proc/pressure/%s", names[i]);
                assert_string_equal(pressure_files[i].machine_path, path);
                snprintf(path, sizeof(path), "%s.pressure", names[i]);
                assert_string_equal(pressure_files[i].cgroup_name, path);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),
                cmocka_unit_test(test_duplicate),
                cmocka_unit_test(test_files),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
