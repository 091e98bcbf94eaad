/* SPDX-License-Identifier: MIT */
#pragma once

#include "collector_state.h"

/* Says which parents of zombies a target has, and why they do not wait. It has had zombies. */
void zombies_say(struct collector *collector, struct target *target);
