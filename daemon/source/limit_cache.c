/* SPDX-License-Identifier: MIT */
#include "limit_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

int limit_cache_new(struct limit_cache **ret)
{
        struct limit_cache *cache = calloc(1, sizeof(*cache));

        if (!cache)
                return -ENOMEM;
        cache->levels = pages_new(sizeof(*cache->levels));
        if (!cache->levels) {
                free(cache);
                return -ENOMEM;
        }
        *ret = cache;
        return 0;
}

void limit_cache_free(struct limit_cache *cache)
{
        if (!cache)
                return;
        pages_free(cache->levels, sizeof(*cache->levels));
        free(cache);
}

void limit_cache_clear(struct limit_cache *cache)
{
        if (!cache)
                return;
        cache->has_machine = false;
        for (unsigned i = 0; i < N_CONTROLLERS; i++)
                cache->cleared[i].len = 0;
        if (cache->n_levels > 0)
                memset(cache->levels->first, 0, sizeof(cache->levels->first));
        cache->n_levels = 0;
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
        first = &cache->levels->first[hash(path, len)];
        for (uint16_t i = *first; i; i = cache->levels->items[i - 1].next) {
                level = &cache->levels->items[i - 1];
                if (level->controller == controller && strcmp(level->path, path) == 0) {
                        *ret_known = true;
                        return level;
                }
        }
        if (cache->n_levels == CACHED_LEVELS)
                return NULL;
        level = &cache->levels->items[cache->n_levels++];
        level->controller = controller;
        level->next = *first;
        memcpy(level->path, path, len + 1);
        *first = cache->n_levels;
        return level;
}

void limit_cache_clear_above(
        struct limit_cache *cache, enum controller controller, const char *path, size_t len)
{
        struct cleared *cleared = cache ? &cache->cleared[controller] : NULL;

        if (!cleared || len >= sizeof(cleared->path))
                return;
        memcpy(cleared->path, path, len);
        cleared->len = len;
}

bool limit_cache_is_clear(
        const struct limit_cache *cache, enum controller controller, const char *path, size_t len)
{
        const struct cleared *cleared = cache ? &cache->cleared[controller] : NULL;

        return cleared && cleared->len == len && memcmp(cleared->path, path, len) == 0;
}
