/* SPDX-License-Identifier: MIT */
#include "run/output.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "tree.h"

#define S UINT64_C(1000000000)

/* An output that writes to a file, or to a FIFO that has a reader at times. */
struct channel {
        struct sink *sink;
        struct output *output;
};

static void open_channel(
        struct channel *channel, struct tree *tree, const char *path, enum prefix prefix)
{
        char name[512], memory[512];
        struct buf error;

        snprintf(name, sizeof(name), "file:%s", tree_path(tree, path));
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(sink_open(name, &channel->sink, &error), 0);
        assert_int_equal(
                output_new(channel->sink, format_find("heroku"), prefix, &channel->output), 0);
}

static void close_channel(struct channel *channel)
{
        output_free(channel->output);
        output_free(NULL);
        sink_free(channel->sink);
}

/* A tick of `n` lines "source=web.1 … ticks=FIRST" and on. */
static void tick(struct channel *channel, uint64_t now_s, unsigned n, uint64_t first)
{
        output_begin(channel->output, now_s * S, 0, "own.1", "d");
        for (unsigned i = 0; i < n; i++) {
                struct record record;

                record_event(EVENT_MISSED, "web.1", "d", &record);
                record_add_number(&record, "ticks", first + i);
                output_record(channel->output, &record);
        }
        output_end(channel->output);
}

#define LINE(n) "source=web.1 dyno=d event=missed state=enter level=warning ticks=" n "\n"
#define DROPPED(lines, bytes, since)                                                               \
        "source=own.1 dyno=d event=dropped state=leave level=warning lines=" lines " bytes=" bytes \
        " since_s=" since "\n"

static void test_lines(void **state)
{
        struct tree *tree = *state;
        struct channel channel;

        open_channel(&channel, tree, "log", PREFIX_NONE);
        tick(&channel, 0, 2, 1);
        tick(&channel, 20, 0, 0);
        tick(&channel, 40, 1, 7);
        assert_int_equal(output_status(channel.output), 0);
        assert_int_equal(output_dropped(channel.output), 0);
        assert_int_equal(output_dropped_unsaid(channel.output), 0);
        close_channel(&channel);
        assert_int_equal(root_read(&tree->root, "log", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, LINE("1") LINE("2") LINE("7"));
}

/* All lines of a tick carry its time. */
static void test_prefix(void **state)
{
        struct tree *tree = *state;
        struct channel channel;
        struct record record;

        open_channel(&channel, tree, "log", PREFIX_LOGPLEX);
        output_begin(channel.output, 5, UINT64_C(1767571200000000000), "own.1", "d");
        record_event(EVENT_BACK, "web.1", "d", &record);
        output_record(channel.output, &record);
        output_record(channel.output, &record);
        output_end(channel.output);
        close_channel(&channel);
        assert_int_equal(root_read(&tree->root, "log", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text,
                "2026-01-05T00:00:00.000000+00:00 heroku[web.1]: "
                "source=web.1 dyno=d event=back state=leave level=info\n"
                "2026-01-05T00:00:00.000000+00:00 heroku[web.1]: "
                "source=web.1 dyno=d event=back state=leave level=info\n");
}

/* What takes drains reads a number, a space, and so many bytes. */
static void test_drain(void **state)
{
        struct tree *tree = *state;
        struct channel channel;
        struct sample sample = {.memory.rss_bytes = measure_of(UINT64_C(3) << 20),
                .memory.quota_bytes = measure_of(UINT64_C(1) << 20)};
        unsigned n_frames = 0;

        open_channel(&channel, tree, "log", PREFIX_RFC5424);
        tick(&channel, 0, 2, 9);
        output_begin(channel.output, 5, UINT64_C(1767571200000000000), "own.1", "d");
        output_samples(channel.output, UINT32_C(1) << GROUP_MEMORY, &sample, "web.1", "dyno");
        output_end(channel.output);
        close_channel(&channel);
        assert_int_equal(root_read(&tree->root, "log", &tree->scratch), 0);
        for (const char *at = tree->scratch.text; *at; n_frames++) {
                char *frame;
                const size_t len = strtoul(at, &frame, 10);

                assert_int_equal(*frame, ' ');
                assert_true(strlen(frame + 1) >= len);
                assert_int_equal(frame[len], '\n');
                assert_null(memchr(frame + 1, '\n', len - 1));
                assert_memory_equal(frame + 1, "<134>1 ", 7);
                at = frame + 1 + len;
        }
        assert_int_equal(n_frames, 5);
        assert_non_null(strstr(tree->scratch.text,
                "91 <134>1 2026-01-05T00:00:00.000000+00:00 host heroku web.1 - "
                "Process running mem=0M(300.0%)\n"));
}

/* A page holds what is known, in the text format of Prometheus, and appears as a whole. */
static void test_pages(void **state)
{
        struct tree *tree = *state;
        struct sample sample = {.tasks.zombies = measure_of(3)};
        struct record record;
        struct output *output;
        struct sink *sink;
        char name[512], memory[512];
        struct buf error;

        snprintf(name, sizeof(name), "textfile:%s", tree_path(tree, "page"));
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(sink_open(name, &sink, &error), 0);
        assert_int_equal(output_new(sink, format_find("json"), PREFIX_LOGPLEX, &output), 0);
        for (unsigned i = 0; i < 40; i++) {
                char source[16];

                snprintf(source, sizeof(source), "web.%u", i);
                output_begin(output, i, i * S, "own.1", "d");
                output_samples(output, UINT32_C(1) << GROUP_PROCESSES, &sample, source, "d");
                output_samples(output, 0, &sample, "all.1", "d"); /* not there, and has none */
                record_event(EVENT_ZOMBIES, "web.39", "d", &record);
                record_add_number(&record, "parent_pid", 7);
                record_add_text(&record, "parent_comm", "a\"b\\\n\xe4\x1b");
                record_add_number(&record, "zombies", 3);
                if (i == 39)
                        output_record(output, &record);
                output_end_tick(output);
                assert_int_equal(output_status(output), 0);
        }
        assert_int_equal(root_read(&tree->root, "page", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text,
                "# HELP runstatd_zombies Processes that are dead and were not waited for.\n"
                "# TYPE runstatd_zombies gauge\n"
                "runstatd_zombies{source=\"web.39\",dyno=\"d\"} 3\n"
                "# HELP runstatd_last_tick_timestamp_seconds When what is here was true.\n"
                "# TYPE runstatd_last_tick_timestamp_seconds gauge\n"
                "runstatd_last_tick_timestamp_seconds 39.000000\n"
                "# HELP runstatd_event_active Events that have begun and not ended, by kind and "
                "level.\n"
                "# TYPE runstatd_event_active gauge\n"
                "runstatd_event_active{source=\"web.39\",event=\"zombies\",level=\"warning\"} 1\n"
                "# HELP runstatd_events_total How often each event has begun.\n"
                "# TYPE runstatd_events_total counter\n"
                "runstatd_events_total{source=\"web.39\",event=\"zombies\"} 1\n"
                "# HELP runstatd_parent_zombies Zombies of a parent that does not wait for them, "
                "when that was last said; the worst five, and others.\n"
                "# TYPE runstatd_parent_zombies gauge\n"
                "runstatd_parent_zombies{source=\"web.39\",parent_pid=\"7\","
                "parent_comm=\"a\\\"b\\\\\\n\xef\xbf\xbd?\",parent_unit=\"\",cause=\"\"} 3\n");
        record_leave(&record);
        output_begin(output, 50, 50 * S, "own.1", "d");
        output_record(output, &record);
        output_end(output);
        assert_int_equal(root_read(&tree->root, "page", &tree->scratch), 0);
        assert_null(strstr(tree->scratch.text, "event_active"));
        assert_non_null(strstr(tree->scratch.text, "runstatd_zombies{"));
        /* Nothing is left. */
        output_begin(output, 51, 51 * S, "own.1", "d");
        output_end_tick(output);
        assert_int_equal(root_read(&tree->root, "page", &tree->scratch), 0);
        assert_null(strstr(tree->scratch.text, "web.39"));
        output_free(output);
        sink_free(sink);
}

/* Each key has a sentence of its own, and each metric one name. */
static void test_metrics(void **state)
{
        static struct board_target target = {.source = "web.1", .dyno = "d", .groups = ~0u};
        struct board board = {.targets = &target, .n_targets = 1, .n_room = 1};
        struct measure *measures = (void *)&target.sample;
        struct cursor cursor = {0};
        char memory[1024];
        struct buf line;
        size_t n_keys = 0;

        (void)state;
        for (size_t i = 0; i < sizeof(target.sample) / sizeof(*measures); i++)
                measures[i] = measure_of(1);
        buf_init(&line, memory, sizeof(memory));
        while (format_prometheus.write_next(&board, &cursor, &line)) {
                check_text(memory, strstr(memory, "See runstatd(8)") ? memory : "", "");
                n_keys += strncmp(memory, "# HELP ", 7) == 0;
                check(memory, !strchr(memory, '\n'));
                buf_truncate(&line, 0);
        }
        assert_int_equal(n_keys, record_n_keys() + 1);
}

static void check_read(int reader, const char *what, const char *expected)
{
        char text[4096];
        ssize_t n = read(reader, text, sizeof(text) - 1);

        check(what, n >= 0);
        text[n] = '\0';
        check_text(what, text, expected);
}

/* Lines that nobody reads are counted, and the first one that is read again says so. */
static void test_dropped(void **state)
{
        struct tree *tree = *state;
        struct channel channel;
        int reader;

        tree_fifo(tree, "fifo");
        open_channel(&channel, tree, "fifo", PREFIX_NONE);
        tick(&channel, 100, 2, 1);
        assert_int_equal(output_status(channel.output), -ENXIO);
        assert_int_equal(output_dropped(channel.output), 2);
        assert_int_equal(output_dropped_unsaid(channel.output), 2);
        /* the line that tells of it is not itself a lost one */
        tick(&channel, 120, 1, 3);
        assert_int_equal(output_dropped(channel.output), 3);
        tick(&channel, 140, 0, 0);
        assert_int_equal(output_dropped(channel.output), 3);
        assert_int_equal(output_dropped_unsaid(channel.output), 3);

        reader = openat(tree->root.fd, "fifo", O_RDONLY | O_NONBLOCK);
        assert_true(reader >= 0);
        tick(&channel, 160, 1, 4);
        check_read(reader, "back", DROPPED("3", "201", "60") LINE("4"));
        assert_int_equal(output_status(channel.output), 0);
        assert_int_equal(output_dropped(channel.output), 3);
        assert_int_equal(output_dropped_unsaid(channel.output), 0);
        tick(&channel, 180, 1, 5);
        check_read(reader, "on", LINE("5"));

        /* gone once more: the time is counted anew */
        close(reader);
        tick(&channel, 200, 1, 6);
        reader = openat(tree->root.fd, "fifo", O_RDONLY | O_NONBLOCK);
        tick(&channel, 201, 0, 0);
        check_read(reader, "twice", DROPPED("1", "67", "1"));
        assert_int_equal(output_dropped(channel.output), 4);
        close(reader);
        close_channel(&channel);
}

/* Reads all there is, and returns how many lines; each is whole, and their numbers rise. */
static uint64_t read_lines(int reader, uint64_t *last, uint64_t *n_said)
{
        static char text[1024 * 1024];
        static size_t len; /* of a line that was read in part */
        uint64_t n = 0;
        ssize_t got;
        char *line = text, *end;

        while ((got = read(reader, text + len, sizeof(text) - len)) > 0)
                len += (size_t)got;
        for (; (end = memchr(line, '\n', len - (size_t)(line - text))); line = end + 1) {
                unsigned long long number;

                *end = '\0';
                if (sscanf(line,
                            "source=own.1 dyno=d event=dropped state=leave level=warning "
                            "lines=%llu ",
                            &number) == 1) {
                        *n_said += number;
                        continue;
                }
                if (sscanf(line,
                            "source=web.1 dyno=d event=missed state=enter level=warning "
                            "ticks=%llu",
                            &number) != 1)
                        fail_msg("not a whole line: '%s'", line);
                assert_true(number > *last);
                *last = number;
                n++;
        }
        len -= (size_t)(line - text);
        memmove(text, line, len);
        return n;
}

/* Whatever a slow reader loses, lines read and lines said to be dropped make all that there were.
 * Ticks of many lines are written in several parts. */
static void test_slow_reader(void **state)
{
        struct tree *tree = *state;
        struct channel channel;
        uint64_t n_written = 0, n_read = 0, n_said = 0, last = 0, seed = 1;
        int reader;

        tree_fifo(tree, "fifo");
        reader = openat(tree->root.fd, "fifo", O_RDONLY | O_NONBLOCK);
        assert_true(reader >= 0);
        open_channel(&channel, tree, "fifo", PREFIX_NONE);
        for (unsigned i = 0; i < 300; i++) {
                const unsigned n = random_below(&seed, i % 10 ? 30 : 20000);

                tick(&channel, i, n, n_written + 1);
                n_written += n;
                if (random_below(&seed, 4) == 0)
                        n_read += read_lines(reader, &last, &n_said);
        }
        assert_true(output_dropped(channel.output) > 0);
        /* the last of what was dropped, and the end of a line, come with the next ticks */
        for (unsigned i = 0; i < 3; i++) {
                n_read += read_lines(reader, &last, &n_said);
                tick(&channel, 1000 + i, 1, ++n_written);
        }
        n_read += read_lines(reader, &last, &n_said);
        assert_int_equal(output_dropped_unsaid(channel.output), 0);
        assert_int_equal(output_dropped(channel.output), n_said);
        assert_int_equal(n_read + n_said, n_written);
        close(reader);
        close_channel(&channel);
}

/* More than is kept for a tick goes out in several parts, and none is lost. */
static void test_many_lines(void **state)
{
        enum { N_LINES = 20000 };
        struct tree *tree = *state;
        struct channel channel;
        struct scratch scratch;
        size_t len, n = 0;

        open_channel(&channel, tree, "log", PREFIX_NONE);
        tick(&channel, 0, N_LINES, 1000000);
        close_channel(&channel);
        assert_int_equal(scratch_init(&scratch, 4 * 1024 * 1024), 0);
        assert_int_equal(file_read_at(tree->root.fd, "log", &scratch, &len), 0);
        for (size_t i = 0; i < len; i++)
                n += scratch.text[i] == '\n';
        assert_int_equal(n, N_LINES);
        assert_int_equal(len, N_LINES * strlen(LINE("1000000")));
        scratch_done(&scratch);
}

/* A line longer than the room for one is lost, and that is counted as any other loss. */
static void test_line_too_long(void **state)
{
        struct tree *tree = *state;
        struct channel channel;
        struct record record;
        char *text = malloc(300 * 1024);

        assert_non_null(text);
        memset(text, 't', 300 * 1024);
        text[300 * 1024 - 1] = '\0';
        open_channel(&channel, tree, "log", PREFIX_NONE);
        output_begin(channel.output, 0, 0, "own.1", "d");
        record_event(EVENT_BACK, "web.1", "d", &record);
        record_add_text(&record, "old_dyno", text);
        output_record(channel.output, &record);
        record_event(EVENT_MISSED, "web.1", "d", &record);
        record_add_number(&record, "ticks", 1);
        output_record(channel.output, &record);
        output_end(channel.output);
        assert_int_equal(root_read(&tree->root, "log", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, LINE("1"));
        assert_int_equal(output_dropped(channel.output), 1);
        close_channel(&channel);
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_lines),
                tree_test(test_prefix),
                tree_test(test_drain),
                tree_test(test_pages),
                cmocka_unit_test(test_metrics),
                tree_test(test_dropped),
                tree_test(test_slow_reader),
                tree_test(test_many_lines),
                tree_test(test_line_too_long),
        };

        signal(SIGPIPE, SIG_IGN);
        alarm(300);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
