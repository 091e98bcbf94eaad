/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

void log_message(const char *format, ...)
{
        struct pollfd pollfd = {.fd = STDERR_FILENO, .events = POLLOUT};
        char memory[2048], text[1024];
        struct buf line;
        va_list args;

        va_start(args, format);
        vsnprintf(text, sizeof(text), format, args);
        va_end(args);

        buf_init(&line, memory, sizeof(memory));
        buf_add(&line, "runstatd: ");
        buf_add_shown(&line, text);
        buf_add_char(&line, '\n');
        if (poll(&pollfd, 1, 0) == 1 && write(STDERR_FILENO, line.text, line.len) < 0)
                return; /* there is nobody left to tell */
}

void log_lines(const char *text)
{
        while (*text) {
                size_t len = strcspn(text, "\n");

                if (len > 0)
                        log_message("%.*s", (int)len, text);
                text += len + (text[len] == '\n');
        }
}
