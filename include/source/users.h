/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many tasks each user has, added up in a walk over all. All 0: nobody has any. */
struct users {
        struct user {
                uint64_t uid;
                uint64_t n_tasks; /* 0: the place is free */
        } * places;
        size_t n_places, n_users;
};

/* Back to nobody; the memory is kept. */
void users_clear(struct users *users);
void users_done(struct users *users);

/* Returns 0; or -ENOMEM when there are more users than ever and no memory for them. */
int users_add(struct users *users, uint64_t uid, uint64_t n_tasks);

uint64_t users_n_tasks(const struct users *users, uint64_t uid);
