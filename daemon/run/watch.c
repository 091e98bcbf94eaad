/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/name.h"
#include "values.h"

static const struct kind_name {
        char name[12];
        bool has_argument;
        char example[40];
} kinds[] = {
        [WATCH_HOST] = {"host",       false, "host"                              },
        [WATCH_SELF] = {"self",       false, "self"                              },
        [WATCH_CGROUP] = {"cgroup",     true,  "cgroup:/system.slice/nginx.service"},
        [WATCH_UNIT] = {"unit",       true,  "unit:nginx.service"                },
        [WATCH_PID] = {"pid",        true,  "pid:1234"                          },
        [WATCH_PIDFILE] = {"pidfile",    true,  "pidfile:/run/nginx.pid"            },
        [WATCH_CONTAINERS] = {"containers", false, "containers"                        },
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static int find_kind(const char *spec, size_t len, enum watch_kind *ret, struct buf *error)
{
        const char *names[N_KINDS];
        char word[32] = "";

        for (unsigned i = 0; i < N_KINDS; i++) {
                names[i] = kinds[i].name;
                if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, spec, len) == 0) {
                        *ret = (enum watch_kind)i;
                        return 0;
                }
        }
        if (len < sizeof(word)) {
                memcpy(word, spec, len);
                word[len] = '\0';
        }
        buf_printf(error,
                "cannot watch '%.99s', not one of host, self, unit:NAME, cgroup:PATH, pid:N, "
                "pidfile:PATH, containers",
                spec);
        value_suggest(word, names, N_KINDS, error);
        return -EINVAL;
}

/* A cgroup's path must be one the kernel could print: no empty, "." or ".." part. */
static int check_path(const char *path, struct buf *error)
{
        for (const char *part = path; *part;) {
                size_t len;

                part += strspn(part, "/");
                len = strcspn(part, "/");
                if ((len == 1 && part[0] == '.') || (len == 2 && memcmp(part, "..", 2) == 0)) {
                        buf_printf(error, "cgroup path '%.99s' has a part '%.*s'; write it in full",
                                path, (int)len, part);
                        return -EINVAL;
                }
                if (len > NAME_MAX) {
                        buf_add(error, "cgroup path has a part of more than 255 bytes");
                        return -EINVAL;
                }
                part += len;
        }
        if (strlen(path) >= PATH_MAX / 2 || strchr(path, '\n')) {
                buf_add(error, "cgroup path is longer than any, or has a newline");
                return -EINVAL;
        }
        return 0;
}

/* The path with one slash before each part, and none behind: "a//b/" gives "/a/b". */
static char *tidy_path(const char *path)
{
        char *tidy = malloc(strlen(path) + 2);
        size_t n = 0;

        if (!tidy)
                return NULL;
        tidy[n++] = '/';
        for (; *path; path++) {
                if (*path != '/' || tidy[n - 1] != '/')
                        tidy[n++] = *path;
        }
        if (n > 1 && tidy[n - 1] == '/')
                n--;
        tidy[n] = '\0';
        return tidy;
}

/* systemctl(1) takes names without a suffix for services, and so does this. */
static int parse_unit(struct watch *watch, const char *name, struct buf *error)
{
        const bool is_pattern = strpbrk(name, "*?");

        if (strpbrk(name, "/\n") || strlen(name) > NAME_MAX) {
                buf_printf(error, "'%.99s' is no name of a unit; it is like 'nginx.service'", name);
                return -EINVAL;
        }
        watch->is_pattern = is_pattern;
        if (asprintf(&watch->argument, "%s%s", name,
                    strchr(name, '.') || is_pattern ? "" : ".service") < 0) {
                watch->argument = NULL;
                return -ENOMEM;
        }
        return 0;
}

static int parse_argument(struct watch *watch, const char *argument, struct buf *error)
{
        uint64_t pid;

        switch (watch->kind) {
        case WATCH_CGROUP:
                if (check_path(argument, error) < 0)
                        return -EINVAL;
                watch->argument = tidy_path(argument);
                watch->is_pattern = strpbrk(argument, "*?");
                break;
        case WATCH_UNIT:
                return parse_unit(watch, argument, error);
        case WATCH_PID:
                /* Pids end at 2^22; see proc(5), pid_max. */
                if (text_parse_u64(argument, &pid) < 0 || pid == 0 || pid > (1 << 22)) {
                        buf_printf(error, "'%.99s' is no process id, a number from 1 to %d",
                                argument, 1 << 22);
                        return -EINVAL;
                }
                watch->pid = (pid_t)pid;
                watch->argument = strdup(argument);
                break;
        default:
                watch->is_pattern = watch->kind == WATCH_CONTAINERS;
                watch->argument = strdup(argument);
        }
        return watch->argument ? 0 : -ENOMEM;
}

static int parse_spec(struct watch *watch, const char *spec, struct buf *error)
{
        const char *colon = strchr(spec, ':');
        size_t len = colon ? (size_t)(colon - spec) : strlen(spec);
        int r = find_kind(spec, len, &watch->kind, error);

        if (r < 0)
                return r;
        if (kinds[watch->kind].has_argument ? !colon || !colon[1] : colon != NULL) {
                buf_printf(
                        error, "'%.99s' should be like '%.99s'", spec, kinds[watch->kind].example);
                return -EINVAL;
        }
        watch->spec = strdup(spec);
        if (!watch->spec)
                return -ENOMEM;
        return parse_argument(watch, colon ? colon + 1 : "", error);
}

/* The length of the NAME of "NAME=SPEC"; -1 when there is none: a '=' may be part of a path. */
static ssize_t find_name(const char *text)
{
        size_t len = strcspn(text, "=");

        if (!text[len] || memchr(text, ':', len))
                return -1;
        return (ssize_t)len;
}

int watch_parse(const char *text, struct watch *ret, struct buf *error)
{
        struct watch watch = {0};
        ssize_t len = find_name(text);
        int r;

        r = parse_spec(&watch, text + len + 1, error);
        if (r == 0 && len >= 0) {
                watch.name = strndup(text, (size_t)len);
                if (!watch.name)
                        r = -ENOMEM;
        }
        if (r == 0 && watch.name && !(watch.is_pattern && !*watch.name) &&
                !name_is_valid(watch.name)) {
                buf_printf(error,
                        "'%.99s' cannot be a target's name: 1 to %d letters, digits, '.', '_' or "
                        "'-'",
                        watch.name, NAME_MAX_BYTES - 1);
                r = -EINVAL;
        }
        if (r < 0) {
                if (r == -ENOMEM)
                        buf_add(error, "out of memory");
                watch_done(&watch);
                return r;
        }
        *ret = watch;
        return 0;
}

void watch_done(struct watch *watch)
{
        free(watch->spec);
        free(watch->argument);
        free(watch->name);
        free(watch->choices.dyno);
        *watch = (struct watch){0};
}

bool watch_is_process(const struct watch *watch)
{
        return watch->kind == WATCH_PID || watch->kind == WATCH_PIDFILE;
}

bool watch_is_same(const struct watch *a, const struct watch *b)
{
        if (a->kind != b->kind)
                return false;
        return a->kind == WATCH_PID ? a->pid == b->pid : strcmp(a->argument, b->argument) == 0;
}
