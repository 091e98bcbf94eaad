/* SPDX-License-Identifier: MIT */
#include "model/name.h"

#include <string.h>

#include "targets.h"

void fuzz_name(const uint8_t *data, size_t size)
{
        static const char *const prefixes[] = {
                "", "web", "A-Prefix.That_Is-As-Long-As-Any.Name-May-Be-0123456789.abcdef"};
        char *text = fuzz_text(data, size), memory[NAME_MAX_BYTES];
        const char *id = name_find_container_id(text);

        require(!id || strspn(id, "0123456789abcdef") == 64);
        for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
                const struct name name = name_reduce(prefixes[i], text);
                const size_t len = strspn(name.word, "abcdefghijklmnopqrstuvwxyz0123456789");
                struct buf whole;

                require(len > 0 && len < sizeof(name.word) && !name.word[len]);
                require(name.number < 1000000000);
                buf_init(&whole, memory, sizeof(memory));
                name_write(&name, &whole);
                require(!whole.overflow && name_is_valid(memory));
        }
        free(text);
}
