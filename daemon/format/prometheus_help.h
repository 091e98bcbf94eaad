/* SPDX-License-Identifier: MIT */
#pragma once

/* A sentence about the key of a sample, for "# HELP"; of one that has none, that it has none. */
const char *prometheus_help(const char *key);
