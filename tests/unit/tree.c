/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

enum {
        SCRATCH_BYTES = 64 * 1024,
        GUARD_BYTES = 64 * 1024, /* a page, of whatever size */
        NOBODY = 65534,
};

int tree_setup(void **state)
{
        const char *parent = getenv("TMPDIR");
        struct tree *tree = calloc(1, sizeof(*tree));
        char *memory;

        assert_non_null(tree);
        snprintf(tree->path, sizeof(tree->path), "%s/runstatd-unit-XXXXXX",
                parent && strlen(parent) < sizeof(tree->path) / 2 ? parent : "/tmp");
        assert_non_null(mkdtemp(tree->path));
        assert_int_equal(chmod(tree->path, 0755), 0);
        assert_int_equal(root_open(tree->path, &tree->root), 0);

        memory = mmap(NULL, SCRATCH_BYTES + GUARD_BYTES, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(memory, MAP_FAILED);
        memset(memory, 'x', SCRATCH_BYTES);
        assert_int_equal(mprotect(memory + SCRATCH_BYTES, GUARD_BYTES, PROT_NONE), 0);
        tree->scratch = (struct scratch){.text = memory, .size = SCRATCH_BYTES};
        *state = tree;
        return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        return remove(path);
}

static void remove_all(const char *path)
{
        assert_true(nftw(path, remove_entry, 64, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT);
}

int tree_teardown(void **state)
{
        struct tree *tree = *state;

        tree_be_root_again();
        remove_all(tree->path);
        root_close(&tree->root);
        munmap(tree->scratch.text, SCRATCH_BYTES + GUARD_BYTES);
        free(tree);
        return 0;
}

static void make_folders(struct tree *tree, const char *path)
{
        char copy[1024];
        size_t len = strlen(path);

        assert_in_range(len, 1, sizeof(copy) - 1);
        memcpy(copy, path, len + 1);
        for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                assert_true(mkdirat(tree->root.fd, copy, 0755) == 0 || errno == EEXIST);
                *slash = '/';
        }
}

void tree_bytes(struct tree *tree, const char *path, const void *bytes, size_t len)
{
        int fd;

        make_folders(tree, path);
        fd = openat(tree->root.fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0)
                fail_msg("cannot make '%s': %s", path, strerror(errno));
        assert_int_equal(write(fd, bytes, len), len);
        close(fd);
}

void tree_file(struct tree *tree, const char *path, const char *text)
{
        tree_bytes(tree, path, text, strlen(text));
}

void tree_letters(struct tree *tree, const char *path, size_t size)
{
        char *letters = malloc(size + 1);

        assert_non_null(letters);
        memset(letters, 'l', size);
        tree_bytes(tree, path, letters, size);
        free(letters);
}

void tree_folder(struct tree *tree, const char *path)
{
        make_folders(tree, path);
        assert_true(mkdirat(tree->root.fd, path, 0755) == 0 || errno == EEXIST);
}

void tree_link(struct tree *tree, const char *path, const char *target)
{
        make_folders(tree, path);
        unlinkat(tree->root.fd, path, 0);
        assert_int_equal(symlinkat(target, tree->root.fd, path), 0);
}

void tree_fifo(struct tree *tree, const char *path)
{
        make_folders(tree, path);
        assert_int_equal(mkfifoat(tree->root.fd, path, 0644), 0);
}

void tree_remove(struct tree *tree, const char *path)
{
        remove_all(tree_path(tree, path));
}

const char *tree_path(struct tree *tree, const char *path)
{
        static char absolute[1024];
        int n = snprintf(absolute, sizeof(absolute), "%s/%s", tree->path, path);

        assert_in_range(n, 1, sizeof(absolute) - 1);
        return absolute;
}

void tree_forbid(struct tree *tree, const char *path)
{
        assert_int_equal(fchmodat(tree->root.fd, path, 0, 0), 0);
        tree_be_nobody();
}

void tree_be_nobody(void)
{
        if (geteuid() == 0)
                assert_int_equal(seteuid(NOBODY), 0);
}

void tree_be_root_again(void)
{
        if (getuid() == 0)
                assert_int_equal(seteuid(0), 0);
}
