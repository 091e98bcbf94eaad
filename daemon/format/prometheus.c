/* SPDX-License-Identifier: MIT */
#include "prometheus.h"

#include <string.h>

#include "base/utf8.h"
#include "prometheus_help.h"
#include "value.h"

/* A metric: its header, and what it has of each target. */
struct family {
        const char *name, *suffix, *sum; /* printed one behind the other */
        const char *help;
        bool is_counter;
        const struct record_key *key; /* of samples */
        size_t n_items;               /* the most that one target has */
        /* Writes the item, behind the name of the metric; false when the target has none. */
        bool (*write)(const struct family *family, const struct board *board,
                const struct board_target *target, size_t item, struct buf *line);
};

/* The value of a label: quotes, backslashes and newlines are escaped, bytes that are no character
 * become U+FFFD, and what else drives a terminal '?'. */
static void add_label(struct buf *line, char before, const char *name, const char *text)
{
        buf_add_char(line, before);
        buf_add(line, name);
        buf_add(line, "=\"");
        while (*text) {
                const size_t len = utf8_len(text);
                const unsigned char c = (unsigned char)*text;

                if (len == 0)
                        buf_add(line, "\xef\xbf\xbd");
                else if (c == '\n')
                        buf_add(line, "\\n");
                else if (c < ' ' || c == 0x7f || (c == 0xc2 && (unsigned char)text[1] < 0xa0))
                        buf_add_char(line, '?');
                else {
                        if (c == '"' || c == '\\')
                                buf_add_char(line, '\\');
                        buf_add_bytes(line, text, len);
                }
                text += len > 0 ? len : 1;
        }
        buf_add_char(line, '"');
}

static void add_value(struct buf *line, uint64_t number)
{
        buf_add(line, "} ");
        buf_add_u64(line, number, 0);
}

static bool write_sample(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        const struct record_key *key = family->key;
        const struct measure measure = record_measure(key, &target->sample);

        (void)board;
        (void)item;
        if (!(target->groups & UINT32_C(1) << key->group) || !measure.known)
                return false;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "dyno", target->dyno);
        buf_add(line, "} ");
        value_add_number(line, &(struct field){.unit = key->unit, .number = measure.value});
        return true;
}

static bool write_time(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        (void)family;
        (void)item;
        (void)target;
        if (target != board->targets)
                return false;
        buf_add_char(line, ' ');
        value_add_number(line, &(struct field){.unit = UNIT_NANOSECONDS, .number = board->wall_ns});
        return true;
}

/* The item is an event and a level of it. */
static bool write_active(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        const enum event event = (enum event)(item / N_LEVELS);
        const enum level level = (enum level)(item % N_LEVELS);
        uint64_t n = 0;

        (void)family;
        (void)board;
        for (size_t i = 0; i < target->n_events; i++)
                n += target->events[i].event == event && target->events[i].level == level;
        if (n == 0)
                return false;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "event", record_event_name(event));
        add_label(line, ',', "level", record_level_name(level));
        add_value(line, n);
        return true;
}

static bool write_said(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        (void)family;
        (void)board;
        if (target->n_said[item] == 0)
                return false;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "event", record_event_name((enum event)item));
        add_value(line, target->n_said[item]);
        return true;
}

/* The item's event, if it is of that kind and has that number. */
static const struct board_event *find_event(
        const struct board_target *target, size_t item, enum event event)
{
        const struct board_event *found = &target->events[item];

        return item < target->n_events && found->event == event && found->number.known ? found
                                                                                       : NULL;
}

static bool write_zombies(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        const struct board_event *event = find_event(target, item, EVENT_ZOMBIES);

        (void)family;
        (void)board;
        if (!event)
                return false;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "parent_pid", strcmp(event->key, "others") == 0 ? "" : event->key);
        add_label(line, ',', "parent_comm", event->what);
        add_label(line, ',', "parent_unit", event->unit);
        add_label(line, ',', "cause", event->cause);
        add_value(line, event->number.value);
        return true;
}

/* What was left when it was said, less what has passed since. */
static bool write_eta(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        const struct board_event *event = find_event(target, item, EVENT_LEAK);
        uint64_t passed_s;

        (void)family;
        if (!event)
                return false;
        passed_s = board->wall_ns > event->wall_ns
                           ? (board->wall_ns - event->wall_ns) / UINT64_C(1000000000)
                           : 0;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "metric", event->key);
        add_value(line, event->number.value > passed_s ? event->number.value - passed_s : 0);
        return true;
}

static bool write_slope(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        const struct board_event *event = &target->events[item];

        (void)family;
        (void)board;
        if (item >= target->n_events || event->event != EVENT_LEAK || !event->slope_per_h.known)
                return false;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "metric", event->key);
        add_value(line, event->slope_per_h.value);
        return true;
}

static bool write_limit(const struct family *family, const struct board *board,
        const struct board_target *target, size_t item, struct buf *line)
{
        const struct board_event *event = find_event(target, item, EVENT_LIMIT);

        (void)family;
        (void)board;
        if (!event)
                return false;
        add_label(line, '{', "source", target->source);
        add_label(line, ',', "limit_by", event->what);
        add_value(line, event->number.value);
        return true;
}

/* clang-format off */
static const struct family others[] = {
        {.name = "last_tick_timestamp", .suffix = "_seconds",
         .help = "When what is here was true.", .n_items = 1, .write = write_time},
        {.name = "event_active", .help = "Events that have begun and not ended, by kind and level.",
         .n_items = N_EVENTS * N_LEVELS, .write = write_active},
        {.name = "events", .help = "How often each event has begun.", .is_counter = true,
         .n_items = N_EVENTS, .write = write_said},
        {.name = "parent_zombies",
         .help = "Zombies of a parent that does not wait for them, when that was last said; "
                 "the worst five, and others.",
         .n_items = BOARD_MAX_EVENTS, .write = write_zombies},
        {.name = "leak_eta", .suffix = "_seconds",
         .help = "Until a metric that leaks meets its limit.",
         .n_items = BOARD_MAX_EVENTS, .write = write_eta},
        {.name = "leak_slope_per_hour",
         .help = "How fast a metric that leaks rises, when that was last said; of memory in bytes.",
         .n_items = BOARD_MAX_EVENTS, .write = write_slope},
        {.name = "limit_percent",
         .help = "How much of a limit that is near or refuses is used, when that was last said.",
         .n_items = BOARD_MAX_EVENTS, .write = write_limit},
};
/* clang-format on */

enum { N_OTHERS = sizeof(others) / sizeof(others[0]) };

static bool ends_with(const char *text, const char *end)
{
        const size_t len = strlen(text), end_len = strlen(end);

        return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static const char *suffix_of(const struct record_key *key)
{
        switch (key->unit) {
        case UNIT_BYTES:
                return ends_with(key->key, "bytes") ? "" : "_bytes";
        case UNIT_PAGES:
                return "_pages";
        case UNIT_NANOSECONDS:
                return "_seconds";
        default:
                return "";
        }
}

/* The families of samples are those of the table of keys; the other ones follow. */
static bool family_at(size_t part, struct family *ret)
{
        const struct record_key *key = record_key_at(part);

        if (key) {
                *ret = (struct family){
                        .name = key->key,
                        .suffix = suffix_of(key),
                        .help = prometheus_help(key->key),
                        .is_counter = key->is_counter,
                        .key = key,
                        .n_items = 1,
                        .write = write_sample,
                };
                return true;
        }
        part -= record_n_keys();
        if (part >= N_OTHERS)
                return false;
        *ret = others[part];
        return true;
}

static void add_name(const struct family *family, struct buf *line)
{
        buf_add(line, "runstatd_");
        buf_add(line, family->name);
        buf_add(line, family->suffix ? family->suffix : "");
        buf_add(line, family->is_counter ? "_total" : "");
}

static void add_header(const struct family *family, bool is_help, struct buf *line)
{
        buf_add(line, is_help ? "# HELP " : "# TYPE ");
        add_name(family, line);
        buf_add_char(line, ' ');
        if (is_help)
                buf_add(line, family->help);
        else
                buf_add(line, family->is_counter ? "counter" : "gauge");
}

/* The next item, or, before the first one, the next line of the header. */
static bool write_item(const struct family *family, const struct board *board,
        struct cursor *cursor, struct buf *line)
{
        const size_t start = line->len;

        for (; cursor->target < board->n_targets; cursor->target++, cursor->item = 0) {
                for (; cursor->item < family->n_items; cursor->item++) {
                        buf_truncate(line, start);
                        add_name(family, line);
                        if (!family->write(family, board, &board->targets[cursor->target],
                                    cursor->item, line))
                                continue;
                        if (cursor->n_headers == 2) {
                                cursor->item++;
                                return true;
                        }
                        buf_truncate(line, start);
                        add_header(family, cursor->n_headers == 0, line);
                        cursor->n_headers++;
                        return true;
                }
        }
        buf_truncate(line, start);
        return false;
}

bool prometheus_write_next(const struct board *board, struct cursor *cursor, struct buf *line)
{
        struct family family;

        while (family_at(cursor->part, &family)) {
                if (write_item(&family, board, cursor, line))
                        return true;
                *cursor = (struct cursor){.part = cursor->part + 1};
        }
        return false;
}
