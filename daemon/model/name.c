/* SPDX-License-Identifier: MIT */
#include "model/name.h"

#include <string.h>

/* Suffixes of units that become cgroups, see systemd.unit(5), and of pid files. */
static const char suffixes[][16] = {
        ".service",
        ".scope",
        ".slice",
        ".socket",
        ".mount",
        ".swap",
        ".pid",
};

enum {
        CONTAINER_ID_LEN = 64,
        SHORT_ID_LEN = 12,
        NUMBER_MAX_DIGITS = 9,
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
        return is_digit(c) || (c >= 'a' && c <= 'f');
}

static size_t digits_at_end(const char *text, size_t len)
{
        size_t n = 0;

        while (n < len && is_digit(text[len - 1 - n]))
                n++;
        return n;
}

const char *name_find_container_id(const char *text)
{
        size_t run = 0;

        for (; *text; text++) {
                run = is_hex(*text) ? run + 1 : 0;
                if (run == CONTAINER_ID_LEN && !is_hex(text[1]))
                        return text - CONTAINER_ID_LEN + 1;
        }
        return NULL;
}

/* The length of the name without its unit suffix. */
static size_t stem_len(const char *name)
{
        size_t len = strlen(name);

        for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
                size_t suffix_len = strlen(suffixes[i]);

                if (len > suffix_len && strcmp(name + len - suffix_len, suffixes[i]) == 0)
                        return len - suffix_len;
        }
        return len;
}

/*
 * The number a name ends in, behind '@' or '.' ("worker@3", "web.1"): takes it and the mark off
 * `*len`. 1 when it has none, or one with more digits than readers take.
 */
static uint32_t take_number(const char *name, size_t *len)
{
        size_t n = digits_at_end(name, *len);
        uint32_t number = 0;

        if (n == 0 || n > NUMBER_MAX_DIGITS || n == *len)
                return 1;
        if (name[*len - n - 1] != '@' && name[*len - n - 1] != '.')
                return 1;
        for (size_t i = *len - n; i < *len; i++)
                number = number * 10 + (uint32_t)(name[i] - '0');
        *len -= n + 1;
        return number;
}

/* Appends the letters and digits of the text; a container's id is cut to its first 12. */
static void add_reduced(struct buf *word, const char *text, size_t len)
{
        const char *id = name_find_container_id(text);

        for (size_t i = 0; i < len; i++) {
                char c = text[i];

                if (id && text + i >= id + SHORT_ID_LEN && text + i < id + CONTAINER_ID_LEN)
                        continue;
                if (c >= 'A' && c <= 'Z')
                        c = (char)(c - 'A' + 'a');
                if (is_digit(c) || (c >= 'a' && c <= 'z'))
                        buf_add_char(word, c);
        }
}

struct name name_reduce(const char *prefix, const char *path)
{
        const char *slash = strrchr(path, '/');
        const char *last = slash ? slash + 1 : path;
        size_t len = stem_len(last);
        struct name name;
        struct buf word;

        name.number = take_number(last, &len);
        buf_init(&word, name.word, sizeof(name.word));
        add_reduced(&word, prefix, strlen(prefix));
        add_reduced(&word, last, len);
        if (word.len == 0) {
                buf_truncate(&word, 0);
                buf_add(&word, "cgroup");
        }
        return name;
}

void name_write(const struct name *name, struct buf *ret)
{
        buf_add(ret, name->word);
        buf_add_char(ret, '.');
        buf_add_u64(ret, name->number, 0);
}

static bool is_of_name(char c)
{
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '_' || c == '-';
}

bool name_is_valid(const char *name)
{
        size_t len = 0;

        while (is_of_name(name[len]))
                len++;
        return len > 0 && len < NAME_MAX_BYTES && !name[len];
}
