/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include <string.h>

#include "base/text.h"
#include "format/time.h"
#include "model/name.h"
#include "reader_number.h"
#include "reader_pairs.h"
#include "reader_prefix.h"

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* What is known while the pairs of a line of samples are gone through. */
struct progress {
        enum form form;
        const struct record_key *last;
        bool seen[sizeof(struct sample) / sizeof(struct measure)];
};

/* The number of a key that is in the table; others are no number of ours. */
static void add_sample(struct progress *progress, const struct pair *pair, struct reading *ret)
{
        static const char usec[] = "_usec";
        const size_t usec_len = sizeof(usec) - 1;
        size_t len = pair->key_len;
        const struct record_key *key;
        struct measure *measure;
        uint64_t value;
        bool *seen;

        if (progress->form == FORM_JOURNAL && len > usec_len &&
                memcmp(pair->key + len - usec_len, usec, usec_len) == 0)
                len -= usec_len;
        key = record_find(pair->key, len, progress->last);
        if (!key || (progress->form == FORM_JOURNAL &&
                            (len < pair->key_len) != (key->unit == UNIT_NANOSECONDS)))
                return;
        progress->last = key;
        ret->groups |= UINT32_C(1) << key->group;
        seen = &progress->seen[key->offset / sizeof(*measure)];
        measure = (void *)((char *)&ret->sample + key->offset);
        if (*seen ||
                !number_read(progress->form, key->unit, pair->value, pair->value_len, &value) ||
                (len < pair->key_len && __builtin_mul_overflow(value, 1000, &value)))
                *measure = (struct measure){0};
        else
                *measure = measure_of(value);
        *seen = true;
}

static const char *end_text(char *text, size_t len)
{
        text[len] = '\0';
        return text;
}

static bool has_key(const struct pair *pair, const char *key)
{
        return pair->key_len == strlen(key) && memcmp(pair->key, key, pair->key_len) == 0;
}

static bool is_valid_key(const struct pair *pair)
{
        for (size_t i = 0; i < pair->key_len; i++) {
                const char c = pair->key[i];

                if (!is_digit(c) && c != '_' && (c < 'a' || c > 'z'))
                        return false;
        }
        return pair->key_len > 0 && pair->key_len < READING_WORD_MAX_BYTES;
}

/* What an event says besides its source, dyno and time. */
static void add_event_pair(const struct pair *pair, struct reading *ret)
{
        const struct {
                const char *key, **ret;
        } words[] = {
                {"event", &ret->event},
                {"state", &ret->state},
                {"level", &ret->level}
        };

        if (!is_valid_key(pair) || pair->value_len >= READING_TEXT_MAX_BYTES)
                return;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                if (has_key(pair, words[i].key)) {
                        if (pair->value_len < READING_WORD_MAX_BYTES)
                                *words[i].ret = end_text(pair->value, pair->value_len);
                        return;
                }
        }
        if (ret->n_fields == READING_MAX_FIELDS || has_key(pair, "source") ||
                has_key(pair, "dyno") || has_key(pair, "ts"))
                return;
        ret->fields[ret->n_fields++] = (struct field){
                .key = end_text(pair->key, pair->key_len),
                .unit = UNIT_TEXT,
                .text = end_text(pair->value, pair->value_len),
        };
}

/* Words that others choose are no numbers, whatever they are. */
static bool is_word(const struct field *field)
{
        static const char *const keys[] = {
                "comm", "parent_comm", "child_comm", "top_comm", "parent_unit", "old_dyno"};

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                if (strcmp(field->key, keys[i]) == 0)
                        return true;
        }
        return false;
}

/* Which of an event's numbers are of bytes; in the format heroku they have "MB" behind them. */
static bool is_of_bytes(const struct reading *reading, const char *key)
{
        static const char *const keys[] = {"value", "used", "limit", "slope_per_h"};
        bool is_memory = strcmp(reading->event, "quota") == 0;
        bool is_quantity = false;

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
                is_quantity |= strcmp(key, keys[i]) == 0;
        for (size_t i = 0; i < reading->n_fields; i++) {
                const struct field *field = &reading->fields[i];

                if (strcmp(field->key, "metric") == 0 || strcmp(field->key, "limit_by") == 0)
                        is_memory |= text_after(field->text, "memory") != NULL;
        }
        return is_quantity && is_memory;
}

/* An event's numbers become numbers, so that any format writes them again as they were. */
static void find_numbers(struct reading *reading)
{
        for (size_t i = 0; i < reading->n_fields; i++) {
                struct field *field = &reading->fields[i];
                const bool is_bytes = is_of_bytes(reading, field->key);
                uint64_t number;

                if (is_word(field) || (*field->text == '0' && is_digit(field->text[1])))
                        continue;
                if (text_parse_u64(field->text, &number) == 0)
                        field->unit = is_bytes ? UNIT_BYTES : UNIT_NONE;
                else if (is_bytes && number_read(FORM_HEROKU, UNIT_BYTES, field->text,
                                             strlen(field->text), &number))
                        field->unit = UNIT_BYTES;
                else
                        continue;
                field->number = number;
        }
}

static void begin(struct reading *ret)
{
        ret->is_event = false;
        ret->groups = 0;
        ret->event = ret->state = ret->level = "";
        ret->n_fields = 0;
        ret->sample = (struct sample){0};
}

static bool set_names(const struct pair *source, const struct pair *dyno, struct reading *ret)
{
        if (source->value_len >= NAME_MAX_BYTES || dyno->value_len >= READING_DYNO_MAX_BYTES ||
                dyno->value_len == 0)
                return false;
        ret->source = end_text(source->value, source->value_len);
        ret->dyno = end_text(dyno->value, dyno->value_len);
        return name_is_valid(ret->source);
}

/* Pairs that say by themselves what they are, in any order. */
static bool read_pairs(
        const struct pairs *pairs, enum form form, uint64_t now_ns, struct reading *ret)
{
        const struct pair *source = pairs_find(pairs, "source"), *dyno = pairs_find(pairs, "dyno");
        const struct pair *ts = pairs_find(pairs, "ts");
        struct progress progress = {.form = form};
        uint64_t wall_ns;

        begin(ret);
        if (!source || !dyno || !set_names(source, dyno, ret))
                return false;
        if (form == FORM_PLAIN && ts) {
                const char *text = end_text(ts->value, ts->value_len);
                const char *end = time_read(text, now_ns, &wall_ns);

                if (end && !*end)
                        ret->wall_ns = measure_of(wall_ns);
        }
        ret->is_event = pairs_find(pairs, "event");
        for (size_t i = 0; i < pairs->n; i++) {
                const struct pair *pair = &pairs->items[i];

                if (pair == source || pair == dyno || pair == ts)
                        continue;
                if (ret->is_event)
                        add_event_pair(pair, ret);
                else
                        add_sample(&progress, pair, ret);
        }
        if (ret->is_event)
                find_numbers(ret);
        return ret->is_event ? *ret->event : ret->groups != 0;
}

static bool begins_with(const struct pair *pair, const char *prefix, size_t len)
{
        return pair->key_len > len && memcmp(pair->key, prefix, len) == 0;
}

/* Skips what a key of a sample begins with, or returns false when it is none. The last two are of
 * 2013. */
static bool strip_key(struct pair *pair)
{
        size_t len = 0;

        if (begins_with(pair, "sample#", 7))
                len = 7;
        else if (begins_with(pair, "measure#", 8) || begins_with(pair, "measure.", 8))
                len = 8;
        pair->key += len;
        pair->key_len -= len;
        return len > 0;
}

/* "heroku.APPID.web.1.UUID", of 2013: the source is "web.1", and what remains of it the dyno. */
static bool split_old_source(struct pair *source, struct pair *ret_dyno)
{
        const char *const start = source->value;
        char *dots[3], *at = source->value + source->value_len;

        if (source->value_len < 7 || memcmp(start, "heroku.", 7) != 0)
                return false;
        for (unsigned i = 0; i < 3; i++) {
                do {
                        if (at == start)
                                return false;
                        at--;
                } while (*at != '.');
                dots[i] = at;
        }
        *ret_dyno = (struct pair){
                .value = dots[0] + 1,
                .value_len = (size_t)(start + source->value_len - dots[0] - 1),
        };
        source->value = dots[2] + 1;
        source->value_len = (size_t)(dots[0] - source->value);
        return true;
}

/* "measure=memory_total val=766.50 units=MB", of 2013, which is made "memory_total=766.50MB". */
static bool join_old_sample(struct pairs *pairs, size_t first)
{
        const struct pair *key = pairs_find(pairs, "measure"), *value = pairs_find(pairs, "val"),
                          *units = pairs_find(pairs, "units");
        struct pair joined;

        if (!key || !value)
                return false;
        joined = (struct pair){key->value, key->value_len, value->value, value->value_len};
        if (units && units->value > value->value) {
                memmove(value->value + value->value_len, units->value, units->value_len);
                joined.value_len += units->value_len;
        }
        pairs->items[first] = joined;
        pairs->n = first + 1;
        return true;
}

/* "source=web.1 dyno=ID sample#load_avg_1m=2.46", "source=web.1 dyno=ID event=gone state=enter" */
static bool read_heroku(struct pairs *pairs, struct reading *ret)
{
        struct progress progress = {.form = FORM_HEROKU};
        struct pair source = pairs->items[0], dyno;
        size_t first = 1;
        bool is_joined = false;

        begin(ret);
        if (has_key(&pairs->items[1], "dyno")) {
                dyno = pairs->items[1];
                first = 2;
        } else if (split_old_source(&source, &dyno)) {
                is_joined = join_old_sample(pairs, first);
        } else {
                return false; /* an add-on's */
        }
        if (!set_names(&source, &dyno, ret))
                return false;
        for (size_t i = first; i < pairs->n; i++) {
                if (strip_key(&pairs->items[i]) || is_joined)
                        add_sample(&progress, &pairs->items[i], ret);
        }
        return ret->groups != 0;
}

/* Whether it is a line of samples in the format heroku; events are alike in all formats. */
static bool is_heroku(const struct pairs *pairs)
{
        if (pairs->n < 2 || !has_key(&pairs->items[0], "source"))
                return false;
        for (size_t i = 1; i < pairs->n; i++) {
                struct pair pair = pairs->items[i];

                if (strip_key(&pair))
                        return true;
        }
        return pairs_find(pairs, "measure") && pairs_find(pairs, "val");
}

/* A line of text, NUL-terminated. */
static bool read_line(char *line, uint64_t now_ns, struct pairs *pairs, struct reading *ret)
{
        char *body = line + prefix_len(line, now_ns, &ret->wall_ns);

        if (*body == '{')
                return pairs_split_json(body, pairs) && read_pairs(pairs, FORM_PLAIN, now_ns, ret);
        if (!pairs_split_logfmt(body, pairs))
                return false;
        return is_heroku(pairs) ? read_heroku(pairs, ret)
                                : read_pairs(pairs, FORM_PLAIN, now_ns, ret);
}

/* A NUL is no part of any text; nor is a carriage return at its end. */
static void clean(char *text, size_t len)
{
        for (char *at = text; (at = memchr(at, '\0', len - (size_t)(at - text)));)
                *at = '?';
        while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
                len--;
        text[len] = '\0';
}

/* Makes the journal's own fields, "RUNSTAT_MEMORY_RSS", pairs like those of other forms. */
static void keep_own_fields(struct pairs *pairs)
{
        static const char prefix[] = "RUNSTAT_";
        const size_t len = sizeof(prefix) - 1;
        size_t n = 0;

        for (size_t i = 0; i < pairs->n; i++) {
                struct pair pair = pairs->items[i];

                if (pair.key_len <= len || memcmp(pair.key, prefix, len) != 0)
                        continue;
                pair.key += len;
                pair.key_len -= len;
                for (size_t j = 0; j < pair.key_len; j++) {
                        if (pair.key[j] >= 'A' && pair.key[j] <= 'Z')
                                pair.key[j] = (char)(pair.key[j] - 'A' + 'a');
                }
                /* Texts of the journal may have any byte; see clean(). */
                clean(pair.value, pair.value_len);
                pairs->items[n++] = pair;
        }
        pairs->n = n;
}

/* An entry of the journal: its own fields when it has any, else its message as a line. */
static bool read_entry(struct pairs *pairs, uint64_t now_ns, struct reading *ret)
{
        const struct pair *message = pairs_find(pairs, "MESSAGE");
        const struct pair *time = pairs_find(pairs, "__REALTIME_TIMESTAMP");
        const struct pair *program = pairs_find(pairs, "SYSLOG_IDENTIFIER");
        struct measure wall_ns = {0};
        uint64_t usec;

        if (program && (program->value_len != 8 || memcmp(program->value, "runstatd", 8) != 0))
                return false;
        if (time &&
                number_read(FORM_JOURNAL, UNIT_NANOSECONDS, time->value, time->value_len, &usec) &&
                usec <= UINT64_MAX / 1000)
                wall_ns = measure_of(usec * 1000);
        if (!pairs_find(pairs, "RUNSTAT_SOURCE")) {
                if (!message)
                        return false;
                clean(message->value, message->value_len);
                if (!read_line(message->value, now_ns, pairs, ret))
                        return false;
                if (!ret->wall_ns.known)
                        ret->wall_ns = wall_ns;
                return true;
        }
        ret->wall_ns = wall_ns;
        keep_own_fields(pairs);
        return read_pairs(pairs, FORM_JOURNAL, now_ns, ret);
}

bool reader_read(char *text, size_t len, uint64_t now_ns, struct reading *ret)
{
        struct pairs pairs;

        if (len >= 8 && (text_after(text, "__") || text_after(text, "MESSAGE=")))
                return pairs_split_entry(text, len, &pairs) && read_entry(&pairs, now_ns, ret);
        clean(text, len);
        if (*text != '{')
                return read_line(text, now_ns, &pairs, ret);
        if (!pairs_split_json(text, &pairs))
                return false;
        if (pairs_find(&pairs, "__REALTIME_TIMESTAMP"))
                return read_entry(&pairs, now_ns, ret);
        ret->wall_ns = (struct measure){0};
        return read_pairs(&pairs, FORM_PLAIN, now_ns, ret);
}
