/* SPDX-License-Identifier: MIT */
#include "source/users.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
        FIRST_PLACES = 64 /* a power of 2, as all that follow */
};

void users_clear(struct users *users)
{
        if (users->places)
                memset(users->places, 0, users->n_places * sizeof(*users->places));
        users->n_users = 0;
}

void users_done(struct users *users)
{
        free(users->places);
        *users = (struct users){0};
}

/* The place of `uid`, or the free one where it would be. There is always a free one. */
static struct user *find(const struct users *users, uint64_t uid)
{
        size_t at = (size_t)(uid * UINT64_C(0x9e3779b97f4a7c15) >> 32);

        for (;; at++) {
                struct user *user = &users->places[at & (users->n_places - 1)];

                if (user->n_tasks == 0 || user->uid == uid)
                        return user;
        }
}

static int grow(struct users *users)
{
        struct users grown = {.n_places = users->n_places ? users->n_places * 2 : FIRST_PLACES};

        grown.places = calloc(grown.n_places, sizeof(*grown.places));
        if (!grown.places)
                return -ENOMEM;
        grown.n_users = users->n_users;
        for (size_t i = 0; i < users->n_places; i++) {
                if (users->places[i].n_tasks > 0)
                        *find(&grown, users->places[i].uid) = users->places[i];
        }
        free(users->places);
        *users = grown;
        return 0;
}

int users_add(struct users *users, uint64_t uid, uint64_t n_tasks)
{
        struct user *user;

        if (n_tasks == 0)
                return 0;
        if (users->n_users >= users->n_places / 2 && grow(users) < 0)
                return -ENOMEM;
        user = find(users, uid);
        if (user->n_tasks == 0) {
                user->uid = uid;
                users->n_users++;
        }
        user->n_tasks += n_tasks;
        return 0;
}

uint64_t users_n_tasks(const struct users *users, uint64_t uid)
{
        return users->n_places > 0 ? find(users, uid)->n_tasks : 0;
}
