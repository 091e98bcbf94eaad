/* SPDX-License-Identifier: MIT */
#include "source/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/held.h"
#include "base/reserve.h"
#include "base/text.h"
#include "cgroup_files.h"
#include "pressure.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static int read_by(int (*read)(const struct root *, const char *, struct scratch *),
        struct folder *folder, const char *name)
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

int folder_read(struct folder *folder, const char *name)
{
        return read_by(root_read_held, folder, name);
}

int folder_reread(struct folder *folder, const char *name)
{
        return read_by(root_reread_held, folder, name);
}

int folder_read_once(struct folder *folder, const char *name)
{
        return read_by(root_read_records, folder, name);
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

void folder_walk_up(struct folder *folder, void (*visit)(struct folder *, void *), void *data)
{
        const size_t len = folder->path.len;
        char saved[PATH_MAX];

        memcpy(saved, folder->path.text, len);
        visit(folder, data);
        while (folder->path.len > folder->top_len) {
                size_t up = folder->path.len - 1;

                while (up > folder->top_len && folder->path.text[up] != '/')
                        up--;
                buf_truncate(&folder->path, up);
                visit(folder, data);
        }
        buf_truncate(&folder->path, 0);
        buf_add_bytes(&folder->path, saved, len);
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
        cleanup_fd int fd = -1;
        struct folder_listing listing;
        const char *name;
        struct stat st;

        /* A cgroup without others below it has the links of its name and its dot alone. */
        if (fstatat(folder->root->fd, folder->path.text, &st, 0) == 0 && st.st_nlink == 2)
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
                visit(folder, data);
                folder_walk_down(folder, budget, visit, data);
                buf_truncate(&folder->path, (size_t)len);
        }
}

struct limit_search {
        const char *name;
        struct measure *limit;
        int first_error;
};

static void lower_limit(struct folder *folder, void *data)
{
        struct limit_search *search = data;
        struct measure here = {0};

        note_error(&search->first_error, folder_read_number(folder, search->name, &here));
        *search->limit = measure_min(*search->limit, here);
}

int folder_read_limit(struct folder *folder, const char *name, struct measure *limit)
{
        struct limit_search search = {.name = name, .limit = limit};

        folder_walk_up(folder, lower_limit, &search);
        return search.first_error;
}

int folder_locate(const struct cgroup_view *view, const struct cgroup *cgroup,
        const struct hierarchy *hierarchy, struct folder *ret, struct stat *ret_stat)
{
        int r;

        ret->root = view->root;
        ret->scratch = view->scratch;
        buf_init(&ret->path, ret->memory, sizeof(ret->memory));
        r = hierarchy_folder(hierarchy, cgroup->path, &ret->path, &ret->top_len);
        if (r < 0)
                return r;
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

void list_candidates(const struct layout *layout, const struct hierarchy *ret[N_CANDIDATES])
{
        for (unsigned c = 0; c < N_CONTROLLERS; c++)
                ret[c] = layout->of[c];
        ret[N_CONTROLLERS] = layout->unified;
}

static int find_in(const struct cgroup_view *view, const struct hierarchy *hierarchy,
        const char *path, struct cgroup *ret)
{
        struct cgroup cgroup = {.path = path, .members = hierarchy};
        struct folder folder;
        struct stat st;
        int r = folder_locate(view, &cgroup, hierarchy, &folder, &st);

        if (r < 0)
                return r;
        cgroup.inode = st.st_ino;
        /* The links of its name and its dot alone. */
        cgroup.is_leaf = st.st_nlink == 2;
        *ret = cgroup;
        return 0;
}

int cgroup_find(const struct cgroup_view *view, const char *path, struct cgroup *ret)
{
        const struct hierarchy *candidates[N_CANDIDATES];
        int result = -ENOENT;

        list_candidates(view->layout, candidates);
        /* Of its own paths, this process is only in the root of a hierarchy that nobody uses. */
        for (int root_too = path ? 1 : 0; root_too <= 1; root_too++) {
                for (size_t i = 0; i < N_CANDIDATES; i++) {
                        int r;

                        if (!candidates[i])
                                continue;
                        if (!root_too && strcmp(candidates[i]->own_path, "/") == 0)
                                continue;
                        r = find_in(
                                view, candidates[i], path ? path : candidates[i]->own_path, ret);
                        /* In the next one it is the same cgroup, with another inode. */
                        if (r == 0 || error_is_passing(r))
                                return r;
                        if (r != -ENOENT)
                                result = r;
                }
        }
        return result;
}

int cgroup_folder(const struct cgroup_view *view, const struct cgroup *cgroup,
        enum controller controller, struct buf *ret)
{
        const struct hierarchy *hierarchy = view->layout->of[controller];

        if (!hierarchy)
                return -ENOENT;
        return hierarchy_folder(hierarchy, cgroup->path, ret, NULL);
}

int cgroup_of_process(const struct cgroup_view *view, pid_t pid, const struct hierarchy *hierarchy,
        char ret[PATH_MAX])
{
        const char *path;
        char memory[48];
        struct buf name;
        size_t len;
        bool deleted;
        int r;

        if (!hierarchy)
                return -ENOENT;
        buf_init(&name, memory, sizeof(memory));
        buf_add(&name, "proc/");
        buf_add_u64(&name, (uint64_t)pid, 0);
        buf_add(&name, "/cgroup");
        r = root_read(view->root, name.text, view->scratch);
        if (r < 0)
                return r;
        path = hierarchy_path_in(hierarchy, view->scratch->text, &len, &deleted);
        if (!path || deleted || len >= PATH_MAX)
                return -ENOENT;
        memcpy(ret, path, len);
        ret[len] = '\0';
        return 0;
}

bool cgroup_is_top(const struct cgroup_view *view, const struct cgroup *cgroup)
{
        struct folder folder;

        if (strcmp(cgroup->path, "/") != 0 ||
                folder_locate(view, cgroup, cgroup->members, &folder, NULL) < 0)
                return false;
        /* The top of a cgroup namespace has the path "/", too, but is a group like any other:
         * those have cgroup.events on v2, and on v1 they lack cgroup.sane_behavior. */
        return cgroup->members->v2 ? folder_read(&folder, "cgroup.events") == -ENOENT
                                   : folder_read(&folder, "cgroup.sane_behavior") == 0;
}

int cgroup_read_memory(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct memory_sample *ret)
{
        struct folder folder;
        int r = folder_open(view, cgroup, CONTROLLER_MEMORY, &folder);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        return view->layout->of[CONTROLLER_MEMORY]->v2 ? cgroup_v2_read_memory(&folder, ret)
                                                       : cgroup_v1_read_memory(&folder, ret);
}

int cgroup_read_pids(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct tasks_sample *ret)
{
        struct folder folder;
        int r = folder_open(view, cgroup, CONTROLLER_PIDS, &folder), first = 0;

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        note_error(&first, folder_read_limit(&folder, "pids.max", &ret->pids_limit));
        /* One that cannot be read may be lower than the others. */
        if (first < 0)
                ret->pids_limit = (struct measure){0};
        note_error(&first, folder_read_number(&folder, "pids.current", &ret->pids));
        return first;
}

int cgroup_read_cpu(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct cpu_sample *ret)
{
        const struct hierarchy *cpu = view->layout->of[CONTROLLER_CPU];
        struct folder folder;
        int first = 0;

        if (folder_open(view, cgroup, CONTROLLER_CPU, &folder) == 0)
                note_error(&first, cpu->v2 ? cgroup_v2_read_cpu(&folder, ret)
                                           : cgroup_v1_read_cpu(&folder, ret));
        if (cpu && cpu->v2)
                return first;
        if (folder_open(view, cgroup, CONTROLLER_CPUACCT, &folder) == 0)
                note_error(&first, cgroup_v1_read_cpuacct(&folder, ret));
        return first;
}

int cgroup_read_pressure(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct pressure_sample *ret)
{
        struct folder folder;
        int first = 0;

        if (!view->layout->unified ||
                folder_locate(view, cgroup, view->layout->unified, &folder, NULL) < 0)
                return 0;
        for (size_t i = 0; i < N_PRESSURE_FILES; i++) {
                int r = folder_read(&folder, pressure_files[i].cgroup_name);

                if (r == 0)
                        r = pressure_parse(folder.scratch->text, &pressure_files[i], ret);
                note_error(&first, r);
        }
        return first;
}

int cgroup_read_io(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct io_sample *ret)
{
        struct folder folder;
        int r = folder_open(view, cgroup, CONTROLLER_IO, &folder);

        if (r == 0)
                r = view->layout->of[CONTROLLER_IO]->v2 ? cgroup_v2_read_io(&folder, ret)
                                                        : cgroup_v1_read_io(&folder, ret);
        return r == -ENOENT ? 0 : r;
}

int cgroup_read_detail(
        const struct cgroup_view *view, const struct cgroup *cgroup, struct detail_sample *ret)
{
        const struct layout *layout = view->layout;
        struct folder folder;
        int first = 0;

        if (folder_open(view, cgroup, CONTROLLER_MEMORY, &folder) == 0)
                note_error(&first, layout->of[CONTROLLER_MEMORY]->v2
                                           ? cgroup_v2_read_memory_detail(&folder, ret)
                                           : cgroup_v1_read_memory_detail(&folder, ret));
        if (folder_open(view, cgroup, CONTROLLER_PIDS, &folder) == 0) {
                static const struct text_key keys[] = {
                        {"max", offsetof(struct detail_sample, pids_events_max)},
                };

                note_error(&first, folder_read_number(&folder, "pids.peak", &ret->pids_peak));
                note_error(&first,
                        folder_read_keys(&folder, "pids.events", keys, ARRAY_SIZE(keys), ret));
        }
        if (layout->unified && folder_locate(view, cgroup, layout->unified, &folder, NULL) == 0)
                note_error(&first, cgroup_v2_read_tree_detail(&folder, ret));
        return first;
}
