/* SPDX-License-Identifier: MIT */
#include "out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "format/format.h"

void out_done(struct out *out)
{
        free(out->text);
        *out = (struct out){0};
}

static bool make_room(struct out *out, size_t len)
{
        size_t size = out->size > 0 ? out->size : 256;
        char *text;

        if (out->failed || len <= out->size - out->len)
                return !out->failed;
        while (size - out->len < len)
                size *= 2;
        text = realloc(out->text, size);
        if (!text) {
                out->failed = true;
                return false;
        }
        out->text = text;
        out->size = size;
        return true;
}

void out_bytes(struct out *out, const char *bytes, size_t len)
{
        if (len == 0 || !make_room(out, len))
                return;
        memcpy(out->text + out->len, bytes, len);
        out->len += len;
}

void out_text(struct out *out, const char *text)
{
        out_bytes(out, text, strlen(text));
}

void out_char(struct out *out, char c)
{
        out_bytes(out, &c, 1);
}

void out_u64(struct out *out, uint64_t number)
{
        char memory[24];
        struct buf buf;

        buf_init(&buf, memory, sizeof(memory));
        buf_add_u64(&buf, number, 0);
        out_bytes(out, memory, buf.len);
}

void out_printf(struct out *out, const char *format, ...)
{
        char memory[512];
        struct buf buf;
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(memory, sizeof(memory), format, args);
        va_end(args);
        if (n < 0)
                return;
        if ((size_t)n < sizeof(memory)) {
                out_bytes(out, memory, (size_t)n);
                return;
        }
        if (!make_room(out, (size_t)n + 1))
                return;
        buf_init(&buf, out->text + out->len, (size_t)n + 1);
        va_start(args, format);
        vsnprintf(buf.text, buf.size, format, args);
        va_end(args);
        out->len += (size_t)n;
}

void out_double(struct out *out, double number, unsigned places)
{
        char memory[400];
        int n = snprintf(memory, sizeof(memory), "%.*f", (int)places, number);

        if (n <= 0)
                return;
        if (memchr(memory, '.', (size_t)n)) {
                while (memory[n - 1] == '0')
                        n--;
                if (memory[n - 1] == '.')
                        n--;
        }
        out_bytes(out, memory, (size_t)n);
}

static bool is_continuation(char c)
{
        return ((unsigned char)c & 0xc0) == 0x80;
}

size_t utf8_len(const char *text)
{
        const unsigned char first = (unsigned char)*text, second = (unsigned char)text[1];

        if (first < 0x80)
                return first > 0;
        if (first < 0xc2 || first > 0xf4 || !is_continuation(text[1]))
                return 0;
        if (first < 0xe0)
                return 2;
        /* Neither longer than need be, nor half of a pair, nor behind the last one. */
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
                return 0;
        if (!is_continuation(text[2]))
                return 0;
        if (first < 0xf0)
                return 3;
        return is_continuation(text[3]) ? 4 : 0;
}

void out_shown(struct out *out, const char *text)
{
        while (*text) {
                const size_t len = utf8_len(text);
                const unsigned char first = (unsigned char)*text;

                /* The second block of control characters is 0x80 to 0x9f. */
                if (len == 0 || first < ' ' || first == 0x7f ||
                        (first == 0xc2 && (unsigned char)text[1] < 0xa0))
                        out_char(out, '?');
                else
                        out_bytes(out, text, len);
                text += len > 0 ? len : 1;
        }
}

void out_time(struct out *out, uint64_t t_ms)
{
        char memory[48];
        struct buf buf;

        buf_init(&buf, memory, sizeof(memory));
        time_write(t_ms * 1000000, &buf);
        /* Of "2026-01-05T00:00:00.000000+00:00", which has six places. */
        out_bytes(out, memory, buf.len > 9 ? buf.len - 9 : 0);
        out_char(out, 'Z');
}
