/* SPDX-License-Identifier: MIT */
#pragma once

#include "fuzz.h"

/* Reads all there is of the cgroup /a, whose folders are in a tree, and checks it. */
void fuzz_check_cgroup(struct fuzz_tree *tree, const uint8_t *data, size_t size);
