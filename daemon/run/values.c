/* SPDX-License-Identifier: MIT */
#include "values.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/record.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define MS_NS UINT64_C(1000000)
#define S_NS  UINT64_C(1000000000)

static const struct time_unit {
        char name[8];
        uint64_t ns;
} time_units[] = {
        {"ms",  MS_NS       },
        {"s",   S_NS        },
        {"sec", S_NS        },
        {"m",   60 * S_NS   },
        {"min", 60 * S_NS   },
        {"h",   3600 * S_NS },
        {"hr",  3600 * S_NS },
        {"d",   86400 * S_NS},
};

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The unit at `*at`, which is moved behind it; seconds when none is there; NULL for another word.
 */
static const struct time_unit *take_unit(const char **at)
{
        size_t len = 0;

        while (is_letter((*at)[len]))
                len++;
        if (len == 0)
                return **at ? NULL : &time_units[1];
        for (size_t i = 0; i < ARRAY_SIZE(time_units); i++) {
                if (strlen(time_units[i].name) == len &&
                        memcmp(time_units[i].name, *at, len) == 0) {
                        *at += len;
                        return &time_units[i];
                }
        }
        return NULL;
}

/* A number with up to nine decimal places, and its unit, in nanoseconds. */
static int take_span(const char **at, uint64_t *ret_ns)
{
        const struct time_unit *unit;
        char digits[48];
        const char *number = digits;
        uint64_t whole, billionths = 0;
        int r;
        size_t len = strspn(*at, "0123456789."), point = strcspn(*at, ".");

        if (len == 0 || len >= sizeof(digits))
                return -EINVAL;
        memcpy(digits, *at, len);
        digits[len] = '\0';
        *at += len;
        *at += strspn(*at, " ");
        unit = take_unit(at);
        if (!unit)
                return -EINVAL;

        if (point < len) {
                char fraction[sizeof(digits) + 1] = "0";

                if (point + 1 == len)
                        return -EINVAL;
                memcpy(fraction + 1, digits + point, len - point + 1);
                number = fraction;
                if (text_take_decimal(&number, 9, &billionths) < 0)
                        return -EINVAL;
                digits[point] = '\0';
                number = digits;
        }
        r = text_parse_u64(number, &whole);
        if (r < 0)
                return r;
        if (__builtin_mul_overflow(whole, unit->ns, ret_ns))
                return -ERANGE;
        /* A day has 27 bits of milliseconds and a billionth part 30 bits, so the product fits. */
        if (__builtin_add_overflow(*ret_ns, billionths * (unit->ns / MS_NS) / 1000, ret_ns))
                return -ERANGE;
        return 0;
}

int value_parse_time(
        const char *text, uint64_t min_ns, uint64_t max_ns, uint64_t *ret_ns, struct buf *error)
{
        uint64_t sum = 0;
        const char *at = text + strspn(text, " ");
        int r = *at ? 0 : -EINVAL;

        while (r == 0 && *at) {
                uint64_t span;

                r = take_span(&at, &span);
                if (r == 0 && __builtin_add_overflow(sum, span, &sum))
                        r = -ERANGE;
                at += strspn(at, " ");
        }
        if (r == 0 && (sum < min_ns || sum > max_ns))
                r = -ERANGE;
        if (r == 0) {
                *ret_ns = sum;
                return 0;
        }
        buf_printf(error,
                r == -ERANGE ? "'%.99s' is out of range: from " : "'%.99s' is no time: from ",
                text);
        value_write_time(min_ns, error);
        buf_add(error, " to ");
        value_write_time(max_ns, error);
        buf_add(error, ", such as '20s', '500ms' or '1min 30s'");
        return r;
}

int value_parse_number(const char *text, uint64_t min, uint64_t *ret, struct buf *error)
{
        uint64_t number;
        int r = text_parse_u64(text, &number);

        if (r == 0 && number < min)
                r = -ERANGE;
        if (r < 0) {
                buf_printf(error, "'%.99s' is no whole number from %llu on", text,
                        (unsigned long long)min);
                return r;
        }
        *ret = number;
        return 0;
}

int value_parse_bytes(const char *text, uint64_t *ret, struct buf *error)
{
        static const char units[] = "KMGT";
        size_t len = strspn(text, "0123456789");
        const char *unit = text[len] ? strchr(units, text[len]) : NULL;
        char digits[24] = "";
        uint64_t number = 0, factor = 1;
        int r = -EINVAL;

        if (len < sizeof(digits) && (!text[len] || (unit && !text[len + 1]))) {
                memcpy(digits, text, len);
                r = text_parse_u64(digits, &number);
        }
        for (size_t i = 0; unit && i <= (size_t)(unit - units); i++)
                factor *= 1024;
        if (r == 0 && (number == 0 || __builtin_mul_overflow(number, factor, &number)))
                r = -ERANGE;
        if (r < 0) {
                buf_printf(error, "'%.99s' is no size, a number with K, M, G or T behind: '512M'",
                        text);
                return r;
        }
        *ret = number;
        return 0;
}

enum { ALL_GROUPS = (1 << N_GROUPS) - 1 };

int value_parse_rule(enum rule rule, const char *text, uint64_t *ret, struct buf *error)
{
        const bool is_percent = rule == RULE_LIMIT || rule == RULE_LIMIT_ERROR;
        uint64_t value;
        int r = value_parse_number(text, 0, &value, error);

        if (r < 0)
                return r;
        if (is_percent && value > 100) {
                buf_printf(error, "'%.99s' is no percentage: 0 to 100", text);
                return -ERANGE;
        }
        *ret = value;
        return 0;
}

/* One word of a list of groups: "memory", "+cpu", "-load", "all", "none". */
static int apply_group(const char *word, uint32_t *groups, struct buf *error)
{
        const char sign = *word == '-' ? '-' : '+';
        const char *name = *word == '+' || *word == '-' ? word + 1 : word;
        uint32_t bits = 0;

        if (strcmp(name, "all") == 0) {
                bits = ALL_GROUPS;
        } else if (strcmp(name, "none") == 0 && name == word) {
                *groups = 0;
                return 0;
        }
        for (unsigned i = 0; i < N_GROUPS; i++) {
                if (strcmp(name, group_names[i]) == 0)
                        bits = UINT32_C(1) << i;
        }
        if (!bits) {
                buf_printf(error, "unknown group '%.99s', not one of all, none", name);
                for (unsigned i = 0; i < N_GROUPS; i++)
                        buf_printf(error, ", %s", group_names[i]);
                value_suggest(name, group_names, N_GROUPS, error);
                return -EINVAL;
        }
        *groups = sign == '+' ? *groups | bits : *groups & ~bits;
        return 0;
}

int value_parse_groups(const char *text, uint32_t *groups, struct buf *error)
{
        uint32_t result = *text == '+' || *text == '-' ? *groups : 0;

        for (;;) {
                char word[32];
                size_t len = strcspn(text, ",");
                int r;

                if (len >= sizeof(word)) {
                        buf_printf(error, "unknown group '%.99s'", text);
                        return -EINVAL;
                }
                memcpy(word, text, len);
                word[len] = '\0';
                r = apply_group(word, &result, error);
                if (r < 0)
                        return r;
                if (!text[len])
                        break;
                text += len + 1;
        }
        *groups = result;
        return 0;
}

/* How many bytes must be added, removed or replaced to make one word the other. */
static unsigned distance(const char *a, const char *b)
{
        unsigned row[33];
        size_t len = strlen(b);

        if (len > 32 || strlen(a) > 32)
                return UINT32_MAX;
        for (unsigned j = 0; j <= len; j++)
                row[j] = j;
        for (unsigned i = 1; *a; a++, i++) {
                unsigned diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= len; j++) {
                        unsigned replace = diagonal + (*a != b[j - 1]);
                        unsigned least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

                        diagonal = row[j];
                        row[j] = least < replace ? least : replace;
                }
        }
        return row[len];
}

void value_suggest(const char *word, const char *const *names, unsigned n_names, struct buf *error)
{
        const char *nearest = NULL;
        /* More than a mistake in three bytes make another word. */
        unsigned least = (unsigned)strlen(word) / 3 + 1;

        for (unsigned i = 0; i < n_names; i++) {
                unsigned d = distance(word, names[i]);

                if (d < least) {
                        least = d;
                        nearest = names[i];
                }
        }
        if (nearest)
                buf_printf(error, "; did you mean '%.99s'?", nearest);
}

void value_write_time(uint64_t ns, struct buf *ret)
{
        static const struct time_unit units[] = {
                {"d",   86400 * S_NS},
                {"h",   3600 * S_NS },
                {"min", 60 * S_NS   },
                {"s",   S_NS        },
                {"ms",  MS_NS       },
        };

        for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
                if (ns >= units[i].ns && ns % units[i].ns == 0) {
                        buf_add_u64(ret, ns / units[i].ns, 0);
                        buf_add(ret, units[i].name);
                        return;
                }
        }
        buf_add_u64(ret, ns, 0);
        buf_add(ret, "ns");
}
