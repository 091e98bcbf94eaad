/* SPDX-License-Identifier: MIT */
#pragma once

#include "settings.h"

/* The file that is read, if it is there. */
const char *configuration_path(const struct settings *settings);

/*
 * Reads the configuration into `settings`: the file `settings->config`, or the usual one when that
 * is NULL and the file is there; then the files those in the folder FILE.d whose names end in
 * .conf, in the order of their names.
 *
 * Returns 0; -EINVAL with a line "FILE:LINE: …" for each mistake in `error`; -ENOMEM; or another
 * -errno from reading, with its line.
 */
int configuration_read(struct settings *settings, struct buf *error);

/*
 * All settings: the defaults, the configuration on top, the command line on top of that.
 *
 * Returns 0; -EINVAL when the command line is wrong; -EBADMSG when the configuration is, or cannot
 * be read; -ENOMEM; with one line a mistake in `error`. Release with settings_done().
 */
int configuration_load(int argc, char **argv, struct settings *ret, struct buf *error);

/* Appends a line for each name that is right, but that some readers of the lines would not take. */
void configuration_warn(const struct settings *settings, struct buf *ret);
