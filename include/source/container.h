/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/root.h"

/*
 * Whether this process is in a container. The marks that runtimes leave (/run/.containerenv,
 * /.dockerenv, /run/systemd/container, $container) outlive the container in an image that is
 * booted on its own, so they count only in namespaces that are not the machine's first ones.
 */
bool container_is_inside(const struct root *root);

/* Whether this process is in the machine's first PID namespace, which has a pid for everybody. */
bool container_sees_all_pids(const struct root *root);

/* Whether it is in another cgroup namespace than the machine's first one. */
bool container_has_own_cgroups(const struct root *root);

/*
 * The id of the container this process is in, from the mounts its runtime made, as 12 digits and a
 * NUL. Returns 0 or -ENOENT.
 */
int container_own_id(const struct root *root, struct scratch *scratch, char ret[13]);
