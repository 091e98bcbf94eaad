/* SPDX-License-Identifier: MIT */
#include "cgroup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fence.h"
#include "base/held.h"
#include "base/reserve.h"
#include "base/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static void keep_place(const struct folder *folder)
{
        struct cgroup_places *places = folder->places;

        if (places && folder->held && places->n_items < ARRAY_SIZE(places->items))
                places->items[places->n_items++] =
                        (struct cgroup_place){folder->hierarchy, folder->held, folder->top_len};
}

/* Where its files are held, or NULL. */
static struct held_folder *find_held(struct folder *folder)
{
        if (!folder->held) {
                folder->held = held_folder(folder->root, folder->path.text, folder->path.len);
                keep_place(folder);
        }
        return folder->held;
}

/* A walk goes on in another folder, and comes back. */
static void leave(struct folder *folder)
{
        folder->held = NULL;
        folder->places = NULL;
}

static void come_back(struct folder *folder, struct held_folder *held, struct cgroup_places *places)
{
        folder->held = held;
        folder->places = places;
}

static int read_by_path(struct folder *folder, const char *name,
        int (*read)(const struct root *, const char *, struct scratch *))
{
        const size_t len = folder->path.len;
        int r = -ENAMETOOLONG;

        buf_add_char(&folder->path, '/');
        buf_add(&folder->path, name);
        if (!folder->path.overflow)
                r = read(folder->root, folder->path.text, folder->scratch);
        buf_truncate(&folder->path, len);
        return r;
}

static int read_held(struct folder *folder, const char *name, bool anew)
{
        struct held_folder *held = find_held(folder);

        return held ? held_read(folder->root, held, name, anew, folder->scratch)
                    : read_by_path(folder, name, root_read);
}

bool folder_lives(struct folder *folder, const char *file)
{
        struct held_folder *held = find_held(folder);

        if (held && held_lives(folder->root, held, file, folder->scratch))
                return true;
        if (held)
                held_release_folder(folder->root, held);
        return false;
}

int *folder_tag(struct folder *folder, const char *name)
{
        struct held_folder *held = find_held(folder);

        return held ? held_tag(held, name) : NULL;
}

int folder_read(struct folder *folder, const char *name)
{
        return read_held(folder, name, false);
}

int folder_reread(struct folder *folder, const char *name)
{
        return read_held(folder, name, true);
}

int folder_read_once(struct folder *folder, const char *name)
{
        return read_by_path(folder, name, root_read_records);
}

int folder_read_number(struct folder *folder, const char *name, struct measure *ret)
{
        const char *at = folder->scratch->text;
        uint64_t value;
        int r = folder_read(folder, name);

        if (r < 0)
                return r;
        /* "max" on v2; "-1" where v1 has no CPU quota. */
        if (strcmp(at, "max\n") == 0 || strcmp(at, "-1\n") == 0)
                return 0;
        r = text_take_u64(&at, &value);
        if (r < 0 || strcmp(at, "\n") != 0)
                return -EBADMSG;
        *ret = measure_of(value);
        return 0;
}

int folder_read_keys(struct folder *folder, const char *name, const struct text_key *keys,
        size_t n_keys, void *ret)
{
        int r = folder_read(folder, name);

        return r < 0 ? r : text_read_keys(folder->scratch->text, keys, n_keys, ret);
}

/* The length of the path of the folder above, which there is below the mount point. */
static size_t length_above(const struct folder *folder)
{
        size_t up = folder->path.len - 1;

        while (up > folder->top_len && folder->path.text[up] != '/')
                up--;
        return up;
}

void folder_walk_up(struct folder *folder, bool (*visit)(struct folder *, void *), void *data)
{
        const size_t len = folder->path.len;
        struct cgroup_places *const places = folder->places;
        struct held_folder *held;
        char saved[PATH_MAX];
        bool goes_on = visit(folder, data);

        memcpy(saved, folder->path.text, len);
        held = folder->held;
        while (goes_on && folder->path.len > folder->top_len) {
                buf_truncate(&folder->path, length_above(folder));
                leave(folder);
                goes_on = visit(folder, data);
        }
        buf_truncate(&folder->path, 0);
        buf_add_bytes(&folder->path, saved, len);
        come_back(folder, held, places);
}

void folder_listing_start(struct folder_listing *ret, int fd, struct scratch *scratch)
{
        ret->scratch = scratch;
        ret->reader = (struct folder_reader){
                .fd = fd,
                .buffer = ret->entries,
                .size = sizeof(ret->entries),
        };
}

const char *folder_listing_next(struct folder_listing *listing)
{
        struct folder_reader *reader = &listing->reader;
        const char *name;
        int r = 0;

        while (reader->fd >= 0 && (r = folder_reader_next(reader, &name, NULL)) > 0) {
                if (name[0] != '.' && folder_reader_is_folder(reader, name))
                        return name;
        }
        scratch_note(listing->scratch, r);
        return NULL;
}

/* Appends a name to the folder's path. The length it had, to go back to; or -1: it is too long. */
static ssize_t enter(struct folder *folder, const char *name)
{
        const size_t len = folder->path.len;

        buf_add_char(&folder->path, '/');
        buf_add(&folder->path, name);
        if (!folder->path.overflow)
                return (ssize_t)len;
        buf_truncate(&folder->path, len);
        return -1;
}

void folder_walk_down(
        struct folder *folder, unsigned *budget, void (*visit)(struct folder *, void *), void *data)
{
        struct held_folder *const held = folder->held;
        struct cgroup_places *const places = folder->places;
        cleanup_fd int fd = -1;
        struct folder_listing listing;
        const char *name;
        struct stat st;

        /* A cgroup without others below it has the links of its name and its dot alone. */
        if (!fence_has(folder->path.text) &&
                fstatat(folder->root->fd, folder->path.text, &st, 0) == 0 && st.st_nlink == 2)
                return;
        fd = reserve_openat(
                folder->root->fd, folder->path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        if (fd < 0) {
                scratch_note(folder->scratch, -errno);
                return;
        }
        folder_listing_start(&listing, fd, folder->scratch);
        while (*budget > 0 && (name = folder_listing_next(&listing))) {
                ssize_t len = enter(folder, name);

                if (len < 0)
                        continue;
                --*budget;
                leave(folder);
                visit(folder, data);
                folder_walk_down(folder, budget, visit, data);
                buf_truncate(&folder->path, (size_t)len);
        }
        come_back(folder, held, places);
}

struct limit_search {
        const char *name;
        size_t len;                       /* of the folder it begins in */
        const struct cgroup_above *above; /* or NULL */
        struct measure limit, above_limit;
        int first_error;
};

static bool has_path(const struct cgroup_above *above, const char *path, size_t len)
{
        return above->len == len && memcmp(above->path, path, len) == 0;
}

static void keep_above(
        struct cgroup_above *above, const struct folder *folder, struct measure limit)
{
        const size_t len = length_above(folder);

        if (len >= sizeof(above->path) || has_path(above, folder->path.text, len))
                return;
        memcpy(above->path, folder->path.text, len);
        above->len = len;
        above->limit = limit;
}

static bool lower_limit(struct folder *folder, void *data)
{
        struct limit_search *search = data;
        struct measure here = {0};
        const bool is_above = folder->path.len < search->len;

        if (is_above && search->above &&
                has_path(search->above, folder->path.text, folder->path.len)) {
                search->above_limit = measure_min(search->above_limit, search->above->limit);
                return false;
        }
        note_error(&search->first_error, folder_read_number(folder, search->name, &here));
        if (is_above)
                search->above_limit = measure_min(search->above_limit, here);
        else
                search->limit = here;
        return true;
}

/* Where what those above say of that file is kept; NULL when there is no room for it. */
static struct cgroup_above *find_above(struct cgroups_above *above, const char *name)
{
        for (size_t i = 0; above && i < ARRAY_SIZE(above->items); i++) {
                if (!above->items[i].name)
                        above->items[i].name = name;
                if (strcmp(above->items[i].name, name) == 0)
                        return &above->items[i];
        }
        return NULL;
}

int folder_read_limit(struct folder *folder, const char *name, struct measure *limit)
{
        struct cgroup_above *above = find_above(folder->above, name);
        struct limit_search search = {.name = name, .len = folder->path.len, .above = above};

        folder_walk_up(folder, lower_limit, &search);
        *limit = measure_min(*limit, measure_min(search.limit, search.above_limit));
        if (above && search.first_error == 0 && folder->path.len > folder->top_len)
                keep_above(above, folder, search.above_limit);
        return search.first_error;
}

/* The places that are still valid, and emptied when they were not. */
static struct cgroup_places *check_places(
        const struct cgroup_view *view, struct cgroup_places *places)
{
        const struct held_files *held = view->root->held;

        if (!places || !held)
                return NULL;
        if (places->generation != held_generation(held) ||
                places->n_changes != view->layout->n_changes)
                *places = (struct cgroup_places){
                        .generation = held_generation(held),
                        .n_changes = view->layout->n_changes,
                };
        return places;
}

static bool recall_place(struct folder *ret)
{
        const struct cgroup_places *places = ret->places;
        const char *path;
        size_t len;

        for (unsigned i = 0; places && i < places->n_items; i++) {
                const struct cgroup_place *place = &places->items[i];

                if (place->hierarchy != ret->hierarchy)
                        continue;
                ret->held = place->held;
                ret->top_len = place->top_len;
                path = held_folder_path(place->held, &len);
                buf_add_bytes(&ret->path, path, len);
                return true;
        }
        return false;
}

int folder_locate(const struct cgroup_view *view, const struct cgroup *cgroup,
        const struct hierarchy *hierarchy, struct folder *ret, struct stat *ret_stat)
{
        int r;

        ret->root = view->root;
        ret->scratch = view->scratch;
        ret->held = NULL;
        ret->hierarchy = hierarchy;
        ret->places = check_places(view, cgroup->places);
        ret->above = view->above;
        buf_init(&ret->path, ret->memory, sizeof(ret->memory));
        if (!recall_place(ret)) {
                r = hierarchy_folder(hierarchy, cgroup->path, &ret->path, &ret->top_len);
                if (r < 0)
                        return r;
        }
        if (!ret_stat)
                return 0;
        if (fstatat(view->root->fd, ret->path.text, ret_stat, 0) < 0)
                return -errno;
        return S_ISDIR(ret_stat->st_mode) ? 0 : -ENOTDIR;
}

int folder_open(const struct cgroup_view *view, const struct cgroup *cgroup,
        enum controller controller, struct folder *ret)
{
        const struct hierarchy *hierarchy = view->layout->of[controller];

        return hierarchy ? folder_locate(view, cgroup, hierarchy, ret, NULL) : -ENOENT;
}
