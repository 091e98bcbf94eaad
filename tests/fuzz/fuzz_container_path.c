/* SPDX-License-Identifier: MIT */
#include "source/container_path.h"

#include <stdlib.h>
#include <string.h>

#include "targets.h"

static void check_container(const struct container_path *container, size_t from, size_t size)
{
        require(container->len > from && container->len <= size);
        require(strspn(container->id, "0123456789abcdef") == 64 && !container->id[64]);
        require(memchr(container->pod, '\0', sizeof(container->pod)));
        require(!container->pod[strspn(container->pod, "0123456789abcdef-")]);
        require(container->runtime);
        require(!container->is_kubernetes || *container->pod);
}

void fuzz_container_path(const uint8_t *data, size_t size)
{
        char *path = malloc(size > 0 ? size : 1);
        struct container_path container = {0}, last = {0};
        size_t from = 0;

        require(path);
        memcpy(path, data, size);
        while (container_path_next(path, size, &container)) {
                check_container(&container, from, size);
                from = container.len;
        }
        require(container_path_parse(path, size, &last) == (from > 0));
        require(last.len == from && strcmp(last.id, container.id) == 0);
        free(path);
}
