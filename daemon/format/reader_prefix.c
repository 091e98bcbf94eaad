/* SPDX-License-Identifier: MIT */
#include "reader_prefix.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define S_NS  UINT64_C(1000000000)
#define DAY_S UINT64_C(86400)

enum {
        YEAR_MIN = 1970,
        YEAR_MAX = 2553, /* the last whole one that 64 bits of nanoseconds have room for */
        MAX_PREFIXES = 3,
        MAX_NAMES = 6,
};

struct date {
        unsigned year, month, day, hour, minute, second, ns;
        int offset_min; /* what the zone is ahead of UTC */
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* Takes as many digits, and the byte `end` behind them unless that is 0. NULL stays NULL. */
static const char *take(const char *at, unsigned n_digits, char end, unsigned *ret)
{
        unsigned number = 0;

        if (!at)
                return NULL;
        for (; n_digits > 0; n_digits--, at++) {
                if (!is_digit(*at))
                        return NULL;
                number = number * 10 + (unsigned)(*at - '0');
        }
        *ret = number;
        if (!end)
                return at;
        return *at == end ? at + 1 : NULL;
}

/* Takes ".123456", or nothing; places from the tenth on are cut off. */
static const char *take_fraction(const char *at, unsigned *ret_ns)
{
        unsigned ns = 0, unit = 100000000;

        if ((*at == '.' || *at == ',') && is_digit(at[1])) {
                for (at++; is_digit(*at); at++) {
                        ns += unit * (unsigned)(*at - '0');
                        unit /= 10;
                }
        }
        *ret_ns = ns;
        return at;
}

/* "20:43:46.123456" */
static const char *take_clock(const char *at, struct date *ret)
{
        at = take(at, 2, ':', &ret->hour);
        at = take(at, 2, ':', &ret->minute);
        at = take(at, 2, 0, &ret->second);
        return at ? take_fraction(at, &ret->ns) : NULL;
}

/* "Z", "+01:00", "-0130", " UTC", or nothing. Other names of zones are passed over. */
static const char *take_zone(const char *at, struct date *ret)
{
        const int sign = *at == '-' ? -1 : 1;
        unsigned hours = 0, minutes = 0;

        if (*at == 'Z')
                return at + 1;
        if (*at != '+' && *at != '-')
                return at;
        at = take(at + 1, 2, 0, &hours);
        if (at && (*at == ':' || is_digit(*at)))
                at = take(*at == ':' ? at + 1 : at, 2, 0, &minutes);
        if (!at || hours > 14 || minutes > 59)
                return NULL;
        ret->offset_min = sign * (int)(hours * 60 + minutes);
        return at;
}

static bool is_leap(unsigned year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 0000-03-01 on; a year that begins in March has its leap day at the end. */
static uint64_t count_days(unsigned year, unsigned month, unsigned day)
{
        const uint64_t y = month > 2 ? year : year - 1;
        const unsigned m = month > 2 ? month - 3 : month + 9;

        return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

static bool to_wall_ns(const struct date *date, uint64_t *ret)
{
        static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        unsigned n_days;
        int64_t seconds;

        if (date->year < YEAR_MIN || date->year > YEAR_MAX || date->month < 1 || date->month > 12)
                return false;
        n_days = lengths[date->month - 1];
        if (date->month == 2 && is_leap(date->year))
                n_days++;
        if (date->day < 1 || date->day > n_days)
                return false;
        if (date->hour > 23 || date->minute > 59 || date->second > 60)
                return false;
        seconds = (int64_t)((count_days(date->year, date->month, date->day) -
                                    count_days(1970, 1, 1)) *
                            DAY_S);
        seconds += (int64_t)(date->hour * 3600 + date->minute * 60 + date->second) -
                   date->offset_min * 60;
        if (seconds < 0)
                return false;
        *ret = (uint64_t)seconds * S_NS + date->ns;
        return true;
}

/* "2026-11-23T20:43:46.123456+00:00", "2026-11-23 20:43:46" */
static const char *read_iso(const char *at, uint64_t *ret)
{
        struct date date = {0};

        at = take(at, 4, '-', &date.year);
        at = take(at, 2, '-', &date.month);
        at = take(at, 2, 0, &date.day);
        if (!at || (*at != 'T' && *at != ' '))
                return NULL;
        at = take_clock(at + 1, &date);
        if (at)
                at = take_zone(at, &date);
        return at && to_wall_ns(&date, ret) ? at : NULL;
}

/* The place of the three letters in `names`, or 0 for none. */
static unsigned find_name(const char *at, const char *names)
{
        for (unsigned i = 0; names[i]; i += 3) {
                if (strncmp(at, names + i, 3) == 0)
                        return i / 3 + 1;
        }
        return 0;
}

/* "Nov 23 20:43:46", "Nov  3 20:43:46.123456" */
static const char *read_short(const char *at, uint64_t now_ns, uint64_t *ret)
{
        struct date date = {0};
        uint64_t wall_ns;

        date.month = find_name(at, "JanFebMarAprMayJunJulAugSepOctNovDec");
        if (date.month == 0 || at[3] != ' ')
                return NULL;
        if (at[4] == ' ')
                at = take(at + 5, 1, ' ', &date.day);
        else
                at = take(at + 4, 2, ' ', &date.day);
        at = take_clock(at, &date);
        if (!at)
                return NULL;
        /* A year has 31556952 seconds on average. A leap day is to be found within 8 years. */
        date.year = YEAR_MIN + (unsigned)(now_ns / S_NS / 31556952) + 1;
        for (unsigned i = 0; i < 10; i++, date.year--) {
                if (to_wall_ns(&date, &wall_ns) && wall_ns / S_NS <= now_ns / S_NS + DAY_S) {
                        *ret = wall_ns;
                        return at;
                }
        }
        return NULL;
}

/* "1763930626.123456", ten digits from 2001 to 2286 */
static const char *read_unix(const char *at, uint64_t *ret)
{
        unsigned high, low, ns;

        at = take(at, 5, 0, &high);
        at = take(at, 5, 0, &low);
        if (!at || is_digit(*at))
                return NULL;
        at = take_fraction(at, &ns);
        *ret = ((uint64_t)high * 100000 + low) * S_NS + ns;
        return at;
}

const char *time_read(const char *text, uint64_t now_ns, uint64_t *ret_wall_ns)
{
        if (is_digit(*text) && is_digit(text[1]) && is_digit(text[2]) && is_digit(text[3]))
                return text[4] == '-' ? read_iso(text, ret_wall_ns) : read_unix(text, ret_wall_ns);
        if (find_name(text, "MonTueWedThuFriSatSun") > 0 && text[3] == ' ')
                return read_iso(text + 4, ret_wall_ns);
        return read_short(text, now_ns, ret_wall_ns);
}

static bool is_body(const char *at)
{
        return text_after(at, "source=") || text_after(at, "ts=") || *at == '{';
}

const char *priority_skip(const char *at)
{
        const char *p = at;
        unsigned n = 0;

        while (is_digit(*p))
                p++;
        if (p > at && *p == ' ')
                p++;
        if (*p != '<')
                return at;
        for (p++; is_digit(*p); p++)
                n++;
        if (n < 1 || n > 3 || *p != '>')
                return at;
        p++;
        return text_after(p, "1 ") ? p + 2 : p;
}

/*
 * Skips the words between a time and a body, or the next prefix: "heroku[web.1]: ",
 * "host runstatd[123]: ", "host heroku web.1 - ", "host runstatd 123 - - ". Returns NULL when they
 * are none, which is most often since the body is another program's.
 */
static const char *skip_names(const char *at)
{
        for (unsigned i = 0; i < MAX_NAMES; i++) {
                const char *word = at;

                while (*at && *at != ' ' && *at != '=' && *at != '"')
                        at++;
                if (*at != ' ' || at == word)
                        return NULL;
                if (at[-1] == ':')
                        return at + 1;
                if (text_after(word, "- ") && is_body(at + 1))
                        return at + 1;
                at++;
        }
        return NULL;
}

/* The body, or NULL when there is none. */
static const char *find_body(const char *at, uint64_t now_ns, struct measure *ret)
{
        for (unsigned i = 0; i < MAX_PREFIXES && at && !is_body(at); i++) {
                uint64_t wall_ns;

                at = time_read(priority_skip(at), now_ns, &wall_ns);
                if (!at || *at != ' ')
                        return NULL;
                *ret = measure_of(wall_ns);
                at++;
                if (!is_body(at))
                        at = skip_names(at);
        }
        return at && is_body(at) ? at : NULL;
}

size_t prefix_len(const char *line, uint64_t now_ns, struct measure *ret)
{
        const char *body;

        *ret = (struct measure){0};
        body = find_body(line, now_ns, ret);
        return body ? (size_t)(body - line) : strlen(line);
}
