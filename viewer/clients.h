/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Who is connected. libevent tells of a connection only when it has sent a whole request, so this
 * looks at the descriptors themselves: how many there are, and which of them have been open for too
 * long without a request.
 */

enum {
        CLIENTS_MAX = 64,
        CLIENT_FDS = 1024,    /* those above are not watched, and cannot be had */
        CLIENT_SILENT_S = 10, /* from the connection to the first request, or to the next */
};

struct clients {
        unsigned n; /* connections, as counted at the last look */
        struct client {
                uint64_t socket; /* the number of the socket's inode; 0: none */
                uint64_t at_s;   /* when it came, or asked for something last */
                bool is_stream;  /* it has asked for what has no end */
                bool is_kept;    /* no client: the listening socket, or one of the program's own */
        } items[CLIENT_FDS];
};

/* What is open now is not a client's. */
void clients_init(struct clients *ret);

/* Looks at all descriptors; ends connections that are silent. Returns how many there are. */
unsigned clients_look(struct clients *clients, uint64_t now_s);

/* The connection has sent a request. */
void clients_asked(struct clients *clients, int fd, uint64_t now_s, bool is_stream);
