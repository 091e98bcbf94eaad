/* SPDX-License-Identifier: MIT */
#pragma once

#include "model/board.h"
#include "sink/sink.h"

/*
 * What the sink shows pages on: a terminal, of which the size is asked and the environment says
 * whether it has colours and which characters; else 80 columns, or $COLUMNS, of 24 lines. The next
 * page begins with a header.
 */
void screen_look(const struct sink *sink, struct screen *ret);
