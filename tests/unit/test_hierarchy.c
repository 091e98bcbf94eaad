/* SPDX-License-Identifier: MIT */
#include "source/hierarchy.h"

#include "test.h"
#include "tree.h"

/* "v1 pm /own [/ sys/fs/cgroup/pids]": the letters are the first ones of the controllers, with
 * 'a' for cpuacct and 'i' for blkio. */
static void write_hierarchy(const struct hierarchy *hierarchy, struct buf *ret)
{
        buf_add(ret, hierarchy->v2 ? "v2 " : "v1 ");
        for (unsigned c = 0; c < N_CONTROLLERS; c++) {
                if (hierarchy->controllers & (UINT32_C(1) << c))
                        buf_add_char(ret, "pmcais"[c]);
        }
        buf_printf(ret, " %s", hierarchy->own_path);
        for (size_t i = 0; i < hierarchy->n_mounts; i++)
                buf_printf(ret, " [%s %s]", hierarchy->mounts[i].root, hierarchy->mounts[i].point);
        buf_add_char(ret, '\n');
}

/* Each hierarchy, then the number of the one each controller is in. */
static void write_layout(const struct layout *layout, struct buf *ret)
{
        for (size_t i = 0; i < layout->n_hierarchies; i++)
                write_hierarchy(&layout->hierarchies[i], ret);
        for (unsigned c = 0; c < N_CONTROLLERS; c++) {
                if (layout->of[c])
                        buf_add_u64(ret, (uint64_t)(layout->of[c] - layout->hierarchies), 0);
                else
                        buf_add_char(ret, '-');
        }
        if (layout->unified)
                buf_printf(ret, " v2=%d", (int)(layout->unified - layout->hierarchies));
}

#define V2(root, point)          "30 23 0:26 " root " " point " rw shared:4 - cgroup2 cgroup2 rw\n"
#define V1(root, point, options) "31 23 0:27 " root " " point " rw - cgroup cgroup rw," options "\n"
#define OTHER                    "23 1 8:1 / / rw - ext4 /dev/sda1 rw\n"

/* clang-format off */
static const struct {
        const char *name, *cgroup, *mountinfo; /* NULL: no such file */
        const char *folders;                   /* space-separated */
        const char *root_path;                 /* below which the machine's mounts are */
        int r;
        const char *expected;
} layouts[] = {
        {"v2 alone", "0::/a.slice/b.service\n", OTHER V2("/", "/sys/fs/cgroup"), "sys/fs/cgroup",
                "/", 0, "v2  /a.slice/b.service [/ sys/fs/cgroup]\n00000- v2=0"},
        {"v2 in a cgroup namespace", "0::/\n", V2("/", "/sys/fs/cgroup"), "sys/fs/cgroup", "/", 0,
                "v2  / [/ sys/fs/cgroup]\n00000- v2=0"},
        {"v1, co-mounted", "9:name=systemd:/s\n8:cpu,cpuacct:/c\n7:freezer:/\n6:memory:/m\n",
                V1("/", "/cg/systemd", "xattr,name=systemd") V1("/", "/cg/cpu", "cpu,cpuacct")
                V1("/", "/cg/freezer", "freezer") V1("/", "/cg/memory", "memory"),
                "cg/systemd cg/cpu cg/freezer cg/memory", "/", 0,
                "v1 s /s [/ cg/systemd]\nv1 ca /c [/ cg/cpu]\nv1  /\nv1 m /m [/ "
                "cg/memory]\n-311-0"},
        {"hybrid: memory in v1", "2:memory:/m\n1:name=systemd:/\n0::/u\n",
                V1("/", "/cg/memory", "memory") V2("/", "/cg/unified"), "cg/memory cg/unified", "/",
                0, "v1 m /m [/ cg/memory]\nv1 s /\nv2  /u [/ cg/unified]\n202221 v2=2"},
        {"hybrid: all but memory in v1", "2:pids:/p\n1:cpu,cpuacct,blkio:/c\n0::/u\n",
                V1("/", "/cg/pids", "pids") V1("/", "/cg/c", "cpu,cpuacct,blkio") V2("/", "/cg/u"),
                "cg/pids cg/c cg/u", "/", 0,
                "v1 p /p [/ cg/pids]\nv1 cai /c [/ cg/c]\nv2  /u [/ cg/u]\n02111- v2=2"},
        {"the options in another order", "1:cpu,cpuacct:/\n", V1("/", "/cg/c", "cpuacct,cpu"),
                "cg/c", "/", 0, "v1 ca / [/ cg/c]\n--00--"},
        {"a mount with another set of controllers", "1:cpu,cpuacct:/\n", V1("/", "/cg/c", "cpu"),
                "cg/c", "/", 0, "v1 ca /\n--00--"},
        {"near misses of names", "2:memory2,xpids:/\n1:name=systemd2,:/\n", "", "cg", "/", 0,
                "v1  /\nv1  /\n------"},
        {"a mount of a subtree, twice", "0::/docker/x\n", V2("/docker/x", "/sys/fs/cgroup")
                V2("/docker", "/mnt"), "sys/fs/cgroup mnt", "/", 0,
                "v2  /docker/x [/docker/x sys/fs/cgroup] [/docker mnt]\n00000- v2=0"},
        {"a file mounted alone", "0::/\n", V2("/a/memory.pressure", "/cg/file")
                V2("/", "/cg/missing") V2("/", "/cg/is"), "cg/is", "/", 0,
                "v2  / [/ cg/is]\n00000- v2=0"},
        {"a mount over all", "0::/\n", V2("/", "/"), "cg", "/", 0, "v2  /\n00000- v2=0"},
        {"escaped names", "0::/a b\n", V2("/a\\040b", "/c\\011d\\134\\012"), "c\td\\\n", "/", 0,
                "v2  /a b [/a b c\td\\\n]\n00000- v2=0"},
        {"what is no escape", "0::/\n", V2("/\\04", "/c\\x") V2("/\\480\\", "/c"), "c\\x c", "/", 0,
                "v2  / [/\\04 c\\x] [/\\480\\ c]\n00000- v2=0"},
        {"optional fields", "0::/\n",
                "30 23 0:26 / /cg rw shared:1 master:2 propagate_from:3 - cgroup2 none "
                "rw\n30 23 0:26 / /cg2 rw - cgroup2 none rw,nsdelegate\n", "cg cg2", "/", 0,
                "v2  / [/ cg] [/ cg2]\n00000- v2=0"},
        {"lines of mountinfo that end early", "0::/\n",
                "\n30\n30 23 0:26 / /cg rw -\n30 23 0:26 / /cg rw - cgroup2\n30 23 0:26 "
                "/ /cg rw - cgroup2 none\n30 23 0:26 / /cg rw\n-\n30 23 0:26 / /cg rw - "
                "cgroup3 none rw\n30 23 0:26 / /cg rw - tmpfs cgroup2 rw\n", "cg", "/", 0,
                "v2  /\n00000- v2=0"},
        {"a root with the machine's mounts", "0::/a\n", V2("/", "/host/sys/fs/cgroup")
                V2("/", "/sys/fs/cgroup") V2("/", "/hosts/cg"), "sys/fs/cgroup cg", "/host", 0,
                "v2  /a [/ sys/fs/cgroup]\n00000- v2=0"},
        {"the same with slashes behind", "0::/a\n", V2("/", "/host/cg"), "cg", "/host//", 0,
                "v2  /a [/ cg]\n00000- v2=0"},
        {"a root with a recorded machine", "0::/a\n", V2("/", "/sys/fs/cgroup"), "sys/fs/cgroup",
                "/tmp/recorded", 0, "v2  /a [/ sys/fs/cgroup]\n00000- v2=0"},
        {"no mounts", "1:pids:/\n0::/a\n", "", "cg", "/", 0, "v1 p /\nv2  /a\n01111- v2=1"},
        {"no mountinfo", "0::/a\n", NULL, "cg", "/", 0, "v2  /a\n00000- v2=0"},
        {"no cgroups", NULL, OTHER, "cg", "/", 0, "------"},
        {"the last line open", "1:pids:/p\n0::/a", "", "cg", "/", 0,
                "v1 p /p\nv2  /a\n01111- v2=1"},
        {"a colon in the path", "0::/a:b\n", "", "cg", "/", 0, "v2  /a:b\n00000- v2=0"},
        {"no path", "0::\n", "", "cg", "/", -EBADMSG, NULL},
        {"a relative path", "0::a\n", "", "cg", "/", -EBADMSG, NULL},
        {"one colon", "0:/a\n", "", "cg", "/", -EBADMSG, NULL},
        {"no colon", "0\n::/a\n", "", "cg", "/", -EBADMSG, NULL},
        {"an empty line", "0::/a\n\n", "", "cg", "/", -EBADMSG, NULL},
};
/* clang-format on */

static void make_folders(struct tree *tree, const char *folders)
{
        char copy[256], *rest = copy, *folder;

        assert_in_range(snprintf(copy, sizeof(copy), "%s", folders), 1, sizeof(copy) - 1);
        while ((folder = strsep(&rest, " ")))
                tree_folder(tree, folder);
}

static void test_layout(void **state)
{
        struct tree *tree = *state;

        for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
                char memory[1024];
                struct buf text;
                struct layout layout;

                tree_remove(tree, "proc");
                tree_remove(tree, "cg");
                tree_remove(tree, "sys");
                make_folders(tree, layouts[i].folders);
                if (layouts[i].cgroup)
                        tree_file(tree, "proc/self/cgroup", layouts[i].cgroup);
                if (layouts[i].mountinfo)
                        tree_file(tree, "proc/self/mountinfo", layouts[i].mountinfo);
                /* whatever was read before is none of its business */
                memset(tree->scratch.text, 'x', tree->scratch.size);
                check_int(layouts[i].name,
                        layout_read(&tree->root, layouts[i].root_path, &tree->scratch, &layout),
                        layouts[i].r);
                if (layouts[i].r < 0)
                        continue;
                buf_init(&text, memory, sizeof(memory));
                write_layout(&layout, &text);
                layout_done(&layout);
                layout_done(&layout);
                check_text(layouts[i].name, memory, layouts[i].expected);
        }
}

/* With neither file there is nothing to read from the buffer. */
static void test_layout_of_nothing(void **state)
{
        struct tree *tree = *state;
        struct layout layout;

        assert_int_equal(layout_read(&tree->root, "/", &tree->scratch, &layout), 0);
        assert_int_equal(layout.n_hierarchies, 0);
        layout_done(&layout);
}

static void test_layout_cannot_be_read(void **state)
{
        static const char *const paths[] = {"proc/self/cgroup", "proc/self/mountinfo"};
        struct tree *tree = *state;
        struct layout layout;

        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                tree_file(tree, "proc/self/cgroup", "0::/\n");
                tree_remove(tree, paths[i]);
                tree_folder(tree, paths[i]);
                check_int(
                        paths[i], layout_read(&tree->root, "/", &tree->scratch, &layout), -EISDIR);
                tree_remove(tree, paths[i]);
        }
}

static char text_root[] = "/", text_docker[] = "/docker/x", text_outside[] = "/../..";
static char text_point[] = "sys/fs/cgroup", text_mnt[] = "mnt", text_out[] = "out";

static struct cgroup_mount whole[] = {
        {text_root, text_point},
};
static struct cgroup_mount subtrees[] = {
        {text_outside, text_out  },
        {text_docker,  text_point},
};
static struct cgroup_mount both[] = {
        {text_root,   text_mnt  },
        {text_docker, text_point},
};

static void test_folder(void **state)
{
        static const struct {
                const char *path;
                struct cgroup_mount *mounts;
                size_t n_mounts;
                int r;
                const char *folder;
                size_t point_len;
        } rows[] = {
                {"/",           whole,    1, 0,       "sys/fs/cgroup",     13},
                {"/a/b",        whole,    1, 0,       "sys/fs/cgroup/a/b", 13},
                {"/..a",        whole,    1, 0,       "sys/fs/cgroup/..a", 13},
                {"/..",         whole,    1, -ENOENT, NULL,                0 },
                {"/../a",       whole,    1, -ENOENT, NULL,                0 },
                {"/a",          whole,    0, -ENOENT, NULL,                0 },
                {"/docker/x",   subtrees, 2, 0,       "sys/fs/cgroup",     13},
                {"/docker/x/y", subtrees, 2, 0,       "sys/fs/cgroup/y",   13},
                {"/docker/xy",  subtrees, 2, -ENOENT, NULL,                0 },
                {"/docker",     subtrees, 2, -ENOENT, NULL,                0 },
                {"/",           subtrees, 2, -ENOENT, NULL,                0 },
                {"/../..",      subtrees, 2, 0,       "out",               3 },
                {"/../../b",    subtrees, 2, 0,       "out/b",             3 },
                {"/..",         subtrees, 2, -ENOENT, NULL,                0 },
                {"/../../..",   subtrees, 2, -ENOENT, NULL,                0 },
                {"/../../../b", subtrees, 2, -ENOENT, NULL,                0 },
                {"/docker/x/y", both,     2, 0,       "mnt/docker/x/y",    3 },
                {"/docker/z",   both,     2, 0,       "mnt/docker/z",      3 },
                {"/docker",     both,     2, 0,       "mnt/docker",        3 },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct hierarchy hierarchy = {
                        .mounts = rows[i].mounts,
                        .n_mounts = rows[i].n_mounts,
                };
                char memory[64];
                struct buf folder;
                size_t point_len = 0;

                buf_init(&folder, memory, sizeof(memory));
                check_int(rows[i].path,
                        hierarchy_folder(&hierarchy, rows[i].path, &folder, &point_len), rows[i].r);
                check_u64(rows[i].path, point_len, rows[i].point_len);
                if (rows[i].folder)
                        check_text(rows[i].path, memory, rows[i].folder);
        }
}

static void test_folder_needs_room(void **state)
{
        const struct hierarchy hierarchy = {.mounts = whole, .n_mounts = 1};
        char memory[16];
        struct buf folder;

        (void)state;
        buf_init(&folder, memory, sizeof(memory));
        assert_int_equal(hierarchy_folder(&hierarchy, "/a", &folder, NULL), 0);
        assert_string_equal(memory, "sys/fs/cgroup/a");
        buf_truncate(&folder, 0);
        assert_int_equal(hierarchy_folder(&hierarchy, "/ab", &folder, NULL), -ENAMETOOLONG);
}

enum {
        MEMORY = 1 << CONTROLLER_MEMORY,
        CPU_BOTH = 1 << CONTROLLER_CPU | 1 << CONTROLLER_CPUACCT,
        SYSTEMD = 1 << CONTROLLER_SYSTEMD,
};

#define HYBRID "9:name=systemd:/s\n5:cpu,cpuacct:/c\n4:freezer:/f\n3:memory:/m/n\n0::/u\n"

static void test_path_in(void **state)
{
        /* clang-format off */
        static const struct {
                const char *name;
                bool v2;
                uint32_t controllers;
                const char *text, *path; /* NULL: no line */
                bool deleted;
        } rows[] = {
                {"v2", true, 0, HYBRID, "/u", false},
                {"v2 alone", true, 0, "0::/\n", "/", false},
                {"v2, last line open", true, 0, "0::/a", "/a", false},
                {"v1", false, MEMORY, HYBRID, "/m/n", false},
                {"v1 of two", false, CPU_BOTH, HYBRID, "/c", false},
                {"in another order", false, CPU_BOTH, "5:cpuacct,cpu:/c\n", "/c", false},
                {"systemd", false, SYSTEMD, HYBRID, "/s", false},
                {"of none we know", false, 0, HYBRID, NULL, false},
                {"one of two", false, MEMORY, "5:memory,pids:/c\n", NULL, false},
                {"no v2", true, 0, "3:memory:/m\n", NULL, false},
                {"no v1", false, MEMORY, "0::/u\n", NULL, false},
                {"empty", true, 0, "", NULL, false},
                {"odd lines", true, 0, "\n0:/a\nx\n0::/u\n", "/u", false},
                {"deleted", true, 0, "0::/a (deleted)\n", "/a", true},
                {"deleted, v1", false, MEMORY, "3:memory:/a/b (deleted)\n0::/\n", "/a/b", true},
                {"deleted in the middle", true, 0, "0::/a (deleted)/b\n", "/a (deleted)/b", false},
                {"nearly deleted", true, 0, "0::/a (deleted) \n", "/a (deleted) ", false},
                {"a hostile name", true, 0, "0::/a:b 0::c\n", "/a:b 0::c", false},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct hierarchy hierarchy = {
                        .v2 = rows[i].v2,
                        .controllers = rows[i].controllers,
                };
                size_t len = 0;
                bool deleted = false;
                const char *path = hierarchy_path_in(&hierarchy, rows[i].text, &len, &deleted);
                char copy[64];

                check_int(rows[i].name, path != NULL, rows[i].path != NULL);
                if (!path)
                        continue;
                snprintf(copy, sizeof(copy), "%.*s", (int)len, path);
                check_text(rows[i].name, copy, rows[i].path);
                check_int(rows[i].name, deleted, rows[i].deleted);
        }
}

static void test_strip_mount_point(void **state)
{
        static const struct {
                const char *path, *stripped;
        } rows[] = {
                {"/",                        "/"                },
                {"/a",                       "/a"               },
                {"/mnt",                     "/"                },
                {"/mnt/a/b",                 "/a/b"             },
                {"/mnta",                    "/mnta"            },
                {"/sys/fs/cgroup",           "/"                },
                {"/sys/fs/cgroup/a",         "/a"               },
                {"/sys/fs/cgroup/unified",   "/"                },
                {"/sys/fs/cgroup/unified/a", "/a"               },
                {"/sys/fs/cgroups/a",        "/sys/fs/cgroups/a"},
                {"/a/sys/fs/cgroup",         "/a/sys/fs/cgroup" },
        };
        static char unified[] = "sys/fs/cgroup/unified";
        static struct cgroup_mount outer[] = {
                {text_root, text_mnt  },
                {text_root, text_point},
        };
        static struct cgroup_mount inner[] = {
                {text_root, unified},
        };
        struct hierarchy hierarchies[] = {
                {.mounts = outer, .n_mounts = 2},
                {.mounts = inner, .n_mounts = 1},
        };
        const struct layout layout = {.hierarchies = hierarchies, .n_hierarchies = 2};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char path[128];
                struct buf stripped;

                buf_init(&stripped, path, sizeof(path));
                layout_strip_mount_point(&layout, rows[i].path, &stripped);
                check_text(rows[i].path, path, rows[i].stripped);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                tree_test(test_layout),
                tree_test(test_layout_of_nothing),
                tree_test(test_layout_cannot_be_read),
                cmocka_unit_test(test_folder),
                cmocka_unit_test(test_folder_needs_room),
                cmocka_unit_test(test_path_in),
                cmocka_unit_test(test_strip_mount_point),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
