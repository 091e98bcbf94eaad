/* SPDX-License-Identifier: MIT */
#include "limit_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int limit_cache_new(struct limit_cache **ret)
{
        struct limit_cache *cache = calloc(1, sizeof(*cache));

        if (!cache)
                return -ENOMEM;
        *ret = cache;
        return 0;
}

void limit_cache_free(struct limit_cache *cache)
{
        free(cache);
}

void limit_cache_clear(struct limit_cache *cache)
{
        if (!cache)
                return;
        cache->has_machine = false;
        cache->n_levels = 0;
        memset(cache->first, 0, sizeof(cache->first));
}

static uint8_t hash(const char *path, size_t len)
{
        uint32_t hash = UINT32_C(2166136261);

        for (size_t i = 0; i < len; i++)
                hash = (hash ^ (unsigned char)path[i]) * UINT32_C(16777619);
        return (uint8_t)(hash ^ hash >> 8 ^ hash >> 16 ^ hash >> 24);
}

struct cached_level *limit_cache_find(
        struct limit_cache *cache, enum controller controller, const char *path, bool *ret_known)
{
        const size_t len = strlen(path);
        struct cached_level *level;
        uint16_t *first;

        *ret_known = false;
        if (!cache || len >= CACHED_PATH_BYTES)
                return NULL;
        first = &cache->first[hash(path, len)];
        for (uint16_t i = *first; i; i = cache->levels[i - 1].next) {
                level = &cache->levels[i - 1];
                if (level->controller == controller && strcmp(level->path, path) == 0) {
                        *ret_known = true;
                        return level;
                }
        }
        if (cache->n_levels == CACHED_LEVELS)
                return NULL;
        level = &cache->levels[cache->n_levels++];
        level->controller = controller;
        level->next = *first;
        memcpy(level->path, path, len + 1);
        *first = cache->n_levels;
        return level;
}
