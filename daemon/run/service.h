/* SPDX-License-Identifier: MIT */
#pragma once

#include "settings.h"

/*
 * Runs the daemon until a signal or the last tick ends it. The command line is what a reload puts
 * on top of the configuration; `settings` then holds what is in force. Returns the exit status.
 */
int service_run(int argc, char **argv, struct settings *settings);

/* Prints on standard output. Returns the exit status. */
int service_print(const char *text);

/* Prints the targets and what they resolve to here. Returns the exit status. */
int service_list_targets(const struct settings *settings);
