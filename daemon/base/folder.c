/* SPDX-License-Identifier: MIT */
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What getdents64(2) writes; the C library's struct dirent64 is not the same everywhere. */
struct entry {
        uint64_t inode;
        int64_t next;
        unsigned short len;
        unsigned char type;
        char name[];
};

int folder_reader_init(struct folder_reader *ret, int fd, char *buffer, size_t size, int64_t offset)
{
        if (lseek(fd, offset, SEEK_SET) < 0)
                return -errno;
        *ret = (struct folder_reader){.fd = fd, .buffer = buffer, .size = size};
        return 0;
}

int folder_reader_next(struct folder_reader *reader, const char **ret_name, int64_t *ret_next)
{
        const struct entry *entry;

        if (reader->at == reader->len) {
                long n = syscall(SYS_getdents64, reader->fd, reader->buffer, reader->size);

                if (n < 0)
                        return -errno;
                if (n == 0)
                        return 0;
                reader->len = (size_t)n;
                reader->at = 0;
        }
        entry = (const void *)(reader->buffer + reader->at);
        reader->at += entry->len;
        reader->type = entry->type;
        *ret_name = entry->name;
        if (ret_next)
                *ret_next = entry->next;
        return 1;
}

bool folder_reader_is_folder(const struct folder_reader *reader, const char *name)
{
        struct stat st;

        if (reader->type != DT_UNKNOWN)
                return reader->type == DT_DIR;
        return fstatat(reader->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}
