/* SPDX-License-Identifier: MIT */
#pragma once

#include "happenings.h"

/* What can be done about the cause that a happening names, or the code; NULL when that is not known
 * any closer. */
const char *advice_find(const struct happening *happening);
