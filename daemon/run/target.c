/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "containers.h"
#include "judging.h"

static void copy_dyno(char ret[DYNO_MAX_BYTES], const char *dyno)
{
        struct buf copy;

        buf_init(&copy, ret, DYNO_MAX_BYTES);
        buf_add_bytes(&copy, dyno, strnlen(dyno, DYNO_MAX_BYTES - 1));
}

/* Which of the numbers behind a word are taken, from its own on: there may be many of one word, and
 * each go over all names tells of so many. */
struct numbers {
        const struct name *first;
        uint64_t taken[64];
};

enum { N_NUMBERS = 64 * 64 };

/* As name_write() writes them: no zero comes first. */
static void note_taken(struct numbers *numbers, const char *source)
{
        const char *number = text_after(source, numbers->first->word);
        uint64_t value;
        uint32_t at;

        if (!number || *number++ != '.' || (*number == '0' && number[1]) ||
                text_parse_u64(number, &value) < 0 || value > UINT32_MAX)
                return;
        /* After the highest number comes 0. */
        at = (uint32_t)value - numbers->first->number;
        if (at < N_NUMBERS)
                numbers->taken[at / 64] |= UINT64_C(1) << at % 64;
}

static void note_all_taken(const struct targets *targets, struct numbers *numbers)
{
        for (size_t i = 0; i < targets->n_items; i++)
                note_taken(numbers, targets->items[i]->source);
        for (size_t i = 0; i < targets->n_watches; i++) {
                const struct watch *watch = &targets->watches[i];

                if (watch->name && !watch->is_pattern)
                        note_taken(numbers, watch->name);
        }
        /* runstatd's own lines have this one */
        note_taken(numbers, "runstatd.1");
}

/* The first of them that is free; N_NUMBERS when none is. */
static uint32_t find_free(const struct targets *targets, const struct name *first)
{
        struct numbers numbers = {.first = first};
        uint32_t at = 0;

        note_all_taken(targets, &numbers);
        while (at < N_NUMBERS && numbers.taken[at / 64] & UINT64_C(1) << at % 64)
                at++;
        return at;
}

static void choose_source(
        const struct targets *targets, const struct name *wanted, char ret[NAME_MAX_BYTES])
{
        struct name name = *wanted;
        struct buf source;
        uint32_t n;

        do {
                n = find_free(targets, &name);
                name.number += n;
        } while (n == N_NUMBERS);
        buf_init(&source, ret, NAME_MAX_BYTES);
        name_write(&name, &source);
}

int targets_add_unnamed(
        struct targets *targets, const struct watch *watch, const char *path, struct target **ret)
{
        struct target **grown, *target;

        grown = reallocarray(targets->items, targets->n_items + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        targets->items = grown;
        target = calloc(1, sizeof(*target));
        if (target && path) {
                target->path = strdup(path);
                if (!target->path) {
                        free(target);
                        target = NULL;
                }
        }
        if (!target)
                return -ENOMEM;
        target->watch = watch;
        copy_dyno(target->dyno, "none");
        targets->items[targets->n_items++] = target;
        *ret = target;
        return 0;
}

void targets_name(struct targets *targets, struct target *target, const struct name *wanted)
{
        const struct watch *watch = target->watch;
        char source[NAME_MAX_BYTES];

        if (watch->name && !watch->is_pattern) {
                memcpy(target->source, watch->name, strlen(watch->name) + 1);
                return;
        }
        /* Its own is not one that is taken. */
        choose_source(targets, wanted, source);
        memcpy(target->source, source, sizeof(source));
}

int targets_add(struct targets *targets, const struct watch *watch, const char *path,
        const struct name *wanted, struct target **ret)
{
        int r = targets_add_unnamed(targets, watch, path, ret);

        if (r == 0)
                targets_name(targets, *ret, wanted);
        return r;
}

static void free_target(struct target *target)
{
        free(target->said);
        judging_free(target->judging);
        container_free(target->container);
        free(target->path);
        free(target);
}

void targets_remove(struct targets *targets, size_t index)
{
        free_target(targets->items[index]);
        targets->n_items--;
        memmove(&targets->items[index], &targets->items[index + 1],
                (targets->n_items - index) * sizeof(*targets->items));
}

void targets_done(struct targets *targets)
{
        for (size_t i = 0; i < targets->n_items; i++)
                free_target(targets->items[i]);
        free(targets->items);
        *targets = (struct targets){0};
}

uint64_t target_grow(uint64_t *last, uint64_t *grown, uint64_t now)
{
        if (now > *last)
                *grown += now - *last;
        *last = now;
        return *grown;
}

void target_appears(struct target *target, const char *identity, const char *dyno)
{
        const bool same = strcmp(target->identity, identity) == 0;

        if (target->presence == PRESENT && same)
                return;
        target->says = target->presence != NEVER_SEEN;
        target->event = target->presence == ABSENT ? EVENT_BACK : EVENT_RESTARTED;
        target->presence = PRESENT;
        if (same) {
                copy_dyno(target->old_dyno, "none");
                return;
        }
        copy_dyno(target->identity, identity);
        copy_dyno(target->old_dyno, target->dyno);
        copy_dyno(target->dyno, dyno);
        memset(&target->load, 0, sizeof(target->load));
        memset(&target->reads, 0, sizeof(target->reads));
        memset(&target->writes, 0, sizeof(target->writes));
        judging_free(target->judging);
        target->judging = NULL;
}

void target_rename(struct target *target, const char *identity, const char *dyno)
{
        copy_dyno(target->identity, identity);
        copy_dyno(target->dyno, dyno);
}

void target_vanishes(struct target *target, uint64_t now_ns)
{
        if (target->presence == ABSENT)
                return;
        target->says = true;
        target->event = EVENT_GONE;
        target->presence = ABSENT;
        target->gone_ns = now_ns;
}
