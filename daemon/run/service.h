/* SPDX-License-Identifier: MIT */
#pragma once

#include "options.h"

/* Runs the daemon until a signal or the last tick ends it. Returns the exit status. */
int service_run(const struct settings *settings);

/* Prints the targets and what they resolve to here. Returns the exit status. */
int service_list_targets(const struct settings *settings);
