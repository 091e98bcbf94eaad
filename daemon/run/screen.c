/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "base/text.h"

enum {
        COLUMNS_DEFAULT = 80,
        COLUMNS_MIN = 40,
        COLUMNS_MAX = 1000, /* a line has room for so many */
        ROWS_DEFAULT = 24,
        ROWS_MIN = 5,
};

/* See no-color.org, and terminfo(5). */
static bool has_colours(void)
{
        const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

        return !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

/* What is loaded for a set of characters is loaded now, and not in a tick. */
static bool is_utf8(void)
{
        mbstate_t shift = {0};
        wchar_t c;

        setlocale(LC_CTYPE, "");
        mbrtowc(&c, "a", 1, &shift);
        return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static unsigned bounded(uint64_t number, unsigned min, unsigned max)
{
        return number < min ? min : number > max ? max : (unsigned)number;
}

void screen_look(const struct sink *sink, struct screen *ret)
{
        const int fd = sink_terminal(sink);
        const char *columns = getenv("COLUMNS");
        struct winsize size = {.ws_col = COLUMNS_DEFAULT, .ws_row = ROWS_DEFAULT};
        uint64_t n_columns;

        *ret = (struct screen){.is_utf8 = is_utf8()};
        if (fd >= 0) {
                ret->is_coloured = has_colours();
                ioctl(fd, TIOCGWINSZ, &size);
        }
        n_columns = size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
        if (fd < 0 && columns)
                text_parse_u64(columns, &n_columns);
        ret->columns = bounded(n_columns, COLUMNS_MIN, COLUMNS_MAX);
        ret->rows = bounded(size.ws_row > 0 ? size.ws_row : ROWS_DEFAULT, ROWS_MIN, UINT16_MAX);
}
