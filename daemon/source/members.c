/* SPDX-License-Identifier: MIT */
#include "source/members.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "cgroup_files.h"

enum {
        TRIES = 4,
        MAX_BELOW = 1024, /* cgroups below one that is listed; a walk over /proc is cheaper then */
};

void members_done(struct members *members)
{
        free(members->processes.ids);
        free(members->threads.ids);
        free(members->before.ids);
        free(members->children.ids);
        *members = (struct members){0};
}

static int append(struct id_list *list, pid_t id)
{
        if (list->n == list->n_allocated) {
                const size_t n = list->n_allocated ? list->n_allocated * 2 : 64;
                pid_t *grown = reallocarray(list->ids, n, sizeof(*grown));

                if (!grown)
                        return -ENOMEM;
                list->ids = grown;
                list->n_allocated = n;
        }
        list->ids[list->n++] = id;
        return 0;
}

/* "1234\n1240\n", or "1234 1240 ". A task of another PID namespace is "0". */
static int parse_ids(const char *text, struct id_list *ret)
{
        int r = 0;

        while (*text && r == 0) {
                uint64_t id;

                if (text_take_u64(&text, &id) < 0 || id > INT_MAX || !*text)
                        return -EBADMSG;
                text++;
                r = id == 0 ? -EOPNOTSUPP : append(ret, (pid_t)id);
        }
        return r;
}

struct listing {
        struct members *members;
        bool v2;
        bool opens; /* a file of v1 that is open shows the same list for a second after each read */
        int r;
};

static void list_file(
        struct listing *listing, struct folder *folder, const char *name, struct id_list *ret)
{
        if (listing->r < 0)
                return;
        listing->r = listing->opens ? folder_read_once(folder, name) : folder_reread(folder, name);
        if (listing->r == 0)
                listing->r = parse_ids(folder->scratch->text, ret);
}

static void list_threads(struct listing *listing, struct folder *folder)
{
        list_file(listing, folder, listing->v2 ? "cgroup.threads" : "tasks",
                &listing->members->threads);
}

static void list_folder(struct folder *folder, void *data)
{
        struct listing *listing = data;

        list_threads(listing, folder);
        list_file(listing, folder, "cgroup.procs", &listing->members->processes);
}

/* Where all that is charged for is a single thread, it is the process, too. */
static void list_leaf(struct listing *listing, struct folder *folder, uint64_t n_charged)
{
        struct members *members = listing->members;

        if (n_charged == 0)
                return;
        list_threads(listing, folder);
        if (listing->r == 0 && n_charged == 1 && members->threads.n == 1)
                listing->r = append(&members->processes, members->threads.ids[0]);
        else
                list_file(listing, folder, "cgroup.procs", &members->processes);
}

/* What the kernel charges for; `anew` or as it was read in this round. */
static int read_charged(struct folder *folder, bool anew, uint64_t *ret)
{
        const char *at = folder->scratch->text;
        int r = anew ? folder_reread(folder, "pids.current") : folder_read(folder, "pids.current");

        if (r == 0 && text_take_u64(&at, ret) < 0)
                r = -EBADMSG;
        return r;
}

static int compare(const void *a, const void *b)
{
        const pid_t first = *(const pid_t *)a, second = *(const pid_t *)b;

        return first < second ? -1 : first > second;
}

bool id_list_has(const struct id_list *list, pid_t id)
{
        return list->n > 0 && bsearch(&id, list->ids, list->n, sizeof(*list->ids), compare);
}

/* qsort(3) takes memory for many. Mostly they are in order: so an insertion sort, whose steps get
 * shorter. */
static void sort(struct id_list *list)
{
        size_t step = 1, n_sorted = 1;

        while (n_sorted < list->n && list->ids[n_sorted - 1] <= list->ids[n_sorted])
                n_sorted++;
        if (n_sorted >= list->n)
                return;
        while (step < list->n / 3)
                step = step * 3 + 1;
        for (; step > 0; step /= 3) {
                for (size_t i = step; i < list->n; i++) {
                        const pid_t id = list->ids[i];
                        size_t at = i;

                        for (; at >= step && list->ids[at - step] > id; at -= step)
                                list->ids[at] = list->ids[at - step];
                        list->ids[at] = id;
                }
        }
}

/* Lists it and those below it once. */
static int list(struct folder *folder, const struct cgroup *cgroup, uint64_t n_charged, bool opens,
        struct members *members)
{
        const bool v2 = cgroup->members->v2;
        struct listing listing = {.members = members, .v2 = v2, .opens = opens && !v2};
        const uint64_t n_failed = folder->scratch->n_failed;
        unsigned budget = MAX_BELOW;

        members->processes.n = members->threads.n = 0;
        if (cgroup->is_leaf) {
                list_leaf(&listing, folder, n_charged);
        } else {
                list_folder(folder, &listing);
                folder_walk_down(folder, &budget, list_folder, &listing);
        }
        if (listing.r == 0 && folder->scratch->n_failed > n_failed)
                return -EAGAIN;
        if (listing.r == 0 && budget == 0)
                return -EOPNOTSUPP;
        sort(&members->processes);
        sort(&members->threads);
        members->may_be_old = !v2 && !listing.opens;
        return listing.r;
}

/* The processes of which no thread has their pid. */
static uint64_t count_dead_leaders(const struct members *members)
{
        uint64_t n = 0;

        for (size_t i = 0; i < members->processes.n; i++)
                n += !id_list_has(&members->threads, members->processes.ids[i]);
        return n;
}

static void count_zombies(struct members *members, uint64_t n_charged)
{
        members->n_dead_leaders = members->n_zombies = 0;
        if (n_charged <= members->threads.n)
                return;
        members->n_dead_leaders = count_dead_leaders(members);
        if (n_charged > members->threads.n + members->n_dead_leaders)
                members->n_zombies = n_charged - members->threads.n - members->n_dead_leaders;
}

/*
 * Where all that is charged for are threads that live, one list says so. Otherwise what is charged
 * for must be the same before and after, the list be a new one, and there be none below.
 */
static int list_until_agreed(const struct cgroup_view *view, struct folder *folder,
        struct cgroup *cgroup, bool anew, struct members *members)
{
        uint64_t n_before = 0, n_after = 0;
        int r = read_charged(folder, anew, &n_before);

        for (unsigned i = 0; i < TRIES && r == 0 && !members->agree; i++) {
                const bool was_leaf = cgroup->is_leaf;

                if (!was_leaf)
                        cgroup_look_below(view, cgroup);
                r = list(folder, cgroup, n_before, anew || i > 0, members);
                if (r < 0)
                        break;
                count_zombies(members, n_before);
                members->agree = n_before == members->threads.n + members->n_dead_leaders;
                if (!members->agree && was_leaf)
                        cgroup_look_below(view, cgroup);
                if (members->agree || members->may_be_old || was_leaf != cgroup->is_leaf)
                        continue;
                r = read_charged(folder, true, &n_after);
                if (r < 0)
                        break;
                count_zombies(members, n_after);
                members->agree = n_before == n_after && members->threads.n <= n_after;
                n_before = n_after;
        }
        return r;
}

static void keep(struct members *members)
{
        const struct id_list before = members->before;

        members->before = members->processes;
        members->processes = before;
}

int members_read(
        const struct cgroup_view *view, struct cgroup *cgroup, bool anew, struct members *members)
{
        struct folder folder;
        int r;

        if (view->layout->of[CONTROLLER_PIDS] != cgroup->members)
                return -EOPNOTSUPP;
        keep(members);
        members->agree = false;
        r = folder_locate(view, cgroup, cgroup->members, &folder, NULL);
        if (r == 0)
                r = list_until_agreed(view, &folder, cgroup, anew, members);
        return r == -ENOENT ? -EOPNOTSUPP : r;
}

int thread_read_children(
        const struct root *root, pid_t tid, struct scratch *scratch, struct id_list *ret)
{
        char memory[64];
        struct buf path;
        int r;

        buf_init(&path, memory, sizeof(memory));
        buf_add(&path, "proc/");
        buf_add_u64(&path, (uint64_t)tid, 0);
        buf_add(&path, "/task/");
        buf_add_u64(&path, (uint64_t)tid, 0);
        buf_add(&path, "/children");
        r = root_read_records(root, path.text, scratch);
        return r < 0 ? r : parse_ids(scratch->text, ret);
}
