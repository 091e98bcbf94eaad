/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/reserve.h"
#include "base/text.h"
#include "cgroup_files.h"
#include "source/cgroup.h"

/* A search for the cgroups that match a pattern, one level at a time. */
struct match {
        const struct cgroup_view *view;
        const struct hierarchy *hierarchy;
        int (*found)(void *data, const char *path);
        void *data;
        char path[PATH_MAX]; /* the cgroup so far */
};

static int match_level(struct match *match, size_t len, const char *pattern, bool is_listed);

/* Goes on below the cgroup whose path is the first `len` bytes and `name`, if there is one. */
static int match_child(
        struct match *match, size_t len, const char *name, const char *rest, bool is_listed)
{
        size_t name_len = strlen(name);

        if (len + 1 + name_len >= sizeof(match->path))
                return 0;
        match->path[len] = '/';
        memcpy(match->path + len + 1, name, name_len + 1);
        return match_level(match, len + 1 + name_len, rest, is_listed);
}

/* Has the folder of the cgroup watched, for what comes and goes right below it. */
static void watch_level(struct match *match, size_t len)
{
        struct cgroup cgroup = {.path = len > 0 ? match->path : "/"};
        struct folder folder;

        match->path[len] = '\0';
        if (match->view->changes &&
                folder_locate(match->view, &cgroup, match->hierarchy, &folder, NULL) == 0)
                change_watch_add(match->view->changes, folder.path.text);
}

/* -1 when it is not there, or may not or cannot be listed. */
static int open_cgroup(struct match *match, size_t len)
{
        struct cgroup cgroup = {.path = len > 0 ? match->path : "/"};
        struct folder folder;
        int fd;

        match->path[len] = '\0';
        if (folder_locate(match->view, &cgroup, match->hierarchy, &folder, NULL) < 0)
                return -1;
        /* Watched first: what comes while it is listed is told then. */
        change_watch_add(match->view->changes, folder.path.text);
        fd = reserve_openat(
                match->view->root->fd, folder.path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        if (fd < 0)
                scratch_note(match->view->scratch, -errno);
        return fd;
}

/* Whether there is such a cgroup: a part of a pattern without a star is just appended. */
static bool exists(struct match *match)
{
        struct cgroup cgroup = {.path = match->path};
        struct folder folder;
        struct stat st;

        return scratch_note(match->view->scratch,
                       folder_locate(match->view, &cgroup, match->hierarchy, &folder, &st)) == 0;
}

/* Matches the children of the cgroup that the first `len` bytes of the path name, which is known to
 * be there if it was listed. */
static int match_level(struct match *match, size_t len, const char *pattern, bool is_listed)
{
        cleanup_fd int fd = -1;
        struct folder_listing listing;
        const char *name;
        char word[NAME_MAX + 1];
        size_t word_len;
        int r = 0;

        pattern += strspn(pattern, "/");
        if (!*pattern)
                return is_listed || exists(match) ? match->found(match->data, match->path) : 0;
        word_len = strcspn(pattern, "/");
        if (word_len >= sizeof(word))
                return 0;
        memcpy(word, pattern, word_len);
        word[word_len] = '\0';
        if (!strpbrk(word, "*?")) {
                watch_level(match, len);
                return match_child(match, len, word, pattern + word_len, false);
        }

        fd = open_cgroup(match, len);
        folder_listing_start(&listing, fd, match->view->scratch);
        while (r == 0 && (name = folder_listing_next(&listing))) {
                if (text_matches(name, word))
                        r = match_child(match, len, name, pattern + word_len, true);
        }
        return r;
}

int cgroup_match(const struct cgroup_view *view, const char *pattern,
        int (*found)(void *data, const char *path), void *data)
{
        const struct hierarchy *candidates[N_CANDIDATES];
        int r = 0;

        list_candidates(view->layout, candidates);
        for (size_t i = 0; i < N_CANDIDATES && r == 0; i++) {
                struct match match = {
                        .view = view,
                        .hierarchy = candidates[i],
                        .found = found,
                        .data = data,
                };
                bool seen = !candidates[i];

                for (size_t j = 0; j < i; j++)
                        seen |= candidates[j] == candidates[i];
                if (!seen)
                        r = match_level(&match, 0, pattern, false);
        }
        return r;
}

enum {
        MAX_DEPTH = 64 /* each level of a walk holds a descriptor */
};

/* Calls `found` for each cgroup below the one that the first `len` bytes of the path name. */
static int walk_level(struct match *match, size_t len, unsigned depth)
{
        cleanup_fd int fd = -1;
        struct folder_listing listing;
        const char *name;
        int r = 0;

        if (depth == MAX_DEPTH)
                return 0;
        fd = open_cgroup(match, len);
        folder_listing_start(&listing, fd, match->view->scratch);
        while (r == 0 && (name = folder_listing_next(&listing))) {
                const size_t name_len = strlen(name);

                if (len + 1 + name_len >= sizeof(match->path))
                        continue;
                match->path[len] = '/';
                memcpy(match->path + len + 1, name, name_len + 1);
                r = match->found(match->data, match->path);
                if (r == 0)
                        r = walk_level(match, len + 1 + name_len, depth + 1);
        }
        return r;
}

int cgroup_walk(
        const struct cgroup_view *view, int (*found)(void *data, const char *path), void *data)
{
        const struct layout *layout = view->layout;
        struct match match = {
                .view = view,
                .hierarchy = layout->of[CONTROLLER_SYSTEMD] ? layout->of[CONTROLLER_SYSTEMD]
                                                            : layout->unified,
                .found = found,
                .data = data,
        };

        return match.hierarchy ? walk_level(&match, 0, 0) : 0;
}

/* For "/a/b" in one hierarchy: its top, and "a". */
static void watch_above(
        const struct cgroup_view *view, const struct hierarchy *hierarchy, const char *path)
{
        struct cgroup cgroup = {.path = path};
        struct folder folder;

        if (folder_locate(view, &cgroup, hierarchy, &folder, NULL) < 0)
                return;
        while (folder.path.len > folder.top_len) {
                size_t up = folder.path.len - 1;

                while (up > folder.top_len && folder.path.text[up] != '/')
                        up--;
                buf_truncate(&folder.path, up);
                change_watch_add(view->changes, folder.path.text);
        }
}

void cgroup_watch_above(const struct cgroup_view *view, const char *path)
{
        const struct hierarchy *candidates[N_CANDIDATES];
        const char *slash = strrchr(path, '/');

        if (!slash || !change_watch_begin_above(view->changes, path, (size_t)(slash - path)))
                return;
        list_candidates(view->layout, candidates);
        for (size_t i = 0; i < N_CANDIDATES; i++) {
                bool seen = !candidates[i];

                for (size_t j = 0; j < i; j++)
                        seen |= candidates[j] == candidates[i];
                if (!seen)
                        watch_above(view, candidates[i], path);
        }
}
