/* SPDX-License-Identifier: MIT */
#include "base/held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/reserve.h"
#include "base/text.h"

enum {
        SHORT_BYTES = 24,      /* a number and the end of its line */
        LONG_BYTES = 8 * 1024, /* memory.stat has 1 to 2 KiB */
        FIRST_PLACES = 64,     /* a power of two */
        /* A cgroup may get its files a moment after its folder. One that was not there so many
         * times is not looked for in as many ticks. */
        MISSING_TIMES = 8,
};

struct held_file {
        char *path; /* NULL: a free place */
        uint64_t hash;
        uint64_t id;    /* of no other one, ever */
        uint64_t round; /* in which `text` was read */
        uint32_t tick;  /* in which it was used last */
        uint32_t opened_tick;
        uint64_t opened_round;
        unsigned n_missing; /* times it was not there, one after the other */
        int fd;             /* or -errno of opening it */
        int tag;
        unsigned char text_len; /* SHORT_BYTES: it is longer */
        char text[SHORT_BYTES];
};

struct held_files {
        struct held_file *places;
        size_t n_places, n_used, n_max; /* n_places is a power of two */
        uint64_t round;
        uint32_t tick;
        /* The last text that is too long to stay with its file. */
        uint64_t n_ids, long_id, long_round;
        size_t long_len;
        char long_text[LONG_BYTES];
};

int held_new(size_t n_max, struct held_files **ret)
{
        struct held_files *held = calloc(1, sizeof(*held));

        if (!held)
                return -ENOMEM;
        held->places = calloc(FIRST_PLACES, sizeof(*held->places));
        if (!held->places) {
                free(held);
                return -ENOMEM;
        }
        held->n_places = FIRST_PLACES;
        held->n_max = n_max;
        held->round = 1;
        *ret = held;
        return 0;
}

static void forget(struct held_file *file)
{
        if (file->fd >= 0)
                close(file->fd);
        free(file->path);
        *file = (struct held_file){0};
}

void held_free(struct held_files *held)
{
        if (!held)
                return;
        for (size_t i = 0; i < held->n_places; i++) {
                if (held->places[i].path)
                        forget(&held->places[i]);
        }
        free(held->places);
        free(held);
}

void held_begin_round(struct held_files *held)
{
        if (held)
                held->round++;
}

/* The place of a path, or the free one where it would be. */
static struct held_file *find(const struct held_files *held, uint64_t hash, const char *path)
{
        for (size_t at = (size_t)hash;; at++) {
                struct held_file *file = &held->places[at & (held->n_places - 1)];

                if (!file->path || (file->hash == hash && strcmp(file->path, path) == 0))
                        return file;
        }
}

static bool grow(struct held_files *held)
{
        const size_t n = held->n_places;
        struct held_file *old = held->places, *places = calloc(n * 2, sizeof(*places));

        if (!places)
                return false;
        held->places = places;
        held->n_places = n * 2;
        for (size_t i = 0; i < n; i++) {
                if (old[i].path)
                        *find(held, old[i].hash, old[i].path) = old[i];
        }
        free(old);
        return true;
}

/* Frees a place. What was put behind it because it was taken moves up. */
static void vacate(struct held_files *held, size_t at)
{
        const size_t mask = held->n_places - 1;

        forget(&held->places[at]);
        held->n_used--;
        for (size_t next = (at + 1) & mask; held->places[next].path; next = (next + 1) & mask) {
                struct held_file *file = &held->places[next];
                const size_t wanted = (size_t)file->hash & mask;

                if (((next - wanted) & mask) < ((next - at) & mask))
                        continue;
                held->places[at] = *file;
                *file = (struct held_file){0};
                at = next;
        }
}

void held_end_tick(struct held_files *held)
{
        if (!held)
                return;
        for (size_t i = 0; i < held->n_places;) {
                if (held->places[i].path && held->places[i].tick != held->tick)
                        vacate(held, i);
                else
                        i++;
        }
        held->tick++;
        held->round++;
}

size_t held_n_files(const struct held_files *held)
{
        return held->n_used;
}

static void open_file(struct held_files *held, const struct root *root, struct held_file *file)
{
        const int fd = reserve_openat(
                root->fd, file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);

        file->fd = fd < 0 ? -errno : fd;
        if (file->fd != -ENOENT)
                file->n_missing = 0;
        else if (file->n_missing < MISSING_TIMES)
                file->n_missing++;
        file->opened_tick = held->tick;
        file->opened_round = held->round;
        file->tag = -1;
}

/* The file of that path; NULL when there is no room for it. */
static struct held_file *hold(
        struct held_files *held, const struct root *root, uint64_t hash, const char *path)
{
        struct held_file *file = find(held, hash, path);
        char *copy;

        if (file->path)
                return file;
        if (held->n_used >= held->n_max)
                return NULL;
        if (held->n_used * 2 >= held->n_places) {
                if (!grow(held))
                        return NULL;
                file = find(held, hash, path);
        }
        copy = strdup(path);
        if (!copy)
                return NULL;
        *file = (struct held_file){.path = copy, .hash = hash, .id = ++held->n_ids};
        held->n_used++;
        open_file(held, root, file);
        return file;
}

static void keep_text(struct held_files *held, struct held_file *file, const char *text, size_t len)
{
        file->round = held->round;
        file->text_len = len < SHORT_BYTES ? (unsigned char)len : SHORT_BYTES;
        if (len < SHORT_BYTES) {
                memcpy(file->text, text, len + 1);
        } else if (len < LONG_BYTES) {
                memcpy(held->long_text, text, len + 1);
                held->long_id = file->id;
                held->long_round = held->round;
                held->long_len = len;
        }
}

/* Whether it is not there, as far as needs no other try. */
static bool is_missing(const struct held_files *held, const struct held_file *file)
{
        if (file->fd != -ENOENT)
                return false;
        return file->opened_round == held->round ||
               (file->n_missing == MISSING_TIMES && held->tick - file->opened_tick < MISSING_TIMES);
}

/* The text it had in this round, if that is known. */
static bool recall(const struct held_files *held, const struct held_file *file, struct scratch *ret)
{
        if (file->round != held->round)
                return false;
        if (file->text_len < SHORT_BYTES) {
                memcpy(ret->text, file->text, (size_t)file->text_len + 1);
                return true;
        }
        if (held->long_id != file->id || held->long_round != held->round ||
                held->long_len >= ret->size)
                return false;
        memcpy(ret->text, held->long_text, held->long_len + 1);
        return true;
}

static int read_held(const struct root *root, const char *path, bool anew, struct scratch *scratch)
{
        struct held_files *held = root->held;
        struct held_file *file;
        size_t len;
        int r;

        if (!held)
                return root_read(root, path, scratch);
        file = hold(held, root, text_hash(path, strlen(path)), path);
        if (!file)
                return root_read(root, path, scratch);
        file->tick = held->tick;
        if (!anew && recall(held, file, scratch))
                return 0;
        if (file->fd < 0 && !is_missing(held, file))
                open_file(held, root, file);
        if (file->fd < 0)
                return scratch_note(scratch, file->fd);
        r = file_reread(file->fd, scratch, &len);
        if (r == -ENODEV) {
                close(file->fd);
                open_file(held, root, file);
                r = file->fd < 0 ? scratch_note(scratch, file->fd)
                                 : file_reread(file->fd, scratch, &len);
        }
        if (r < 0)
                return r;
        keep_text(held, file, scratch->text, len);
        return 0;
}

int root_read_held(const struct root *root, const char *path, struct scratch *scratch)
{
        return read_held(root, path, false, scratch);
}

int root_reread_held(const struct root *root, const char *path, struct scratch *scratch)
{
        return read_held(root, path, true, scratch);
}

int *root_held_tag(const struct root *root, const char *path)
{
        struct held_file *file;

        if (!root->held)
                return NULL;
        file = find(root->held, text_hash(path, strlen(path)), path);
        return file->path && file->fd >= 0 ? &file->tag : NULL;
}
