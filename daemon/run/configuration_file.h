/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buf.h"
#include "settings.h"

/*
 * Reads one file of the configuration on top of `settings`; see runstatd.conf(5).
 *
 * Returns 0; -ENOENT, without a word, when it is not there; -EINVAL with a line "FILE:LINE: …" for
 * each mistake in `error`; -ENOMEM; or another -errno from reading, with its line.
 */
int configuration_file_read(struct settings *settings, const char *path, struct buf *error);
