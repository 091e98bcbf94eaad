/* SPDX-License-Identifier: MIT */
#pragma once

#include "source/cgroup.h"

/*
 * The invocation id of the unit that runs in a cgroup, 32 hexadecimal digits and a NUL, which each
 * start of the unit makes anew: from the cgroup's attribute user.invocation_id, or else, for units
 * of the system's manager, the link /run/systemd/units/invocation:NAME; see systemd.exec(5).
 *
 * Returns 0; -ENOENT when nobody says; or another -errno.
 */
int unit_read_invocation(const struct cgroup_view *view, const struct cgroup *cgroup, char ret[33]);

enum { UNIT_NAME_BYTES = 256 }; /* UNIT_NAME_MAX of systemd, the NUL included */

/* The unit a process is in, by the path of its cgroup in the hierarchy that has all units: the
 * innermost part of it that is a unit's name. Returns 0; -ENOENT when none is; another -errno. */
int unit_of_process(const struct cgroup_view *view, int64_t pid, char ret[UNIT_NAME_BYTES]);
