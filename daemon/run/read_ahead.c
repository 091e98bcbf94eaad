/* SPDX-License-Identifier: MIT */
#include "read_ahead.h"

#include "base/held.h"
#include "base/pages.h"
#include "judging.h"

enum {
        TOGETHER = 8, /* targets; with more, what is known of them is too much for a cache */

        /* How many targets ahead: what one stage got, the next one follows. */
        AHEAD_OF_TARGET = 3,
        AHEAD_OF_FOLDERS = 2,
        AHEAD_OF_FILES = 1,
};

static void fetch(const void *what, size_t size)
{
        const char *at = what;

        for (size_t i = 0; i < size; i += CACHE_LINE_BYTES)
                __builtin_prefetch(at + i);
}

static const struct target *target_at(const struct collector *collector, size_t i)
{
        return i < collector->targets.n_items ? collector->targets.items[i] : NULL;
}

/* The folders it is known by, which may be others by now. */
static const struct cgroup_places *places_of(
        const struct collector *collector, const struct target *target)
{
        const struct held_files *held = collector->root.held;

        return target && held && target->places.generation == held_generation(held)
                       ? &target->places
                       : NULL;
}

static void fetch_folders(const struct cgroup_places *places)
{
        for (unsigned i = 0; places && i < places->n_items; i++)
                __builtin_prefetch(places->items[i].held);
}

static void fetch_files(const struct cgroup_places *places)
{
        for (unsigned i = 0; places && i < places->n_items; i++)
                held_fetch_files(places->items[i].held);
}

/* Of the trends what each tick reads: it is where they begin. */
static void fetch_judging(const struct judging *judging)
{
        const struct judge *judge = &judging->judge;

        for (unsigned i = 0; i < N_LEAKING; i++)
                fetch(&judge->trends[i], CACHE_LINE_BYTES);
        fetch(&judge->quota, sizeof(*judging) - offsetof(struct judging, judge.quota));
}

/* While it is looked up what files the target at index `i` has. */
static void fetch_ahead(const struct collector *collector, size_t i)
{
        const struct target *target = target_at(collector, i + AHEAD_OF_TARGET);

        if (target)
                fetch(target, sizeof(*target));
        target = target_at(collector, i + AHEAD_OF_FOLDERS);
        fetch_folders(places_of(collector, target));
        if (target && target->judging)
                fetch_judging(target->judging);
        fetch_files(places_of(collector, target_at(collector, i + AHEAD_OF_FILES)));
}

static void add_files(
        const struct collector *collector, const struct target *target, unsigned parts)
{
        const struct cgroup_places *places = places_of(collector, target);

        for (unsigned i = 0; places && i < places->n_items; i++)
                held_add_ahead(collector->root.held, places->items[i].held, parts);
        for (unsigned i = 0; parts & PART_COUNT && i < target->tasks.n; i++)
                task_scan_add_ahead(collector->looks, target->tasks.tids[i]);
}

size_t read_ahead(const struct collector *collector, size_t i, unsigned parts)
{
        const size_t n = collector->targets.n_items, end = n - i < TOGETHER ? n : i + TOGETHER;

        /* One alone gains less than the room would cost. */
        if (!collector->root.held || n == 1)
                return end;
        ahead_begin(held_ahead(collector->root.held));
        for (; i < end; i++) {
                fetch_ahead(collector, i);
                add_files(collector, collector->targets.items[i], parts);
        }
        ahead_read(held_ahead(collector->root.held));
        return end;
}
