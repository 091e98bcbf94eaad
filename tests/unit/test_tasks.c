/* SPDX-License-Identifier: MIT */
#include "source/tasks.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/reserve.h"
#include "test.h"
#include "tree.h"

static void add_stat(struct tree *tree, const char *folder, int pid, const char *comm, char state,
        int ppid, unsigned n_threads, unsigned start)
{
        char path[128], text[256];

        snprintf(path, sizeof(path), "%s/stat", folder);
        snprintf(text, sizeof(text),
                "%d (%s) %c %d 1 1 0 -1 4194560 9 0 5 0 20 1 0 0 20 0 %u 0 %u 0 5 0\n", pid, comm,
                state, ppid, n_threads, start);
        tree_file(tree, path, text);
}

static void add_process_as(struct tree *tree, int pid, const char *comm, char state, int ppid,
        unsigned n_threads, unsigned start)
{
        char folder[32];

        snprintf(folder, sizeof(folder), "proc/%d", pid);
        add_stat(tree, folder, pid, comm, state, ppid, n_threads, start);
}

static void add_process(struct tree *tree, int pid, char state, int ppid, unsigned n_threads)
{
        add_process_as(tree, pid, "name", state, ppid, n_threads, 100);
}

static void add_thread(struct tree *tree, int pid, int tid, char state)
{
        char folder[64];

        snprintf(folder, sizeof(folder), "proc/%d/task/%d", pid, tid);
        add_stat(tree, folder, tid, "name", state, 1, 9, 100);
}

/* What a visitor saw, sorted by pid, as "12:SZ…" lines. */
struct seen {
        struct task_scan *scan;
        const struct hierarchy *hierarchy; /* NULL: the cgroup is not asked for */
        bool zombies_only;
        struct {
                pid_t pid;
                char text[160];
        } items[32];
        size_t n_items;
};

/* "12 Z zombie threads=1 running=0 blocked=0", and the cgroup. */
static void see(void *data, const struct process *visited)
{
        struct seen *seen = data;
        struct sampling sampling = {.n = 100, .left = 100};
        struct process looked, *process = &looked;
        size_t at = seen->n_items;
        char path[64] = "";

        if (!visited)
                return;
        looked = *visited;
        if (seen->zombies_only && !process->zombie)
                return;
        task_scan_look(seen->scan, &sampling, &looked);
        assert_true(seen->n_items < ARRAY_SIZE(seen->items));
        if (seen->hierarchy) {
                size_t len;
                bool deleted = false;
                const char *cgroup =
                        task_scan_cgroup(seen->scan, process, seen->hierarchy, &len, &deleted);

                snprintf(path, sizeof(path), " %.*s%s", cgroup ? (int)len : 1,
                        cgroup ? cgroup : "?", deleted ? " deleted" : "");
        }
        for (; at > 0 && seen->items[at - 1].pid > process->stat.pid; at--)
                seen->items[at] = seen->items[at - 1];
        seen->items[at].pid = process->stat.pid;
        snprintf(seen->items[at].text, sizeof(seen->items[at].text),
                "%d %c%s%s %" PRIu64 "/%" PRIu64 "/%" PRIu64 " %d%s\n", process->stat.pid,
                process->stat.state, process->zombie ? " zombie" : "",
                process->zombie_before ? " before" : "", process->n_threads, process->n_running,
                process->n_blocked, process->live_tid, path);
        seen->n_items++;
}

/* Walks over the tree and compares what the visitor saw. */
static void check_walk(const char *what, struct task_scan *scan, const struct hierarchy *hierarchy,
        const char *expected)
{
        const struct deadline never = {0};
        struct seen seen = {.scan = scan, .hierarchy = hierarchy};
        char memory[4096];
        struct buf text;

        check_int(what, task_scan_run(scan, &never, see, &seen), 1);
        buf_init(&text, memory, sizeof(memory));
        for (size_t i = 0; i < seen.n_items; i++)
                buf_add(&text, seen.items[i].text);
        check_text(what, memory, expected);
}

static struct task_scan *new_scan(struct tree *tree)
{
        struct task_scan *scan;

        tree_folder(tree, "proc");
        assert_int_equal(task_scan_new(&tree->root, &scan), 0);
        return scan;
}

static void see_user(void *data, const struct process *process)
{
        struct measure *uid = data;

        if (process)
                *uid = process->uid;
}

/* The owner of the process's folder; a stat may be root's all the same. */
static void test_users(void **state)
{
        const struct deadline never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        struct measure uid = {0};

        add_process(tree, 7, 'S', 0, 1);
        assert_int_equal(task_scan_run(scan, &never, see_user, &uid), 1);
        assert_false(uid.known);
        task_scan_ask_users(scan, true);
        assert_int_equal(task_scan_run(scan, &never, see_user, &uid), 1);
        assert_true(uid.known && uid.value == geteuid());
        if (geteuid() == 0) {
                assert_int_equal(chown(tree_path(tree, "proc/7"), 4711, 0), 0);
                assert_int_equal(task_scan_run(scan, &never, see_user, &uid), 1);
                assert_true(uid.known && uid.value == 4711);
        }
        task_scan_free(scan);
}

static void test_new(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = NULL;

        assert_int_equal(task_scan_new(&tree->root, &scan), -ENOENT);
        tree_file(tree, "proc", "");
        assert_int_equal(task_scan_new(&tree->root, &scan), -ENOTDIR);
        assert_null(scan);
        task_scan_free(NULL);
}

/* state, threads: live/running/blocked, a live thread of a dead leader */
static void test_kinds(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        check_walk("an empty /proc", scan, NULL, "");

        add_process(tree, 1, 'S', 0, 1);
        add_process(tree, 2, 'R', 1, 1);
        add_process(tree, 3, 'D', 1, 1);
        add_process(tree, 4, 'T', 1, 1);
        add_process(tree, 5, 'Z', 1, 1);
        add_process(tree, 6, 'I', 1, 1);
        check_walk("one thread each", scan, NULL,
                "1 S 1/0/0 0\n"
                "2 R 1/1/0 0\n"
                "3 D 1/0/1 0\n"
                "4 T 1/0/0 0\n"
                "5 Z zombie 0/0/0 0\n"
                "6 I 1/0/0 0\n");
        task_scan_free(scan);
}

static void test_threads(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        /* the leader sleeps, the others do not all */
        add_process(tree, 10, 'S', 1, 5);
        add_thread(tree, 10, 10, 'S');
        add_thread(tree, 10, 11, 'R');
        add_thread(tree, 10, 12, 'R');
        add_thread(tree, 10, 13, 'D');
        add_thread(tree, 10, 14, 'X'); /* is being removed */
        tree_file(tree, "proc/10/task/15/stat", "");
        tree_folder(tree, "proc/10/task/16"); /* vanished */
        tree_folder(tree, "proc/10/task/nothing");
        /* the leader has exited, the others live on */
        add_process(tree, 20, 'Z', 1, 3);
        add_thread(tree, 20, 20, 'Z');
        add_thread(tree, 20, 21, 'D');
        /* its threads cannot be listed */
        add_process(tree, 30, 'S', 1, 7);
        add_process(tree, 40, 'Z', 1, 7);
        tree_file(tree, "proc/40/task", "");
        /* they are gone since */
        add_process(tree, 50, 'S', 1, 4);
        tree_folder(tree, "proc/50/task");
        check_walk("threads", scan, NULL,
                "10 S 4/2/1 0\n"
                "20 Z 1/0/1 21\n"
                "30 S 7/0/0 0\n"
                "40 Z 6/0/0 0\n"
                "50 S 4/0/0 0\n");
        task_scan_free(scan);
}

/* The threads of one process, as far as their turn has come: sums over walks. */
struct looks {
        struct task_scan *scan;
        struct sampling sampling;
        struct thread_states sum;
        uint64_t n_threads; /* of the last walk */
        uint64_t n_running;
};

static void look(void *data, const struct process *visited)
{
        struct looks *looks = data;
        struct process process;

        if (!visited)
                return;
        process = *visited;
        assert_true(task_scan_look(looks->scan, &looks->sampling, &process));
        thread_states_add(&looks->sum, &process.others);
        looks->n_threads += process.n_threads;
        looks->n_running += process.n_running;
}

static void walk_and_look(struct looks *looks, uint64_t all, uint64_t some)
{
        const struct deadline never = {0};

        looks->n_threads = looks->n_running = 0;
        sampling_begin(&looks->sampling, all, some);
        assert_int_equal(task_scan_run(looks->scan, &never, look, looks), 1);
}

/* Of more threads than there is time for, so many are looked at in each walk, all in turn. */
static void test_sampled(void **state)
{
        enum { N_PROCESSES = 3, N_OTHERS = 5, N_WALKS = N_PROCESSES * N_OTHERS };
        struct tree *tree = *state;
        struct looks looks = {.scan = new_scan(tree)};

        for (int pid = 10; pid < 10 + 10 * N_PROCESSES; pid += 10) {
                char first[32];

                /* which is known without a look */
                snprintf(first, sizeof(first), "proc/%d/task/%d", pid, pid);
                add_process(tree, pid, 'R', 1, 1 + N_OTHERS);
                add_stat(tree, first, pid, "name", 'R', 1, 1 + N_OTHERS, 100);
                for (int tid = pid + 1; tid <= pid + N_OTHERS; tid++)
                        add_thread(tree, pid, tid, tid == 23 ? 'D' : 'R');
        }
        walk_and_look(&looks, 4, 2);
        assert_int_equal(looks.sum.n_looked, 4);
        assert_int_equal(looks.sum.n, N_PROCESSES * N_OTHERS);

        looks.sum = (struct thread_states){0};
        for (unsigned i = 0; i < N_WALKS; i++) {
                const uint64_t before = looks.sum.n_looked;

                walk_and_look(&looks, 4, 2);
                assert_int_equal(looks.sum.n_looked - before, 2);
                assert_int_equal(looks.n_threads, N_PROCESSES * (1 + N_OTHERS));
                assert_in_range(looks.n_running, N_PROCESSES + 1, N_PROCESSES + 2);
        }
        assert_int_equal(looks.sum.n_blocked, 2);
        assert_int_equal(looks.sum.n_running, 2 * N_WALKS - 2);

        /* time enough for all */
        looks.sum = (struct thread_states){0};
        walk_and_look(&looks, 15, 2);
        assert_int_equal(looks.sum.n_looked, 15);
        assert_int_equal(looks.sum.n, 15);
        assert_int_equal(looks.sum.n_blocked, 1);
        task_scan_free(looks.scan);
}

/* Of a process that had many threads, the stat of the first one is read. */
static void test_many_threads(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process(tree, 7, 'S', 1, 9);
        add_process(tree, 8, 'S', 1, 9);
        tree_folder(tree, "proc/8/task");
        add_process(tree, 9, 'S', 1, 2);
        check_walk("once", scan, NULL, "7 S 9/0/0 0\n8 S 9/0/0 0\n9 S 2/0/0 0\n");
        add_thread(tree, 7, 7, 'D');
        add_thread(tree, 9, 9, 'D');
        check_walk("again", scan, NULL, "7 D 1/0/1 0\n8 S 9/0/0 0\n9 S 1/0/1 0\n");

        /* another one, with one thread, and then the one before again */
        add_stat(tree, "proc/7/task/7", 7, "name", 'T', 1, 1, 100);
        add_process(tree, 7, 'R', 1, 1);
        check_walk("one thread", scan, NULL, "7 T 1/0/0 0\n8 S 9/0/0 0\n9 S 1/0/1 0\n");
        check_walk("of its own", scan, NULL, "7 R 1/1/0 0\n8 S 9/0/0 0\n9 S 1/0/1 0\n");
        task_scan_free(scan);
}

static void test_skipped(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        tree_folder(tree, "proc/1"); /* vanished before its stat was opened */
        tree_file(tree, "proc/2/stat", "");
        tree_file(tree, "proc/3/stat", "3 (name) S");
        tree_folder(tree, "proc/4/stat");
        add_process(tree, 5, 'X', 1, 1);
        add_process(tree, 6, 'Z', 1, 0);
        add_process(tree, 7, 'S', 1, 1);
        add_stat(tree, "proc/self", 8, "self", 'S', 1, 1, 5);
        add_stat(tree, "proc/thread-self", 8, "self", 'S', 1, 1, 5);
        add_stat(tree, "proc/8x", 8, "x", 'S', 1, 1, 5);
        add_stat(tree, "proc/-9", 9, "x", 'S', 1, 1, 5);
        add_stat(tree, "proc/0", 1, "x", 'S', 1, 1, 5);
        add_stat(tree, "proc/09", 9, "x", 'S', 1, 1, 5);
        add_stat(tree, "proc/99999999999", 9, "x", 'S', 1, 1, 5);
        add_stat(tree, "proc/2147483648", 9, "x", 'S', 1, 1, 5);
        tree_file(tree, "proc/stat", "cpu 1\n");
        tree_file(tree, "proc/123", "a file");
        tree_letters(tree, "proc/124/stat", 4096); /* longer than any */
        tree_letters(tree, "proc/125/stat", 4095);
        check_walk("odd ones", scan, NULL, "7 S 1/0/0 0\n");
        assert_int_equal(task_scan_denied(scan), 0);
        task_scan_free(scan);
}

static void test_hostile_names(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process_as(tree, 1, "a) Z 1 1 1", 'S', 0, 1, 1);
        add_process_as(tree, 2, "a\n2 (b) Z", 'R', 0, 1, 1);
        add_process_as(tree, 3, ")", 'Z', 0, 1, 1);
        add_process_as(tree, 4, "", 'D', 0, 1, 1);
        check_walk("names", scan, NULL,
                "1 S 1/0/0 0\n"
                "2 R 1/1/0 0\n"
                "3 Z zombie 0/0/0 0\n"
                "4 D 1/0/1 0\n");
        task_scan_free(scan);
}

static void test_denied(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process(tree, 1, 'S', 0, 1);
        add_process(tree, 2, 'S', 0, 3);
        tree_folder(tree, "proc/2/task");
        tree_forbid(tree, "proc/1/stat");
        check_walk("a stat", scan, NULL, "2 S 3/0/0 0\n");
        assert_int_equal(task_scan_denied(scan), 1);
        tree_be_root_again();
        tree_forbid(tree, "proc/2/task");
        check_walk("and a list of threads", scan, NULL, "2 S 3/0/0 0\n");
        assert_int_equal(task_scan_denied(scan), 2);
        tree_be_root_again();
        tree_remove(tree, "proc/1");
        tree_remove(tree, "proc/2");
        check_walk("none", scan, NULL, "");
        assert_int_equal(task_scan_denied(scan), 0);
        task_scan_free(scan);
}

/* A zombie is one of before when it was one at the walk before, and is the same process. */
static void test_zombie_before(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process_as(tree, 1, "init", 'S', 0, 1, 10);
        add_process_as(tree, 5, "a", 'Z', 1, 1, 50);
        add_process_as(tree, 6, "b", 'S', 1, 1, 60);
        check_walk("new", scan, NULL, "1 S 1/0/0 0\n5 Z zombie 0/0/0 0\n6 S 1/0/0 0\n");
        check_walk("stays", scan, NULL, "1 S 1/0/0 0\n5 Z zombie before 0/0/0 0\n6 S 1/0/0 0\n");

        /* waited for, and the pid given anew, to one that is dead by now */
        add_process_as(tree, 5, "c", 'Z', 1, 1, 61);
        add_process_as(tree, 6, "b", 'Z', 1, 1, 60);
        check_walk("reused", scan, NULL, "1 S 1/0/0 0\n5 Z zombie 0/0/0 0\n6 Z zombie 0/0/0 0\n");
        check_walk("stays again", scan, NULL,
                "1 S 1/0/0 0\n5 Z zombie before 0/0/0 0\n6 Z zombie before 0/0/0 0\n");

        /* a live one with the pid of a zombie, which then dies as well */
        add_process_as(tree, 5, "d", 'S', 1, 1, 62);
        check_walk("lives", scan, NULL, "1 S 1/0/0 0\n5 S 1/0/0 0\n6 Z zombie before 0/0/0 0\n");
        add_process_as(tree, 5, "d", 'Z', 1, 1, 62);
        check_walk(
                "dies", scan, NULL, "1 S 1/0/0 0\n5 Z zombie 0/0/0 0\n6 Z zombie before 0/0/0 0\n");
        task_scan_free(scan);
}

/* A dead leader is no zombie, and becomes one when its last thread ends. */
static void test_dead_leader_becomes_zombie(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process(tree, 5, 'Z', 1, 2);
        add_thread(tree, 5, 5, 'Z');
        add_thread(tree, 5, 6, 'S');
        check_walk("leader", scan, NULL, "5 Z 1/0/0 6\n");
        check_walk("leader again", scan, NULL, "5 Z 1/0/0 6\n");
        add_process(tree, 5, 'Z', 1, 1);
        check_walk("zombie", scan, NULL, "5 Z zombie 0/0/0 0\n");
        check_walk("zombie again", scan, NULL, "5 Z zombie before 0/0/0 0\n");
        task_scan_free(scan);
}

static bool pass_at_once(void *data)
{
        (void)data;
        return true;
}

static bool pass_after(void *data)
{
        unsigned *n_left = data;

        return *n_left == 0 || --*n_left == 0;
}

/* What comes with the end of the list is counted at 0. */
static void count_visit(void *data, const struct process *process)
{
        ((unsigned *)data)[process ? process->stat.pid : 0]++;
}

/* A walk that is cut goes on where it ended, so that all are seen in turn. */
static void test_deadline(void **state)
{
        enum { N_PROCESSES = 40 };
        const struct deadline at_once = {.passed = pass_at_once}, never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        unsigned counts[N_PROCESSES + 1] = {0}, sum = 0;

        for (int pid = 1; pid <= N_PROCESSES; pid++)
                add_process(tree, pid, 'S', 1, 1);
        tree_file(tree, "proc/version", "");
        for (unsigned i = 0; i < N_PROCESSES; i++)
                assert_int_equal(task_scan_run(scan, &at_once, count_visit, counts), 0);
        for (unsigned pid = 1; pid <= N_PROCESSES; pid++)
                assert_int_equal(counts[pid], 1);

        /* whole walks from anywhere see each one once */
        for (unsigned i = 0; i < N_PROCESSES; i++) {
                memset(counts, 0, sizeof(counts));
                assert_int_equal(task_scan_run(scan, &at_once, count_visit, counts), 0);
                memset(counts, 0, sizeof(counts));
                assert_int_equal(task_scan_run(scan, &never, count_visit, counts), 1);
                for (unsigned pid = 1; pid <= N_PROCESSES; pid++)
                        assert_int_equal(counts[pid], 1);
                /* the next one begins one further */
                for (unsigned j = 0; j <= i; j++)
                        task_scan_run(scan, &at_once, count_visit, counts);
                task_scan_run(scan, &never, count_visit, counts);
        }

        /* cuts of other lengths: all are seen, none twice before the others once */
        memset(counts, 0, sizeof(counts));
        for (unsigned i = 0; i < 7; i++) {
                unsigned n_left = 13;
                const struct deadline later = {.passed = pass_after, .data = &n_left};

                assert_int_equal(task_scan_run(scan, &later, count_visit, counts), 0);
        }
        for (unsigned pid = 1; pid <= N_PROCESSES; pid++) {
                assert_in_range(counts[pid], 2, 3);
                sum += counts[pid];
        }
        assert_int_equal(sum, 7 * 13);
        assert_int_equal(counts[0], 2);
        task_scan_free(scan);
}

/* Cut in the midst of a process's threads, its number is what its stat says. */
static void test_deadline_in_threads(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        const struct deadline at_once = {.passed = pass_at_once};
        struct seen seen = {.scan = scan};

        add_process(tree, 10, 'S', 1, 3);
        for (int tid = 10; tid < 13; tid++)
                add_thread(tree, 10, tid, 'S');
        assert_int_equal(task_scan_run(scan, &at_once, see, &seen), 0);
        assert_int_equal(seen.n_items, 1);
        assert_string_equal(seen.items[0].text, "10 S 3/0/0 0\n");
        task_scan_free(scan);
}

static const struct hierarchy v2 = {.v2 = true};
static const struct hierarchy v1_memory = {.controllers = 1 << CONTROLLER_MEMORY};
static const struct hierarchy v1_pids = {.controllers = 1 << CONTROLLER_PIDS};

static void add_cgroup(
        struct tree *tree, const char *folder, const char *memory, const char *unified)
{
        char path[64], text[256];

        snprintf(path, sizeof(path), "proc/%s/cgroup", folder);
        snprintf(text, sizeof(text), "4:memory:%s\n0::%s\n", memory, unified);
        tree_file(tree, path, text);
}

static void test_cgroup(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process(tree, 1, 'S', 0, 1);
        add_cgroup(tree, "1", "/init", "/init2");
        add_process(tree, 2, 'R', 1, 1);
        add_cgroup(tree, "2", "/gone (deleted)", "/a/b (deleted)");
        /* a zombie: on v1 it belongs where its parent does */
        add_process(tree, 3, 'Z', 1, 1);
        add_cgroup(tree, "3", "/", "/zombie2");
        /* another one of the same parent, and one whose parent cannot be seen */
        add_process(tree, 4, 'Z', 1, 1);
        add_cgroup(tree, "4", "/", "/zombie2");
        add_process(tree, 5, 'Z', 0, 1);
        add_cgroup(tree, "5", "/", "/zombie2");
        add_process(tree, 6, 'Z', 99, 1);
        add_cgroup(tree, "6", "/", "/zombie2");
        /* its cgroup file cannot be read */
        add_process(tree, 7, 'S', 1, 1);

        check_walk("v1", scan, &v1_memory,
                "1 S 1/0/0 0 /init\n"
                "2 R 1/1/0 0 /gone deleted\n"
                "3 Z zombie 0/0/0 0 /init\n"
                "4 Z zombie 0/0/0 0 /init\n"
                "5 Z zombie 0/0/0 0 ?\n"
                "6 Z zombie 0/0/0 0 ?\n"
                "7 S 1/0/0 0 ?\n");
        check_walk("v2", scan, &v2,
                "1 S 1/0/0 0 /init2\n"
                "2 R 1/1/0 0 /a/b deleted\n"
                "3 Z zombie before 0/0/0 0 /zombie2\n"
                "4 Z zombie before 0/0/0 0 /zombie2\n"
                "5 Z zombie before 0/0/0 0 /zombie2\n"
                "6 Z zombie before 0/0/0 0 /zombie2\n"
                "7 S 1/0/0 0 ?\n");
        /* the parent moved to another cgroup since the last walk */
        add_cgroup(tree, "1", "/moved", "/moved2");
        tree_remove(tree, "proc/2");
        tree_remove(tree, "proc/5");
        tree_remove(tree, "proc/6");
        tree_remove(tree, "proc/7");
        check_walk("v1, moved", scan, &v1_memory,
                "1 S 1/0/0 0 /moved\n"
                "3 Z zombie before 0/0/0 0 /moved\n"
                "4 Z zombie before 0/0/0 0 /moved\n");
        check_walk("a hierarchy that has no line", scan, &v1_pids,
                "1 S 1/0/0 0 ?\n"
                "3 Z zombie before 0/0/0 0 ?\n"
                "4 Z zombie before 0/0/0 0 ?\n");
        task_scan_free(scan);
}

/* On v1 the kernel says "/" of a leader that has exited; its threads know better. */
static void test_cgroup_of_dead_leaders(void **state)
{
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);

        add_process(tree, 5, 'Z', 1, 3);
        add_thread(tree, 5, 5, 'Z');
        add_thread(tree, 5, 6, 'S');
        add_cgroup(tree, "5", "/", "/u");
        add_cgroup(tree, "5/task/5", "/", "/u");
        add_cgroup(tree, "5/task/6", "/a", "/u");
        /* a zombie whose parent has no leader any more */
        add_process(tree, 9, 'Z', 5, 1);
        add_cgroup(tree, "9", "/", "/u");
        check_walk("v1", scan, &v1_memory, "5 Z 1/0/0 6 /a\n9 Z zombie 0/0/0 0 /a\n");
        check_walk("v2", scan, &v2, "5 Z 1/0/0 6 /u\n9 Z zombie before 0/0/0 0 /u\n");

        /* a parent that is a zombie itself, of which only "/" is known */
        add_process(tree, 5, 'Z', 1, 1);
        tree_remove(tree, "proc/5/task");
        check_walk("both dead", scan, &v1_memory,
                "5 Z zombie 0/0/0 0 ?\n9 Z zombie before 0/0/0 0 /\n");
        task_scan_free(scan);
}

/* What is known of a zombie's parent does not come from having asked for the parent itself. */
static void test_cgroup_of_zombies_alone(void **state)
{
        const struct deadline never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        struct seen seen = {.scan = scan, .hierarchy = &v1_memory, .zombies_only = true};

        add_process(tree, 5, 'Z', 1, 2);
        add_thread(tree, 5, 5, 'Z');
        add_thread(tree, 5, 6, 'S');
        add_cgroup(tree, "5", "/", "/u");
        add_cgroup(tree, "5/task/6", "/dead-leader", "/u");
        add_process(tree, 7, 'S', 1, 2);
        add_cgroup(tree, "7", "/live", "/u");
        add_process(tree, 8, 'Z', 7, 1);
        add_process(tree, 9, 'Z', 5, 1);
        assert_int_equal(task_scan_run(scan, &never, see, &seen), 1);
        assert_int_equal(seen.n_items, 2);
        assert_string_equal(seen.items[0].text, "8 Z zombie 0/0/0 0 /live\n");
        assert_string_equal(seen.items[1].text, "9 Z zombie 0/0/0 0 /dead-leader\n");
        task_scan_free(scan);
}

struct two_hierarchies {
        struct task_scan *scan;
        unsigned n_right;
};

/* Asked for one hierarchy after the other, as two targets do. */
static void ask_twice(void *data, const struct process *process)
{
        struct two_hierarchies *two = data;

        if (!process)
                return;
        for (unsigned i = 0; i < 2; i++) {
                size_t len;
                bool deleted;
                const char *path = task_scan_cgroup(two->scan, process, &v1_memory, &len, &deleted);

                assert_non_null(path);
                two->n_right += len == 5 && memcmp(path, "/init", 5) == 0;
                path = task_scan_cgroup(two->scan, process, &v2, &len, &deleted);
                assert_non_null(path);
                two->n_right += len == 6 && memcmp(path, "/init2", 6) == 0;
        }
}

static void test_two_hierarchies(void **state)
{
        const struct deadline never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        struct two_hierarchies two = {.scan = scan};

        add_process(tree, 1, 'S', 0, 1);
        add_cgroup(tree, "1", "/init", "/init2");
        add_process(tree, 2, 'Z', 1, 1);
        add_cgroup(tree, "2", "/", "/init2");
        assert_int_equal(task_scan_run(scan, &never, ask_twice, &two), 1);
        assert_int_equal(two.n_right, 8);
        task_scan_free(scan);
}

/* Looks of one tick, as of two targets that have the same process, find the same. */
static void test_looks(void **state)
{
        struct tree *tree = *state;
        struct task_scan *walks = new_scan(tree), *scan;
        struct process process;

        assert_int_equal(task_scan_new_beside(walks, &scan), 0);
        add_process(tree, 12, 'S', 1, 1);
        assert_int_equal(task_scan_process(scan, 13, &process), -ENOENT);
        assert_int_equal(task_scan_process(scan, 12, &process), 0);
        assert_false(process.zombie);
        task_scan_end_looks(scan);

        add_process(tree, 12, 'Z', 1, 1);
        for (unsigned i = 0; i < 2; i++) {
                assert_int_equal(task_scan_process(scan, 12, &process), 0);
                assert_true(process.zombie);
                assert_false(process.zombie_before || process.started);
        }
        assert_false(task_scan_knows_zombie(scan, 12));
        task_scan_end_looks(scan);
        assert_true(task_scan_knows_zombie(scan, 12));
        assert_int_equal(task_scan_process(scan, 12, &process), 0);
        assert_true(process.zombie_before);

        add_process(tree, 12, 'S', 1, 1);
        assert_int_equal(task_scan_process(scan, 12, &process), 0);
        task_scan_end_looks(scan);
        assert_false(task_scan_knows_zombie(scan, 12));
        task_scan_free(scan);
        task_scan_free(walks);
}

static void see_nothing(void *data, const struct process *process)
{
        (void)data;
        (void)process;
}

/* From now on this process may have only those below `n`. */
static void allow_descriptors(int n, struct rlimit *ret_before)
{
        struct rlimit few;

        assert_int_equal(getrlimit(RLIMIT_NOFILE, ret_before), 0);
        few = (struct rlimit){.rlim_cur = (rlim_t)n, .rlim_max = ret_before->rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
}

/* Without a descriptor left, processes are not looked at: they have not vanished. */
static void test_failed(void **state)
{
        const struct deadline never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        struct rlimit before;

        add_process(tree, 12, 'S', 1, 1);
        assert_int_equal(task_scan_run(scan, &never, see_nothing, NULL), 1);

        allow_descriptors(0, &before);
        assert_int_equal(task_scan_run(scan, &never, see_nothing, NULL), 0);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);

        assert_int_equal(task_scan_run(scan, &never, see_nothing, NULL), 1);
        task_scan_free(scan);
}

/* One descriptor is enough, more are made use of. */
static void test_few_descriptors(void **state)
{
        enum { N = 21 };
        const struct deadline never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        const int lowest = dup(tree->root.fd);

        close(lowest);
        for (int i = 0; i < N; i++)
                add_process(tree, 100 + i, 'S', 1, i % 3 ? 1 : 5);
        for (int n = 1; n <= 10; n++) {
                struct rlimit before;
                unsigned n_seen[100 + N] = {0};

                allow_descriptors(lowest + n, &before);
                assert_int_equal(task_scan_run(scan, &never, count_visit, n_seen), 1);
                assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
                for (int i = 0; i < N; i++)
                        assert_int_equal(n_seen[100 + i], 1);
        }
        task_scan_free(scan);
}

/* How many descriptors are open when a process is visited, at least. */
static void count_open(void *data, const struct process *process)
{
        unsigned *least = data, n = 0;

        for (int fd = 0; process && fd < 256; fd++)
                n += fcntl(fd, F_GETFD) >= 0;
        if (process && n < *least)
                *least = n;
}

/* Where none is left, one of the reserve is enough; the others stay for what comes later. */
static void test_reserve(void **state)
{
        const struct deadline never = {0};
        struct tree *tree = *state;
        struct task_scan *scan = new_scan(tree);
        unsigned least = 256, after;
        struct rlimit before;
        int lowest;

        for (int i = 0; i < 20; i++)
                add_process(tree, 100 + i, 'S', 1, 1);
        reserve_fill();
        lowest = dup(tree->root.fd);
        close(lowest);
        assert_int_equal(task_scan_run(scan, &never, count_open, &least), 1);
        after = 256;
        allow_descriptors(lowest, &before);
        assert_int_equal(task_scan_run(scan, &never, count_open, &after), 1);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(after, least - 1);
        task_scan_free(scan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_new),
                tree_test(test_users),
                tree_test(test_kinds),
                tree_test(test_threads),
                tree_test(test_sampled),
                tree_test(test_many_threads),
                tree_test(test_skipped),
                tree_test(test_hostile_names),
                tree_test(test_denied),
                tree_test(test_zombie_before),
                tree_test(test_dead_leader_becomes_zombie),
                tree_test(test_deadline),
                tree_test(test_deadline_in_threads),
                tree_test(test_cgroup),
                tree_test(test_cgroup_of_dead_leaders),
                tree_test(test_cgroup_of_zombies_alone),
                tree_test(test_two_hierarchies),
                tree_test(test_looks),
                tree_test(test_failed),
                tree_test(test_few_descriptors),
                tree_test(test_reserve),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
