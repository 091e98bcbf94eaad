/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ahead.h"
#include "base/pages.h"

enum {
        SHORT_BYTES = 24 /* a number and the end of its line */
};

/* What a read needs of a file, in one line of the cache: of many targets none is in there when its
 * turn comes. */
struct held_file {
        _Alignas(CACHE_LINE_BYTES) const char *name; /* one of the table's names */
        uint32_t round;                              /* in which `text` was read */
        uint32_t tick;                               /* in which it was used last */
        uint32_t opened_tick, opened_round;
        int fd; /* or -errno of opening it */
        int tag;
        unsigned char n_missing; /* times it was not there, one after the other */
        unsigned char text_len;  /* SHORT_BYTES: it is longer */
        unsigned char part;      /* in which it is asked for, a bit; 0: not known */
        bool asked_again;        /* in a round in which it was read */
        bool is_new;             /* read ahead, and not asked for since */
        bool is_too_long;        /* to be read ahead */
        union {
                char text[SHORT_BYTES];
                struct ahead_text ahead; /* of a longer one */
        };
};
_Static_assert(sizeof(struct held_file) == CACHE_LINE_BYTES, "a file has one line of the cache");

/* A folder, and side by side its files, in the order in which they were first asked for. It stays
 * where it is until it is forgotten. */
struct held_folder {
        uint64_t hash;
        struct held_file *files;
        size_t n_files, n_allocated;
        size_t last; /* the place of the one that was found last */
        size_t path_len;
        char path[];
};

/* Folders by their paths; all 0 is a table that cannot be used. */
struct held_folders {
        struct held_place {
                uint64_t hash;
                struct held_folder *folder; /* NULL: a free place */
        } * places;
        size_t n_places, n_folders; /* n_places is a power of two */
        struct held_name *names;    /* of files: those in this program, and so few */
};

/* Returns 0 or -ENOMEM; held_folders_done() closes all files. */
int held_folders_init(struct held_folders *ret);
void held_folders_done(struct held_folders *folders);

/* The folder of that path, of `len` bytes. NULL: there is none; none was added for want of memory.
 */
struct held_folder *held_folders_find(
        const struct held_folders *folders, const char *path, size_t len);
struct held_folder *held_folders_add(struct held_folders *folders, const char *path, size_t len);

/* Forgets the folder at a place, which another one may take. */
void held_folders_vacate(struct held_folders *folders, size_t at);

/* The file of that name in a folder. They stay where they are until one is added or forgotten.
 * NULL: there is none; none was added for want of memory. One that is added is all 0 but for its
 * name. */
struct held_file *held_folder_find(struct held_folder *folder, const char *name);
struct held_file *held_folder_add(
        struct held_folders *folders, struct held_folder *folder, const char *name);

/* Closes a file, and has the ones behind it move up. */
void held_folder_forget(struct held_folder *folder, struct held_file *file);
