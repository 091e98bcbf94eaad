/* SPDX-License-Identifier: MIT */
#include "happenings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum {
        ITEMS_MAX = 20000,
        BYTES_MAX = 8 * 1024 * 1024,
        NUMBER_MAX_DIGITS = 19,
};

/* Keys whose texts are names, also where they look like numbers. */
static bool is_name(const char *key)
{
        static const char *const ends[] = {"comm", "unit", "dyno", "_by", "code", "what"};
        const size_t len = strlen(key);

        for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
                const size_t end_len = strlen(ends[i]);

                if (len >= end_len && strcmp(key + len - end_len, ends[i]) == 0)
                        return true;
        }
        return false;
}

/* "512", "12.5", "512.00MB" */
static bool read_number(const char *text, double *ret)
{
        double number = 0, unit = 1;
        unsigned n = 0;

        for (; *text >= '0' && *text <= '9'; text++, n++)
                number = number * 10 + (*text - '0');
        if (n == 0 || n > NUMBER_MAX_DIGITS)
                return false;
        if (*text == '.') {
                text++;
                if (*text < '0' || *text > '9')
                        return false;
                for (; *text >= '0' && *text <= '9'; text++, n++) {
                        unit /= 10;
                        number += unit * (*text - '0');
                }
        }
        if (n > NUMBER_MAX_DIGITS)
                return false;
        if (strcmp(text, "MB") == 0)
                number = nearbyint(number * 1048576);
        else if (*text)
                return false;
        *ret = number;
        return true;
}

static double number_of(const struct field *field)
{
        switch (field->unit) {
        case UNIT_HUNDREDTHS:
                return (double)field->number / 100;
        case UNIT_NANOSECONDS:
                return (double)field->number / 1e9;
        case UNIT_NONE:
        case UNIT_BYTES:
        case UNIT_PAGES:
        case UNIT_TEXT:
                break;
        }
        return (double)field->number;
}

/* Copies a text behind those that are there. */
static const char *keep(char **memory, const char *text)
{
        const size_t len = strlen(text);
        char *start = *memory;

        memcpy(start, text, len + 1);
        *memory += len + 1;
        return start;
}

static void set_field(struct happening_field *ret, const struct field *field, char **memory)
{
        *ret = (struct happening_field){.key = keep(memory, field->key), .text = ""};
        if (field->text) {
                ret->text = keep(memory, field->text);
                ret->is_number = !is_name(field->key) && read_number(field->text, &ret->number);
                return;
        }
        ret->is_number = true;
        ret->number = number_of(field);
}

static size_t count_bytes(const struct telling *telling)
{
        size_t n = strlen(telling->source) + strlen(telling->event) + strlen(telling->state) +
                   strlen(telling->level) + 4;

        for (size_t i = 0; i < telling->n_fields; i++) {
                n += strlen(telling->fields[i].key) + 1;
                if (telling->fields[i].text)
                        n += strlen(telling->fields[i].text) + 1;
        }
        return n + sizeof(struct happening) + telling->n_fields * sizeof(struct happening_field);
}

static struct happening *make(const struct telling *telling)
{
        const size_t n_bytes = count_bytes(telling);
        struct happening *happening = calloc(1, n_bytes);
        char *memory;

        if (!happening)
                return NULL;
        memory = (char *)(happening->fields + telling->n_fields);
        happening->t_ms = telling->t_ms;
        happening->since_ms = telling->since_ms;
        happening->is_derived = telling->is_derived;
        happening->n_users = 1;
        happening->n_bytes = n_bytes;
        happening->source = keep(&memory, telling->source);
        happening->event = keep(&memory, telling->event);
        happening->state = keep(&memory, telling->state);
        happening->level = keep(&memory, telling->level);
        happening->n_fields = telling->n_fields;
        for (size_t i = 0; i < telling->n_fields; i++)
                set_field(&happening->fields[i], &telling->fields[i], &memory);
        return happening;
}

static void drop_oldest(struct happenings *happenings)
{
        struct happening *oldest = happenings->items[happenings->first];

        happenings->first = (happenings->first + 1) % happenings->size;
        happenings->n--;
        happenings->n_bytes -= oldest->n_bytes;
        happenings->n_dropped++;
        happening_release(oldest);
}

static bool grow(struct happenings *happenings)
{
        const size_t size = happenings->size > 0 ? happenings->size * 2 : 64;
        struct happening **items = calloc(size, sizeof(struct happening *));

        if (!items)
                return false;
        for (size_t i = 0; i < happenings->n; i++)
                items[i] = happenings_at(happenings, i);
        free(happenings->items);
        happenings->items = items;
        happenings->size = size;
        happenings->first = 0;
        return true;
}

struct happening *happenings_add(struct happenings *happenings, const struct telling *telling)
{
        struct happening *happening = make(telling);

        if (!happening)
                return NULL;
        while (happenings->n > 0 && (happenings->n == ITEMS_MAX ||
                                            happenings->n_bytes + happening->n_bytes > BYTES_MAX))
                drop_oldest(happenings);
        if (happenings->n == happenings->size && !grow(happenings)) {
                free(happening);
                return NULL;
        }
        happening->id = ++happenings->n_told;
        happenings->items[(happenings->first + happenings->n++) % happenings->size] = happening;
        happenings->n_bytes += happening->n_bytes;
        return happening;
}

struct happening *happenings_at(const struct happenings *happenings, size_t index)
{
        return happenings->items[(happenings->first + index) % happenings->size];
}

void happenings_done(struct happenings *happenings)
{
        while (happenings->n > 0)
                drop_oldest(happenings);
        free(happenings->items);
        *happenings = (struct happenings){0};
}

struct happening *happening_hold(struct happening *happening)
{
        happening->n_users++;
        return happening;
}

void happening_release(struct happening *happening)
{
        if (happening && --happening->n_users == 0)
                free(happening);
}

const struct happening_field *happening_field(const struct happening *happening, const char *key)
{
        for (size_t i = 0; i < happening->n_fields; i++) {
                if (strcmp(happening->fields[i].key, key) == 0)
                        return &happening->fields[i];
        }
        return NULL;
}

const char *happening_text(const struct happening *happening, const char *key)
{
        const struct happening_field *field = happening_field(happening, key);

        return field ? field->text : "";
}

double happening_number(const struct happening *happening, const char *key)
{
        const struct happening_field *field = happening_field(happening, key);

        return field && field->is_number ? field->number : (double)NAN;
}

bool happening_is(const struct happening *happening, const char *event)
{
        return strcmp(happening->event, event) == 0;
}

unsigned level_rank(const char *level)
{
        static const char *const levels[] = {"info", "warning", "error"};

        for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
                if (strcmp(level, levels[i]) == 0)
                        return i + 1;
        }
        return 0;
}
