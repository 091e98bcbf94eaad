/* SPDX-License-Identifier: MIT */
#include "held_folders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum {
        FIRST_PLACES = 16, /* a power of two */
        FIRST_FILES = 2,   /* of a folder */
};

struct held_name {
        struct held_name *next;
        char text[];
};

int held_folders_init(struct held_folders *ret)
{
        *ret = (struct held_folders){.places = calloc(FIRST_PLACES, sizeof(*ret->places))};
        if (!ret->places)
                return -ENOMEM;
        ret->n_places = FIRST_PLACES;
        return 0;
}

static void free_folder(struct held_folder *folder)
{
        for (size_t i = 0; i < folder->n_files; i++) {
                if (folder->files[i].fd >= 0)
                        close(folder->files[i].fd);
        }
        free(folder->files);
        free(folder);
}

void held_folders_done(struct held_folders *folders)
{
        for (size_t i = 0; i < folders->n_places; i++) {
                if (folders->places[i].folder)
                        free_folder(folders->places[i].folder);
        }
        for (struct held_name *name = folders->names, *next; name; name = next) {
                next = name->next;
                free(name);
        }
        free(folders->places);
        *folders = (struct held_folders){0};
}

/* The place of a folder, or the free one where it would be. */
static struct held_place *find_place(
        const struct held_folders *folders, uint64_t hash, const char *path, size_t len)
{
        for (size_t at = (size_t)hash;; at++) {
                struct held_place *place = &folders->places[at & (folders->n_places - 1)];
                const struct held_folder *folder = place->folder;

                if (!folder || (place->hash == hash && folder->path_len == len &&
                                       memcmp(folder->path, path, len) == 0))
                        return place;
        }
}

static bool grow(struct held_folders *folders)
{
        const size_t n = folders->n_places;
        struct held_place *old = folders->places, *places = calloc(n * 2, sizeof(*places));

        if (!places)
                return false;
        folders->places = places;
        folders->n_places = n * 2;
        for (size_t i = 0; i < n; i++) {
                const struct held_folder *folder = old[i].folder;

                if (folder)
                        *find_place(folders, old[i].hash, folder->path, folder->path_len) = old[i];
        }
        free(old);
        return true;
}

struct held_folder *held_folders_find(
        const struct held_folders *folders, const char *path, size_t len)
{
        return find_place(folders, text_hash(path, len), path, len)->folder;
}

struct held_folder *held_folders_add(struct held_folders *folders, const char *path, size_t len)
{
        const uint64_t hash = text_hash(path, len);
        struct held_folder *folder;

        if (folders->n_folders * 2 >= folders->n_places && !grow(folders))
                return NULL;
        folder = malloc(sizeof(*folder) + len + 1);
        if (!folder)
                return NULL;
        *folder = (struct held_folder){.hash = hash, .path_len = len};
        memcpy(folder->path, path, len);
        folder->path[len] = '\0';
        *find_place(folders, hash, path, len) = (struct held_place){hash, folder};
        folders->n_folders++;
        return folder;
}

void held_folders_vacate(struct held_folders *folders, size_t at)
{
        const size_t mask = folders->n_places - 1;

        free_folder(folders->places[at].folder);
        folders->places[at].folder = NULL;
        folders->n_folders--;
        /* What was put behind it because it was taken moves up. */
        for (size_t next = (at + 1) & mask; folders->places[next].folder;
                next = (next + 1) & mask) {
                const size_t wanted = (size_t)folders->places[next].hash & mask;

                if (((next - wanted) & mask) < ((next - at) & mask))
                        continue;
                folders->places[at] = folders->places[next];
                folders->places[next].folder = NULL;
                at = next;
        }
}

/* They are mostly asked for in the order in which they were opened. */
struct held_file *held_folder_find(struct held_folder *folder, const char *name)
{
        size_t at = folder->last;

        for (size_t n = folder->n_files; n > 0; n--) {
                at = at + 1 < folder->n_files ? at + 1 : 0;
                if (strcmp(folder->files[at].name, name) == 0) {
                        folder->last = at;
                        return &folder->files[at];
                }
        }
        return NULL;
}

static const char *keep_name(struct held_folders *folders, const char *text)
{
        const size_t size = strlen(text) + 1;
        struct held_name *name = folders->names;

        while (name && strcmp(name->text, text) != 0)
                name = name->next;
        if (name)
                return name->text;
        name = malloc(sizeof(*name) + size);
        if (!name)
                return NULL;
        memcpy(name->text, text, size);
        name->next = folders->names;
        folders->names = name;
        return name->text;
}

/* Room for one more file. */
static bool grow_folder(struct held_folder *folder)
{
        const size_t n = folder->n_allocated ? folder->n_allocated * 2 : FIRST_FILES;
        struct held_file *files;

        if (folder->n_files < folder->n_allocated)
                return true;
        files = aligned_alloc(CACHE_LINE_BYTES, n * sizeof(*files));
        if (!files)
                return false;
        if (folder->n_files > 0)
                memcpy(files, folder->files, folder->n_files * sizeof(*files));
        free(folder->files);
        folder->files = files;
        folder->n_allocated = n;
        return true;
}

struct held_file *held_folder_add(
        struct held_folders *folders, struct held_folder *folder, const char *name)
{
        const char *kept = grow_folder(folder) ? keep_name(folders, name) : NULL;
        struct held_file *file;

        if (!kept)
                return NULL;
        file = &folder->files[folder->n_files++];
        *file = (struct held_file){.name = kept};
        return file;
}

void held_folder_forget(struct held_folder *folder, struct held_file *file)
{
        const size_t n_behind = folder->n_files - (size_t)(file - folder->files) - 1;

        if (file->fd >= 0)
                close(file->fd);
        memmove(file, file + 1, n_behind * sizeof(*file));
        folder->n_files--;
}
