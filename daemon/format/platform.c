/* SPDX-License-Identifier: MIT */
#include "format/platform.h"

#include <string.h>

#include "base/text.h"
#include "reader_prefix.h"

enum { MAX_WORDS = 6 };

/* A part of a line. */
struct span {
        const char *at;
        size_t len;
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool span_is(struct span span, const char *text)
{
        return span.len == strlen(text) && memcmp(span.at, text, span.len) == 0;
}

/* Copies as much as fits. */
static void copy(char *to, size_t size, struct span from)
{
        const size_t len = from.len < size ? from.len : size - 1;

        memcpy(to, from.at, len);
        to[len] = '\0';
}

static struct span take_word(const char **at)
{
        struct span word = {.at = *at};

        while (word.at[word.len] && word.at[word.len] != ' ')
                word.len++;
        *at = word.at + word.len;
        if (**at)
                (*at)++;
        return word;
}

/* "heroku[web.1]:" and "heroku/web.1:" name a program and a process. */
static void split_tag(struct span tag, struct span *ret_program, struct span *ret_process)
{
        size_t n = 0;

        tag.len--;
        while (n < tag.len && tag.at[n] != '[' && tag.at[n] != '/')
                n++;
        *ret_program = (struct span){tag.at, n};
        *ret_process = (struct span){tag.at + n, 0};
        if (n == tag.len)
                return;
        ret_process->at++;
        ret_process->len = tag.len - n - 1;
        if (tag.at[n] == '[' && ret_process->len > 0 && tag.at[tag.len - 1] == ']')
                ret_process->len--;
}

/*
 * "2014-05-15T17:33:51.344129+00:00 heroku[web.1]: ", "<134>1 2023-… host heroku web.1 - ",
 * "May 15 17:33:51 app heroku/web.1: ". Returns the body; NULL when there is no such prefix.
 */
static const char *take_prefix(const char *line, uint64_t now_ns, struct measure *ret_wall_ns,
        struct span *ret_program, struct span *ret_process)
{
        const char *at = priority_skip(line);
        struct span words[MAX_WORDS];
        uint64_t wall_ns;

        at = time_read(at, now_ns, &wall_ns);
        if (!at || *at != ' ')
                return NULL;
        at++;
        *ret_wall_ns = measure_of(wall_ns);
        for (unsigned n = 0; n < MAX_WORDS; n++) {
                words[n] = take_word(&at);
                if (words[n].len == 0)
                        return NULL;
                if (words[n].at[words[n].len - 1] == ':') {
                        split_tag(words[n], ret_program, ret_process);
                        return at;
                }
                if (span_is(words[n], "-") && n >= 2) {
                        *ret_program = words[n - 2];
                        *ret_process = words[n - 1];
                        return at;
                }
        }
        return NULL;
}

/* The value behind "key=", without its quotes; the line is moved behind it. A quote that is not
 * closed is a byte as any other. */
static struct span take_value(const char **at)
{
        const char *end;

        if (**at == '"') {
                for (end = *at + 1; *end && *end != '"'; end++) {
                        if (*end == '\\' && end[1])
                                end++;
                }
                if (*end == '"') {
                        const struct span value = {*at + 1, (size_t)(end - *at - 1)};

                        *at = end + 1;
                        return value;
                }
        }
        return take_word(at);
}

/* "20ms", "200" */
static struct measure read_number(struct span span, const char *suffix)
{
        const size_t suffix_len = strlen(suffix);
        uint64_t number = 0;
        size_t n = 0;

        for (; n < span.len && n < 9 && is_digit(span.at[n]); n++)
                number = number * 10 + (uint64_t)(span.at[n] - '0');
        if (n == 0 || span.len - n != suffix_len || memcmp(span.at + n, suffix, suffix_len) != 0)
                return (struct measure){0};
        return measure_of(number);
}

/* "H12": a letter of the platform's and two digits. */
static bool is_code(struct span span)
{
        return span.len == 3 && *span.at >= 'A' && *span.at <= 'Z' && is_digit(span.at[1]) &&
               is_digit(span.at[2]);
}

static void add_pair(struct span key, struct span value, struct platform_line *ret)
{
        if (span_is(key, "status"))
                ret->status = read_number(value, "");
        else if (span_is(key, "connect"))
                ret->connect_ms = read_number(value, "ms");
        else if (span_is(key, "service"))
                ret->service_ms = read_number(value, "ms");
        else if (span_is(key, "code") && is_code(value))
                copy(ret->code, sizeof(ret->code), value);
        else if (span_is(key, "desc"))
                copy(ret->text, sizeof(ret->text), value);
        else if (span_is(key, "dyno"))
                copy(ret->process, sizeof(ret->process), value);
}

/*
 * "at=info method=GET path=\"/\" dyno=web.1 connect=1ms service=20ms status=200 bytes=5"
 * "at=error code=H12 desc=\"Request timeout\" method=GET … status=503"
 * "GET app.example/ dyno=web.1 queue=0 wait=0ms service=20ms status=200 bytes=5", before 2012
 */
static bool read_request(const char *at, struct platform_line *ret)
{
        ret->kind = PLATFORM_REQUEST;
        ret->process[0] = '\0';
        while (*at) {
                struct span key = {.at = at};

                while (at[key.len] && at[key.len] != '=' && at[key.len] != ' ' &&
                        at[key.len] != '"')
                        key.len++;
                if (at[key.len] != '=') {
                        take_word(&at);
                        continue;
                }
                at += key.len + 1;
                add_pair(key, take_value(&at), ret);
        }
        if (!name_is_valid(ret->process))
                ret->process[0] = '\0';
        return ret->status.known || *ret->code;
}

/* "Error R14 (Memory quota exceeded)", "Error L10 (output buffer overflow): 4 messages dropped" */
static bool read_error(const char *at, struct platform_line *ret)
{
        const struct span code = take_word(&at);
        struct span text = {.at = at + 1};

        ret->kind = PLATFORM_ERROR;
        if (!is_code(code))
                return false;
        copy(ret->code, sizeof(ret->code), code);
        if (*at != '(')
                return true;
        while (text.at[text.len] && text.at[text.len] != ')')
                text.len++;
        copy(ret->text, sizeof(ret->text), text);
        return true;
}

/* "681M(133.1%)" */
static bool read_memory(const char *at, struct platform_line *ret)
{
        uint64_t permille = 0;
        unsigned n = 0;

        ret->kind = PLATFORM_MEMORY;
        at = strchr(at, '(');
        if (!at)
                return false;
        for (at++; is_digit(*at) && n < 9; at++, n++)
                permille = permille * 10 + (uint64_t)(*at - '0');
        if (n == 0 || *at != '.' || !is_digit(at[1]) || at[2] != '%')
                return false;
        ret->permille = measure_of(permille * 10 + (uint64_t)(at[1] - '0'));
        return true;
}

/* "up to crashed" */
static bool read_state(const char *at, struct platform_line *ret)
{
        const struct span from = take_word(&at), to = take_word(&at), word = take_word(&at);

        ret->kind = PLATFORM_STATE;
        if (from.len == 0 || !span_is(to, "to") || word.len == 0)
                return false;
        copy(ret->from, sizeof(ret->from), from);
        copy(ret->to, sizeof(ret->to), word);
        return true;
}

/* "137" */
static bool read_exit(const char *at, struct platform_line *ret)
{
        ret->kind = PLATFORM_EXIT;
        ret->exit_status = read_number(take_word(&at), "");
        return ret->exit_status.known;
}

static bool read_message(const char *body, struct platform_line *ret)
{
        static const struct {
                const char *begin;
                bool (*read)(const char *at, struct platform_line *ret);
        } rows[] = {
                {"Error ",                      read_error },
                {"Process running mem=",        read_memory},
                {"State changed from ",         read_state },
                {"Process exited with status ", read_exit  },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const char *rest = text_after(body, rows[i].begin);

                if (rest)
                        return rows[i].read(rest, ret);
        }
        return false;
}

bool platform_read(const char *line, uint64_t now_ns, struct platform_line *ret)
{
        struct span program, process;
        const char *body;

        *ret = (struct platform_line){0};
        if (text_after(line, "at=") && strstr(line, " method="))
                return read_request(line, ret);
        body = take_prefix(line, now_ns, &ret->wall_ns, &program, &process);
        /* What else an application says of itself is not the platform's word. */
        if (!body || !span_is(program, "heroku"))
                return false;
        if (span_is(process, "router"))
                return read_request(body, ret);
        copy(ret->process, sizeof(ret->process), process);
        return name_is_valid(ret->process) && read_message(body, ret);
}

size_t platform_host(const char *line, const char **ret)
{
        const char *at = priority_skip(line);
        struct span host;

        if (at == line || at[-1] != ' ')
                return 0;
        take_word(&at);
        host = take_word(&at);
        if (span_is(host, "host") || span_is(host, "-"))
                return 0;
        *ret = host.at;
        return host.len;
}
