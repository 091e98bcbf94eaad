/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that files are read into, one after the other; each reading ends the text before. */
struct scratch {
        char *text;
        size_t size;
        uint64_t n_failed; /* errors for which error_is_passing() */
};

/*
 * Whether an error, 0 or -errno, says nothing of the file: this process, or the machine, is short
 * of descriptors or memory, or cannot read just now. What is made of several files is not known
 * then, and nothing has vanished.
 */
bool error_is_passing(int r);

/* Counts the error in `n_failed` if it is such a one. Returns it. */
static inline int scratch_note(struct scratch *scratch, int r)
{
        scratch->n_failed += error_is_passing(r);
        return r;
}

/*
 * A buffer of `size` bytes, released with scratch_done(). Only the pages that are written cost
 * memory.
 *
 * Returns 0 or -ENOMEM.
 */
int scratch_init(struct scratch *ret, size_t size);
void scratch_done(struct scratch *scratch);

struct held_files;

/* The folder below which "proc" and "sys" lie: "/", or another with `--root`. */
struct root {
        int fd;
        struct held_files *held; /* borrowed, or NULL; see base/held.h */
};

/*
 * Returns 0 or -errno from open(2). The descriptor is closed by root_close(), which accepts a
 * root that was never opened (fd -1).
 */
int root_open(const char *path, struct root *ret);
void root_close(struct root *root);

/*
 * Reads the file `path`, relative to the folder `dir_fd`, into `scratch`: the whole of it, until
 * a read returns 0, NUL-terminated. `ret_len` may be NULL. Never waits, not even for a FIFO.
 *
 * Returns 0; -EFBIG when it does not fit; else -errno from open(2) or read(2): -ENOENT, -ESRCH for
 * a process gone meanwhile, -ENODEV for a cgroup gone meanwhile, -EACCES, -EISDIR.
 */
int file_read_at(int dir_fd, const char *path, struct scratch *scratch, size_t *ret_len);

/*
 * Reads the text of an open file from its start, into `scratch`. When the file's records are
 * shorter than 1 KiB, or it is a single one, its end is known without another read. Returns as
 * file_read_at().
 */
int file_reread(int fd, struct scratch *scratch, size_t *ret_len);

/* As root_read(), of a file such as file_reread() is for. */
int root_read_records(const struct root *root, const char *path, struct scratch *scratch);

/* The target of the symbolic link `path`, NUL-terminated; -ENAMETOOLONG when it does not fit. */
int link_read_at(int dir_fd, const char *path, char *text, size_t size);

/* The same relative to the root; `path` has no leading slash. */
static inline int root_read(const struct root *root, const char *path, struct scratch *scratch)
{
        return file_read_at(root->fd, path, scratch, NULL);
}
