/* SPDX-License-Identifier: MIT */
#pragma once

/* What this process has of the machine's memory, and keeps. */

/* Before anything is allocated. */
void memory_prepare(void);

/*
 * A machine that is short of memory takes the pages of idle programs first, and gives them back
 * when it finds others: what is in use is kept from here on, where that is allowed. What comes
 * later is not, as it would be refused where the limit of what may be kept is reached.
 */
void memory_lock(void);

/* Gives back what the start needed and a tick does not. */
void memory_trim(void);
