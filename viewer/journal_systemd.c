/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "journal.h"

struct journal {
        sd_journal *handle;
        bool is_ours; /* entries are runstatd's own; else they are of somebody who runs something
                       * that writes such lines */
};

int journal_open(const char *match, uint64_t since_ns, struct buf *error, struct journal **ret)
{
        struct journal *journal = calloc(1, sizeof(*journal));
        int r = journal ? sd_journal_open(&journal->handle, SD_JOURNAL_LOCAL_ONLY) : -ENOMEM;

        if (r >= 0)
                r = sd_journal_add_match(journal->handle, match, 0);
        if (r >= 0)
                r = sd_journal_seek_realtime_usec(journal->handle, since_ns / 1000);
        /* Without it nothing new is ever seen. */
        if (r >= 0)
                r = sd_journal_get_fd(journal->handle);
        if (r < 0) {
                buf_printf(error, "cannot read the journal: %s", strerror(-r));
                journal_close(journal);
                return r;
        }
        journal->is_ours = strcmp(match, "SYSLOG_IDENTIFIER=runstatd") == 0;
        *ret = journal;
        return 0;
}

void journal_close(struct journal *journal)
{
        if (!journal)
                return;
        sd_journal_close(journal->handle);
        free(journal);
}

static bool begins(const void *data, size_t len, const char *begin)
{
        return len >= strlen(begin) && memcmp(data, begin, strlen(begin)) == 0;
}

/* "NAME=value", or, when the value has a newline, its name, the size in eight bytes, and it. */
static void add_field(struct buf *text, const char *data, size_t len)
{
        const char *equals = memchr(data, '=', len);
        uint64_t size;

        if (!memchr(data, '\n', len)) {
                buf_add_bytes(text, data, len);
        } else if (equals) {
                size = len - (size_t)(equals - data) - 1;
                buf_add_bytes(text, data, (size_t)(equals - data));
                buf_add_char(text, '\n');
                for (unsigned i = 0; i < 8; i++)
                        buf_add_char(text, (char)(size >> 8 * i & 0xff));
                buf_add_bytes(text, equals + 1, (size_t)size);
        }
        buf_add_char(text, '\n');
}

static int write_entry(const struct journal *journal, struct buf *text)
{
        const void *data;
        size_t len;
        uint64_t usec;
        int r = sd_journal_get_realtime_usec(journal->handle, &usec);

        if (r < 0)
                return r;
        buf_printf(text, "__REALTIME_TIMESTAMP=%llu\n", (unsigned long long)usec);
        SD_JOURNAL_FOREACH_DATA(journal->handle, data, len)
        {
                if (begins(data, len, "MESSAGE=") ||
                        (journal->is_ours && (begins(data, len, "RUNSTAT_") ||
                                                     begins(data, len, "SYSLOG_IDENTIFIER="))))
                        add_field(text, data, len);
        }
        buf_add_char(text, '\n');
        return 0;
}

int journal_next(struct journal *journal, char *text, size_t size, size_t *ret_len)
{
        struct buf entry;
        int r;

        *ret_len = 0;
        sd_journal_process(journal->handle);
        r = sd_journal_next(journal->handle);
        if (r <= 0)
                return r;
        buf_init(&entry, text, size);
        r = write_entry(journal, &entry);
        /* One that was damaged is passed over, as journalctl does. */
        if (r >= 0 && !entry.overflow)
                *ret_len = entry.len;
        return 1;
}
