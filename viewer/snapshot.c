/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <errno.h>
#include <string.h>

#include "page.h"

int snapshot_write(const struct view *view, const struct api_query *query, struct out *ret)
{
        static const char mark[] = "@SNAPSHOT@";
        const struct page_file *file = page_find("snapshot.html");
        const char *text = file ? (const char *)file->bytes : NULL;
        const char *at = file ? memmem(text, file->len, mark, sizeof(mark) - 1) : NULL;
        struct out data = {0};
        int r;

        if (!at)
                return -ENOSYS;
        r = api_snapshot(view, query, &data);
        if (r == 0) {
                out_bytes(ret, text, (size_t)(at - text));
                out_bytes(ret, data.text, data.len);
                at += sizeof(mark) - 1;
                out_bytes(ret, at, (size_t)(text + file->len - at));
                r = ret->failed ? -ENOMEM : 0;
        }
        out_done(&data);
        return r;
}
