/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "format/platform.h"
#include "targets.h"
#include "viewer/api.h"
#include "viewer/drain.h"
#include "viewer/report.h"

#define NOW_NS UINT64_C(1795888800000000000)

/* Whatever was read: what comes of it is JSON that can stand in a page, and text that can stand in
 * a terminal. */
static void check_json(const struct out *out)
{
        require(!out->failed && out->len > 0);
        for (size_t i = 0; i < out->len; i++) {
                const unsigned char c = (unsigned char)out->text[i];

                require(c >= ' ' && c != 0x7f && c != '<' && c != '>' && c != '&');
        }
}

static void check_report(const struct out *out)
{
        require(!out->failed);
        for (size_t i = 0; i < out->len; i++) {
                const unsigned char c = (unsigned char)out->text[i];

                require((c >= ' ' && c != 0x7f) || c == '\n');
        }
}

static void look_at(struct view *view)
{
        struct api_query query = {.to_ms = UINT64_MAX - 1, .n_points = 16, .limit = 100};
        struct out out = {0};

        view_advance(view, NOW_NS / 1000000);
        api_snapshot(view, &query, &out);
        check_json(&out);
        out_done(&out);
        report_write(view, &out);
        check_report(&out);
        out_done(&out);
        for (const struct target *target = view->first; target; target = target->next) {
                query.source = target->name;
                require(api_csv(view, &query, &out) == 0);
        }
        out_done(&out);
}

/* The first byte says how the rest is sent. */
void fuzz_view(const uint8_t *data, size_t size)
{
        static const char *const types[] = {"application/logplex-1", "text/plain"};
        struct view *view;
        char *body;

        if (size == 0 || view_new(1, 20000, &view) < 0)
                return;
        body = fuzz_text(data + 1, size - 1);
        view->counts_time = data[0] & 2;
        drain_take(view, types[data[0] & 1], data[0] & 4 ? "db3" : "", body, size - 1, NOW_NS);
        view->counts_time = false;
        look_at(view);
        if (data[0] & 8) {
                view_settle_time(view, NOW_NS / 1000000);
                look_at(view);
        }
        free(body);
        view_free(view);
}

/* A column that nobody packed is refused, or is one; and what is packed comes back. */
void fuzz_pack(const uint8_t *data, size_t size)
{
        uint64_t values[PACK_ROWS], back[PACK_ROWS];
        unsigned char bytes[PACK_BYTES];
        unsigned n;
        size_t len;

        if (size == 0)
                return;
        n = 1 + data[0] % PACK_ROWS;
        if (!unpack_column(data + 1, data + size, n, values))
                return;
        len = pack_column(values, n, bytes);
        require(len <= sizeof(bytes));
        require(unpack_column(bytes, bytes + len, n, back) == bytes + len);
        require(memcmp(values, back, n * sizeof(values[0])) == 0);
}
