/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether a request may be answered. All that is asked is hostile. */

enum { ACCESS_HOSTS_MAX = 16, ACCESS_TOKEN_BYTES = 256 };

struct access {
        const char *hosts[ACCESS_HOSTS_MAX]; /* names by which the program is asked for; borrowed */
        unsigned n_hosts;
        char token[ACCESS_TOKEN_BYTES]; /* of the drain; "": there is none */
};

/*
 * Whether the Host of a request, with a port or without, is one of ours: "localhost", an address,
 * or a name that was allowed. A name that someone else has made to point here is none, see "DNS
 * rebinding"; no name can be made to look like an address.
 */
bool access_host(const struct access *access, const char *host);

/* Whether a page of this Origin may ask here: the page itself, directly or by way of a proxy with
 * TLS. NULL: no page asks. */
bool access_origin(const char *origin, const char *host);

/* Whether the Authorization, Bearer or Basic, holds the token. */
bool access_token(const struct access *access, const char *authorization);

/* Reads the token from a file: its first line, of 16 to 255 bytes that can stand in a header.
 * Returns 0; -errno from open(2) or read(2); -EINVAL. */
int access_read_token(struct access *access, const char *path);
