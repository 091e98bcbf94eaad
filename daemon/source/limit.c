/* SPDX-License-Identifier: MIT */
#include "source/limit.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/held.h"
#include "base/text.h"
#include "cgroup_files.h"
#include "limit_cache.h"
#include "source/machine.h"
#include "source/proc.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum {
        /* Cgroups below a target whose own counters are summed: there are few in a container or a
         * service, and many in a slice. */
        MAX_BELOW = 256,
};

void limit_state_begin(struct limit_state *state, uint64_t incarnation)
{
        if (state->incarnation != incarnation)
                *state = (struct limit_state){.incarnation = incarnation};
        state->n_files = 0;
}

bool limit_state_is_told(const struct limit_state *state, const struct change_watch *changes)
{
        for (unsigned i = 0; i < state->n_files; i++) {
                if (change_watch_has_told(changes, state->files[i]))
                        return true;
        }
        return false;
}

/* Returns by how much the sum has grown since it was known. One that shrinks has lost a part. */
static uint64_t grow(struct growth *growth, uint64_t now)
{
        uint64_t more = growth->known && now > growth->last ? now - growth->last : 0;

        growth->known = true;
        growth->last = now;
        growth->grown += more;
        return more;
}

/* Has the file `name` of the folder watched. Returns its number or -1. */
static int watch_file(const struct limit_view *view, struct folder *folder, const char *name)
{
        struct change_watch *changes = view->cgroups->changes;
        const size_t len = folder->path.len;
        int *known = changes ? folder_tag(folder, name) : NULL;
        int number = -1;

        /* While it is open it is the same file. */
        if (!changes || (known && change_watch_keep(changes, *known)))
                return known ? *known : -1;
        buf_add_char(&folder->path, '/');
        buf_add(&folder->path, name);
        if (!folder->path.overflow)
                number = change_watch_add_file(changes, folder->path.text);
        buf_truncate(&folder->path, len);
        if (known)
                *known = number;
        return number;
}

static void keep_file(struct limit_state *state, int number)
{
        if (number >= 0 && state->n_files < LIMIT_FILES)
                state->files[state->n_files++] = number;
}

typedef int read_level(struct folder *folder, struct level *ret);

/* Without refusals, where the kernel counts them at the cgroup that wanted the thread. */
static int read_pids_level_only(struct folder *folder, struct level *ret)
{
        struct measure used = {0}, max = {0};
        int first = 0;

        note_error(&first, folder_read_number(folder, "pids.max", &max));
        if (!max.known)
                return first;
        note_error(&first, folder_read_number(folder, "pids.current", &used));
        if (used.known)
                ret->limits[ret->n_limits++] =
                        (struct level_limit){"pids.max", used.value, max.value, {0}};
        return first;
}

/* pids.events.local: "max 3" */
static int read_pids_level(struct folder *folder, struct level *ret)
{
        static const struct text_key keys[] = {
                {"max", 0},
        };
        struct measure n_refused = {0};
        int r = read_pids_level_only(folder, ret);

        if (ret->n_limits == 0)
                return r;
        note_error(&r,
                folder_read_keys(folder, "pids.events.local", keys, ARRAY_SIZE(keys), &n_refused));
        ret->limits[0].n_refused = n_refused;
        ret->events = n_refused.known ? "pids.events.local" : NULL;
        return r;
}

/* On the way from a cgroup up to the last that can be seen. */
struct climb {
        const struct limit_view *view;
        const char *path;
        size_t folder_len; /* of the folder it began in */
        read_level *read;
        enum controller controller;
        unsigned level;   /* 0: where it began */
        size_t above_len; /* of the path of the folder above that; 0: not visited */
        bool has_above;   /* there, something limits, or is watched, or cannot be read */
        struct limits *ret;
        unsigned levels[LIMITS_MAX]; /* of each limit in `ret` */
        int first_error;
};

/* "pids.max", or "pids.max:/system.slice"; of a path that is too long the end. */
static void write_by(char by[LIMIT_BY_BYTES], const char *name, const char *path, size_t path_len)
{
        static const char cut[] = "...";
        const size_t room = LIMIT_BY_BYTES - strlen(name) - sizeof(":");
        struct buf text;

        buf_init(&text, by, LIMIT_BY_BYTES);
        buf_add(&text, name);
        if (!path)
                return;
        buf_add_char(&text, ':');
        if (path_len == 0) {
                buf_add_char(&text, '/');
        } else if (path_len <= room) {
                buf_add_bytes(&text, path, path_len);
        } else {
                const size_t kept = room - strlen(cut);

                buf_add(&text, cut);
                buf_add_bytes(&text, path + path_len - kept, kept);
        }
}

static void add_limits(struct climb *climb, const struct level *level, size_t n_above)
{
        const bool is_own = climb->level == 0 && climb->view->is_own;
        const size_t path_len = strlen(climb->path);
        struct limits *ret = climb->ret;

        for (size_t i = 0; i < level->n_limits && ret->n_items < LIMITS_MAX; i++) {
                const struct level_limit *from = &level->limits[i];
                struct limit *limit = &ret->items[ret->n_items];

                climb->levels[ret->n_items++] = climb->level;
                write_by(limit->by, from->name, is_own ? NULL : climb->path,
                        n_above < path_len ? path_len - n_above : 0);
                limit->used = from->used;
                limit->max = from->max;
                limit->n_refused = from->n_refused;
        }
}

static void read_into(const struct climb *climb, struct folder *folder, struct cached_level *ret)
{
        ret->level = (struct level){0};
        ret->r = climb->read(folder, &ret->level);
        ret->file = ret->level.events ? watch_file(climb->view, folder, ret->level.events) : -1;
}

static void take_level(
        struct climb *climb, const struct folder *folder, const struct cached_level *level)
{
        note_error(&climb->first_error, level->r);
        keep_file(climb->view->state, level->file);
        add_limits(climb, &level->level, climb->folder_len - folder->path.len);
}

static bool climb_above(struct climb *climb, struct folder *folder)
{
        struct limit_cache *cache = climb->view->cache;
        struct cached_level here, *level;
        bool is_known = false;

        if (limit_cache_is_clear(cache, climb->controller, folder->path.text, folder->path.len))
                return false;
        if (climb->level == 1)
                climb->above_len = folder->path.len;
        level = limit_cache_find(cache, climb->controller, folder->path.text, &is_known);
        if (!level) {
                level = &here;
                is_known = false;
        }
        if (!is_known)
                read_into(climb, folder, level);
        climb->has_above |= level->r < 0 || level->file >= 0 || level->level.n_limits > 0;
        take_level(climb, folder, level);
        return true;
}

/* The first ones are those of one target, mostly; those above are in the cache. */
static bool climb_level(struct folder *folder, void *data)
{
        struct climb *climb = data;
        struct cached_level own;
        bool goes_on = true;

        if (climb->level > 0) {
                goes_on = climb_above(climb, folder);
        } else {
                read_into(climb, folder, &own);
                take_level(climb, folder, &own);
        }
        climb->level++;
        return goes_on;
}

static void climb_up(struct climb *climb, struct folder *folder)
{
        climb->folder_len = folder->path.len;
        folder_walk_up(folder, climb_level, climb);
        if (climb->above_len > 0 && !climb->has_above)
                limit_cache_clear_above(
                        climb->view->cache, climb->controller, folder->path.text, climb->above_len);
}

/* Sums a counter over the files of cgroups. */
struct summing {
        const struct limit_view *view;
        const char *name;
        const struct text_key *key; /* one, at offset 0 */
        bool watch;
        struct measure sum;
        int first_error;
};

static void add_counter(struct folder *folder, void *data)
{
        struct summing *summing = data;
        struct measure here = {0};

        note_error(&summing->first_error,
                folder_read_keys(folder, summing->name, summing->key, 1, &here));
        summing->sum = measure_sum(summing->sum, here);
        if (summing->watch && here.known)
                keep_file(summing->view->state, watch_file(summing->view, folder, summing->name));
}

static void sum_below(struct folder *folder, struct summing *summing)
{
        const uint64_t n_failed = folder->scratch->n_failed;
        unsigned budget = MAX_BELOW;

        add_counter(folder, summing);
        folder_walk_down(folder, &budget, add_counter, summing);
        /* A part that cannot be read just now is not lost, and not new when it is read again. */
        if (folder->scratch->n_failed > n_failed)
                summing->sum = (struct measure){0};
}

/* The limit with the least room; of equals the lowest, which the kernel asks first. */
static size_t find_tightest(const struct limits *limits, size_t from)
{
        size_t tightest = from;
        uint64_t least = UINT64_MAX;

        for (size_t i = from; i < limits->n_items; i++) {
                const struct limit *limit = &limits->items[i];
                uint64_t room = limit->max > limit->used ? limit->max - limit->used : 0;

                if (room < least) {
                        least = room;
                        tightest = i;
                }
        }
        return tightest;
}

static unsigned level_of(const struct climb *climb, size_t item)
{
        unsigned level = climb->levels[item];

        return level < LIMIT_LEVELS ? level : LIMIT_LEVELS - 1;
}

/* Puts the refusals that the cgroup and those below it have met down to the limits found. */
static int attribute_refusals(struct climb *climb, struct folder *folder, size_t from, bool watch)
{
        static const struct text_key key = {"max", 0};
        struct limit_state *state = climb->view->state;
        struct limits *limits = climb->ret;
        struct summing summing = {
                .view = climb->view, .name = "pids.events", .key = &key, .watch = watch};

        sum_below(folder, &summing);
        if (!summing.sum.known)
                return summing.first_error;
        state->n_refused[level_of(climb, find_tightest(limits, from))] +=
                grow(&state->refusals, summing.sum.value);
        for (size_t i = from; i < limits->n_items; i++)
                limits->items[i].n_refused = measure_of(state->n_refused[level_of(climb, i)]);
        return summing.first_error;
}

int limits_add_pids(const struct limit_view *view, const char *path, struct limits *ret)
{
        const struct cgroup cgroup = {.path = path, .places = view->places};
        const struct hierarchy *hierarchy = view->cgroups->layout->of[CONTROLLER_PIDS];
        const size_t from = ret->n_items;
        struct climb climb = {.view = view, .path = path, .ret = ret};
        struct folder folder;
        bool is_known = false;
        int r = folder_open(view->cgroups, &cgroup, CONTROLLER_PIDS, &folder);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        climb.read = hierarchy->v2 && !hierarchy->pids_localevents ? read_pids_level
                                                                   : read_pids_level_only;
        climb.controller = CONTROLLER_PIDS;
        climb_up(&climb, &folder);
        for (size_t i = from; i < ret->n_items; i++)
                is_known |= ret->items[i].n_refused.known;
        /* On v1 nobody is told that pids.events changed. */
        if (!is_known && ret->n_items > from)
                note_error(&climb.first_error,
                        attribute_refusals(&climb, &folder, from, hierarchy->v2));
        return climb.first_error;
}

int limits_add_memory(const struct limit_view *view, const char *path, struct limits *ret)
{
        const struct cgroup cgroup = {.path = path, .places = view->places};
        const struct hierarchy *hierarchy = view->cgroups->layout->of[CONTROLLER_MEMORY];
        struct climb climb = {.view = view, .path = path, .ret = ret};
        struct folder folder;
        int r = folder_open(view->cgroups, &cgroup, CONTROLLER_MEMORY, &folder);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        climb.read = hierarchy->v2 ? cgroup_v2_read_memory_level : cgroup_v1_read_memory_level;
        climb.controller = CONTROLLER_MEMORY;
        climb_up(&climb, &folder);
        return climb.first_error;
}

int limits_read_oom_kills(const struct limit_view *view, const char *path, struct measure *ret)
{
        static const struct text_key key = {"oom_kill", 0};
        const struct cgroup cgroup = {.path = path, .places = view->places};
        const struct hierarchy *hierarchy = view->cgroups->layout->of[CONTROLLER_MEMORY];
        struct growth *growth = &view->state->oom_kills;
        struct summing summing = {.view = view, .key = &key};
        struct folder folder;
        int r = folder_open(view->cgroups, &cgroup, CONTROLLER_MEMORY, &folder);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        /* On v1 each cgroup counts its own, and nobody is told. */
        summing.name = hierarchy->v2 ? "memory.events" : "memory.oom_control";
        summing.watch = hierarchy->v2;
        if (hierarchy->v2 || cgroup_v1_is_charged_alone(&folder))
                add_counter(&folder, &summing);
        else
                sum_below(&folder, &summing);
        if (summing.sum.known) {
                grow(growth, summing.sum.value);
                *ret = measure_of(growth->grown);
        }
        return summing.first_error;
}

static void add_simple(struct limits *ret, const char *by, struct measure used, struct measure max)
{
        struct limit *limit = &ret->items[ret->n_items];

        if (!used.known || !max.known || ret->n_items == LIMITS_MAX)
                return;
        write_by(limit->by, by, NULL, 0);
        limit->used = used.value;
        limit->max = max.value;
        limit->n_refused = (struct measure){0};
        ret->n_items++;
}

int limits_machine_tasks(const struct root *root, struct scratch *scratch,
        struct limit_cache *cache, struct machine_tasks *ret)
{
        if (!cache)
                return machine_read_tasks(root, scratch, ret);
        if (!cache->has_machine) {
                cache->machine = (struct machine_tasks){0};
                cache->machine_r = machine_read_tasks(root, scratch, &cache->machine);
                cache->has_machine = true;
        }
        *ret = cache->machine;
        return cache->machine_r;
}

/* The kernel makes a task only while there are fewer than threads-max, and while a pid is free.
 * Zombies have a pid, and are in the total of loadavg as long. */
int limits_add_machine(const struct root *root, struct scratch *scratch, struct limit_cache *cache,
        struct limits *ret)
{
        struct machine_tasks tasks = {0};
        int r = limits_machine_tasks(root, scratch, cache, &tasks);

        add_simple(ret, "threads-max", tasks.n_tasks, tasks.threads_max);
        add_simple(ret, "pid_max", tasks.n_tasks, tasks.pid_max);
        return r;
}

static int read_proc_file(
        const struct root *root, struct scratch *scratch, pid_t pid, const char *name)
{
        char memory[48];
        struct buf path;

        buf_init(&path, memory, sizeof(memory));
        buf_add(&path, "proc/");
        buf_add_u64(&path, (uint64_t)pid, 0);
        buf_add_char(&path, '/');
        buf_add(&path, name);
        return root_read(root, path.text, scratch);
}

/* "Uid:\t1000\t1000\t1000\t1000": the real one is the first. */
static struct measure parse_real_uid(const char *status)
{
        static const char key[] = "\nUid:\t";
        const char *at = strstr(status, key);
        uint64_t uid = 0;

        if (!at)
                return (struct measure){0};
        at += strlen(key);
        if (*at < '0' || *at > '9')
                return (struct measure){0};
        for (; *at >= '0' && *at <= '9'; at++)
                uid = uid * 10 + (uint64_t)(*at - '0');
        return *at == '\t' ? measure_of(uid) : (struct measure){0};
}

/* "CapEff:\t000001ffffffffff" */
static bool has_capability(const char *status)
{
        enum { SYS_ADMIN = 21, SYS_RESOURCE = 24 };
        static const char key[] = "\nCapEff:\t";
        const char *at = strstr(status, key);
        uint64_t capabilities = at ? strtoull(at + strlen(key), NULL, 16) : 0;

        return capabilities & (UINT64_C(1) << SYS_ADMIN | UINT64_C(1) << SYS_RESOURCE);
}

/* Whether its user namespace is the first one: elsewhere capabilities do not lift this limit.
 * "         0          0 4294967295" */
static bool is_in_first_namespace(const char *uid_map)
{
        uint64_t numbers[3];

        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
                uid_map += strspn(uid_map, " ");
                if (text_take_u64(&uid_map, &numbers[i]) < 0)
                        return false;
        }
        return numbers[0] == 0 && numbers[1] == 0 && numbers[2] == UINT32_MAX;
}

void limits_add_nproc(const struct root *root, struct scratch *scratch, pid_t pid,
        const struct users *users, struct limits *ret)
{
        struct measure uid, used;

        if (read_proc_file(root, scratch, pid, "status") < 0)
                return;
        uid = parse_real_uid(scratch->text);
        if (!uid.known || uid.value == 0)
                return;
        if (has_capability(scratch->text) && (read_proc_file(root, scratch, pid, "uid_map") < 0 ||
                                                     is_in_first_namespace(scratch->text)))
                return;
        used = measure_of(users_n_tasks(users, uid.value));
        if (used.value > 0)
                add_simple(ret, "nproc", used, proc_read_nproc_limit(root, pid, scratch));
}
