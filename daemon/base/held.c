/* SPDX-License-Identifier: MIT */
#include "base/held.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pages.h"
#include "base/reserve.h"
#include "held_folders.h"

enum {
        LONG_BYTES = 8 * 1024, /* memory.stat has 1 to 2 KiB */
        /* A cgroup may get its files a moment after its folder. One that was not there so many
         * times is not looked for in as many ticks. */
        MISSING_TIMES = 8,
        SETTLED_TICKS = 2, /* see held_lives() */
};

struct held_files {
        struct held_folders folders;
        size_t n_used, n_max; /* files */
        size_t n_now;         /* of them were used in this tick */
        bool has_empty;       /* folders, maybe */
        uint32_t round, tick;
        uint32_t generation; /* see held_generation() */
        unsigned char part;  /* of the tick; 0: none */
        struct ahead *ahead;
        bool has_ahead; /* in this tick something was to be read there */
        /* The last text that is too long to stay with its file, of those asked for again: where
         * none is, its pages cost nothing. */
        const struct held_file *long_file;
        uint32_t long_round;
        size_t long_len;
        char *long_text; /* LONG_BYTES */
};

int held_new(size_t n_max, struct held_files **ret)
{
        struct held_files *held = calloc(1, sizeof(*held));
        int r;

        if (!held)
                return -ENOMEM;
        r = held_folders_init(&held->folders);
        held->long_text = pages_new(LONG_BYTES);
        if (r < 0 || !held->long_text || ahead_new(&held->ahead) < 0) {
                held_free(held);
                return -ENOMEM;
        }
        held->n_max = n_max;
        held->round = held->generation = 1;
        *ret = held;
        return 0;
}

void held_free(struct held_files *held)
{
        if (!held)
                return;
        held_folders_done(&held->folders);
        ahead_free(held->ahead);
        pages_free(held->long_text, LONG_BYTES);
        free(held);
}

void held_begin_round(struct held_files *held)
{
        if (held)
                held->round++;
}

static void forget(struct held_files *held, struct held_folder *folder, struct held_file *file)
{
        held_folder_forget(folder, file);
        held->n_used--;
        held->long_file = NULL;
        held->has_empty |= folder->n_files == 0;
}

static void forget_unused(struct held_files *held, struct held_folder *folder)
{
        for (size_t i = 0; i < folder->n_files;) {
                if (folder->files[i].tick != held->tick)
                        forget(held, folder, &folder->files[i]);
                else
                        i++;
        }
}

static void forget_folder(struct held_files *held, size_t at)
{
        held_folders_vacate(&held->folders, at);
        held->generation += held->generation == UINT32_MAX ? 2 : 1;
}

void held_end_tick(struct held_files *held)
{
        if (!held)
                return;
        /* Mostly all were used, and none need be looked at. */
        for (size_t i = 0;
                i < held->folders.n_places && (held->n_now < held->n_used || held->has_empty);) {
                struct held_folder *folder = held->folders.places[i].folder;

                if (folder)
                        forget_unused(held, folder);
                if (folder && folder->n_files == 0)
                        forget_folder(held, i);
                else
                        i++;
        }
        held->has_empty = false;
        held->n_now = 0;
        held->part = 0;
        /* What nobody asked for will have changed. */
        if (held->has_ahead)
                ahead_begin(held->ahead);
        held->has_ahead = false;
        held->tick++;
        held->round++;
}

size_t held_n_files(const struct held_files *held)
{
        return held->n_used;
}

uint32_t held_round(const struct held_files *held)
{
        return held->round;
}

uint32_t held_generation(const struct held_files *held)
{
        return held->generation;
}

const char *held_folder_path(const struct held_folder *folder, size_t *ret_len)
{
        *ret_len = folder->path_len;
        return folder->path;
}

void held_fetch_files(const struct held_folder *folder)
{
        for (size_t i = 0; i < folder->n_files; i++)
                __builtin_prefetch(&folder->files[i], 1);
}

struct held_folder *held_folder(const struct root *root, const char *path, size_t len)
{
        struct held_files *held = root->held;
        struct held_folder *folder;

        if (!held)
                return NULL;
        folder = held_folders_find(&held->folders, path, len);
        if (folder || held->n_used >= held->n_max)
                return folder;
        folder = held_folders_add(&held->folders, path, len);
        held->has_empty |= folder != NULL;
        return folder;
}

/* "." is the folder itself. -ENAMETOOLONG */
static int write_path(const struct held_folder *folder, const char *name, char ret[PATH_MAX])
{
        struct buf path;

        buf_init(&path, ret, PATH_MAX);
        buf_add_bytes(&path, folder->path, folder->path_len);
        if (strcmp(name, ".") != 0) {
                if (path.len > 0)
                        buf_add_char(&path, '/');
                buf_add(&path, name);
        }
        return path.overflow ? -ENAMETOOLONG : 0;
}

static void open_file(
        const struct root *root, const struct held_folder *folder, struct held_file *file)
{
        const struct held_files *held = root->held;
        const int flags = strcmp(file->name, ".") == 0 ? O_DIRECTORY : O_NOCTTY | O_NONBLOCK;
        char path[PATH_MAX];
        int fd = write_path(folder, file->name, path);

        if (fd == 0) {
                fd = reserve_openat(root->fd, path, O_RDONLY | O_CLOEXEC | flags, 0);
                if (fd < 0)
                        fd = -errno;
        }
        file->fd = fd;
        if (file->fd != -ENOENT)
                file->n_missing = 0;
        else if (file->n_missing < MISSING_TIMES)
                file->n_missing++;
        file->opened_tick = held->tick;
        file->opened_round = held->round;
        file->tag = -1;
}

/* The file of that name; NULL when there is no room for it. It was used in this tick, then. */
static struct held_file *hold(const struct root *root, struct held_folder *folder, const char *name)
{
        struct held_files *held = root->held;
        struct held_file *file = held_folder_find(folder, name);

        if (!file) {
                if (held->n_used >= held->n_max)
                        return NULL;
                file = held_folder_add(&held->folders, folder, name);
                if (!file)
                        return NULL;
                held->long_file = NULL;      /* it may be elsewhere now */
                file->tick = held->tick - 1; /* not of this one, so that it is counted */
                held->n_used++;
                open_file(root, folder, file);
        }
        if (file->tick != held->tick) {
                file->tick = held->tick;
                held->n_now++;
        }
        return file;
}

/* A short one stays with the file. */
static void keep_text(struct held_files *held, struct held_file *file, const char *text, size_t len)
{
        file->round = held->round;
        file->text_len = len < SHORT_BYTES ? (unsigned char)len : SHORT_BYTES;
        if (len < SHORT_BYTES)
                memcpy(file->text, text, len + 1);
}

/* A long one does if it is asked for more than once. */
static void keep_long_text(
        struct held_files *held, struct held_file *file, const char *text, size_t len)
{
        file->ahead = (struct ahead_text){0};
        if (len >= LONG_BYTES || !file->asked_again)
                return;
        memcpy(held->long_text, text, len + 1);
        held->long_file = file;
        held->long_round = held->round;
        held->long_len = len;
}

/* Whether it is not there, as far as needs no other try. */
static bool is_missing(const struct held_files *held, const struct held_file *file)
{
        if (file->fd != -ENOENT)
                return false;
        return file->opened_round == held->round ||
               (file->n_missing == MISSING_TIMES && held->tick - file->opened_tick < MISSING_TIMES);
}

/* What was read ahead is what was read now, for the first who asks. */
static void take_ahead(struct held_files *held, struct held_file *file)
{
        const char *text;
        size_t len;
        int r = ahead_find(held->ahead, file->ahead, &text, &len);

        file->is_too_long = r == -EFBIG;
        if (r == 0)
                keep_text(held, file, text, len);
}

/* The text it had in this round, if that is known: a long one's that was read ahead, or from the
 * time on that it was asked for a second time. */
static const char *find_text(
        const struct held_files *held, const struct held_file *file, size_t *ret_len)
{
        const char *text;

        *ret_len = file->text_len;
        if (file->text_len < SHORT_BYTES)
                return file->text;
        if (ahead_find(held->ahead, file->ahead, &text, ret_len) == 0)
                return text;
        *ret_len = held->long_len;
        return held->long_file == file && held->long_round == held->round ? held->long_text : NULL;
}

static bool recall(struct held_files *held, struct held_file *file, bool anew, struct scratch *ret)
{
        const bool is_new = file->is_new;
        const char *text;
        size_t len;

        if (is_new)
                take_ahead(held, file);
        file->is_new = false;
        if (file->round != held->round || (anew && !is_new))
                return false;
        file->asked_again |= !is_new;
        text = find_text(held, file, &len);
        if (!text || len >= ret->size)
                return false;
        memcpy(ret->text, text, len + 1);
        return true;
}

static int read_unheld(const struct root *root, const struct held_folder *folder, const char *name,
        struct scratch *scratch)
{
        char path[PATH_MAX];
        int r = write_path(folder, name, path);

        return r < 0 ? r : root_read(root, path, scratch);
}

int held_read(const struct root *root, struct held_folder *folder, const char *name, bool anew,
        struct scratch *scratch)
{
        struct held_files *held = root->held;
        struct held_file *file = hold(root, folder, name);
        size_t len;
        int r;

        if (!file)
                return read_unheld(root, folder, name, scratch);
        if (held->part && (!file->part || held->part < file->part))
                file->part = held->part;
        if (recall(held, file, anew, scratch))
                return 0;
        if (file->fd < 0 && !is_missing(held, file))
                open_file(root, folder, file);
        if (file->fd < 0)
                return scratch_note(scratch, file->fd);
        r = file_reread(file->fd, scratch, &len);
        if (r == -ENODEV) {
                close(file->fd);
                open_file(root, folder, file);
                r = file->fd < 0 ? scratch_note(scratch, file->fd)
                                 : file_reread(file->fd, scratch, &len);
        }
        if (r < 0)
                return r;
        keep_text(held, file, scratch->text, len);
        if (len >= SHORT_BYTES)
                keep_long_text(held, file, scratch->text, len);
        return 0;
}

void held_begin_part(struct held_files *held, unsigned part)
{
        if (held)
                held->part = (unsigned char)part;
}

struct ahead *held_ahead(const struct held_files *held)
{
        return held->ahead;
}

/* Whether it will be asked for in one of the parts: it was, in the last tick. */
static bool is_expected(const struct held_files *held, const struct held_file *file, unsigned parts)
{
        return file->part & parts && held->tick - file->tick <= 1 && file->fd >= 0 &&
               file->round != held->round && !file->is_too_long;
}

void held_add_ahead(struct held_files *held, struct held_folder *folder, unsigned parts)
{
        held->has_ahead = true;
        ahead_begin_chain(held->ahead);
        for (size_t i = 0; i < folder->n_files; i++) {
                struct held_file *file = &folder->files[i];

                if (!is_expected(held, file, parts))
                        continue;
                file->ahead = ahead_add(held->ahead, file->fd);
                file->is_new = true;
        }
}

/* The name in a path; the folder's length is what is before its slash. */
static const char *split(const char *path, size_t *ret_folder_len)
{
        const char *slash = strrchr(path, '/');

        *ret_folder_len = slash ? (size_t)(slash - path) : 0;
        return slash ? slash + 1 : path;
}

int root_read_held(const struct root *root, const char *path, struct scratch *scratch)
{
        size_t len;
        const char *name = split(path, &len);
        struct held_folder *folder = held_folder(root, path, len);

        return folder ? held_read(root, folder, name, false, scratch)
                      : root_read(root, path, scratch);
}

bool held_lives(const struct root *root, struct held_folder *folder, const char *name,
        struct scratch *scratch)
{
        const struct held_files *held = root->held;
        const struct held_file *file = held_folder_find(folder, name);

        if (!file || file->fd < 0 || held->tick - file->opened_tick < SETTLED_TICKS)
                return false;
        if (file->round == held->round)
                return true;
        return held_read(root, folder, name, false, scratch) == 0 &&
               file->opened_tick != held->tick;
}

int root_hold_folder(const struct root *root, const char *path)
{
        struct held_folder *folder = held_folder(root, path, strlen(path));
        struct held_file *file = folder ? hold(root, folder, ".") : NULL;

        if (!file)
                return -EMFILE;
        if (file->fd < 0 && file->opened_round != root->held->round)
                open_file(root, folder, file);
        return file->fd;
}

void held_release_folder(const struct root *root, struct held_folder *folder)
{
        struct held_files *held = root->held;
        struct held_file *file = held_folder_find(folder, ".");

        if (!file)
                return;
        held->n_now -= file->tick == held->tick;
        forget(held, folder, file);
}

int *held_tag(struct held_folder *folder, const char *name)
{
        struct held_file *file = held_folder_find(folder, name);

        return file && file->fd >= 0 ? &file->tag : NULL;
}
