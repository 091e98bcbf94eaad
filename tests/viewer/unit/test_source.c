/* SPDX-License-Identifier: MIT */
#include "viewer/source.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

#define NOW_NS UINT64_C(1795888800000000000)

/* A file that is followed, in a folder of its own. */
struct fixture {
        char folder[32], path[64];
        struct view *view;
        struct source source;
};

static int set_up(void **state)
{
        struct fixture *fixture = calloc(1, sizeof(*fixture));

        strcpy(fixture->folder, "/tmp/test_source.XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        snprintf(fixture->path, sizeof(fixture->path), "%s/log", fixture->folder);
        assert_int_equal(view_new(1 << 20, 20000, &fixture->view), 0);
        fixture->source = (struct source){.fd = -1,
                .path = fixture->path,
                .follows = true,
                .input = view_add_input(fixture->view, fixture->path)};
        assert_int_equal(feed_init(&fixture->source.feed, fixture->view, fixture->source.input), 0);
        *state = fixture;
        return 0;
}

static int tear_down(void **state)
{
        struct fixture *fixture = *state;
        char old[80];

        source_done(&fixture->source);
        view_free(fixture->view);
        unlink(fixture->path);
        snprintf(old, sizeof(old), "%s.1", fixture->path);
        unlink(old);
        rmdir(fixture->folder);
        free(fixture);
        return 0;
}

static void append(const struct fixture *fixture, const char *text, const char *mode)
{
        FILE *file = fopen(fixture->path, mode);

        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

/* Reads until there is no more, and returns how many lines there were in all. */
static uint64_t read_all(struct fixture *fixture)
{
        unsigned n = 0;

        do
                source_read(&fixture->source, fixture->view, NOW_NS);
        while (fixture->source.has_more && ++n < 1000);
        assert_true(n < 1000);
        return fixture->view->counts.n_lines;
}

#define LINE "source=web.1 dyno=a sample#processes=1\n"

static void test_grows(void **state)
{
        struct fixture *fixture = *state;

        check_u64("not there yet", read_all(fixture), 0);
        check_int("waits", fixture->source.input->state, INPUT_WAITING);
        append(fixture, LINE LINE, "a");
        check_u64("there", read_all(fixture), 2);
        append(fixture, "source=web.1 dyno=a sam", "a");
        check_u64("half a line", read_all(fixture), 2);
        append(fixture, "ple#processes=7\n", "a");
        check_u64("the rest", read_all(fixture), 3);
        check_u64("understood", fixture->view->counts.n_samples, 3);
}

static void test_rotated(void **state)
{
        struct fixture *fixture = *state;
        char old[80];
        FILE *file;

        append(fixture, LINE, "a");
        check_u64("first", read_all(fixture), 1);
        file = fopen(fixture->path, "a");
        snprintf(old, sizeof(old), "%s.1", fixture->path);
        assert_int_equal(rename(fixture->path, old), 0);
        check_u64("gone", read_all(fixture), 1);
        /* Who writes may not know yet. */
        fputs(LINE, file);
        fclose(file);
        check_u64("the old one grows", read_all(fixture), 2);
        append(fixture, LINE LINE, "a");
        check_u64("the new one", read_all(fixture), 4);
        check_u64("understood", fixture->view->counts.n_samples, 4);
}

static void test_cut(void **state)
{
        struct fixture *fixture = *state;

        append(fixture, LINE LINE LINE, "a");
        check_u64("first", read_all(fixture), 3);
        append(fixture, LINE, "w");
        check_u64("from the begin", read_all(fixture), 4);
        append(fixture, "", "w");
        check_u64("empty", read_all(fixture), 4);
        append(fixture, LINE, "a");
        check_u64("again", read_all(fixture), 5);
}

/* A line that is longer than any is passed over, and the next one taken. */
static void test_too_long(void **state)
{
        struct fixture *fixture = *state;
        char *text = malloc(3 * FEED_BYTES + 1);

        memset(text, 'x', 3 * FEED_BYTES);
        text[3 * FEED_BYTES] = '\0';
        append(fixture, text, "a");
        append(fixture, "\n" LINE, "a");
        free(text);
        check_u64("lines", read_all(fixture), 2);
        check_u64("too long", fixture->view->counts.n_too_long, 1);
        check_u64("understood", fixture->view->counts.n_samples, 1);
}

static void test_end(void **state)
{
        struct fixture *fixture = *state;

        fixture->source.follows = false;
        append(fixture, LINE "source=web.1 dyno=a sample#processes=2", "a");
        check_u64("a last line without an end", read_all(fixture), 2);
        check("over", fixture->source.is_over);
        check_int("ended", fixture->source.input->state, INPUT_ENDED);
}

static void test_folder(void **state)
{
        struct fixture *fixture = *state;

        fixture->source.path = fixture->folder;
        check_int("is none", source_open(&fixture->source), -EISDIR);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_grows, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_rotated, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_cut, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_too_long, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_end, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_folder, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
