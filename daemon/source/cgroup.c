/* SPDX-License-Identifier: MIT */
#include "source/cgroup.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroup_files.h"
#include "pressure.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

void list_candidates(const struct layout *layout, const struct hierarchy *ret[N_CANDIDATES])
{
        for (unsigned c = 0; c < N_CONTROLLERS; c++)
                ret[c] = layout->of[c];
        ret[N_CONTROLLERS] = layout->unified;
}

static void take_stat(struct cgroup *cgroup, const struct stat *st)
{
        cgroup->inode = st->st_ino;
        /* The links of its name and its dot alone. */
        cgroup->is_leaf = st->st_nlink == 2;
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
        take_stat(&cgroup, &st);
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

int cgroup_find_again(const struct cgroup_view *view, const char *path, struct cgroup *cgroup)
{
        const struct cgroup before = *cgroup;
        struct folder folder;
        int r;

        if (view->layout->of[CONTROLLER_PIDS] == cgroup->members &&
                folder_locate(view, cgroup, cgroup->members, &folder, NULL) == 0 &&
                folder_lives(&folder, "pids.current"))
                return 0;
        r = cgroup_find(view, path, cgroup);
        if (r == 0)
                cgroup->places = before.places;
        /* Of its own, this process may have another one in another hierarchy. */
        if (r == 0 && before.places && cgroup->path != before.path)
                *before.places = (struct cgroup_places){0};
        return r;
}

void cgroup_look_below(const struct cgroup_view *view, struct cgroup *cgroup)
{
        struct folder folder;
        struct stat st;

        if (folder_locate(view, cgroup, cgroup->members, &folder, &st) == 0 &&
                st.st_ino == cgroup->inode)
                take_stat(cgroup, &st);
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
