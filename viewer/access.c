/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"

enum { TOKEN_MIN = 16 };

/* The part of a Host without its port, in `ret`, without brackets. False when it is none. */
static bool split_host(const char *host, char *ret, size_t size)
{
        const char *end;
        size_t len;

        if (*host == '[') {
                end = strchr(host, ']');
                if (!end)
                        return false;
                host++;
                len = (size_t)(end - host);
                end++;
        } else {
                len = strcspn(host, ":");
                end = host + len;
        }
        if (len == 0 || len >= size)
                return false;
        if (*end && (*end != ':' || strspn(end + 1, "0123456789") != strlen(end + 1)))
                return false;
        memcpy(ret, host, len);
        ret[len] = '\0';
        return true;
}

bool access_host(const struct access *access, const char *host)
{
        unsigned char address[sizeof(struct in6_addr)];
        char name[256];

        if (!host || !split_host(host, name, sizeof(name)))
                return false;
        if (strcasecmp(name, "localhost") == 0 || inet_pton(AF_INET, name, address) == 1 ||
                inet_pton(AF_INET6, name, address) == 1)
                return true;
        for (unsigned i = 0; i < access->n_hosts; i++) {
                if (strcasecmp(name, access->hosts[i]) == 0)
                        return true;
        }
        return false;
}

bool access_origin(const char *origin, const char *host)
{
        const char *rest;

        if (!origin)
                return true;
        rest = text_after(origin, "http://");
        if (!rest)
                rest = text_after(origin, "https://");
        return rest && host && strcasecmp(rest, host) == 0;
}

/* Takes as long for a wrong text as for the right one. */
static bool is_token(const struct access *access, const char *text, size_t len)
{
        const size_t token_len = strlen(access->token);
        unsigned char difference = len != token_len;

        for (size_t i = 0; i < token_len; i++)
                difference |= (unsigned char)(access->token[i] ^ (i < len ? text[i] : 0));
        return difference == 0;
}

static int digit_of(char c)
{
        static const char digits[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = c ? strchr(digits, c) : NULL;

        return at ? (int)(at - digits) : -1;
}

/* Base64, see RFC 4648. */
static bool decode(const char *text, struct buf *ret)
{
        unsigned bits = 0, n_bits = 0;

        for (; digit_of(*text) >= 0; text++) {
                bits = bits << 6 | (unsigned)digit_of(*text);
                n_bits += 6;
                if (n_bits >= 8) {
                        n_bits -= 8;
                        buf_add_char(ret, (char)(bits >> n_bits & 0xff));
                }
        }
        return text[strspn(text, "=")] == '\0' && !ret->overflow;
}

/* "user:token"; the address of a drain may also have it as the name of the user. */
static bool is_basic(const struct access *access, const char *text)
{
        char memory[2 * ACCESS_TOKEN_BYTES];
        const char *colon;
        struct buf pair;

        buf_init(&pair, memory, sizeof(memory));
        if (!decode(text, &pair))
                return false;
        colon = memchr(memory, ':', pair.len);
        if (!colon)
                return false;
        return is_token(access, colon + 1, (size_t)(memory + pair.len - colon - 1)) ||
               (colon[1] == '\0' && is_token(access, memory, (size_t)(colon - memory)));
}

bool access_token(const struct access *access, const char *authorization)
{
        if (!authorization || !*access->token)
                return false;
        if (strncasecmp(authorization, "Bearer ", 7) == 0)
                return is_token(access, authorization + 7, strlen(authorization + 7));
        if (strncasecmp(authorization, "Basic ", 6) == 0)
                return is_basic(access, authorization + 6);
        return false;
}

int access_read_token(struct access *access, const char *path)
{
        cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        char text[ACCESS_TOKEN_BYTES + 1];
        ssize_t n;
        size_t len = 0;

        if (fd < 0)
                return -errno;
        n = read(fd, text, sizeof(text) - 1);
        if (n < 0)
                return -errno;
        text[n] = '\0';
        while (text[len] > ' ' && text[len] < 0x7f)
                len++;
        if (len < TOKEN_MIN || len >= sizeof(access->token) || (text[len] && text[len] != '\n'))
                return -EINVAL;
        memcpy(access->token, text, len);
        access->token[len] = '\0';
        return 0;
}
