/* SPDX-License-Identifier: MIT */
#include "mount_line.h"

#include <string.h>

#include "base/text.h"

/* Undoes mountinfo's \040 and the like, in place. */
static void unescape(char *text)
{
        char *out = text;

        for (; *text; text++) {
                if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' &&
                        text[2] <= '7' && text[3] >= '0' && text[3] <= '7') {
                        *out++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0');
                        text += 3;
                } else {
                        *out++ = *text;
                }
        }
        *out = '\0';
}

/* The next field of a line, which it ends with a NUL; NULL at the end. */
static char *next_field(char **line)
{
        char *field;

        do
                field = strsep(line, " ");
        while (field && !*field);
        return field;
}

bool mount_line_parse(char *line, struct mount_line *ret)
{
        char *field = next_field(&line);

        if (!field || text_parse_u64(field, &ret->id) < 0)
                ret->id = 0;
        for (unsigned i = 0; i < 2; i++)
                next_field(&line);
        ret->root = next_field(&line);
        ret->point = next_field(&line);
        do
                field = next_field(&line);
        while (field && strcmp(field, "-") != 0);
        ret->type = next_field(&line);
        next_field(&line);
        ret->options = next_field(&line);
        if (!ret->options)
                return false;
        unescape(ret->root);
        unescape(ret->point);
        return true;
}
