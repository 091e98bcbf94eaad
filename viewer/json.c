/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <string.h>

/* Appends a text in quotes. */
static void quote(struct out *out, const char *text)
{
        out_char(out, '"');
        while (*text) {
                const size_t len = utf8_len(text);
                const unsigned char first = (unsigned char)*text;

                if (first < ' ' || first == 0x7f || len == 0 ||
                        (first == 0xc2 && (unsigned char)text[1] < 0xa0))
                        out_text(out, "\xef\xbf\xbd");
                else if (strchr("\"\\<>&", *text) || memcmp(text, "\xe2\x80\xa8", len) == 0 ||
                         memcmp(text, "\xe2\x80\xa9", len) == 0)
                        out_printf(out, "\\u%04x",
                                len == 1 ? first : 0x2000U | ((unsigned char)text[2] & 0x3f));
                else
                        out_bytes(out, text, len);
                text += len > 0 ? len : 1;
        }
        out_char(out, '"');
}

void json_key(struct out *out, const char *key)
{
        const char last = out->len > 0 ? out->text[out->len - 1] : '[';

        if (!strchr("{[: \n", last))
                out_char(out, ',');
        if (key) {
                quote(out, key);
                out_char(out, ':');
        }
}

void json_open(struct out *out, const char *key, char bracket)
{
        json_key(out, key);
        out_char(out, bracket);
}

void json_close(struct out *out, char bracket)
{
        out_char(out, bracket);
}

void json_u64(struct out *out, const char *key, uint64_t number)
{
        json_key(out, key);
        out_u64(out, number);
}

void json_double(struct out *out, const char *key, double number, unsigned places)
{
        json_key(out, key);
        out_double(out, number, places);
}

void json_bool(struct out *out, const char *key, bool value)
{
        json_key(out, key);
        out_text(out, value ? "true" : "false");
}

void json_null(struct out *out, const char *key)
{
        json_key(out, key);
        out_text(out, "null");
}

void json_text(struct out *out, const char *key, const char *text)
{
        json_key(out, key);
        quote(out, text);
}
