/* SPDX-License-Identifier: MIT */
#include "run/values.h"

#include <string.h>

#include "model/record.h"
#include "targets.h"

#define SECOND_NS UINT64_C(1000000000)

/* A failure says why. */
#define check_result(r, error)                                                                     \
        do {                                                                                       \
                require(((r) == 0) == ((error).len == 0));                                         \
                buf_truncate(&(error), 0);                                                         \
        } while (0)

/* A time that is written is read as the same; there is no word for less than a millisecond. */
static void check_time(uint64_t ns)
{
        char memory[64], error_memory[512];
        struct buf text, error;
        uint64_t again;

        buf_init(&text, memory, sizeof(memory));
        buf_init(&error, error_memory, sizeof(error_memory));
        value_write_time(ns, &text);
        require(!text.overflow);
        if (ns % 1000000 != 0 || ns == 0)
                return;
        require(value_parse_time(memory, 0, UINT64_MAX, &again, &error) == 0);
        require(again == ns);
}

void fuzz_values(const uint8_t *data, size_t size)
{
        char *text = fuzz_text(data, size), memory[4096];
        uint32_t groups = 7;
        uint64_t value;
        struct buf error;
        int r;

        buf_init(&error, memory, sizeof(memory));
        r = value_parse_time(text, 0, UINT64_MAX, &value, &error);
        check_result(r, error);
        if (r == 0)
                check_time(value);
        r = value_parse_time(text, SECOND_NS, 60 * SECOND_NS, &value, &error);
        check_result(r, error);
        require(r < 0 || (value >= SECOND_NS && value <= 60 * SECOND_NS));
        r = value_parse_bytes(text, &value, &error);
        check_result(r, error);
        require(r < 0 || value > 0);
        r = value_parse_number(text, 3, &value, &error);
        check_result(r, error);
        require(r < 0 || value >= 3);
        for (unsigned rule = 0; rule < N_RULES; rule++) {
                r = value_parse_rule((enum rule)rule, text, &value, &error);
                check_result(r, error);
        }
        r = value_parse_groups(text, &groups, &error);
        check_result(r, error);
        require(groups < 1u << N_GROUPS);
        value_suggest(text, group_names, N_GROUPS, &error);
        free(text);
}
