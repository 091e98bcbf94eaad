/* SPDX-License-Identifier: MIT */
#pragma once

#include "api.h"

/* The page as one file that needs no server: the embedded snapshot.html with what is known now in
 * it. Returns 0; -ENOENT when there is no such target; -ENOMEM; -ENOSYS when the program was built
 * without that file. */
int snapshot_write(const struct view *view, const struct api_query *query, struct out *ret);
