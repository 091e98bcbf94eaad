/* SPDX-License-Identifier: MIT */

/*
 * Plays a scene: shows the collector a recorded machine at one instant after the other, and
 * compares the lines it writes with those it should write. README.md beside this file says what a
 * scene is made of.
 *
 *   scene [--update] SCENE
 *
 * A scene is played once for each file expect.FORMAT in it.
 *
 * Exit status: 0 when the lines are as they should be; 1 when not, with what differs; 77 on a
 * machine whose pages are not those of the recorded ones.
 */

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "run/collector.h"
#include "run/options.h"
#include "run/output.h"
#include "sink/sink.h"

#define SECOND_NS     UINT64_C(1000000000)
#define START_NS      (UINT64_C(10000) * SECOND_NS)      /* of the machine's uptime */
#define START_WALL_NS (UINT64_C(1767571200) * SECOND_NS) /* 2026-01-05 00:00:00 UTC */

enum {
        SKIPPED = 77,
        PAGE_BYTES = 4096,
        TICK_S = 20,
        MAX_ARGUMENTS = 64,
        MAX_GROUPS = 64,
};

struct stage {
        const char *scene; /* the folder */
        char folder[PATH_MAX];
        char root[PATH_MAX];  /* the tree as it is at this instant */
        char away[PATH_MAX];  /* what was removed from it, so that no inode is used again */
        char lines[PATH_MAX]; /* what the collector wrote */
        char got[PATH_MAX];   /* the same in the form of expect.FORMAT */
        const char *format;
        unsigned n_away;
        char tree[NAME_MAX + 1]; /* the one that was applied last */
};

/* The path, in a buffer of PATH_MAX. */
__attribute__((format(printf, 2, 3))) static const char *put_path(
        char *ret, const char *format, ...)
{
        va_list arguments;
        int n;

        va_start(arguments, format);
        n = vsnprintf(ret, PATH_MAX, format, arguments);
        va_end(arguments);
        if (n < 0 || n >= PATH_MAX)
                errx(1, "a path is too long: %s", ret);
        return ret;
}

/* A file of the scene, or NULL when it has none of that name. */
static FILE *open_part(const struct stage *stage, const char *name)
{
        char path[PATH_MAX];
        FILE *file = fopen(put_path(path, "%s/%s", stage->scene, name), "re");

        if (!file && errno != ENOENT)
                err(1, "%s", path);
        return file;
}

/* Calls `visit` for each line of a file of the scene, without its newline. */
static void for_each_line(struct stage *stage, const char *name,
        void (*visit)(struct stage *stage, char *line, void *data), void *data)
{
        FILE *file = open_part(stage, name);
        char *line = NULL;
        size_t size = 0;
        ssize_t len;

        if (!file)
                return;
        while ((len = getline(&line, &size, file)) >= 0) {
                if (len > 0 && line[len - 1] == '\n')
                        line[len - 1] = '\0';
                visit(stage, line, data);
        }
        free(line);
        fclose(file);
}

/* The folder below `at`; made when it is not there and `make` says so. */
static int open_folder(int at, const char *name, bool make)
{
        int fd;

        if (make && mkdirat(at, name, 0755) < 0 && errno != EEXIST)
                err(1, "cannot make '%s'", name);
        fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                err(1, "cannot open '%s'", name);
        return fd;
}

/* Calls `visit` for all that is in the folder `fd`, which it closes. */
static void for_each_entry(
        int fd, void (*visit)(int fd, const struct dirent *entry, int data), int data)
{
        cleanup_dir DIR *dir = fdopendir(fd);
        const struct dirent *entry;

        if (!dir)
                err(1, "cannot list a folder");
        while ((entry = readdir(dir))) {
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        visit(fd, entry, data);
        }
}

static bool is_folder(int fd, const char *name)
{
        struct stat st;

        if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                err(1, "%s", name);
        return S_ISDIR(st.st_mode);
}

static void copy_file(int from, int to, const char *name)
{
        cleanup_fd int in = openat(from, name, O_RDONLY | O_CLOEXEC);
        cleanup_fd int out = openat(to, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        char bytes[16384];
        ssize_t n;

        if (in < 0 || out < 0)
                err(1, "cannot copy '%s'", name);
        while ((n = read(in, bytes, sizeof(bytes))) > 0) {
                if (write(out, bytes, (size_t)n) != n)
                        err(1, "cannot write '%s'", name);
        }
        if (n < 0)
                err(1, "cannot read '%s'", name);
}

/* Puts one entry of the folder `from` into the folder `to`, over what is there. */
static void copy_entry(int from, const struct dirent *entry, int to)
{
        const char *name = entry->d_name;

        /* These are no part of the tree; the kernel has no such names. */
        if (strcmp(name, "REMOVED") == 0 || strcmp(name, "SIZES") == 0)
                return;
        if (is_folder(from, name)) {
                cleanup_fd int below = open_folder(to, name, true);

                for_each_entry(open_folder(from, name, false), copy_entry, below);
        } else {
                copy_file(from, to, name);
        }
}

static void remove_entry(int fd, const struct dirent *entry, int data)
{
        const bool folder = is_folder(fd, entry->d_name);

        if (folder)
                for_each_entry(open_folder(fd, entry->d_name, false), remove_entry, data);
        if (unlinkat(fd, entry->d_name, folder ? AT_REMOVEDIR : 0) < 0)
                warn("cannot remove '%s'", entry->d_name);
}

/* A line of REMOVED: what ended, or is made anew. */
static void remove_path(struct stage *stage, char *line, void *data)
{
        char from[PATH_MAX], to[PATH_MAX];

        (void)data;
        put_path(from, "%s/%s", stage->root, line);
        put_path(to, "%s/%u", stage->away, stage->n_away++);
        if (rename(from, to) < 0)
                err(1, "%s: cannot remove '%s'", stage->tree, line);
}

/* A line of SIZES, "PATH BYTES": a file too large to keep. */
static void make_sized(struct stage *stage, char *line, void *data)
{
        char path[PATH_MAX], *space = strrchr(line, ' ');
        cleanup_fd int fd = -1;
        uint64_t size;

        (void)data;
        if (!space || text_parse_u64(space + 1, &size) < 0)
                errx(1, "%s/SIZES: '%s' is not like 'PATH BYTES'", stage->tree, line);
        *space = '\0';
        fd = open(put_path(path, "%s/%s", stage->root, line), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
                err(1, "%s", path);
}

/* Makes the tree what it is at the instant `name`. */
static void apply_tree(struct stage *stage, const char *name)
{
        char path[PATH_MAX];
        cleanup_fd int to = open_folder(AT_FDCWD, stage->root, false);

        if (strcmp(stage->tree, name) == 0)
                return;
        snprintf(stage->tree, sizeof(stage->tree), "%s", name);
        for_each_line(stage, put_path(path, "%s/REMOVED", name), remove_path, NULL);
        put_path(path, "%s/%s", stage->scene, name);
        for_each_entry(open_folder(AT_FDCWD, path, false), copy_entry, to);
        for_each_line(stage, put_path(path, "%s/SIZES", name), make_sized, NULL);
}

struct player {
        struct collector *collector;
        struct output *output;
};

static void play_tick(struct stage *stage, struct player *player, uint64_t at_ns, const char *tree)
{
        const struct tick tick = {.now_ns = START_NS + at_ns, .wall_ns = START_WALL_NS + at_ns};

        apply_tree(stage, tree);
        collector_tick(player->collector, &tick);
        if (output_status(player->output) < 0)
                errx(1, "cannot write: %s", strerror(-output_status(player->output)));
}

/* A line of ticks: "SECONDS TREE", or "FROM..TO/STEP TREE". */
static void play_line(struct stage *stage, char *line, void *data)
{
        unsigned long long from, to, step;
        char tree[NAME_MAX + 1];
        const char *at = line;
        uint64_t at_ns;

        if (sscanf(line, "%llu..%llu/%llu %255s", &from, &to, &step, tree) == 4 && step > 0) {
                for (; from <= to; from += step)
                        play_tick(stage, data, from * SECOND_NS, tree);
        } else if (text_take_decimal(&at, 9, &at_ns) == 0 && sscanf(at, " %255s", tree) == 1) {
                play_tick(stage, data, at_ns, tree);
        } else {
                errx(1, "ticks: '%s' is not like 'SECONDS TREE'", line);
        }
}

/* Without ticks: each tree once, t0, t1, … */
static void play_trees(struct stage *stage, struct player *player)
{
        char path[PATH_MAX], name[32];

        for (unsigned i = 0;; i++) {
                snprintf(name, sizeof(name), "t%u", i);
                if (access(put_path(path, "%s/%s", stage->scene, name), F_OK) < 0)
                        break;
                play_tick(stage, player, i * TICK_S * SECOND_NS, name);
        }
}

static void set_variable(struct stage *stage, char *line, void *data)
{
        char *value = strchr(line, '=');

        (void)stage;
        (void)data;
        if (!value)
                errx(1, "environment: '%s' is not like 'NAME=VALUE'", line);
        *value = '\0';
        setenv(line, value + 1, 1);
}

static void set_environment(struct stage *stage)
{
        static const char *const looked_at[] = {
                "COLUMNS",
                "DYNO",
                "DYNO_ID",
                "KUBERNETES_SERVICE_HOST",
                "COLUMNS",
                "container",
        };

        for (size_t i = 0; i < sizeof(looked_at) / sizeof(looked_at[0]); i++)
                unsetenv(looked_at[i]);
        for_each_line(stage, "environment", set_variable, NULL);
}

struct arguments {
        int n;
        char *words[MAX_ARGUMENTS + 1];
};

/* Adds a word; "@ROOT@" in it is the folder of the tree. */
static void add_argument(struct stage *stage, char *line, void *data)
{
        static const char mark[] = "@ROOT@";
        struct arguments *arguments = data;
        const char *at = strstr(line, mark);
        char *word;
        int n;

        if (arguments->n == MAX_ARGUMENTS)
                errx(1, "more than %d arguments", MAX_ARGUMENTS);
        if (at)
                n = asprintf(
                        &word, "%.*s%s%s", (int)(at - line), line, stage->root, at + strlen(mark));
        else
                n = asprintf(&word, "%s", line);
        if (n < 0)
                errx(1, "out of memory");
        arguments->words[arguments->n++] = word;
}

/* Whether it is the format of an output of its own. */
static bool has_pages(const struct stage *stage)
{
        return strcmp(stage->format, "textfile") == 0;
}

static void read_arguments(struct stage *stage, struct settings *ret)
{
        struct arguments arguments = {0};
        char option[PATH_MAX], text[4096];
        struct buf error;

        buf_init(&error, text, sizeof(text));
        snprintf(option, sizeof(option), "runstatd");
        add_argument(stage, option, &arguments);
        for_each_line(stage, "arguments", add_argument, &arguments);
        snprintf(option, sizeof(option), "--root=@ROOT@");
        add_argument(stage, option, &arguments);
        if (!has_pages(stage)) {
                snprintf(option, sizeof(option), "--format=%s", stage->format);
                add_argument(stage, option, &arguments);
        }
        if (settings_from_arguments(arguments.n, arguments.words, ret, &error) < 0)
                errx(1, "arguments: %s", text);
        for (int i = 0; i < arguments.n; i++)
                free(arguments.words[i]);
}

static void play(struct stage *stage)
{
        struct player player;
        struct settings settings;
        struct sink *sink;
        char path[PATH_MAX], text[1024];
        struct buf error;

        buf_init(&error, text, sizeof(text));
        set_environment(stage);
        apply_tree(stage, "t0");
        read_arguments(stage, &settings);
        put_path(path, "%s:%s", has_pages(stage) ? "textfile" : "file", stage->lines);
        if (sink_open(path, &sink, &error) < 0)
                errx(1, "%s", text);
        if (output_new(sink, settings.format, settings.prefix, &player.output) < 0)
                errx(1, "out of memory");
        if (collector_new(&settings, player.output, &player.collector, &error) < 0)
                errx(1, "%s", text);

        put_path(path, "%s/ticks", stage->scene);
        if (access(path, F_OK) == 0)
                for_each_line(stage, "ticks", play_line, &player);
        else
                play_trees(stage, &player);

        collector_free(player.collector);
        output_free(player.output);
        sink_free(sink);
        settings_done(&settings);
}

/* The inodes of the cgroups, which are others each time. */
struct inodes {
        size_t n;
        char digits[MAX_GROUPS][24];
};

/* The number of an inode in the order in which they first appear, from 1 on. */
static size_t number_inode(struct inodes *inodes, const char *digits, size_t len)
{
        char inode[sizeof(inodes->digits[0])];
        size_t i = 0;

        snprintf(inode, sizeof(inode), "%.*s", (int)len, digits);
        while (i < inodes->n && strcmp(inodes->digits[i], inode) != 0)
                i++;
        if (i == MAX_GROUPS)
                errx(1, "more than %d cgroups", MAX_GROUPS);
        if (i == inodes->n)
                memcpy(inodes->digits[inodes->n++], inode, sizeof(inode));
        return i + 1;
}

/* Behind the next mark of an inode, as each format has it; NULL when there is none. */
static const char *find_inode(const char *line)
{
        static const char *const marks[] = {"dyno=cgroup.", "dyno\":\"cgroup.", "dyno=\"cgroup."};
        const char *first = NULL;

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
                const char *at = strstr(line, marks[i]);

                if (at && (!first || at + strlen(marks[i]) < first))
                        first = at + strlen(marks[i]);
        }
        return first;
}

/* Writes the line with "cgroup.INODE1" for "cgroup.4711". */
static void write_line(struct inodes *inodes, const char *line, FILE *out)
{
        const char *digits;

        while ((digits = find_inode(line))) {
                const size_t len = strspn(digits, "0123456789");

                fprintf(out, "%.*s", (int)(digits - line), line);
                fprintf(out, "INODE%zu", number_inode(inodes, digits, len));
                line = digits + len;
        }
        fputs(line, out);
}

static void write_got(const struct stage *stage)
{
        struct inodes inodes = {0};
        FILE *in = fopen(stage->lines, "re"), *out = fopen(stage->got, "we");
        char *line = NULL;
        size_t size = 0;

        if (!in || !out)
                err(1, "%s", stage->folder);
        while (getline(&line, &size, in) >= 0)
                write_line(&inodes, line, out);
        free(line);
        fclose(in);
        if (fclose(out) != 0)
                err(1, "%s", stage->got);
}

/* Runs a command, and returns its exit status. */
static int run(const char *command, const char *option, const char *a, const char *b)
{
        extern char **environ;
        char *words[] = {strdup(command), strdup(option), strdup(a), strdup(b), NULL};
        pid_t pid;
        int status;

        if (posix_spawnp(&pid, command, NULL, NULL, words, environ) != 0 ||
                waitpid(pid, &status, 0) < 0)
                err(1, "cannot run %s", command);
        for (size_t i = 0; words[i]; i++)
                free(words[i]);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void make_stage(struct stage *ret, const char *scene, const char *format)
{
        const char *folder = getenv("TMPDIR");

        *ret = (struct stage){.scene = scene, .format = format};
        put_path(ret->folder, "%s/scene-XXXXXX", folder && *folder ? folder : "/tmp");
        if (!mkdtemp(ret->folder))
                err(1, "%s", ret->folder);
        put_path(ret->root, "%.4000s/root", ret->folder);
        put_path(ret->away, "%.4000s/away", ret->folder);
        put_path(ret->lines, "%.4000s/lines", ret->folder);
        put_path(ret->got, "%.4000s/got", ret->folder);
        if (mkdir(ret->root, 0755) < 0 || mkdir(ret->away, 0755) < 0)
                err(1, "%s", ret->folder);
}

/* Where the play takes place, so that it can be taken down however it ends. */
static struct stage stage;

static void remove_stage(void)
{
        if (!*stage.folder)
                return;
        for_each_entry(open_folder(AT_FDCWD, stage.folder, false), remove_entry, 0);
        rmdir(stage.folder);
        *stage.folder = '\0';
}

/* Plays the scene once. Returns whether the lines are as they should be. */
static bool perform(const char *scene, const char *format, bool update)
{
        char expected[PATH_MAX];
        int status;

        put_path(expected, "%s/expect.%s", scene, format);
        if (strcmp(format, "heroku") != 0 && access(expected, F_OK) < 0)
                return true;
        make_stage(&stage, scene, format);
        play(&stage);
        write_got(&stage);
        status = update ? run("cp", "-f", stage.got, expected)
                        : run("diff", "-u", expected, stage.got);
        remove_stage();
        return status == 0;
}

int main(int argc, char **argv)
{
        static const char *const formats[] = {"heroku", "logfmt", "json", "textfile", "table"};
        const bool update = argc == 3 && strcmp(argv[1], "--update") == 0;
        bool good = true;

        if (argc != 2 && !update)
                errx(1, "usage: scene [--update] SCENE");
        if (sysconf(_SC_PAGESIZE) != PAGE_BYTES)
                errx(SKIPPED, "the scenes are of machines with pages of %d bytes", PAGE_BYTES);
        atexit(remove_stage);
        for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
                good &= perform(argv[argc - 1], formats[i], update);
        return good ? 0 : 1;
}
