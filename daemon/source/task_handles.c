/* SPDX-License-Identifier: MIT */
#include "task_handles.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_PLACES = 16 /* a power of two */ };

struct handle {
        pid_t tid; /* 0: a free place */
        int fd;
        uint32_t tick; /* in which it was used last */
        struct ahead_text text;
};

struct task_handles {
        struct handle *places;
        size_t n_places, n_used, n_max; /* n_places is a power of two */
        uint32_t tick;
        struct ahead *ahead;
};

int task_handles_new(size_t n_max, struct ahead *ahead, struct task_handles **ret)
{
        struct task_handles *handles = calloc(1, sizeof(*handles));

        if (!handles)
                return -ENOMEM;
        handles->places = calloc(FIRST_PLACES, sizeof(*handles->places));
        if (!handles->places) {
                free(handles);
                return -ENOMEM;
        }
        handles->n_places = FIRST_PLACES;
        handles->n_max = n_max;
        handles->ahead = ahead;
        *ret = handles;
        return 0;
}

void task_handles_free(struct task_handles *handles)
{
        if (!handles)
                return;
        for (size_t i = 0; i < handles->n_places; i++) {
                if (handles->places[i].tid)
                        close(handles->places[i].fd);
        }
        free(handles->places);
        free(handles);
}

/* Where a tid is wanted. Those that were made one after the other shall not be side by side: one
 * that goes would have all of them move up. */
static size_t wanted(const struct task_handles *handles, pid_t tid)
{
        return (size_t)((uint32_t)tid * UINT32_C(2654435769) >> 8) & (handles->n_places - 1);
}

/* The place of a tid, or the free one where it would be. */
static struct handle *find(const struct task_handles *handles, pid_t tid)
{
        for (size_t at = wanted(handles, tid);; at++) {
                struct handle *handle = &handles->places[at & (handles->n_places - 1)];

                if (!handle->tid || handle->tid == tid)
                        return handle;
        }
}

static int grow(struct task_handles *handles)
{
        const size_t n = handles->n_places;
        struct handle *old = handles->places, *places = calloc(n * 2, sizeof(*places));

        if (!places)
                return -ENOMEM;
        handles->places = places;
        handles->n_places = n * 2;
        for (size_t i = 0; i < n; i++) {
                if (old[i].tid)
                        *find(handles, old[i].tid) = old[i];
        }
        free(old);
        return 0;
}

int task_handles_find(struct task_handles *handles, pid_t tid, const char **ret_text)
{
        struct handle *handle = find(handles, tid);
        size_t len;

        *ret_text = NULL;
        if (!handle->tid)
                return -1;
        handle->tick = handles->tick;
        ahead_find(handles->ahead, handle->text, ret_text, &len);
        handle->text = (struct ahead_text){0};
        return handle->fd;
}

void task_handles_add_ahead(struct task_handles *handles, pid_t tid)
{
        struct handle *handle = find(handles, tid);

        if (handle->tid)
                handle->text = ahead_add(handles->ahead, handle->fd);
}

int task_handles_keep(struct task_handles *handles, pid_t tid, int fd)
{
        if (handles->n_used >= handles->n_max)
                return -EMFILE;
        if (handles->n_used * 2 >= handles->n_places && grow(handles) < 0)
                return -ENOMEM;
        *find(handles, tid) = (struct handle){.tid = tid, .fd = fd, .tick = handles->tick};
        handles->n_used++;
        return 0;
}

/* Closes it and frees the place. What was put behind it because it was taken moves up. */
static void vacate(struct task_handles *handles, size_t at)
{
        const size_t mask = handles->n_places - 1;

        close(handles->places[at].fd);
        handles->places[at] = (struct handle){0};
        handles->n_used--;
        for (size_t next = (at + 1) & mask; handles->places[next].tid; next = (next + 1) & mask) {
                struct handle *handle = &handles->places[next];

                if (((next - wanted(handles, handle->tid)) & mask) < ((next - at) & mask))
                        continue;
                handles->places[at] = *handle;
                *handle = (struct handle){0};
                at = next;
        }
}

void task_handles_drop(struct task_handles *handles, pid_t tid)
{
        struct handle *handle = find(handles, tid);

        if (handle->tid)
                vacate(handles, (size_t)(handle - handles->places));
}

void task_handles_end_tick(struct task_handles *handles)
{
        for (size_t i = 0; i < handles->n_places;) {
                if (handles->places[i].tid && handles->places[i].tick != handles->tick)
                        vacate(handles, i);
                else
                        i++;
        }
        handles->tick++;
}
