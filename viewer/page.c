/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <string.h>

const struct page_file *page_find(const char *name)
{
        for (const struct page_file *file = page_files; file->name; file++) {
                if (strcmp(file->name, name) == 0)
                        return file;
        }
        return NULL;
}

const char *page_type(const struct page_file *file)
{
        static const struct {
                const char *ending, *type;
        } rows[] = {
                {".html",  "text/html; charset=utf-8"      },
                {".css",   "text/css; charset=utf-8"       },
                {".js",    "text/javascript; charset=utf-8"},
                {".json",  "application/json"              },
                {".svg",   "image/svg+xml"                 },
                {".png",   "image/png"                     },
                {".ico",   "image/x-icon"                  },
                {".txt",   "text/plain; charset=utf-8"     },
                {".woff2", "font/woff2"                    },
        };
        const char *ending = strrchr(file->name, '.');

        for (size_t i = 0; ending && i < sizeof(rows) / sizeof(rows[0]); i++) {
                if (strcmp(rows[i].ending, ending) == 0)
                        return rows[i].type;
        }
        return "application/octet-stream";
}
