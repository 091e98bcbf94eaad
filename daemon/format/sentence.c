/* SPDX-License-Identifier: MIT */
#include "sentence.h"

#include <string.h>

#include "format/format.h"

/*
 * What is said when an event begins or goes on, and when it ends. "{key}" is the value of a key;
 * what stands in brackets is left out when one of its keys is not there.
 */
static const struct {
        const char *enter, *leave;
} templates[N_EVENTS] = {
        [EVENT_GONE] = {"is gone",                                                                                   ""                                                                               },
        [EVENT_BACK] = {"",                                                                                          "is there"                                                                       },
        [EVENT_RESTARTED] = {"was restarted",                                                                             ""                                                                               },
        [EVENT_MISSED] = {"{ticks} ticks could not be taken",                                                          ""                                                                               },
        [EVENT_DROPPED] = {"",                                                                                          "{lines} lines could not be written[ in the last {since_s}]; from "
                               "here on they are"                                                                                                                          },
        [EVENT_DENIED] = {"[{count} ]{what} cannot be looked at",                                                      "{what} can be looked at again"                                                  },
        [EVENT_ZOMBIES] = {"{parent_comm}[ ({parent_pid})][ of {parent_unit}][ {cause}]: {zombies} "
                           "zombies[ of {parents} parents][, the oldest {oldest_s} old][, "
                           "{created_per_h} "
                           "more an hour][; they were {child_comm}]",                        "{parent_comm}[ ({parent_pid})][ of {parent_unit}] has no more zombies that stay"},
        [EVENT_LEAK] =
                {"{metric} rises without end: {value}, {slope_per_h} more an hour[; it meets "
                 "{limit_by}, {limit}, in {eta_s}][; most of it by {top_comm} ({top_pid})]", "{metric} no longer rises: {value}"                                              },
        [EVENT_LIMIT] =
                {"{limit_by}: {used} of {limit} are used, {percent}%[; refused {refused} times]",
                        "{limit_by} is out of reach again: {used} of {limit}, {percent}%"                                                                                                             },
        [EVENT_QUOTA] =
                {"rss and swap, {value}, are above the quota of {limit}[: {percent}%], {code}",
                        "rss and swap, {value}, are below the quota of {limit} again"                                                                                                                 },
        [EVENT_OOM_KILL] = {"{count} killed for want of memory[; the largest is {top_comm} "
                            "({top_pid})]",                                                  ""                                                                               },
        [EVENT_CHURN] = {"{comm} is started over and over: {per_min} times a minute",
                        "{comm} is no longer started over and over"                                                                                                                                   },
};

static const struct {
        const char *cause, *words;
} causes[] = {
        {"never_waits",      "never waits for its children"          },
        {"too_slow",         "waits for its children, but too slowly"},
        {"sigchld_blocked",  "has SIGCHLD blocked"                   },
        {"parent_stopped",   "is stopped"                            },
        {"parent_stuck",     "is stuck in the kernel"                },
        {"init_not_reaping", "is PID 1 and does not reap"            },
        {"probe_orphans",    "is PID 1 and gets a probe's orphans"   },
};

void sentence_add_size(struct buf *line, uint64_t bytes)
{
        static const char units[] = "KMGTPE";
        unsigned shift = 10, unit = 0;
        unsigned __int128 tenths;

        if (bytes < 1024) {
                buf_add_u64(line, bytes, 0);
                return;
        }
        for (; unit + 1 < sizeof(units) - 1 && bytes >> shift >= 1024; unit++)
                shift += 10;
        tenths = ((unsigned __int128)bytes * 10 + (UINT64_C(1) << (shift - 1))) >> shift;
        if (tenths < 1000) {
                buf_add_u64(line, (uint64_t)tenths / 10, 0);
                buf_add_char(line, '.');
                buf_add_u64(line, (uint64_t)tenths % 10, 0);
        } else {
                buf_add_u64(line, (uint64_t)(tenths + 5) / 10, 0);
        }
        buf_add_char(line, units[unit]);
}

/* "57min", "2h 5min": two units at most. */
static void add_span(struct buf *line, uint64_t s)
{
        static const struct {
                uint64_t s;
                const char *name;
        } units[] = {
                {86400, "d"  },
                {3600,  "h"  },
                {60,    "min"},
                {1,     "s"  },
        };

        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
                if (s < units[i].s && units[i].s > 1)
                        continue;
                buf_add_u64(line, s / units[i].s, 0);
                buf_add(line, units[i].name);
                s %= units[i].s;
                if (i + 1 < sizeof(units) / sizeof(units[0]) && s / units[i + 1].s > 0) {
                        buf_add_char(line, ' ');
                        buf_add_u64(line, s / units[i + 1].s, 0);
                        buf_add(line, units[i + 1].name);
                }
                return;
        }
}

/* Of a word that is no text, see buf_add_shown(); what is empty has to be seen, too. */
static void add_text(struct buf *line, const char *text)
{
        for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
                if (strcmp(causes[i].cause, text) == 0)
                        text = causes[i].words;
        }
        buf_add_shown(line, *text ? text : "?");
}

/* The value of the key that has these bytes; false when there is none. */
static bool add_value(const struct record *record, const char *key, size_t len, struct buf *line)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                const struct field *field = &record->fields[i];

                if (strlen(field->key) != len || memcmp(field->key, key, len) != 0)
                        continue;
                if (field->unit == UNIT_TEXT)
                        add_text(line, field->text);
                else if (field->unit == UNIT_BYTES)
                        sentence_add_size(line, field->number);
                else if (len > 2 && memcmp(key + len - 2, "_s", 2) == 0)
                        add_span(line, field->number);
                else
                        buf_add_u64(line, field->number, 0);
                return true;
        }
        return false;
}

static void add_template(const struct record *record, const char *template, struct buf *line)
{
        size_t start = 0;
        bool is_complete = true;

        for (const char *at = template; *at; at++) {
                if (*at == '[') {
                        start = line->len;
                        is_complete = true;
                } else if (*at == ']') {
                        if (!is_complete)
                                buf_truncate(line, start);
                } else if (*at == '{') {
                        const size_t len = strcspn(at + 1, "}");

                        is_complete &= add_value(record, at + 1, len, line);
                        at += len + 1;
                } else {
                        buf_add_char(line, *at);
                }
        }
}

static const char *text_of(const struct record *record, const char *key)
{
        for (size_t i = 0; i < record->n_fields; i++) {
                if (record->fields[i].unit == UNIT_TEXT && strcmp(record->fields[i].key, key) == 0)
                        return record->fields[i].text;
        }
        return "";
}

/* What old lines tell of may be an event that is not ours. */
static const char *template_of(const struct record *record)
{
        const bool is_end = strcmp(text_of(record, "state"), "leave") == 0;

        for (unsigned i = 0; i < N_EVENTS; i++) {
                if (strcmp(record_event_name((enum event)i), text_of(record, "event")) == 0)
                        return is_end ? templates[i].leave : templates[i].enter;
        }
        return "{event} [{state}]";
}

void sentence_write(const struct record *record, struct measure wall_ns, struct buf *line)
{
        const char *level = text_of(record, "level");
        const size_t start = line->len;

        if (wall_ns.known) {
                time_write(wall_ns.value, line);
                buf_truncate(line, start + strlen("2026-01-05T12:00:20"));
                line->text[start + SENTENCE_DATE_BYTES - 1] = ' ';
                buf_add_char(line, ' ');
        }
        buf_add(line, strcmp(level, "error") == 0     ? "! "
                      : strcmp(level, "warning") == 0 ? "* "
                                                      : "- ");
        buf_add_shown(line, record->source);
        buf_add(line, ": ");
        add_template(record, template_of(record), line);
}
