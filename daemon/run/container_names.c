/* SPDX-License-Identifier: MIT */
#include "container_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/name.h"

enum {
        ID_MIN_LEN = 12, /* what runtimes print, and what a dyno has */
        ID_MAX_LEN = 64,
        SHORT_ID_LEN = 6, /* from here on digits are meant for an id */
        COMM_MAX_LEN = 15,
};

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n';
}

static char *copy_trimmed(const char *text, size_t len)
{
        while (len > 0 && is_space(text[len - 1]))
                len--;
        while (len > 0 && is_space(*text)) {
                text++;
                len--;
        }
        return strndup(text, len);
}

static int check_key(struct container_name *item, struct buf *error)
{
        const size_t len = strlen(item->key);
        const bool is_hex = strspn(item->key, "0123456789abcdef") == len;

        item->is_id = is_hex && len >= ID_MIN_LEN;
        if (item->is_id && len <= ID_MAX_LEN)
                return 0;
        if (!item->is_id && len > 0 && len <= COMM_MAX_LEN &&
                !(is_hex && len >= SHORT_ID_LEN && strpbrk(item->key, "0123456789")))
                return 0;
        buf_printf(error,
                "'%.99s' is neither %d to %d digits of a container's id nor the name of a process, "
                "of up to %d bytes",
                item->key, ID_MIN_LEN, ID_MAX_LEN, COMM_MAX_LEN);
        return -EINVAL;
}

static int check_item(
        const struct container_names *names, struct container_name *item, struct buf *error)
{
        int r = check_key(item, error);

        if (r < 0)
                return r;
        if (!name_is_valid(item->name)) {
                buf_printf(error,
                        "'%.99s' cannot be a name: 1 to %d letters, digits, '.', '_' or '-'",
                        item->name, NAME_MAX_BYTES - 1);
                return -EINVAL;
        }
        for (size_t i = 0; i < names->n_items; i++) {
                if (strcmp(names->items[i].key, item->key) == 0) {
                        buf_printf(error, "'%.99s' is named twice", item->key);
                        return -EINVAL;
                }
        }
        return 0;
}

static void free_item(struct container_name *item)
{
        free(item->key);
        free(item->name);
}

/* One "KEY=NAME" of `len` bytes. */
static int add(struct container_names *names, const char *text, size_t len, struct buf *error)
{
        const char *equals = memchr(text, '=', len);
        struct container_name item = {0}, *grown;
        int r = -ENOMEM;

        if (!equals) {
                buf_printf(error, "'%.*s' should be like '0123456789ab=web' or 'nginx=web'",
                        (int)(len < 99 ? len : 99), text);
                return -EINVAL;
        }
        item.key = copy_trimmed(text, (size_t)(equals - text));
        item.name = copy_trimmed(equals + 1, len - (size_t)(equals - text) - 1);
        if (item.key && item.name)
                r = check_item(names, &item, error);
        if (r == 0) {
                grown = reallocarray(names->items, names->n_items + 1, sizeof(*grown));
                if (grown) {
                        names->items = grown;
                        grown[names->n_items++] = item;
                        return 0;
                }
                r = -ENOMEM;
        }
        free_item(&item);
        return r;
}

int container_names_parse(const char *text, struct container_names *ret, struct buf *error)
{
        struct container_names names = {0};
        int r = 0;

        while (r == 0 && *text) {
                const size_t len = strcspn(text, ",");

                if (len > strspn(text, " \t\n"))
                        r = add(&names, text, len, error);
                text += len;
                text += *text == ',';
        }
        if (r < 0) {
                container_names_done(&names);
                return r;
        }
        *ret = names;
        return 0;
}

void container_names_done(struct container_names *names)
{
        for (size_t i = 0; i < names->n_items; i++)
                free_item(&names->items[i]);
        free(names->items);
        *names = (struct container_names){0};
}

static bool is_of(const struct container_name *item, const char *id, const char *comm)
{
        const size_t known = strlen(id), len = strlen(item->key);

        if (!item->is_id)
                return strcmp(item->key, comm) == 0;
        return known >= ID_MIN_LEN && strncmp(item->key, id, known < len ? known : len) == 0;
}

const char *container_names_find(
        const struct container_names *names, const char *id, const char *comm)
{
        for (int by_id = 1; by_id >= 0; by_id--) {
                for (size_t i = 0; i < names->n_items; i++) {
                        const struct container_name *item = &names->items[i];

                        if (item->is_id == (by_id == 1) && is_of(item, id, comm))
                                return item->name;
                }
        }
        return NULL;
}
