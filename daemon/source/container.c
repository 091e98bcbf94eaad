/* SPDX-License-Identifier: MIT */
#include "source/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/name.h"

/* The numbers the kernel gives to the first namespaces, see include/linux/proc_ns.h there. */
static const struct first_namespace {
        char link[24];
        char target[24];
} first_namespaces[] = {
        {"proc/self/ns/pid",    "pid:[4026531836]"   },
        {"proc/self/ns/uts",    "uts:[4026531838]"   },
        {"proc/self/ns/ipc",    "ipc:[4026531839]"   },
        {"proc/self/ns/cgroup", "cgroup:[4026531835]"},
};

static bool is_first_namespace(const struct root *root, const struct first_namespace *first)
{
        char target[64];

        return link_read_at(root->fd, first->link, target, sizeof(target)) == 0 &&
               strcmp(target, first->target) == 0;
}

static bool has_first_namespaces(const struct root *root)
{
        for (size_t i = 0; i < sizeof(first_namespaces) / sizeof(first_namespaces[0]); i++) {
                if (!is_first_namespace(root, &first_namespaces[i]))
                        return false;
        }
        return true;
}

static bool has_mark(const struct root *root)
{
        static const char marks[][24] = {
                "run/.containerenv",
                ".dockerenv",
                "run/systemd/container",
        };
        static const char variables[][24] = {
                "container",
                "KUBERNETES_SERVICE_HOST",
        };

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
                if (faccessat(root->fd, marks[i], F_OK, 0) == 0)
                        return true;
        }
        for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
                const char *value = getenv(variables[i]);

                if (value && *value)
                        return true;
        }
        return false;
}

bool container_sees_all_pids(const struct root *root)
{
        return is_first_namespace(root, &first_namespaces[0]);
}

bool container_has_own_cgroups(const struct root *root)
{
        return !is_first_namespace(root, &first_namespaces[3]);
}

bool container_is_inside(const struct root *root)
{
        return has_mark(root) && !has_first_namespaces(root);
}

int container_own_id(const struct root *root, struct scratch *scratch, char ret[13])
{
        const char *line;
        int r = root_read(root, "proc/self/mountinfo", scratch);

        if (r < 0)
                return -ENOENT;
        /* "… /var/lib/docker/containers/0123…/hostname /etc/hostname rw …" */
        for (line = scratch->text; line; line = strchr(line, '\n')) {
                const char *end, *point, *id;

                line += *line == '\n';
                end = strchrnul(line, '\n');
                point = strstr(line, " /etc/host");
                id = name_find_container_id(line);
                if (!point || point > end || !id || id > point)
                        continue;
                memcpy(ret, id, 12);
                ret[12] = '\0';
                return 0;
        }
        return -ENOENT;
}
