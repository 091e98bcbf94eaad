/* SPDX-License-Identifier: MIT */
#include "base/ahead.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pages.h"

enum {
        MAX_FILES = 256,
        ROOM_BYTES = 64 * 1024,
        /* A read that gives more may not have given all; see file_reread(). memory.stat has 1 to
         * 2 KiB. */
        TEXT_BYTES = 3 * 1024,
};

struct ahead {
        uint32_t batch; /* 0: none so far */
        uint32_t n_files, chain;
        struct ahead_file {
                int fd;
                uint32_t chain;
                uint32_t at;
                int len; /* or -errno */
        } files[MAX_FILES];
        char room[ROOM_BYTES];
};

int ahead_new(struct ahead **ret)
{
        *ret = pages_new(sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

void ahead_free(struct ahead *ahead)
{
        pages_free(ahead, sizeof(*ahead));
}

void ahead_begin(struct ahead *ahead)
{
        ahead->n_files = 0;
        ahead->batch += ahead->batch == UINT32_MAX ? 2 : 1;
}

void ahead_begin_chain(struct ahead *ahead)
{
        ahead->chain++;
}

struct ahead_text ahead_add(struct ahead *ahead, int fd)
{
        const uint32_t index = ahead->n_files;

        if (index == MAX_FILES)
                return (struct ahead_text){0};
        ahead->files[index] = (struct ahead_file){.fd = fd, .chain = ahead->chain, .len = -ESTALE};
        ahead->n_files++;
        return (struct ahead_text){ahead->batch, index};
}

/* Reads a text to where there is room. Returns its length, or -errno. */
static int read_text(int fd, char *room, size_t size)
{
        ssize_t n;

        if (size < TEXT_BYTES)
                return -ENOBUFS;
        n = pread(fd, room, TEXT_BYTES, 0);
        if (n < 0)
                return -errno;
        if (n == TEXT_BYTES)
                return -EFBIG;
        room[n] = '\0';
        return (int)n;
}

/* There is as little as can be in this loop: what it needs is got from memory again after each
 * call of the kernel. */
void ahead_read(struct ahead *ahead)
{
        uint32_t at = 0, broken = ahead->chain + 1;

        for (uint32_t i = 0; i < ahead->n_files; i++) {
                struct ahead_file *file = &ahead->files[i];

                if (file->chain == broken)
                        continue;
                file->at = at;
                file->len = read_text(file->fd, ahead->room + at, ROOM_BYTES - at);
                if (file->len < 0)
                        broken = file->chain;
                else
                        at += (uint32_t)file->len + 1;
        }
}

int ahead_find(const struct ahead *ahead, struct ahead_text text, const char **ret, size_t *ret_len)
{
        const struct ahead_file *file = &ahead->files[text.index];

        if (!text.batch || text.batch != ahead->batch)
                return -ESTALE;
        if (file->len < 0)
                return file->len;
        *ret = ahead->room + file->at;
        *ret_len = (size_t)file->len;
        return 0;
}
