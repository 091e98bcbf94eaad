/* SPDX-License-Identifier: MIT */
#include "sink/sink.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "test.h"
#include "tree.h"

static struct sink *open_sink(const char *output)
{
        char memory[512];
        struct buf error;
        struct sink *sink = NULL;

        buf_init(&error, memory, sizeof(memory));
        check_int(output, sink_open(output, &sink, &error), 0);
        check_text(output, memory, "");
        return sink;
}

static struct sink *open_file_sink(struct tree *tree, const char *path)
{
        char output[1100];

        snprintf(output, sizeof(output), "file:%s", tree_path(tree, path));
        return open_sink(output);
}

static void check_write(struct sink *sink, const char *text, int r, size_t taken)
{
        size_t ret_taken = 99;

        check_int(text, sink_write(sink, text, strlen(text), &ret_taken), r);
        check_u64(text, ret_taken, taken);
}

static void check_content(struct tree *tree, const char *path, const char *expected)
{
        check_int(path, root_read(&tree->root, path, &tree->scratch), 0);
        check_text(path, tree->scratch.text, expected);
}

static void test_unknown(void **state)
{
        static const char *const outputs[] = {"", "stdoutx", "stdout:", "file", "File:/x",
                "auto:", "journal:", "fil:/x", " stdout"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
                char memory[256], expected[256];
                struct buf error;
                struct sink *sink = NULL;

                buf_init(&error, memory, sizeof(memory));
                check_int(outputs[i], sink_open(outputs[i], &sink, &error), -EINVAL);
                snprintf(expected, sizeof(expected),
                        "unknown output '%s': auto, stdout, journal, file:PATH or textfile:PATH",
                        outputs[i]);
                check_text(outputs[i], memory, expected);
        }
        sink_free(NULL);
}

static void test_file_errors(void **state)
{
        static const struct {
                const char *path;
                int r;
                const char *why;
        } rows[] = {
                {"folder",    -EISDIR,  "Is a directory"           },
                {"missing/x", -ENOENT,  "No such file or directory"},
                {"file/x",    -ENOTDIR, "Not a directory"          },
        };
        struct tree *tree = *state;
        char memory[1024], output[512], expected[1024];
        struct sink *sink;
        struct buf error;

        tree_folder(tree, "folder");
        tree_file(tree, "file", "");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *path = tree_path(tree, rows[i].path);

                buf_init(&error, memory, sizeof(memory));
                snprintf(output, sizeof(output), "file:%s", path);
                check_int(rows[i].path, sink_open(output, &sink, &error), rows[i].r);
                snprintf(expected, sizeof(expected), "cannot open '%s' for writing: %s", path,
                        rows[i].why);
                check_text(rows[i].path, memory, expected);
        }
        buf_init(&error, memory, sizeof(memory));
        assert_int_equal(sink_open("file:", &sink, &error), -EINVAL);
        assert_string_equal(memory, "'file:' needs a path, as in 'file:/var/log/runstatd.log'");
}

static void test_file(void **state)
{
        struct tree *tree = *state;
        struct sink *sink;

        tree_file(tree, "log", "before\n");
        sink = open_file_sink(tree, "log");
        assert_string_equal(sink_name(sink), tree_path(tree, "log"));
        check_write(sink, "one\n", 0, 4);
        check_write(sink, "two\nthree\n", 0, 10);
        check_write(sink, "", 0, 0);
        check_content(tree, "log", "before\none\ntwo\nthree\n");
        sink_free(sink);
}

/* logrotate moves the file, then asks to open it anew. */
static void test_rotate(void **state)
{
        struct tree *tree = *state;
        struct sink *sink;

        tree_folder(tree, "logs");
        sink = open_file_sink(tree, "logs/log");
        check_write(sink, "one\n", 0, 4);
        assert_int_equal(renameat(tree->root.fd, "logs/log", tree->root.fd, "logs/log.1"), 0);
        check_write(sink, "two\n", 0, 4);
        assert_int_equal(sink_reopen(sink), 0);
        check_write(sink, "three\n", 0, 6);
        check_content(tree, "logs/log.1", "one\ntwo\n");
        check_content(tree, "logs/log", "three\n");

        /* what cannot be opened anew goes on as it is */
        assert_int_equal(renameat(tree->root.fd, "logs", tree->root.fd, "moved"), 0);
        assert_int_equal(sink_reopen(sink), -ENOENT);
        check_write(sink, "four\n", 0, 5);
        check_content(tree, "moved/log", "three\nfour\n");
        sink_free(sink);
}

/* Readers of a FIFO may come late, go, and come again. */
static void test_fifo(void **state)
{
        struct tree *tree = *state;
        struct sink *sink;
        char text[64];

        tree_fifo(tree, "fifo");
        sink = open_file_sink(tree, "fifo");
        check_write(sink, "nobody\n", -ENXIO, 0);
        assert_int_equal(sink_reopen(sink), -ENXIO);
        for (unsigned i = 0; i < 2; i++) {
                int reader = openat(tree->root.fd, "fifo", O_RDONLY | O_NONBLOCK);

                assert_true(reader >= 0);
                check_write(sink, "one\n", 0, 4);
                check_write(sink, "two\n", 0, 4);
                assert_int_equal(read(reader, text, sizeof(text)), 8);
                assert_memory_equal(text, "one\ntwo\n", 8);
                assert_int_equal(sink_reopen(sink), 0);
                check_write(sink, "three\n", 0, 6);
                close(reader);
                check_write(sink, "gone\n", -ENXIO, 0);
                check_write(sink, "still gone\n", -ENXIO, 0);
        }
        sink_free(sink);
}

static void test_full(void **state)
{
        struct sink *sink;

        (void)state;
        if (access("/dev/full", W_OK) < 0)
                skip();
        sink = open_sink("file:/dev/full");
        check_write(sink, "one\n", -ENOSPC, 0);
        check_write(sink, "two\n", -ENOSPC, 0);
        sink_free(sink);
}

/* Standard output is another file while a test runs. */
static int own_stdout = -1;

static int setup_stdout(void **state)
{
        fflush(stdout);
        own_stdout = dup(STDOUT_FILENO);
        return own_stdout < 0 ? -1 : tree_setup(state);
}

static int teardown_stdout(void **state)
{
        dup2(own_stdout, STDOUT_FILENO);
        close(own_stdout);
        return tree_teardown(state);
}

static void become_stdout(int fd)
{
        assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
        close(fd);
}

static void test_stdout_file(void **state)
{
        static const char *const outputs[] = {"stdout", "auto"};
        struct tree *tree = *state;

        become_stdout(openat(tree->root.fd, "out", O_WRONLY | O_CREAT | O_APPEND, 0644));
        for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
                struct sink *sink = open_sink(outputs[i]);

                assert_string_equal(sink_name(sink), "standard output");
                check_write(sink, "one\n", 0, 4);
                assert_int_equal(sink_reopen(sink), 0);
                check_write(sink, "two\n", 0, 4);
                sink_free(sink);
        }
        check_content(tree, "out", "one\ntwo\none\ntwo\n");
        assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

static void test_stdout_pipe(void **state)
{
        cleanup_fd int reader = -1;
        struct sink *sink;
        char text[64];
        int ends[2], flags;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        reader = ends[0];
        become_stdout(ends[1]);
        flags = fcntl(STDOUT_FILENO, F_GETFL);
        sink = open_sink("stdout");
        check_write(sink, "one\ntwo\n", 0, 8);
        assert_int_equal(read(reader, text, sizeof(text)), 8);
        assert_memory_equal(text, "one\ntwo\n", 8);
        /* whoever shares it finds it unchanged */
        assert_int_equal(fcntl(STDOUT_FILENO, F_GETFL), flags);

        close(reader);
        reader = -1;
        check_write(sink, "gone\n", -EPIPE, 0);
        sink_free(sink);
}

/* A pipe that may not be opened once more is written as it is, and does not block either. */
static void test_stdout_shared(void **state)
{
        struct sink *sink;
        char text[64], line[] = "a line\n";
        size_t taken;
        int ends[2], flags, r = 0;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(fchmod(ends[1], 0), 0);
        become_stdout(ends[1]);
        flags = fcntl(STDOUT_FILENO, F_GETFL);
        tree_be_nobody();
        sink = open_sink("stdout");
        tree_be_root_again();
        check_write(sink, "one\n", 0, 4);
        assert_int_equal(read(ends[0], text, sizeof(text)), 4);
        assert_int_equal(fcntl(STDOUT_FILENO, F_GETFL), flags);
        assert_int_equal(flags & O_NONBLOCK, 0);
        while (r == 0)
                r = sink_write(sink, line, strlen(line), &taken);
        assert_int_equal(r, -EAGAIN);
        sink_free(sink);
        close(ends[0]);
}

static void test_stdout_socket(void **state)
{
        struct sink *sink;
        char text[64];
        int ends[2];

        (void)state;
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        become_stdout(ends[1]);
        sink = open_sink("stdout");
        check_write(sink, "one\n", 0, 4);
        assert_int_equal(read(ends[0], text, sizeof(text)), 4);
        assert_memory_equal(text, "one\n", 4);

        /* what was not read makes the reader's end a reset */
        check_write(sink, "two\n", 0, 4);
        close(ends[0]);
        check_write(sink, "gone\n", -EPIPE, 0);
        check_write(sink, "gone\n", -EPIPE, 0);
        sink_free(sink);
}

/* A socket that nobody is connected to. */
static void test_stdout_unconnected(void **state)
{
        struct sink *sink;

        (void)state;
        become_stdout(socket(AF_UNIX, SOCK_STREAM, 0));
        sink = open_sink("stdout");
        check_write(sink, "one\n", -EPIPE, 0);
        sink_free(sink);
}

static void test_stdout_closed(void **state)
{
        char memory[256];
        struct buf error;
        struct sink *sink = NULL;
        int r;

        (void)state;
        buf_init(&error, memory, sizeof(memory));
        close(STDOUT_FILENO);
        r = sink_open("stdout", &sink, &error);
        dup2(own_stdout, STDOUT_FILENO);
        assert_int_equal(r, -EBADF);
        assert_string_equal(memory, "standard output is closed");
}

#define stdout_test(function)                                                                      \
        cmocka_unit_test_setup_teardown(function, setup_stdout, teardown_stdout)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_unknown),
                tree_test(test_file_errors),
                tree_test(test_file),
                tree_test(test_rotate),
                tree_test(test_fifo),
                cmocka_unit_test(test_full),
                stdout_test(test_stdout_file),
                stdout_test(test_stdout_pipe),
                stdout_test(test_stdout_shared),
                stdout_test(test_stdout_socket),
                stdout_test(test_stdout_unconnected),
                stdout_test(test_stdout_closed),
        };

        signal(SIGPIPE, SIG_IGN);
        alarm(300);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
