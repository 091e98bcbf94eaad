/* SPDX-License-Identifier: MIT */
#pragma once

#include "fuzz.h"

/* One a file, of the same name. */
void fuzz_cgroup_v1(const uint8_t *data, size_t size);
void fuzz_cgroup_v2(const uint8_t *data, size_t size);
void fuzz_configuration(const uint8_t *data, size_t size);
void fuzz_container_path(const uint8_t *data, size_t size);
void fuzz_format(const uint8_t *data, size_t size);
void fuzz_frame(const uint8_t *data, size_t size);
void fuzz_layout(const uint8_t *data, size_t size);
void fuzz_machine(const uint8_t *data, size_t size);
void fuzz_name(const uint8_t *data, size_t size);
void fuzz_options(const uint8_t *data, size_t size);
void fuzz_pack(const uint8_t *data, size_t size);
void fuzz_proc(const uint8_t *data, size_t size);
void fuzz_reader(const uint8_t *data, size_t size);
void fuzz_tasks(const uint8_t *data, size_t size);
void fuzz_text_parts(const uint8_t *data, size_t size);
void fuzz_timeline(const uint8_t *data, size_t size);
void fuzz_values(const uint8_t *data, size_t size);
void fuzz_view(const uint8_t *data, size_t size);
void fuzz_watch(const uint8_t *data, size_t size);

/* What libFuzzer asks for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
