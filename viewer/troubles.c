/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "target.h"

#define MINUTE_MS UINT64_C(60000)

/* How long something is a trouble unless it is told again. What lasts is told again each hour. */
static const struct row {
        const char *event, *key; /* of its field that tells one from another */
        uint64_t lasts_ms;
} rows[] = {
        {"zombies",       "parent_pid", 150 * MINUTE_MS    },
        {"leak",          "metric",     150 * MINUTE_MS    },
        {"limit",         "limit_by",   150 * MINUTE_MS    },
        {"quota",         NULL,         150 * MINUTE_MS    },
        {"churn",         "comm",       150 * MINUTE_MS    },
        {"denied",        "what",       UINT64_MAX         },
        {"gone",          NULL,         24 * 60 * MINUTE_MS},
        {"oom_kill",      NULL,         10 * MINUTE_MS     },
        {"missed",        NULL,         MINUTE_MS          },
        {"dropped",       NULL,         MINUTE_MS          },
        {"error",         "code",       65 * 1000          }, /* of three ticks */
        {"state_changed", NULL,         10 * MINUTE_MS     },
};

static const struct row *find_row(const char *event)
{
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                if (strcmp(rows[i].event, event) == 0)
                        return &rows[i];
        }
        return NULL;
}

/* "memory.max" and "memory_quota" are of memory; all others refuse tasks. */
static bool is_of_memory(const char *limit_by)
{
        return strncmp(limit_by, "memory", 6) == 0;
}

static bool is_same(const struct row *row, const char *text, const char *other)
{
        /* The one that binds first may be another by now. */
        if (strcmp(row->key, "limit_by") == 0)
                return is_of_memory(text) == is_of_memory(other);
        return strcmp(text, other) == 0;
}

static struct trouble *find(
        struct target *target, const struct row *row, const char *event, const char *text)
{
        for (unsigned i = 0; i < target->n_troubles; i++) {
                struct trouble *trouble = &target->troubles[i];

                if (happening_is(trouble->happening, event) &&
                        (!row->key ||
                                is_same(row, happening_text(trouble->happening, row->key), text)))
                        return trouble;
        }
        return NULL;
}

static void leave(struct target *target, struct trouble *trouble)
{
        happening_release(trouble->happening);
        *trouble = target->troubles[--target->n_troubles];
}

/* One that comes when there is no room takes the place of the one told longest ago. */
static struct trouble *add(struct target *target)
{
        unsigned oldest = 0;

        if (target->n_troubles < TROUBLES_MAX) {
                target->troubles[target->n_troubles] = (struct trouble){0};
                return &target->troubles[target->n_troubles++];
        }
        for (unsigned i = 1; i < TROUBLES_MAX; i++) {
                if (target->troubles[i].happening->id < target->troubles[oldest].happening->id)
                        oldest = i;
        }
        return &target->troubles[oldest];
}

static const char *telling_text(const struct telling *telling, const char *key)
{
        for (size_t i = 0; i < telling->n_fields; i++) {
                if (telling->fields[i].text && strcmp(telling->fields[i].key, key) == 0)
                        return telling->fields[i].text;
        }
        return "";
}

uint64_t target_since(const struct target *target, const struct telling *telling)
{
        const struct row *row = find_row(telling->event);
        const struct trouble *trouble;

        if (!row)
                return UNKNOWN;
        trouble = find((struct target *)(uintptr_t)target, row, telling->event,
                row->key ? telling_text(telling, row->key) : "");
        return trouble ? trouble->happening->since_ms : telling->t_ms;
}

bool target_renew(struct target *target, const struct telling *telling)
{
        const struct row *row = find_row(telling->event);
        struct trouble *trouble;

        if (!row)
                return false;
        trouble =
                find(target, row, telling->event, row->key ? telling_text(telling, row->key) : "");
        if (trouble)
                trouble->expires_ms = telling->t_ms + row->lasts_ms;
        return trouble;
}

bool target_note(struct target *target, struct happening *happening)
{
        const bool is_back = happening_is(happening, "back");
        const struct row *row = find_row(is_back ? "gone" : happening->event);
        struct trouble *trouble;

        if (!row)
                return false;
        if (is_back || happening_is(happening, "gone"))
                target->is_gone = !is_back;
        trouble =
                find(target, row, row->event, row->key ? happening_text(happening, row->key) : "");
        if (is_back ||
                (strcmp(happening->state, "leave") == 0 && !happening_is(happening, "dropped"))) {
                if (trouble)
                        leave(target, trouble);
                return true;
        }
        if (!trouble)
                trouble = add(target);
        happening_hold(happening);
        happening_release(trouble->happening);
        trouble->happening = happening;
        trouble->expires_ms =
                row->lasts_ms == UINT64_MAX ? UINT64_MAX : happening->t_ms + row->lasts_ms;
        return true;
}
