/* SPDX-License-Identifier: MIT */
#include "model/name.h"

#include "test.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_reduce(void **state)
{
        /* clang-format off */
        static const struct {
                const char *prefix, *path, *name;
        } rows[] = {
                {"", "nginx.service", "nginx.1"},
                {"", "/system.slice/nginx.service", "nginx.1"},
                {"", "/a/b/", "cgroup.1"},
                {"", "/", "cgroup.1"},
                {"", "", "cgroup.1"},
                {"", "worker@3.service", "worker.3"},
                {"", "worker@12", "worker.12"},
                {"", "worker@a3.service", "workera3.1"},
                {"", "web.2", "web.2"},
                {"", "web.02", "web.2"},
                {"", "web.0", "web.0"},
                {"", "web-2", "web2.1"},
                {"", "web2", "web2.1"},
                {"", "web.2.service", "web.2"},
                {"", "web.2.3", "web2.3"},
                {"", "web.999999999", "web.999999999"},
                {"", "web.1234567890", "web1234567890.1"},
                {"", "1234", "1234.1"},
                {"", "@5", "cgroup.5"},
                {"", "-.slice", "cgroup.1"},
                {"", ".service", "service.1"},
                {"", "/a/.service", "service.1"},
                {"", "a.service.service", "aservice.1"},
                {"", "nginx.services", "nginxservices.1"},
                {"", "My_App-x.Scope", "myappxscope.1"},
                {"", "session-c2.scope", "sessionc2.1"},
                {"", "dbus.socket", "dbus.1"},
                {"", "home.mount", "home.1"},
                {"", "dev-sda2.swap", "devsda2.1"},
                {"", "user-1000.slice", "user1000.1"},
                {"", "user@1000.service", "user.1000"},
                {"", "/run/nginx.pid", "nginx.1"},
                {"", "ke\xc3\xa4se \n)x", "kesex.1"},
                {"pid", "1234", "pid1234.1"},
                {"App-", "web.2", "appweb.2"},
                {"app", "", "app.1"},
                {"", "libpod-" ID ".scope", "libpod0123456789ab.1"},
                {"", "/docker/" ID, "0123456789ab.1"},
                {"", "x" ID "f", "x0123456789abcdef0123456789abcdef0123456789abcd.1"},
                {"", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu",
                        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu.1"},
                {"", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv.7",
                        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu.7"},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct name name = name_reduce(rows[i].prefix, rows[i].path);
                char memory[NAME_MAX_BYTES];
                struct buf text;

                buf_init(&text, memory, sizeof(memory));
                name_write(&name, &text);
                check_text(rows[i].path, text.text, rows[i].name);
                check(rows[i].path, !text.overflow);
        }
}

/* Whatever the name, what it is reduced to is [a-z0-9]+.[0-9]+, and fits. */
static void test_reduce_anything(void **state)
{
        static const char letters[] = "aZ09@./-_\n\\ \x80.servicewp";
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 50000; i++) {
                const unsigned len = random_below(&seed, i % 10 ? 20 : 300);
                char path[300], memory[NAME_MAX_BYTES];
                struct name name;
                struct buf text;
                size_t word_len, number_len;

                for (unsigned j = 0; j < len; j++)
                        path[j] = letters[random_below(&seed, sizeof(letters) - 1)];
                path[len] = '\0';
                name = name_reduce(i % 3 ? "" : "pre", path);
                buf_init(&text, memory, sizeof(memory));
                name_write(&name, &text);
                check(path, !text.overflow);
                check(path, name_is_valid(text.text));
                word_len = strspn(text.text, "abcdefghijklmnopqrstuvwxyz0123456789");
                check(path, word_len > 0 && text.text[word_len] == '.');
                number_len = strspn(text.text + word_len + 1, "0123456789");
                check(path, number_len > 0 && word_len + 1 + number_len == text.len);
        }
}

static void test_valid(void **state)
{
        static const struct {
                const char *name;
                bool valid;
        } rows[] = {
                {"web.1",                                                            true },
                {"Web_1-a",                                                          true },
                {"1",                                                                true },
                {".",                                                                true },
                {"",                                                                 false},
                {"web 1",                                                            false},
                {"web=1",                                                            false},
                {"web/1",                                                            false},
                {"web[1]",                                                           false},
                {"web\n",                                                            false},
                {"w\xc3\xa4",                                                        false},
                {"123456789012345678901234567890123456789012345678901234567890123",  true },
                {"1234567890123456789012345678901234567890123456789012345678901234", false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                check_int(rows[i].name, name_is_valid(rows[i].name), rows[i].valid);
}

static void test_container_id(void **state)
{
        static const struct {
                const char *text;
                int at; /* -1: none */
        } rows[] = {
                {ID,                                                                 0 },
                {"/docker/" ID,                                                      8 },
                {"/libpod-" ID ".scope/container",                                   8 },
                {"cri-containerd-" ID ".scope",                                      15},
                {"/abc/" ID "/" ID,                                                  5 },
                {"/0123abc/" ID "\n",                                                9 },
                {"",                                                                 -1},
                {"0123456789ab",                                                     -1},
                {ID "0",                                                             -1},
                {"f" ID,                                                             -1},
                {ID ID,                                                              -1},
                {"/0" ID "/" ID,                                                     67},
                {"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", -1},
                {"123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",  -1},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *id = name_find_container_id(rows[i].text);

                check_int(rows[i].text, id ? id - rows[i].text : -1, rows[i].at);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reduce),
                cmocka_unit_test(test_reduce_anything),
                cmocka_unit_test(test_valid),
                cmocka_unit_test(test_container_id),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
