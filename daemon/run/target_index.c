/* SPDX-License-Identifier: MIT */
#include "target_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { FIRST_PLACES = 64 };

struct target_place {
        uint64_t hash;
        const char *key; /* borrowed from the target */
        struct target *target;
};

/* NULL for a target that nobody looks for. */
static const char *key_of(const struct target *target)
{
        if (target->watch->is_pattern)
                return target->path;
        return target->watch->kind == WATCH_UNIT ? target->watch->argument : NULL;
}

static int make_room(struct target_index *index, size_t n_targets)
{
        size_t n_places = index->n_places > 0 ? index->n_places : FIRST_PLACES;

        while (n_places < 2 * n_targets)
                n_places *= 2;
        if (n_places == index->n_places) {
                memset(index->places, 0, n_places * sizeof(*index->places));
                return 0;
        }
        target_index_done(index);
        index->places = calloc(n_places, sizeof(*index->places));
        if (!index->places)
                return -ENOMEM;
        index->n_places = n_places;
        return 0;
}

int target_index_make(struct target_index *index, const struct targets *targets)
{
        size_t n_keys = 0;
        int r = 0;

        for (size_t i = 0; i < targets->n_items; i++)
                n_keys += key_of(targets->items[i]) != NULL;
        if (n_keys > 0 || index->n_places > 0)
                r = make_room(index, n_keys);
        for (size_t i = 0; i < targets->n_items && r == 0; i++) {
                const char *key = key_of(targets->items[i]);
                const uint64_t hash = key ? text_hash(key, strlen(key)) : 0;
                uint64_t at = hash;

                if (!key)
                        continue;
                while (index->places[at & (index->n_places - 1)].target)
                        at++;
                index->places[at & (index->n_places - 1)] =
                        (struct target_place){hash, key, targets->items[i]};
        }
        return r;
}

void target_index_done(struct target_index *index)
{
        free(index->places);
        *index = (struct target_index){0};
}

struct target *target_index_next(const struct target_index *index, const char *key, uint64_t *at)
{
        const uint64_t hash = text_hash(key, strlen(key));

        if (index->n_places == 0)
                return NULL;
        for (;; ++*at) {
                const struct target_place *place =
                        &index->places[(hash + *at) & (index->n_places - 1)];

                if (!place->target)
                        return NULL;
                if (place->hash == hash && strcmp(place->key, key) == 0) {
                        ++*at;
                        return place->target;
                }
        }
}
