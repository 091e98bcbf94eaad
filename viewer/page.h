/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* The files of the page, which are in the program. */
struct page_file {
        const char *name; /* "index.html" */
        const unsigned char *bytes;
        size_t len;
};

/* Made by `embed`. The last one has no name. */
extern const struct page_file page_files[];

/* The file of that name, or NULL. */
const struct page_file *page_find(const char *name);

/* What its ending says it is: "text/html; charset=utf-8". */
const char *page_type(const struct page_file *file);
