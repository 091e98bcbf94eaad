/* SPDX-License-Identifier: MIT */
#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/reserve.h"

int scratch_init(struct scratch *ret, size_t size)
{
        char *text = malloc(size);

        if (!text)
                return -ENOMEM;
        *ret = (struct scratch){.text = text, .size = size};
        return 0;
}

void scratch_done(struct scratch *scratch)
{
        free(scratch->text);
        *scratch = (struct scratch){0};
}

int root_open(const char *path, struct root *ret)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        *ret = (struct root){.fd = fd};
        return 0;
}

void root_close(struct root *root)
{
        if (root->fd >= 0)
                close(root->fd);
        root->fd = -1;
}

bool error_is_passing(int r)
{
        static const int errors[] = {EMFILE, ENFILE, ENOMEM, EIO, EINTR, EAGAIN};

        for (size_t i = 0; r < 0 && i < sizeof(errors) / sizeof(errors[0]); i++) {
                if (r == -errors[i])
                        return true;
        }
        return false;
}

enum {
        /* The kernel allocates as much for a file below /proc/sys as is asked for, and refuses
         * some megabytes. */
        READ_BYTES = 64 * 1024,
        /* A read of records, as seq_file.h of the kernel has them, ends before the one that does
         * not fit into its page. */
        PART_BYTES = 3 * 1024,
};

static int read_file(int dir_fd, const char *path, struct scratch *scratch, size_t *ret_len)
{
        cleanup_fd int fd = -1;
        size_t len = 0;

        /* O_NONBLOCK does nothing for files of the kernel, and a FIFO in a recorded tree would
         * hold us for ever without it. */
        fd = reserve_openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
        if (fd < 0)
                return -errno;

        for (;;) {
                const size_t room = scratch->size - len;
                ssize_t n = read(fd, scratch->text + len, room < READ_BYTES ? room : READ_BYTES);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                len += (size_t)n;
                if (len == scratch->size)
                        return -EFBIG;
        }
        scratch->text[len] = '\0';
        if (ret_len)
                *ret_len = len;
        return 0;
}

int file_read_at(int dir_fd, const char *path, struct scratch *scratch, size_t *ret_len)
{
        return scratch_note(scratch, read_file(dir_fd, path, scratch, ret_len));
}

int file_reread(int fd, struct scratch *scratch, size_t *ret_len)
{
        size_t len = 0;
        ssize_t n;

        do {
                const size_t room = scratch->size - len;

                if (room == 0)
                        return -EFBIG;
                do {
                        n = pread(fd, scratch->text + len, room < READ_BYTES ? room : READ_BYTES,
                                (off_t)len);
                } while (n < 0 && errno == EINTR);
                if (n < 0)
                        return scratch_note(scratch, -errno);
                len += (size_t)n;
        } while (n >= PART_BYTES);
        if (len == scratch->size)
                return -EFBIG;
        scratch->text[len] = '\0';
        if (ret_len)
                *ret_len = len;
        return 0;
}

int root_read_records(const struct root *root, const char *path, struct scratch *scratch)
{
        cleanup_fd int fd =
                reserve_openat(root->fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);

        return fd < 0 ? scratch_note(scratch, -errno) : file_reread(fd, scratch, NULL);
}

int link_read_at(int dir_fd, const char *path, char *text, size_t size)
{
        ssize_t n = readlinkat(dir_fd, path, text, size);

        if (n < 0)
                return -errno;
        if ((size_t)n >= size)
                return -ENAMETOOLONG;
        text[n] = '\0';
        return 0;
}
