/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include <string.h>

#include "format/format.h"
#include "model/name.h"
#include "targets.h"

static const uint64_t NOW_NS = UINT64_C(1795467600000000000); /* 2026-11-23 21:00:00 */

static void check_reading(const struct reading *reading)
{
        require(name_is_valid(reading->source));
        require(strlen(reading->dyno) < READING_DYNO_MAX_BYTES);
        if (!reading->is_event) {
                require(reading->groups && reading->groups < 1u << N_GROUPS);
                for (unsigned i = 0; i < N_GROUPS; i++) {
                        struct record record;

                        if (record_samples((enum group)i, &reading->sample, reading->source, "d",
                                    &record)) {
                                require(reading->groups & 1u << i);
                                fuzz_check_record(&record);
                        }
                }
                return;
        }
        require(*reading->event && strlen(reading->event) < READING_WORD_MAX_BYTES);
        require(strlen(reading->state) < READING_WORD_MAX_BYTES);
        require(strlen(reading->level) < READING_WORD_MAX_BYTES);
        require(reading->n_fields <= READING_MAX_FIELDS);
        for (size_t i = 0; i < reading->n_fields; i++) {
                const struct field *field = &reading->fields[i];

                require(field->text);
                require(strlen(field->text) < READING_TEXT_MAX_BYTES);
                require(*field->key &&
                        !field->key[strspn(field->key, "abcdefghijklmnopqrstuvwxyz0123456789_")]);
        }
}

void fuzz_reader(const uint8_t *data, size_t size)
{
        static struct reading reading;
        char *text = fuzz_text(data, size);

        text[size] = '#';
        if (reader_read(text, size, NOW_NS, &reading))
                check_reading(&reading);
        free(text);
}
