/* SPDX-License-Identifier: MIT */
#include "sink/writer.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"
#include "tree.h"

/* A writer, and the end that reads what it wrote. */
struct channel {
        struct writer writer;
        int reader;
        char *text; /* all that was read */
        size_t len;
};

enum { TEXT_BYTES = 8 * 1024 * 1024 };

static void open_channel(struct channel *channel, enum writer_way way)
{
        int ends[2];

        if (way == WRITER_SEND) {
                const int size = 4096;

                assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
                assert_int_equal(
                        setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
        } else {
                assert_int_equal(pipe(ends), 0);
                assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0);
                if (way == WRITER_PLAIN || way == WRITER_PIPE)
                        assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
        }
        assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(writer_init(&channel->writer), 0);
        writer_open(&channel->writer, ends[1], way);
        channel->reader = ends[0];
        channel->text = malloc(TEXT_BYTES);
        assert_non_null(channel->text);
        channel->len = 0;
}

static void close_channel(struct channel *channel)
{
        writer_close(&channel->writer);
        assert_int_equal(channel->writer.fd, -1);
        writer_done(&channel->writer);
        if (channel->reader >= 0)
                close(channel->reader);
        free(channel->text);
}

static void read_all(struct channel *channel)
{
        ssize_t n;

        while ((n = read(channel->reader, channel->text + channel->len,
                        TEXT_BYTES - channel->len)) > 0)
                channel->len += (size_t)n;
}

/* Lines "NUMBER xxx…" of that length, the newline included. */
static size_t write_lines(char *text, unsigned first, unsigned n, size_t len)
{
        for (unsigned i = 0; i < n; i++) {
                char *line = text + i * len;

                memset(line, 'x', len);
                snprintf(line, len, "%07u", first + i);
                line[7] = ' ';
                line[len - 1] = '\n';
        }
        return n * len;
}

/* What was read is whole lines, in order, and these numbers of them are missing at most. */
static unsigned count_lines(const struct channel *channel, size_t len)
{
        unsigned last = 0, n = 0;

        assert_int_equal(channel->len % len, 0);
        for (size_t at = 0; at < channel->len; at += len, n++) {
                const unsigned number = (unsigned)strtoul(channel->text + at, NULL, 10);

                assert_true(n == 0 || number > last);
                assert_int_equal(channel->text[at + len - 1], '\n');
                for (size_t i = 8; i < len - 1; i++)
                        assert_int_equal(channel->text[at + i], 'x');
                last = number;
        }
        return n;
}

static const enum writer_way ways[] = {WRITER_PLAIN, WRITER_PIPE, WRITER_POLL, WRITER_SEND};

static void test_writes(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
                struct channel channel;
                size_t taken = 99;

                open_channel(&channel, ways[i]);
                assert_int_equal(writer_write(&channel.writer, "one\ntwo\n", 8, &taken), 0);
                assert_int_equal(taken, 8);
                assert_int_equal(writer_write(&channel.writer, "", 0, &taken), 0);
                assert_int_equal(taken, 0);
                read_all(&channel);
                assert_int_equal(channel.len, 8);
                assert_memory_equal(channel.text, "one\ntwo\n", 8);
                close_channel(&channel);
        }
}

/* A reader that is too slow gets whole lines, and the writer says which. */
static void test_slow_reader(void **state)
{
        static const size_t lens[] = {9, 100, 1000, 4095, 4096, 4097, 9000, 16000};
        char *text = malloc(TEXT_BYTES);

        (void)state;
        assert_non_null(text);
        for (size_t i = 0; i < ARRAY_SIZE(ways) * ARRAY_SIZE(lens); i++) {
                const size_t line_len = lens[i / ARRAY_SIZE(ways)];
                unsigned next = 0, n_taken = 0, n_refused = 0;
                struct channel channel;

                open_channel(&channel, ways[i % ARRAY_SIZE(ways)]);
                for (unsigned tick = 0; tick < 60; tick++) {
                        /* of 60 times the reader sleeps 20 */
                        const unsigned n = 400000 / (unsigned)line_len / 8 + 1;
                        const size_t len = write_lines(text, next, n, line_len);
                        size_t taken = 0;
                        int r = writer_write(&channel.writer, text, len, &taken);

                        assert_int_equal(taken % line_len, 0);
                        assert_true(r == 0 || r == -EAGAIN);
                        assert_int_equal(r == 0, taken == len);
                        next += n;
                        n_taken += (unsigned)(taken / line_len);
                        n_refused += r < 0;
                        if (tick % 3 != 0)
                                read_all(&channel);
                }
                /* the end of a line that was begun comes first */
                for (unsigned tries = 0; channel.writer.tail_len > 0; tries++) {
                        size_t taken;

                        assert_true(tries < 100);
                        read_all(&channel);
                        writer_write(&channel.writer, "", 0, &taken);
                }
                read_all(&channel);
                assert_true(n_refused > 0);
                assert_int_equal(count_lines(&channel, line_len), n_taken);
                close_channel(&channel);
        }
        free(text);
}

/* Full from the start: nothing is taken, nothing waits. */
static void test_full(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
                char line[] = "a line\n";
                struct channel channel;
                size_t taken = 0, last = 1;
                int r = 0;

                open_channel(&channel, ways[i]);
                for (unsigned j = 0; j < 1000000 && r == 0; j++)
                        r = writer_write(&channel.writer, line, sizeof(line) - 1, &last);
                while (channel.writer.tail_len == 0 && last > 0)
                        r = writer_write(&channel.writer, line, sizeof(line) - 1, &last);
                assert_int_equal(
                        writer_write(&channel.writer, line, sizeof(line) - 1, &taken), -EAGAIN);
                assert_int_equal(taken, 0);
                close_channel(&channel);
        }
}

/* What is longer than any line loses its end. */
static void test_too_long(void **state)
{
        enum { LEN = 100000 };
        struct channel channel;
        char *text = malloc(LEN);
        size_t taken = 0;

        (void)state;
        assert_non_null(text);
        memset(text, 'x', LEN);
        open_channel(&channel, WRITER_PLAIN);
        assert_int_equal(writer_write(&channel.writer, text, LEN, &taken), -EAGAIN);
        assert_int_equal(channel.writer.tail_len, WRITER_LINE_BYTES);
        assert_in_range(taken, WRITER_LINE_BYTES + 1, LEN - 1);
        close_channel(&channel);
        free(text);
}

static void test_reader_gone(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
                struct channel channel;
                size_t taken = 99;

                open_channel(&channel, ways[i]);
                close(channel.reader);
                channel.reader = -1;
                assert_int_equal(writer_write(&channel.writer, "a\n", 2, &taken), -EPIPE);
                assert_int_equal(taken, 0);
                close_channel(&channel);
        }
}

/* A disk that is full takes a part of a line; the rest follows when there is room. */
static void test_disk_full(void **state)
{
        struct tree *tree = *state;
        struct rlimit before, limit;
        struct writer writer;
        size_t taken = 0, full_taken = 0;
        int r, full_r;

        assert_int_equal(writer_init(&writer), 0);
        writer_open(&writer,
                openat(tree->root.fd, "file", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644),
                WRITER_PLAIN);
        assert_true(writer.fd >= 0);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        limit = before;
        limit.rlim_cur = 10;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        r = writer_write(&writer, "line 1\nline 2\nline 3\n", 21, &taken);
        full_r = writer_write(&writer, "line 4\n", 7, &full_taken);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(r, -EFBIG);
        assert_int_equal(taken, 14);
        assert_int_equal(full_r, -EFBIG);
        assert_int_equal(full_taken, 0);

        assert_int_equal(writer_write(&writer, "line 5\n", 7, &taken), 0);
        assert_int_equal(taken, 7);
        assert_int_equal(root_read(&tree->root, "file", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, "line 1\nline 2\nline 5\n");
        writer_done(&writer);
}

/* When the last line was begun, all is taken: its end is kept. */
static void test_last_line_begun(void **state)
{
        struct tree *tree = *state;
        struct rlimit before, limit;
        struct writer writer;
        size_t taken = 0;
        int r;

        assert_int_equal(writer_init(&writer), 0);
        writer_open(&writer, openat(tree->root.fd, "file", O_WRONLY | O_CREAT | O_APPEND, 0644),
                WRITER_PLAIN);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        limit = before;
        limit.rlim_cur = 10;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        r = writer_write(&writer, "line 1\nline 2\n", 14, &taken);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(r, 0);
        assert_int_equal(taken, 14);
        assert_int_equal(writer.tail_len, 4);
        assert_int_equal(writer.head_len, 3);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_int_equal(writer_finish(&writer), 7);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(writer_finish(&writer), 0);
        assert_int_equal(root_read(&tree->root, "file", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, "line 1\n");
        assert_int_equal(writer_write(&writer, "line 3\n", 7, &taken), 0);
        assert_int_equal(root_read(&tree->root, "file", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, "line 1\nline 3\n");
        writer_done(&writer);
        assert_int_equal(writer.tail_len, 0);
}

/* Where there is room again, the line that was begun is written to its end. */
static void test_last_line_ended(void **state)
{
        struct tree *tree = *state;
        struct rlimit before, limit;
        struct writer writer;
        size_t taken;

        assert_int_equal(writer_init(&writer), 0);
        writer_open(&writer,
                open(tree_path(tree, "ended"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644),
                WRITER_PLAIN);
        assert_true(writer.fd >= 0);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        limit = before;
        limit.rlim_cur = 10;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_int_equal(writer_write(&writer, "line 1\nline 2\n", 14, &taken), 0);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(writer_finish(&writer), 0);
        assert_int_equal(root_read(&tree->root, "ended", &tree->scratch), 0);
        assert_string_equal(tree->scratch.text, "line 1\nline 2\n");
        writer_done(&writer);
        assert_int_equal(writer_finish(&writer), 0);
}

/* A pipe of which nobody has read for long has whole lines in it, whatever their length. */
static void test_pipe_is_not_torn(void **state)
{
        static const size_t lens[] = {7 + 2, 100, 1000, 4095, 4096};
        char *text = malloc(TEXT_BYTES);

        (void)state;
        assert_non_null(text);
        for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
                const size_t len = write_lines(text, 0, 100000 / (unsigned)lens[i], lens[i]);
                struct channel channel;
                size_t taken;

                open_channel(&channel, WRITER_PIPE);
                assert_int_equal(writer_write(&channel.writer, text, len, &taken), -EAGAIN);
                assert_int_equal(channel.writer.tail_len, 0);
                assert_int_equal(writer_finish(&channel.writer), 0);
                read_all(&channel);
                assert_int_equal(channel.len, taken);
                assert_int_equal(count_lines(&channel, lens[i]), taken / lens[i]);
                close_channel(&channel);
        }
        free(text);
}

static void test_bad_descriptor(void **state)
{
        struct writer writer;
        size_t taken = 99;

        (void)state;
        assert_int_equal(writer_init(&writer), 0);
        writer_open(&writer, -1, WRITER_PLAIN);
        assert_int_equal(writer_write(&writer, "a\n", 2, &taken), -EBADF);
        assert_int_equal(taken, 0);
        writer_done(&writer);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_writes),
                cmocka_unit_test(test_slow_reader),
                cmocka_unit_test(test_full),
                cmocka_unit_test(test_too_long),
                cmocka_unit_test(test_reader_gone),
                tree_test(test_disk_full),
                tree_test(test_last_line_begun),
                tree_test(test_last_line_ended),
                cmocka_unit_test(test_pipe_is_not_torn),
                cmocka_unit_test(test_bad_descriptor),
        };

        /* as the program does; and a writer that waits is a failure */
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN);
        alarm(300);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
