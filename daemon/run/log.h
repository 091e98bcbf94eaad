/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A message to people, on standard error: "runstatd: cannot read '/x': No such file". When nobody
 * reads it, it is lost rather than waited for.
 */
__attribute__((format(printf, 1, 2))) void log_message(const char *format, ...);

/* A message for each line of `text`. */
void log_lines(const char *text);
