/* SPDX-License-Identifier: MIT */
#include "configuration_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/root.h"
#include "base/text.h"
#include "model/name.h"
#include "options.h"
#include "values.h"

enum {
        FILE_BYTES = 1024 * 1024,
        VALUE_BYTES = 4096,
};

/* A file while it is read. inih(3) splits lines into keys and values; sections and what is wrong
 * with a line are found here, as it tells neither where a key stands nor of more than one mistake.
 */
struct reading {
        struct settings *settings;
        struct buf *error;
        const char *path;
        const char *rest;
        unsigned line;
        bool failed, section_failed;
        int fatal; /* -ENOMEM */

        enum section {
                SECTION_NONE,
                SECTION_MAIN,
                SECTION_TARGET,
                SECTION_WRONG, /* its keys say nothing more */
        } section;
        unsigned section_line;
        struct watch watch; /* of a target's section, as far as it was read */
        bool has_watch;
        char target[NAME_MAX_BYTES]; /* its name; "" for a prefix of nothing */
};

__attribute__((format(printf, 3, 4))) static void complain(
        struct reading *reading, unsigned line, const char *format, ...)
{
        char text[1024];
        va_list args;

        va_start(args, format);
        vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        if (line > 0)
                buf_printf(reading->error, "%s:%u: %s\n", reading->path, line, text);
        else
                buf_printf(reading->error, "%s: %s\n", reading->path, text);
        reading->failed = reading->section_failed = true;
}

static void note_result(struct reading *reading, int r, const char *key, const char *reason)
{
        if (r == -ENOMEM)
                reading->fatal = r;
        else if (r < 0)
                complain(reading, reading->line, "%s: %s", key, reason);
}

/* The keys of a target's section. Each returns as the setters of struct setting do. */

static int set_watch(struct reading *reading, const char *value, struct buf *error)
{
        char text[VALUE_BYTES];
        struct buf spec;
        struct watch parsed;
        int r;

        if (reading->has_watch) {
                buf_add(error, "it is already set in this section");
                return -EINVAL;
        }
        buf_init(&spec, text, sizeof(text));
        if (*reading->target || strpbrk(value, "*?"))
                buf_printf(&spec, "%s=", reading->target);
        buf_add(&spec, value);
        r = watch_parse(text, &parsed, error);
        if (r < 0)
                return r;
        parsed.choices = reading->watch.choices;
        reading->watch = parsed;
        reading->has_watch = true;
        return 0;
}

static int set_groups(struct reading *reading, const char *value, struct buf *error)
{
        uint32_t groups = reading->settings->groups;
        int r = value_parse_groups(value, &groups, error);

        if (r < 0)
                return r;
        reading->watch.choices.groups = groups;
        reading->watch.choices.has_groups = true;
        return 0;
}

static int set_quota(struct reading *reading, const char *value, struct buf *error)
{
        uint64_t bytes;
        int r = value_parse_bytes(value, &bytes, error);

        if (r == 0)
                reading->watch.choices.quota_bytes = measure_of(bytes);
        return r;
}

static int set_dyno(struct reading *reading, const char *value, struct buf *error)
{
        char *copy;

        if (!name_is_valid(value)) {
                buf_printf(error, "'%s' cannot be a dyno: 1 to %d letters, digits, '.', '_' or '-'",
                        value, NAME_MAX_BYTES - 1);
                return -EINVAL;
        }
        copy = strdup(value);
        if (!copy)
                return -ENOMEM;
        free(reading->watch.choices.dyno);
        reading->watch.choices.dyno = copy;
        return 0;
}

static int set_rule(struct reading *reading, enum rule rule, const char *value, struct buf *error)
{
        uint64_t number;
        int r = value_parse_rule(rule, value, &number, error);

        if (r == 0)
                reading->watch.choices.rules[rule] = measure_of(number);
        return r;
}

static int set_zombies(struct reading *reading, const char *value, struct buf *error)
{
        return set_rule(reading, RULE_ZOMBIES, value, error);
}

static int set_limit(struct reading *reading, const char *value, struct buf *error)
{
        return set_rule(reading, RULE_LIMIT, value, error);
}

static int set_limit_error(struct reading *reading, const char *value, struct buf *error)
{
        return set_rule(reading, RULE_LIMIT_ERROR, value, error);
}

static int set_churn(struct reading *reading, const char *value, struct buf *error)
{
        return set_rule(reading, RULE_CHURN, value, error);
}

static const struct target_key {
        const char *name;
        int (*set)(struct reading *reading, const char *value, struct buf *error);
} target_keys[] = {
        {"watch",       set_watch      },
        {"metrics",     set_groups     },
        {"quota",       set_quota      },
        {"dyno",        set_dyno       },
        {"zombies",     set_zombies    },
        {"limit",       set_limit      },
        {"limit-error", set_limit_error},
        {"churn",       set_churn      },
};

enum { N_TARGET_KEYS = sizeof(target_keys) / sizeof(target_keys[0]) };

/* The section has ended: a target's is complete now. */
static void end_section(struct reading *reading)
{
        char text[1024];
        struct buf reason;
        int r = 0;

        buf_init(&reason, text, sizeof(text));
        if (reading->section == SECTION_TARGET && !reading->has_watch && !reading->section_failed)
                complain(reading, reading->section_line,
                        "this target has no 'watch', such as 'watch = unit:nginx.service'");
        if (reading->has_watch) {
                r = settings_add_watch(reading->settings, &reading->watch, &reason);
                if (r == -ENOMEM)
                        reading->fatal = r;
                else if (r < 0)
                        complain(reading, reading->section_line, "%s", text);
                else
                        reading->settings->watches_are_configured = true;
        }
        if (r < 0 || !reading->has_watch)
                watch_done(&reading->watch);
        memset(&reading->watch, 0, sizeof(reading->watch));
        reading->has_watch = false;
        reading->section = SECTION_NONE;
}

/* "[runstatd]", "[target NAME]" or "[target]". */
static void begin_section(struct reading *reading, const char *line)
{
        const char *begin = line + 1, *end = line + strcspn(line, "]\n"), *name;
        char text[NAME_MAX_BYTES + 16];
        size_t len;

        end_section(reading);
        reading->section = SECTION_WRONG;
        reading->section_line = reading->line;
        reading->section_failed = false;
        if (*end != ']' || !strchr(";#\n", end[1 + strspn(end + 1, " \t\r")])) {
                complain(
                        reading, reading->line, "a section is a line '[NAME]' with nothing behind");
                return;
        }
        len = (size_t)(end - begin);
        if (len >= sizeof(text)) {
                complain(reading, reading->line, "the section's name is longer than %zu bytes",
                        sizeof(text) - 1);
                return;
        }
        memcpy(text, begin, len);
        text[len] = '\0';

        if (strcmp(text, "runstatd") == 0) {
                reading->section = SECTION_MAIN;
                return;
        }
        name = text_after(text, "target");
        if (!name || (*name && *name != ' ')) {
                complain(reading, reading->line,
                        "unknown section '[%s]': '[runstatd]' or '[target NAME]'", text);
                return;
        }
        name += strspn(name, " ");
        if (*name && !name_is_valid(name)) {
                complain(reading, reading->line,
                        "'%s' cannot be a target's name: 1 to %d letters, digits, '.', '_' or '-'",
                        name, NAME_MAX_BYTES - 1);
                return;
        }
        reading->section = SECTION_TARGET;
        memcpy(reading->target, name, strlen(name) + 1);
}

static void suggest_key(struct reading *reading, const char *key, const char *const *names,
        unsigned n_names, const char *where)
{
        char text[512];
        struct buf reason;

        buf_init(&reason, text, sizeof(text));
        value_suggest(key, names, n_names, &reason);
        complain(reading, reading->line, "unknown key '%s' in %s%s", key, where, text);
}

static int apply_main_key(
        struct reading *reading, const char *key, const char *value, struct buf *reason)
{
        const struct setting *setting = settings_find(key);
        const char *names[64];
        unsigned n = 0;

        if (setting && !setting->no_key)
                return setting->set(reading->settings, value, reason);
        for (unsigned i = 0; i < settings_table_len && n < 64; i++) {
                if (!settings_table[i].no_key)
                        names[n++] = settings_table[i].name;
        }
        suggest_key(reading, key, names, n, "[runstatd]");
        return 0;
}

static int apply_target_key(
        struct reading *reading, const char *key, const char *value, struct buf *reason)
{
        const char *names[N_TARGET_KEYS];

        for (unsigned i = 0; i < N_TARGET_KEYS; i++) {
                if (strcmp(target_keys[i].name, key) == 0)
                        return target_keys[i].set(reading, value, reason);
                names[i] = target_keys[i].name;
        }
        suggest_key(reading, key, names, N_TARGET_KEYS, "a target's section");
        return 0;
}

/* inih's handler: one key and its value. */
static int on_key(void *data, const char *section, const char *key, const char *value)
{
        struct reading *reading = data;
        char text[1024];
        struct buf reason;
        int r = 0;

        (void)section;
        buf_init(&reason, text, sizeof(text));
        switch (reading->section) {
        case SECTION_NONE:
                complain(reading, reading->line,
                        "'%s' stands before the first section, '[runstatd]' or '[target NAME]'",
                        key);
                break;
        case SECTION_MAIN:
                r = apply_main_key(reading, key, value, &reason);
                break;
        case SECTION_TARGET:
                r = apply_target_key(reading, key, value, &reason);
                break;
        case SECTION_WRONG:
                break;
        }
        note_result(reading, r, key, text);
        return 1;
}

/* Whether inih can make a key and a value of the line, which is complained about when not. */
static bool is_assignment(struct reading *reading, const char *line, size_t len, size_t max)
{
        if (!*line || strchr(";#", *line))
                return false;
        if (len >= max)
                complain(reading, reading->line, "the line is longer than %zu bytes", max - 1);
        else if (!memchr(line, '=', len) || *line == '=')
                complain(reading, reading->line,
                        "neither a section '[NAME]' nor a setting 'KEY = VALUE'");
        else
                return true;
        return false;
}

/* inih's reader, as fgets(3): the next line that is a setting; an empty one for all others. */
static char *next_line(char *text, int size, void *data)
{
        struct reading *reading = data;
        const char *line = reading->rest;
        size_t len, max = (size_t)size - 1;

        if (!*line || reading->fatal)
                return NULL;
        reading->line++;
        len = strcspn(line, "\n");
        reading->rest = line + len + (line[len] == '\n');
        while (len > 0 && isspace((unsigned char)*line)) {
                line++;
                len--;
        }
        memcpy(text, "\n", 2);
        if (len > 0 && *line == '[') {
                begin_section(reading, line);
        } else if (len > 0 && is_assignment(reading, line, len, max)) {
                memcpy(text, line, len);
                memcpy(text + len, "\n", 2);
        }
        return text;
}

static int read_text(
        struct settings *settings, const char *path, const char *text, struct buf *error)
{
        struct reading reading = {
                .settings = settings,
                .error = error,
                .path = path,
                .rest = text,
        };

        ini_parse_stream(next_line, &reading, on_key, &reading);
        end_section(&reading);
        if (reading.fatal)
                return reading.fatal;
        return reading.failed ? -EINVAL : 0;
}

int configuration_file_read(struct settings *settings, const char *path, struct buf *error)
{
        struct scratch scratch;
        size_t len;
        int r = scratch_init(&scratch, FILE_BYTES);

        if (r < 0)
                return r;
        r = file_read_at(AT_FDCWD, path, &scratch, &len);
        if (r == 0 && strlen(scratch.text) != len) {
                buf_printf(error, "%s: it has a NUL byte, and is no text\n", path);
                r = -EINVAL;
        } else if (r == 0) {
                r = read_text(settings, path, scratch.text, error);
        } else if (r != -ENOENT) {
                buf_printf(error, "%s: cannot be read: %s\n", path, strerror(-r));
        }
        scratch_done(&scratch);
        return r;
}
