/* SPDX-License-Identifier: MIT */
#pragma once

#include "settings.h"

/*
 * Applies the command line to `settings`; what it says wins over what is there, and targets of it
 * replace those that are. Returns 0; -EINVAL with one line a mistake in `error`; -ENOMEM.
 */
int options_apply(int argc, char **argv, struct settings *settings, struct buf *error);

/* The defaults, and the command line alone. Returns the same. Release with settings_done(). */
int settings_from_arguments(int argc, char **argv, struct settings *ret, struct buf *error);

/* Appends what `--help` prints. */
void options_write_help(struct buf *ret);
