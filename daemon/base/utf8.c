/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

/* Which first bytes there are, and what the second one may be, so that no character has two forms,
 * is half of a pair of UTF-16, or lies beyond the last one: RFC 3629, section 4. */
static const struct row {
        unsigned char first, last;
        unsigned char len;
        unsigned char second_first, second_last;
} rows[] = {
        {0x01, 0x7f, 1, 0,    0   },
        {0xc2, 0xdf, 2, 0x80, 0xbf},
        {0xe0, 0xe0, 3, 0xa0, 0xbf},
        {0xe1, 0xec, 3, 0x80, 0xbf},
        {0xed, 0xed, 3, 0x80, 0x9f},
        {0xee, 0xef, 3, 0x80, 0xbf},
        {0xf0, 0xf0, 4, 0x90, 0xbf},
        {0xf1, 0xf3, 4, 0x80, 0xbf},
        {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static int is_within(char c, unsigned char first, unsigned char last)
{
        return (unsigned char)c >= first && (unsigned char)c <= last;
}

size_t utf8_len(const char *text)
{
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct row *row = &rows[i];

                if (!is_within(*text, row->first, row->last))
                        continue;
                if (row->len > 1 && !is_within(text[1], row->second_first, row->second_last))
                        return 0;
                for (size_t k = 2; k < row->len; k++) {
                        if (!is_within(text[k], 0x80, 0xbf))
                                return 0;
                }
                return row->len;
        }
        return 0;
}
