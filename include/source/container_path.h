/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What the path of a cgroup says of the container it is: the runtimes write the id of the container
 * into it, and the kubelet that of the pod. Nobody writes names there.
 */

enum {
        CONTAINER_ID_BYTES = 65, /* 64 hexadecimal digits and the NUL */
        POD_ID_BYTES = 65,       /* a UUID, the hash of a static pod, or an id as a container's */
};

struct container_path {
        const char
                *runtime; /* "docker", "containerd", "cri-o", "podman"; "" when it does not say */
        char id[CONTAINER_ID_BYTES];
        char pod[POD_ID_BYTES]; /* as the kubelet's API has it, with dashes; "" outside of a pod */
        bool is_kubernetes;     /* the pod is one of a kubelet */
        size_t len;             /* of the path up to the container's own cgroup and with it */
};

/*
 * Finds the next container that the cgroup `path`, `len` bytes that need no NUL, is or lies in: the
 * outermost one in a struct of zeros, and from there on the one inside of the last, as a node of
 * kind is a container that has others. A cgroup that a runtime makes for itself, beside the
 * container's (conmon's), is none.
 *
 * Returns false when there is none; `*container` is then untouched.
 */
bool container_path_next(const char *path, size_t len, struct container_path *container);

/* The innermost one. Returns false when there is none; `*ret` is then untouched. */
bool container_path_parse(const char *path, size_t len, struct container_path *ret);
