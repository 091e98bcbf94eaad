/* SPDX-License-Identifier: MIT */

/*
 * Hands files to the targets, without a fuzzer.
 *
 *   fuzz [TARGET FILE...]
 *
 * Without arguments each target gets all files of its folder in $srcdir/tests/fuzz/corpus.
 */

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fuzz.h"

enum { INPUT_BYTES = 1024 * 1024 };

static void run_file(const struct fuzz_target *target, int folder, const char *name)
{
        cleanup_fd int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
        uint8_t *data = malloc(INPUT_BYTES), *exact;
        ssize_t n;

        if (fd < 0 || !data || (n = read(fd, data, INPUT_BYTES)) < 0)
                err(1, "%s", name);
        /* A sanitizer sees what is read beyond. */
        exact = malloc((size_t)n);
        if (!exact)
                err(1, "%s", name);
        memcpy(exact, data, (size_t)n);
        free(data);
        target->run(exact, (size_t)n);
        free(exact);
}

static unsigned run_folder(const struct fuzz_target *target, const char *path)
{
        cleanup_dir DIR *dir = opendir(path);
        const struct dirent *entry;
        unsigned n = 0;

        if (!dir)
                err(1, "%s", path);
        while ((entry = readdir(dir))) {
                if (entry->d_name[0] == '.')
                        continue;
                /* What is said last is of the file that ends the program. */
                printf("%s/%s\n", target->name, entry->d_name);
                fflush(stdout);
                run_file(target, dirfd(dir), entry->d_name);
                n++;
        }
        return n;
}

int main(int argc, char **argv)
{
        const char *srcdir = getenv("srcdir");

        for (size_t i = 0; i < n_fuzz_targets; i++) {
                const struct fuzz_target *target = &fuzz_targets[i];
                char path[PATH_MAX];

                if (argc > 1 && strcmp(argv[1], target->name) != 0)
                        continue;
                for (int j = 2; j < argc; j++)
                        run_file(target, AT_FDCWD, argv[j]);
                if (argc > 1)
                        return 0;
                snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
                        target->name);
                if (run_folder(target, path) == 0)
                        errx(1, "%s: no files", path);
        }
        if (argc > 1)
                errx(64, "no target '%s'", argv[1]);
        return 0;
}
