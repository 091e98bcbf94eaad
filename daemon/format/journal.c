/* SPDX-License-Identifier: MIT */
#include "journal.h"

#include "heroku.h"

/* What each kind of entry is known by; systemd/runstatd.catalog explains them. */
static const char samples_id[] = "9c251406ce4c478a9a8570e44676a377";
static const char event_ids[N_EVENTS][sizeof(samples_id)] = {
        [EVENT_GONE] = "803894b6e65c41b3a2e8465590c8308d",
        [EVENT_BACK] = "21ef24232a4f48a99a3fcb411ab18255",
        [EVENT_RESTARTED] = "342ffb6a99324229a77ad25f209e738a",
        [EVENT_MISSED] = "e5f9dcee9c344e4490ab28e8657b4cfa",
        [EVENT_DROPPED] = "06843833917943a1a52105abe5b6d80f",
        [EVENT_DENIED] = "083f789d9253492f906f0032de56a4b0",
        [EVENT_ZOMBIES] = "e7836206920c49d09eaeed7ae9e5a31f",
        [EVENT_LEAK] = "1e01f2397a8b469ba752a273fb438452",
        [EVENT_LIMIT] = "b908919a0a974f5596d7183bfd0386a5",
        [EVENT_QUOTA] = "b7bc1eb2167945c8a09732158cb32f4e",
        [EVENT_OOM_KILL] = "f135054635404f5ca5d0b9d1818f883d",
        [EVENT_CHURN] = "fb3576c216754f308ad8fc591141d9ba",
};

/* Priorities of syslog(3). */
static const char level_priorities[] = {
        [LEVEL_INFO] = '6',
        [LEVEL_WARNING] = '4',
        [LEVEL_ERROR] = '3',
};

/* "RUNSTAT_MEMORY_RSS"; keys are lower-case letters, digits and underscores. */
static void add_key(struct buf *entry, const char *key)
{
        buf_add(entry, "RUNSTAT_");
        for (; *key; key++)
                buf_add_char(entry, *key >= 'a' && *key <= 'z' ? (char)(*key - 'a' + 'A') : *key);
}

static void add_field(struct buf *entry, const struct field *field)
{
        add_key(entry, field->key);
        if (field->unit == UNIT_NANOSECONDS)
                buf_add(entry, "_USEC");
        buf_add_char(entry, '=');
        switch (field->unit) {
        case UNIT_NONE:
        case UNIT_BYTES:
        case UNIT_PAGES:
                buf_add_u64(entry, field->number, 0);
                break;
        case UNIT_HUNDREDTHS:
                buf_add_u64(entry, field->number / 100, 0);
                buf_add_char(entry, '.');
                buf_add_u64(entry, field->number % 100, 2);
                break;
        case UNIT_NANOSECONDS:
                buf_add_u64(entry, field->number / 1000, 0);
                break;
        case UNIT_TEXT:
                buf_add_shown(entry, field->text);
                break;
        }
        buf_add_char(entry, '\n');
}

void journal_write(const struct record *record, struct measure wall_ns, struct buf *entry)
{
        buf_add(entry, "MESSAGE=");
        heroku_write(record, wall_ns, entry);
        buf_add(entry, "\nSYSLOG_IDENTIFIER=runstatd\nPRIORITY=");
        buf_add_char(entry, level_priorities[record->is_event ? record->level : LEVEL_INFO]);
        buf_add(entry, "\nMESSAGE_ID=");
        buf_add(entry, record->is_event ? event_ids[record->event] : samples_id);
        buf_add(entry, "\nRUNSTAT_SOURCE=");
        buf_add_shown(entry, record->source);
        buf_add(entry, "\nRUNSTAT_DYNO=");
        buf_add_shown(entry, record->dyno);
        buf_add_char(entry, '\n');
        for (size_t i = 0; i < record->n_fields; i++)
                add_field(entry, &record->fields[i]);
}
