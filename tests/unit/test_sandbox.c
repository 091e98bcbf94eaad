/* SPDX-License-Identifier: MIT */
#include "run/sandbox.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/landlock.h"
#include "run/filter.h"
#include "test.h"
#include "tree.h"

/*
 * What a process gives up, here one thread does, and ends: all of it is of the thread alone. What
 * happens to an intruder is a matter of tests/live.
 */

/* What a thread is to do in there, and what it found; it must not call what the filter closes. */
struct visit {
        const struct sandbox_plan *plan;
        const char *readable, *unreadable;
        struct sandbox sandbox;
        struct buf missing;
        char missing_text[512], status[4096];
        int readable_error, unreadable_error, output_error, page_error;
};

static int try_open(const char *path, int flags)
{
        int fd = path ? open(path, flags | O_CLOEXEC, 0644) : -1;

        if (fd < 0)
                return path ? errno : ENOENT;
        close(fd);
        return 0;
}

/* A page takes the place of the output, as the sink has it done: see sink/textfile.c. */
static int replace_output(const char *output)
{
        const char *made = output + strlen(output) + 1;
        const int fd =
                open(made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0644);

        if (fd < 0)
                return errno;
        if (write(fd, "page", 4) != 4 || close(fd) < 0 ||
                renameat(AT_FDCWD, made, AT_FDCWD, output) < 0)
                return errno;
        return unlinkat(AT_FDCWD, made, 0) < 0 && errno == ENOENT ? 0 : EEXIST;
}

/* Neither valgrind nor a sanitizer could go on where it is not allowed to call what it likes. */
static bool is_instrumented(void)
{
#if defined(__SANITIZE_ADDRESS__)
        return true;
#else
        const char *preload = getenv("LD_PRELOAD");

        return preload && strstr(preload, "vgpreload");
#endif
}

static void read_status(char *ret, size_t size)
{
        int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? 0 : read(fd, ret, size - 1);

        ret[n > 0 ? n : 0] = '\0';
        close(fd);
}

static void *enter(void *data)
{
        struct visit *visit = data;

        sandbox_enter(visit->plan, &visit->sandbox, &visit->missing);
        visit->readable_error = try_open(visit->readable, O_RDONLY);
        visit->unreadable_error = try_open(visit->unreadable, O_RDONLY);
        if (visit->plan->output && visit->plan->replaces_output)
                visit->page_error = replace_output(visit->sandbox.output);
        else if (visit->plan->output)
                visit->output_error =
                        try_open(visit->sandbox.output, O_WRONLY | O_CREAT | O_APPEND);
        read_status(visit->status, sizeof(visit->status));
        return NULL;
}

static void run(void *(*function)(void *), void *data)
{
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, function, data), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
}

static void visit_sandbox(struct visit *visit)
{
        buf_init(&visit->missing, visit->missing_text, sizeof(visit->missing_text));
        run(enter, visit);
}

static bool is_missing(const struct visit *visit, const char *what)
{
        return strstr(visit->missing_text, what) != NULL;
}

/* Whether this kernel lets us close files at all. */
static void *try_landlock(void *data)
{
        struct landlock landlock;
        int *ret = data;

        *ret = landlock_init(&landlock);
        if (*ret == 0)
                close(landlock.fd);
        return NULL;
}

static bool has_landlock(void)
{
        int r;

        run(try_landlock, &r);
        check("landlock", r == 0 || r == -ENOSYS || r == -EOPNOTSUPP);
        return r == 0;
}

static void test_daemon(void **state)
{
        char point[] = "sys/fs/cgroup";
        struct cgroup_mount mount = {.point = point};
        struct hierarchy hierarchy = {.mounts = &mount, .n_mounts = 1};
        struct layout layout = {.hierarchies = &hierarchy, .n_hierarchies = 1};
        struct tree *tree = *state;
        char config[128], output[128], secret[128], conf_d[128], root[128];
        struct sandbox_plan plan = {
                .root = root, .layout = &layout, .config = config, .output = output};
        struct visit visit = {.plan = &plan, .unreadable = secret, .readable = conf_d};

        if (is_instrumented())
                skip();
        tree_file(tree, "root/proc/x", "");
        tree_file(tree, "etc/conf", "");
        tree_file(tree, "etc/conf.d/10.conf", "");
        tree_file(tree, "log/lines", "");
        tree_file(tree, "secret", "");
        snprintf(root, sizeof(root), "%s", tree_path(tree, "root"));
        snprintf(config, sizeof(config), "%s", tree_path(tree, "etc/conf"));
        snprintf(conf_d, sizeof(conf_d), "%s", tree_path(tree, "etc/conf.d/10.conf"));
        snprintf(output, sizeof(output), "%s", tree_path(tree, "log/lines"));
        snprintf(secret, sizeof(secret), "%s", tree_path(tree, "secret"));

        visit_sandbox(&visit);
        check_int("what is named", visit.readable_error, 0);
        check_int("the output", visit.output_error, 0);
        check_text("the output", visit.sandbox.output, output);
        check("the output", (visit.sandbox.output != output) == visit.sandbox.closes_outputs);
        check_int("what is not", visit.unreadable_error, has_landlock() ? EACCES : 0);
        check("processes", visit.sandbox.closes_processes);
        check("capabilities", strstr(visit.status, "CapEff:\t0000000000000000"));
        check("new privileges", strstr(visit.status, "NoNewPrivs:\t1"));
        check("Landlock", is_missing(&visit, "Landlock") == !has_landlock());
        check("seccomp", is_missing(&visit, "seccomp") == !visit.sandbox.closes_outputs);
        check("capabilities", !is_missing(&visit, "capabilities"));
        check("seccomp", !visit.sandbox.closes_outputs || strstr(visit.status, "Seccomp:\t2"));
}

/* Of a page the folder is open, to put others in its place, and nothing else is. */
static void test_page(void **state)
{
        struct tree *tree = *state;
        struct layout layout = {0};
        char secret[128], other[128], page[128], names[256], *made = names;
        const struct sandbox_plan plan = {
                .root = "/", .layout = &layout, .output = names, .replaces_output = true};
        struct visit visit = {.plan = &plan, .unreadable = secret, .readable = other};

        if (is_instrumented())
                skip();
        tree_file(tree, "pages/runstatd.prom", "old");
        tree_file(tree, "pages/other.prom", "");
        tree_file(tree, "secret", "");
        snprintf(page, sizeof(page), "%s", tree_path(tree, "pages/runstatd.prom"));
        snprintf(other, sizeof(other), "%s", tree_path(tree, "pages/other.prom"));
        snprintf(secret, sizeof(secret), "%s", tree_path(tree, "secret"));
        made += snprintf(names, sizeof(names), "%s", page) + 1;
        snprintf(made, sizeof(names) - (size_t)(made - names), "%s.tmp", page);

        visit_sandbox(&visit);
        check_int("a page in its place", visit.page_error, 0);
        check_text("the output", visit.sandbox.output, page);
        check_text("and its other name", visit.sandbox.output + strlen(page) + 1, made);
        check("the output", (visit.sandbox.output != names) == visit.sandbox.closes_outputs);
        check_int("another folder", visit.unreadable_error, has_landlock() ? EACCES : 0);
        check_int("a page of others", visit.readable_error, has_landlock() ? EACCES : 0);
        check("processes", visit.sandbox.closes_processes);
        check("seccomp", !visit.sandbox.closes_outputs || strstr(visit.status, "Seccomp:\t2"));
}

/* Of one that must read the processes of others files stay open, and so do some capabilities. */
static void test_processes(void **state)
{
        struct tree *tree = *state;
        char file[128];
        const struct sandbox_plan plan = {.root = "/", .reads_processes = true};
        struct visit visit = {.plan = &plan, .readable = file};

        if (is_instrumented())
                skip();
        tree_file(tree, "file", "");
        snprintf(file, sizeof(file), "%s", tree_path(tree, "file"));
        visit_sandbox(&visit);
        check_int("a file", visit.readable_error, 0);
        check("processes", !visit.sandbox.closes_processes);
        check("output", !visit.sandbox.output);
        check("Landlock", !is_missing(&visit, "Landlock"));
}

/* A replay has its file open, and needs no other. */
static void test_replay(void **state)
{
        struct tree *tree = *state;
        char file[128];
        const struct sandbox_plan plan = {.root = "/"};
        struct visit visit = {.plan = &plan, .unreadable = file};

        if (is_instrumented())
                skip();
        tree_file(tree, "file", "");
        snprintf(file, sizeof(file), "%s", tree_path(tree, "file"));
        visit_sandbox(&visit);
        check_int("a file", visit.unreadable_error, has_landlock() ? EACCES : 0);
        check("processes", visit.sandbox.closes_processes);
}

/* Paths of which a folder is allowed, too, or cannot be. */
static void test_paths(void **state)
{
        static const char *const outputs[] = {
                "/dev/null", "/not-there", "not-there-either", "/not/there/at/all"};

        (void)state;
        if (is_instrumented())
                skip();
        for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
                const struct sandbox_plan plan = {.root = "/", .config = outputs[i]};
                struct visit visit = {.plan = &plan};

                visit_sandbox(&visit);
                check(outputs[i], visit.sandbox.closes_processes);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_daemon),
                tree_test(test_page),
                tree_test(test_processes),
                tree_test(test_replay),
                cmocka_unit_test(test_paths),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
