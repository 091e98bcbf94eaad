/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/reserve.h"
#include "base/text.h"
#include "collector_state.h"

enum {
        MAX_REMEMBERED = 128, /* targets of patterns that went, which may come back */
        LISTED_TIMES = 8,     /* looks that one listing is good for, when nothing is told */
};

struct expansion {
        struct collector *collector;
        const struct watch *watch;
};

/* Whether a cgroup of this name is a unit's; others are what units make below their own. */
static bool is_unit(const char *name)
{
        static const char suffixes[][16] = {
                ".service",
                ".scope",
                ".slice",
                ".socket",
                ".mount",
                ".swap",
        };
        const char *dot = strrchr(name, '.');

        for (size_t i = 0; dot && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
                if (strcmp(dot, suffixes[i]) == 0)
                        return true;
        }
        return false;
}

/* Without memory for it, the next tick will see it again. */
static void add_newcomer(struct collector *collector, const struct watch *watch, const char *path)
{
        struct newcomer *grown = reallocarray(
                collector->newcomers, collector->n_newcomers + 1, sizeof(*collector->newcomers));

        if (!grown) {
                collector->list_again = true;
                return;
        }
        collector->newcomers = grown;
        grown += collector->n_newcomers;
        grown->watch = watch;
        grown->path = strdup(path);
        if (grown->path)
                collector->n_newcomers++;
        else
                collector->list_again = true;
}

static int compare_newcomers(const void *a, const void *b)
{
        const struct newcomer *first = a, *second = b;

        if (first->watch != second->watch)
                return first->watch < second->watch ? -1 : 1;
        return strcmp(first->path, second->path);
}

/* Makes targets of them in the order of their paths, so that those whose names collide get the same
 * numbers whatever order a folder has. One that was found in two hierarchies comes twice. */
static void admit_newcomers(struct collector *collector)
{
        const struct newcomer *last = NULL;

        if (collector->n_newcomers > 0)
                qsort(collector->newcomers, collector->n_newcomers, sizeof(*collector->newcomers),
                        compare_newcomers);
        for (size_t i = 0; i < collector->n_newcomers; i++) {
                const struct newcomer *newcomer = &collector->newcomers[i];
                const char *prefix = newcomer->watch->name ? newcomer->watch->name : "";
                struct name name = name_reduce(prefix, newcomer->path);
                struct target *target;

                if (last && compare_newcomers(last, newcomer) == 0)
                        continue;
                last = newcomer;
                if (targets_add(&collector->targets, newcomer->watch, newcomer->path, &name,
                            &target) == 0)
                        target->listed = true;
                else
                        collector->list_again = true;
        }
        for (size_t i = 0; i < collector->n_newcomers; i++)
                free(collector->newcomers[i].path);
        free(collector->newcomers);
        collector->newcomers = NULL;
        collector->n_newcomers = 0;
}

/* A cgroup matched the pattern: a target that is known, or a newcomer. */
static int expand(void *data, const char *path)
{
        const struct expansion *expansion = data;
        struct target *target;
        struct cgroup cgroup;
        uint64_t at = 0;

        while ((target = target_index_next(&expansion->collector->index, path, &at))) {
                if (target->watch == expansion->watch) {
                        target->listed = true;
                        return 0;
                }
        }
        if (cgroup_find(&expansion->collector->view, path, &cgroup) == 0)
                add_newcomer(expansion->collector, expansion->watch, path);
        else
                expansion->collector->list_again = true;
        return 0;
}

/* Whether, of two cgroups of one name, the first is the better guess: of the system's manager
 * rather than of a user's, and nearer to the top. */
static bool is_better(const char *path, const char *than)
{
        const bool is_users = strstr(path, "/user@"), other_is_users = strstr(than, "/user@");

        if (is_users != other_is_users)
                return other_is_users;
        return strlen(path) < strlen(than);
}

/* A cgroup has the name of the unit that a target is: its path, unless a better one is known. */
static void settle(struct collector *collector, struct target *target, const char *path)
{
        char *copy;

        if (target->listed && !is_better(path, target->path))
                return;
        if (!target->path || strcmp(target->path, path) != 0) {
                copy = strdup(path);
                if (!copy) {
                        collector->list_again = true;
                        return;
                }
                free(target->path);
                target->path = copy;
                target->cgroup.path = copy;
                target->places = (struct cgroup_places){0};
        }
        target->listed = true;
}

/* A search for units, and between which watches the patterns of their names are. */
struct unit_search {
        struct collector *collector;
        size_t first_pattern, end_pattern;
};

static bool is_unit_pattern(const struct watch *watch)
{
        return watch->kind == WATCH_UNIT && watch->is_pattern;
}

/* A cgroup was seen: the targets that units' names and patterns make of it. */
static int expand_units(void *data, const char *path)
{
        const struct unit_search *search = data;
        struct collector *collector = search->collector;
        const struct targets *targets = &collector->targets;
        const char *name = strrchr(path, '/') + 1;
        struct target *target;
        uint64_t at = 0;

        for (size_t i = search->first_pattern; is_unit(name) && i < search->end_pattern; i++) {
                struct expansion expansion = {collector, &targets->watches[i]};

                if (is_unit_pattern(expansion.watch) &&
                        text_matches(name, expansion.watch->argument))
                        expand(&expansion, path);
        }
        while ((target = target_index_next(&collector->index, name, &at)))
                settle(collector, target, path);
        return 0;
}

static void search_units(struct collector *collector)
{
        const struct targets *targets = &collector->targets;
        struct unit_search search = {.collector = collector, .first_pattern = targets->n_watches};
        bool any_unit = false;

        for (size_t i = 0; i < targets->n_watches; i++) {
                any_unit |= targets->watches[i].kind == WATCH_UNIT;
                if (!is_unit_pattern(&targets->watches[i]))
                        continue;
                if (search.end_pattern == 0)
                        search.first_pattern = i;
                search.end_pattern = i + 1;
        }
        if (any_unit)
                cgroup_walk(&collector->view, expand_units, &search);
}

static void search_cgroups(struct collector *collector)
{
        const struct targets *targets = &collector->targets;

        for (size_t i = 0; i < targets->n_watches; i++) {
                const struct watch *watch = &targets->watches[i];
                struct expansion expansion = {.collector = collector, .watch = watch};
                char pattern[PATH_MAX];

                if (watch->kind != WATCH_CGROUP || !watch->is_pattern)
                        continue;
                collector_resolve_path(collector, watch, pattern);
                cgroup_match(&collector->view, pattern, expand, &expansion);
        }
}

static void expand_patterns(struct collector *collector)
{
        const struct targets *targets = &collector->targets;
        const uint64_t n_failed = collector->scratch.n_failed;

        collector->list_again = false;
        change_watch_begin_listing(collector->view.changes);
        for (size_t i = 0; i < targets->n_items; i++)
                targets->items[i]->listed = false;
        if (scratch_note(&collector->scratch, target_index_make(&collector->index, targets)) == 0) {
                search_cgroups(collector);
                search_units(collector);
        }
        /* A folder could not be listed just now: what was there is looked for by its path. */
        for (size_t i = 0; i < targets->n_items && collector->scratch.n_failed > n_failed; i++)
                targets->items[i]->listed |= targets->items[i]->presence == PRESENT;
        collector->list_again |= collector->scratch.n_failed > n_failed;
        admit_newcomers(collector);
}

/* Forgets the targets of patterns that went first, when too many went. */
static void forget_gone(struct collector *collector)
{
        struct targets *targets = &collector->targets;

        for (;;) {
                size_t n_gone = 0, oldest = 0;

                for (size_t i = 0; i < targets->n_items; i++) {
                        const struct target *target = targets->items[i];

                        if (!target->watch->is_pattern || target->presence != ABSENT ||
                                target->says)
                                continue;
                        if (n_gone++ == 0 || target->gone_ns < targets->items[oldest]->gone_ns)
                                oldest = i;
                }
                if (n_gone <= MAX_REMEMBERED)
                        return;
                targets_remove(targets, oldest);
        }
}

/*
 * Whether what was listed last is what there is. A target that went is missed by its files, and one
 * made anew in its place is looked for by its path. A recorded tree, where one file takes the place
 * of another, is always listed.
 */
static bool is_listed(struct collector *collector)
{
        return collector->root.held && !collector->list_again &&
               collector->n_unlisted + 1 < LISTED_TIMES &&
               change_watch_is_silent(collector->view.changes);
}

void collector_expand(struct collector *collector)
{
        forget_gone(collector);
        if (is_listed(collector)) {
                collector->n_unlisted++;
        } else {
                expand_patterns(collector);
                collector->n_unlisted = 0;
        }
}
