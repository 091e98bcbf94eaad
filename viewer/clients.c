/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include <sys/socket.h>
#include <sys/stat.h>

/* The inode of a socket of the internet; 0 for all else, those of the journal or of systemd, too.
 */
static uint64_t socket_of(int fd)
{
        int domain, is_listening;
        socklen_t len = sizeof(domain), listening_len = sizeof(is_listening);
        struct stat st;

        if (fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
                return 0;
        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0 ||
                (domain != AF_INET && domain != AF_INET6))
                return 0;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &listening_len) < 0 ||
                is_listening)
                return 0;
        return st.st_ino;
}

void clients_init(struct clients *ret)
{
        *ret = (struct clients){0};
        for (int fd = 0; fd < CLIENT_FDS; fd++) {
                ret->items[fd].socket = socket_of(fd);
                ret->items[fd].is_kept = ret->items[fd].socket != 0;
        }
}

/* The connection that has the descriptor now; one that has taken its place is a new one. */
static struct client *see(struct clients *clients, int fd, uint64_t socket, uint64_t now_s)
{
        struct client *client = &clients->items[fd];

        if (client->socket != socket)
                *client = (struct client){.socket = socket, .at_s = now_s};
        return client;
}

unsigned clients_look(struct clients *clients, uint64_t now_s)
{
        clients->n = 0;
        for (int fd = 0; fd < CLIENT_FDS; fd++) {
                const uint64_t socket = socket_of(fd);
                const struct client *client = see(clients, fd, socket, now_s);

                if (socket == 0 || client->is_kept)
                        continue;
                clients->n++;
                /* libevent finds the end of it, and cleans up. */
                if (!client->is_stream && now_s - client->at_s > CLIENT_SILENT_S)
                        shutdown(fd, SHUT_RDWR);
        }
        return clients->n;
}

void clients_asked(struct clients *clients, int fd, uint64_t now_s, bool is_stream)
{
        struct client *client;

        if (fd < 0 || fd >= CLIENT_FDS)
                return;
        client = see(clients, fd, socket_of(fd), now_s);
        client->at_s = now_s;
        client->is_stream = is_stream;
}
