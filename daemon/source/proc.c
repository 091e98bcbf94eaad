/* SPDX-License-Identifier: MIT */
#include "source/proc.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Moves over `n` fields, each with the space behind it. Returns false when there are fewer. */
static bool skip_fields(const char **at, unsigned n)
{
        const char *p = *at;

        /* They are short: to look for a space by a function costs more. */
        while (n > 0) {
                const char c = *p++;

                if (!c)
                        return false;
                n -= c == ' ';
        }
        *at = p;
        return true;
}

/* A number and the space behind it. */
static bool take_number(const char **at, uint64_t *ret)
{
        if (text_take_u64(at, ret) < 0 || **at != ' ')
                return false;
        ++*at;
        return true;
}

/* The state, behind the last ')': the name before it may hold anything, ") Z " included. */
static const char *find_state(const char *text)
{
        const char *end = strrchr(text, ')');

        return end && end[1] == ' ' && end[2] && end[3] == ' ' ? end + 2 : NULL;
}

char proc_stat_state(const char *text)
{
        const char *state = find_state(text);

        return state ? *state : '\0';
}

static int take_pid(const char **at, pid_t *ret)
{
        uint64_t pid;

        if (text_take_u64(at, &pid) < 0 || pid > INT_MAX)
                return -EBADMSG;
        *ret = (pid_t)pid;
        return 0;
}

/*
 * "1234 (a name) S 1 1234 1234 0 -1 4194560 9112 …": 3 is the state, 4 the parent, 11 and 13 the
 * faults of children waited for, 20 the number of threads, 22 the start time, 24 the resident
 * pages.
 */
int proc_stat_parse(const char *text, struct proc_stat *ret)
{
        struct proc_stat stat = {0};
        const char *at = text, *state = find_state(text);
        uint64_t minor_faults, major_faults;

        if (!state || take_pid(&at, &stat.pid) < 0 || at[0] != ' ' || at[1] != '(')
                return -EBADMSG;
        stat.comm = at + 2;
        stat.comm_len = (size_t)(state - 2 - stat.comm);
        stat.state = *state;

        at = state + 2;
        if (take_pid(&at, &stat.ppid) < 0 || *at++ != ' ' || !skip_fields(&at, 6) ||
                !take_number(&at, &minor_faults) || !skip_fields(&at, 1) ||
                !take_number(&at, &major_faults) || !skip_fields(&at, 6) ||
                !take_number(&at, &stat.n_threads) || !skip_fields(&at, 1) ||
                !take_number(&at, &stat.start_ticks) || !skip_fields(&at, 1) ||
                text_take_u64(&at, &stat.rss_pages) < 0)
                return -EBADMSG;
        stat.waited_faults = minor_faults + major_faults;
        *ret = stat;
        return 0;
}

/* Reads "proc/PID/NAME", or "proc/PID/task/TID/NAME" when there is a `tid`. */
static int read_file(
        const struct root *root, pid_t pid, pid_t tid, const char *name, struct scratch *scratch)
{
        char memory[64];
        struct buf path;

        buf_init(&path, memory, sizeof(memory));
        buf_add(&path, "proc/");
        buf_add_u64(&path, (uint64_t)pid, 0);
        if (tid) {
                buf_add(&path, "/task/");
                buf_add_u64(&path, (uint64_t)tid, 0);
        }
        buf_add_char(&path, '/');
        buf_add(&path, name);
        return root_read(root, path.text, scratch);
}

int proc_read_stat(
        const struct root *root, pid_t pid, struct scratch *scratch, struct proc_stat *ret)
{
        int r = read_file(root, pid, 0, "stat", scratch);

        return r < 0 ? r : proc_stat_parse(scratch->text, ret);
}

pid_t proc_own_pid(const struct root *root, struct scratch *scratch)
{
        struct proc_stat stat;

        if (root_read(root, "proc/self/stat", scratch) < 0 ||
                proc_stat_parse(scratch->text, &stat) < 0)
                return 0;
        return stat.pid;
}

bool proc_shows_machine(const struct root *root, struct scratch *scratch)
{
        static const char name[] = "kthreadd";
        struct proc_stat stat;

        return proc_read_stat(root, 2, scratch, &stat) == 0 && stat.ppid == 0 &&
               stat.comm_len == sizeof(name) - 1 && memcmp(stat.comm, name, stat.comm_len) == 0;
}

/* "… - proc proc rw,hidepid=invisible", in older kernels "hidepid=2"; 4 is ptraceable. */
static bool has_option_hidepid(const char *text)
{
        static const char *const values[] = {"2", "4", "invisible", "ptraceable"};
        const char *option = text;

        while ((option = strstr(option, "hidepid="))) {
                option += strlen("hidepid=");
                for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
                        const char *end = text_after(option, values[i]);

                        if (end && (*end == ',' || *end == '\n' || !*end))
                                return true;
                }
        }
        return false;
}

bool proc_has_hidepid(const struct root *root, struct scratch *scratch)
{
        return root_read(root, "proc/self/mountinfo", scratch) == 0 &&
               has_option_hidepid(scratch->text);
}

bool proc_hides(const struct root *root, struct scratch *scratch)
{
        /* Process 1 is in every PID namespace. */
        return proc_has_hidepid(root, scratch) && faccessat(root->fd, "proc/1/stat", F_OK, 0) < 0;
}

/* status: "VmRSS:\t    5124 kB" */
static const struct text_key status_keys[] = {
        {"VmRSS",  offsetof(struct proc_memory, rss_bytes) },
        {"VmSwap", offsetof(struct proc_memory, swap_bytes)},
};

/* smaps_rollup: "Pss:                1240 kB" */
static const struct text_key smaps_keys[] = {
        {"Pss", offsetof(struct proc_memory, pss_bytes)},
};

/* io: "read_bytes: 4096" */
static const struct text_key io_keys[] = {
        {"read_bytes",  offsetof(struct proc_memory, read_bytes) },
        {"write_bytes", offsetof(struct proc_memory, write_bytes)},
};

void proc_read_memory(const struct root *root, pid_t pid, pid_t tid, bool with_pss,
        struct scratch *scratch, struct proc_memory *ret)
{
        const struct {
                const char *name;
                const struct text_key *keys;
                size_t n_keys;
                bool wanted;
        } files[] = {
                {"status",       status_keys, ARRAY_SIZE(status_keys), true    },
                {"io",           io_keys,     ARRAY_SIZE(io_keys),     true    },
                {"smaps_rollup", smaps_keys,  ARRAY_SIZE(smaps_keys),  with_pss},
        };

        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                struct proc_memory memory = *ret;

                if (!files[i].wanted)
                        continue;
                if (read_file(root, pid, tid, files[i].name, scratch) < 0)
                        continue;
                if (text_read_keys(scratch->text, files[i].keys, files[i].n_keys, &memory) == 0)
                        *ret = memory;
        }
}

/* "SigIgn:\t0000000000010000": bit 16 is SIGCHLD's, as bit 0 is that of signal 1. */
static bool has_sigchld(const char *text, const char *key)
{
        const char *line = strstr(text, key);

        return line && (strtoull(line + strlen(key), NULL, 16) >> (SIGCHLD - 1) & 1);
}

/* "NSpid:\t4711\t1": the pid in each PID namespace, from the outermost to its own. */
static bool is_init(const char *text, pid_t pid)
{
        static const char key[] = "\nNSpid:";
        const char *line = strstr(text, key), *end;

        if (!line)
                return pid == 1;
        line += strlen(key);
        end = strchr(line, '\n');
        return end && end - line >= 2 && end[-1] == '1' && end[-2] == '\t';
}

int proc_read_waiting(
        const struct root *root, pid_t pid, struct scratch *scratch, struct proc_waiting *ret)
{
        int r = read_file(root, pid, 0, "status", scratch);
        const char *text = scratch->text;

        if (r < 0)
                return r;
        *ret = (struct proc_waiting){
                .sigchld_blocked = has_sigchld(text, "\nSigBlk:\t"),
                .sigchld_ignored = has_sigchld(text, "\nSigIgn:\t"),
                .sigchld_caught = has_sigchld(text, "\nSigCgt:\t"),
                .is_init = is_init(text, pid),
        };
        return 0;
}

/* limits: "Max processes             7823                 7823                 processes" */
struct measure proc_read_nproc_limit(const struct root *root, pid_t pid, struct scratch *scratch)
{
        static const char key[] = "\nMax processes ";
        struct measure limit = {0};
        const char *line, *number;

        if (read_file(root, pid, 0, "limits", scratch) < 0)
                return limit;
        line = strstr(scratch->text, key);
        if (!line)
                return limit;
        number = line + strlen(key);
        number += strspn(number, " ");
        limit.known = text_take_u64(&number, &limit.value) == 0;
        return limit;
}
