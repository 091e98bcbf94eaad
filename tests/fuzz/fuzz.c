/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "format/format.h"
#include "format/reader.h"

enum { SCRATCH_BYTES = 64 * 1024 };

static const uint64_t NOW_NS = UINT64_C(1795467600000000000); /* 2026-11-23 21:00:00 */

char *fuzz_text(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);

        require(text);
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        return text;
}

static char folders[16][64];
static unsigned n_folders;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        return remove(path);
}

static void remove_folders(void)
{
        while (n_folders > 0)
                nftw(folders[--n_folders], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_folders(int at, const char *path)
{
        char copy[PATH_MAX];

        snprintf(copy, sizeof(copy), "%s", path);
        for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                require(mkdirat(at, copy, 0755) == 0 || errno == EEXIST);
                *slash = '/';
        }
}

struct fuzz_tree *fuzz_tree(struct fuzz_tree *tree, const char *const *paths)
{
        const char *parent = getenv("TMPDIR");

        if (tree->path[0])
                return tree;
        snprintf(tree->path, sizeof(tree->path), "%.40s/runstatd-fuzz-XXXXXX",
                parent && *parent && strlen(parent) <= 40 ? parent : "/tmp");
        require(mkdtemp(tree->path));
        if (n_folders == 0)
                atexit(remove_folders);
        require(n_folders < ARRAY_SIZE(folders));
        memcpy(folders[n_folders++], tree->path, sizeof(tree->path));

        require(root_open(tree->path, &tree->root) == 0);
        require(scratch_init(&tree->scratch, SCRATCH_BYTES) == 0);
        tree->input = openat(tree->root.fd, "input", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        require(tree->input >= 0);
        for (; *paths; paths++) {
                make_folders(tree->root.fd, *paths);
                require(linkat(tree->root.fd, "input", tree->root.fd, *paths, 0) == 0);
        }
        return tree;
}

void fuzz_tree_file(struct fuzz_tree *tree, const char *path, const void *bytes, size_t size)
{
        int fd;

        make_folders(tree->root.fd, path);
        fd = openat(tree->root.fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        require(fd >= 0);
        require(write(fd, bytes, size) == (ssize_t)size);
        close(fd);
}

void fuzz_tree_put(struct fuzz_tree *tree, const uint8_t *data, size_t size)
{
        require(ftruncate(tree->input, (off_t)size) == 0);
        require(pwrite(tree->input, data, size, 0) == (ssize_t)size);
}

void fuzz_check_line(const char *line, size_t len)
{
        const char *const end = line + len - 1;

        require(len > 1 && *end == '\n');
        for (const char *at = line; at < end; at++) {
                require(*at > ' ' || (*at == ' ' && at > line && at[-1] != ' ' && at + 1 < end));
                require(*at < 0x7f && *at != '"');
        }
        for (const char *at = line; at < end; at++) {
                const char *token = at;
                size_t key_len;

                at += strcspn(at, " \n");
                key_len = strspn(token, "abcdefghijklmnopqrstuvwxyz0123456789_#");
                require(key_len > 0 && token[key_len] == '=');
        }
}

static void write_line(const struct record *record, struct buf *ret)
{
        format_find("heroku")->write(record, (struct measure){0}, ret);
        buf_add_char(ret, '\n');
        require(!ret->overflow);
        fuzz_check_line(ret->text, ret->len);
}

/* Whether the fields are numbers that every format has room for: 2^53 is what JSON can tell. */
static bool is_plain(const struct record *record)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                if (record->fields[i].number >= UINT64_C(1) << 53)
                        return false;
        }
        return true;
}

/* What is read from a line of samples makes the same line. */
static void check_samples(const struct record *record, char *line, size_t len)
{
        char memory[16384], again_memory[16384];
        struct reading reading;
        struct record again;
        struct buf first, second;

        buf_init(&first, memory, sizeof(memory));
        buf_add_bytes(&first, line, len);
        require(reader_read(line, len, NOW_NS, &reading));
        require(!reading.is_event && __builtin_popcount(reading.groups) == 1);
        if (!is_plain(record))
                return;
        buf_init(&second, again_memory, sizeof(again_memory));
        require(record_samples((enum group)__builtin_ctz(reading.groups), &reading.sample,
                reading.source, reading.dyno, &again));
        write_line(&again, &second);
        require(strcmp(first.text, second.text) == 0);
}

static void check_event(const struct record *record, char *line, size_t len)
{
        struct reading reading;

        require(reader_read(line, len, NOW_NS, &reading));
        require(reading.is_event && *reading.event);
        require(reading.n_fields <= record->n_fields);
}

void fuzz_check_record(const struct record *record)
{
        char memory[16384];
        struct buf line;

        buf_init(&line, memory, sizeof(memory));
        write_line(record, &line);
        if (record->is_event)
                check_event(record, line.text, line.len);
        else
                check_samples(record, line.text, line.len);
}

void fuzz_check_sample(const struct sample *sample)
{
        struct sample complete = *sample;

        sample_complete(&complete);
        for (unsigned i = 0; i < N_GROUPS; i++) {
                struct record record;

                if (record_samples((enum group)i, &complete, "web.1", "d", &record))
                        fuzz_check_record(&record);
        }
}
