/* SPDX-License-Identifier: MIT */
#include "viewer/drain.h"

#include <stdlib.h>

#include "tests/unit/test.h"

#define NOW_NS UINT64_C(1795888800000000000)

/* Bodies, what comes of them, and the names of the targets that are there then, in the order in
 * which they came. */
/* clang-format off */
static const struct {
        const char *name, *type, *host, *body;
        int r;
        const char *targets;
} rows[] = {
        {"lines", "text/plain", "",
                "source=web.1 dyno=a sample#processes=1\nsource=web.2 dyno=a sample#processes=1\n",
                2, "web.1 web.2"},
        {"no end", NULL, "", "source=web.1 dyno=a sample#processes=1", 1, "web.1"},
        {"JSON", "application/x-ndjson", "",
                "{\"source\":\"web.1\",\"dyno\":\"a\",\"processes\":1}\n"
                "{\"source\":\"web.2\",\"dyno\":\"a\",\"processes\":1}\n", 2, "web.1 web.2"},
        {"host of the address", "text/plain", "db3", "source=web.1 dyno=a sample#processes=1\n", 1,
                "db3/web.1"},
        {"frames of the platform", "application/logplex-1", "",
                "93 <134>1 2023-08-24T10:28:47.153192+00:00 host heroku web.1 - source=web.1 dyno=a sample#processes=1\n", -EBADMSG, ""},
        {"frames", "application/logplex-1", "",
                "101 <134>1 2023-08-24T10:28:47.153192+00:00 host heroku web.1 - source=web.1 dyno=a sample#processes=1  \n"
                "101 <134>1 2023-08-24T10:28:47.153192+00:00 host heroku web.2 - source=web.2 dyno=a sample#processes=1  \n", 2,
                "web.1 web.2"},
        {"host of a frame", "application/logplex-1", "",
                "100 <134>1 2023-08-24T10:28:47.153192+00:00 db3 heroku web.1 - source=web.1 dyno=a sample#processes=1  \n", 1,
                "db3/web.1"},
        {"host of the address wins", "application/logplex-1", "mine",
                "100 <134>1 2023-08-24T10:28:47.153192+00:00 db3 heroku web.1 - source=web.1 dyno=a sample#processes=1  \n", 1,
                "mine/web.1"},
        {"no frame", "application/logplex-1", "", "source=web.1 dyno=a sample#processes=1\n",
                -EBADMSG, ""},
        {"too long", "application/logplex-1", "", "99999999999999999999 x", -EBADMSG, ""},
        {"longer than the body", "application/logplex-1", "", "50 x\n", -EBADMSG, ""},
        {"0", "application/logplex-1", "", "0 \n", -EBADMSG, ""},
        {"only a count", "application/logplex-1", "", "17", -EBADMSG, ""},
        {"nothing", "application/logplex-1", "", "", 0, ""},
        {"newlines", "text/plain", "", "\n\n\n", 0, ""},
        {"others", "text/plain", "", "hello\nworld\n", 2, ""},
};
/* clang-format on */

static void test_bodies(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const size_t len = strlen(rows[i].body);
                char *body = malloc(len + 1);
                char memory[256];
                struct view *view;
                struct buf names;

                memcpy(body, rows[i].body, len);
                assert_int_equal(view_new(1 << 20, 20000, &view), 0);
                buf_init(&names, memory, sizeof(memory));
                check_int(rows[i].name,
                        drain_take(view, rows[i].type, rows[i].host, body, len, NOW_NS), rows[i].r);
                for (struct target *target = view->first; target; target = target->next)
                        buf_printf(&names, "%s%s", names.len > 0 ? " " : "", target->name);
                check_text(rows[i].name, memory, rows[i].targets);
                view_free(view);
                free(body);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_bodies)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
