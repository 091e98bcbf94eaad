/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buf_init(struct buf *buf, char *memory, size_t size)
{
        assert(size > 0);
        *buf = (struct buf){.text = memory, .size = size};
        buf->text[0] = '\0';
}

void buf_truncate(struct buf *buf, size_t len)
{
        assert(len <= buf->len);
        buf->len = len;
        buf->text[len] = '\0';
        buf->overflow = false;
}

void buf_add_shown(struct buf *buf, const char *text)
{
        for (const char *c = text; *c; c++)
                buf_add_char(buf, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
}

void buf_insert(struct buf *buf, size_t at, const char *text)
{
        const size_t len = strlen(text), before = buf->len;

        assert(at <= before);
        buf_add_bytes(buf, text, len); /* the room for it */
        if (buf->overflow)
                return;
        memmove(buf->text + at + len, buf->text + at, before - at);
        memcpy(buf->text + at, text, len);
}

void buf_add_u64(struct buf *buf, uint64_t number, unsigned width)
{
        char digits[20];
        size_t at = sizeof(digits);

        if (number < 10 && width <= 1) {
                buf_add_char(buf, (char)('0' + number));
                return;
        }
        do {
                digits[--at] = (char)('0' + number % 10);
                number /= 10;
        } while (number > 0);
        while (sizeof(digits) - at < width && at > 0)
                digits[--at] = '0';
        buf_add_bytes(buf, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
        size_t room = buf->size - buf->len;
        va_list args;
        int n;

        if (buf->overflow)
                return;
        va_start(args, format);
        n = vsnprintf(buf->text + buf->len, room, format, args);
        va_end(args);
        if (n < 0 || (size_t)n >= room) {
                buf->text[buf->len] = '\0';
                buf->overflow = true;
                return;
        }
        buf->len += (size_t)n;
}
