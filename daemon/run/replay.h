/* SPDX-License-Identifier: MIT */
#pragma once

#include "settings.h"

/* Prints the events that the lines of a file hold, and a summary as a message. Returns the exit
 * status. */
int replay_run(const struct settings *settings);
