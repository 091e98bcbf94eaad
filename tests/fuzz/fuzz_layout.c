/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "source/cgroup.h"
#include "source/container.h"
#include "source/hierarchy.h"
#include "source/unit.h"
#include "targets.h"

static void check_hierarchy(const struct hierarchy *hierarchy, const char *text)
{
        char memory[PATH_MAX];
        struct buf folder;
        size_t len;
        bool deleted;
        const char *path = hierarchy_path_in(hierarchy, text, &len, &deleted);

        require(!path || (path >= text && path + len <= text + strlen(text)));
        require(hierarchy->own_path && hierarchy->own_path[0] == '/');
        buf_init(&folder, memory, sizeof(memory));
        if (hierarchy_folder(hierarchy, hierarchy->own_path, &folder, &len) == 0)
                require(!folder.overflow && len <= folder.len);
}

static void check_layout(struct fuzz_tree *tree, const struct layout *layout, const char *text)
{
        const struct cgroup_view view = {
                .root = &tree->root, .layout = layout, .scratch = &tree->scratch};
        struct cgroup cgroup;
        char memory[PATH_MAX], unit[UNIT_NAME_BYTES];
        struct buf path;

        for (size_t i = 0; i < layout->n_hierarchies; i++)
                check_hierarchy(&layout->hierarchies[i], text);
        for (unsigned i = 0; i < N_CONTROLLERS; i++)
                cgroup_of_process(&view, 7, layout->of[i], memory);
        cgroup_find(&view, NULL, &cgroup);
        buf_init(&path, memory, sizeof(memory));
        layout_strip_mount_point(layout, "/sys/fs/cgroup/a/b", &path);
        require(path.overflow || path.text[0] == '/');
        if (unit_of_process(&view, 7, unit) == 0)
                require(strlen(unit) > 0 && !strchr(unit, '/') && !strchr(unit, '\n'));
}

/* /proc/self/cgroup, an empty line, and /proc/self/mountinfo. */
void fuzz_layout(const uint8_t *data, size_t size)
{
        static const char *const paths[] = {"proc/self/mountinfo", NULL};
        static struct fuzz_tree memory;
        struct fuzz_tree *tree = fuzz_tree(&memory, paths);
        const uint8_t *gap = memmem(data, size, "\n\n", 2);
        const size_t len = gap ? (size_t)(gap - data) + 1 : size;
        const size_t rest = gap ? len + 1 : len;
        char *text = fuzz_text(data, len);
        struct layout layout;
        char id[13];

        fuzz_tree_put(tree, data + rest, size - rest);
        fuzz_tree_file(tree, "proc/self/cgroup", text, len);
        fuzz_tree_file(tree, "proc/7/cgroup", text, len);
        if (layout_read(&tree->root, "/", &tree->scratch, &layout) == 0) {
                check_layout(tree, &layout, text);
                layout_done(&layout);
        }
        if (container_own_id(&tree->root, &tree->scratch, id) == 0)
                require(strlen(id) == 12);
        free(text);
}
