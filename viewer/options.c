/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "base/text.h"
#include "format/time.h"

#define S_NS   UINT64_C(1000000000)
#define DAY_NS (86400 * S_NS)

enum {
        OPTION_REPORT = 256,
        OPTION_SNAPSHOT,
        OPTION_SANDBOX,
        OPTION_SINCE,
        OPTION_HISTORY,
};

static const struct option long_options[] = {
        {"listen",   required_argument, NULL, 'l'            },
        {"host",     required_argument, NULL, 'H'            },
        {"journal",  optional_argument, NULL, 'j'            },
        {"since",    required_argument, NULL, OPTION_SINCE   },
        {"drain",    required_argument, NULL, 'd'            },
        {"interval", required_argument, NULL, 'i'            },
        {"history",  required_argument, NULL, OPTION_HISTORY },
        {"report",   no_argument,       NULL, OPTION_REPORT  },
        {"snapshot", required_argument, NULL, OPTION_SNAPSHOT},
        {"sandbox",  required_argument, NULL, OPTION_SANDBOX },
        {"help",     no_argument,       NULL, 'h'            },
        {"version",  no_argument,       NULL, 'V'            },
        {NULL,       0,                 NULL, 0              },
};

void options_write_help(struct buf *ret)
{
        buf_add(ret,
                "usage: runstat-view [OPTION]... [FILE]...\n"
                "Shows what the lines of runstatd, and of Heroku, say: as a page in a browser.\n"
                "Without FILE, and with -, it reads standard input; files are followed.\n"
                "\n"
                "  -l, --listen=ADDRESS:PORT  where the page is (127.0.0.1:7878)\n"
                "  -H, --host=NAME            a name by which a browser may ask for it; "
                "repeatable\n"
                "  -j, --journal[=MATCH]      read the journal (SYSLOG_IDENTIFIER=runstatd)\n"
                "      --since=TIME           of the journal: a time, or a span before now (24h)\n"
                "  -d, --drain=FILE           take lines by POST to /drain with the token in FILE\n"
                "  -i, --interval=TIME        between ticks whose lines have no time (20s)\n"
                "      --history=SIZE         memory for what is kept of the numbers (48M)\n"
                "      --report               print all that was read as text, and exit\n"
                "      --snapshot=FILE        write the page with all that was read to FILE\n"
                "      --sandbox=MODE         auto, on or off\n"
                "  -h, --help   -V, --version\n");
}

static const struct {
        const char *name;
        uint64_t ns;
} units[] = {
        {"ms",  1000000    },
        {"s",   S_NS       },
        {"min", 60 * S_NS  },
        {"h",   3600 * S_NS},
        {"d",   DAY_NS     },
        {"",    S_NS       },
};

/* Takes digits and a unit. */
static bool take_span(const char **at, uint64_t *ret_ns)
{
        uint64_t number = 0;
        size_t len;

        if (**at < '0' || **at > '9')
                return false;
        for (; **at >= '0' && **at <= '9'; (*at)++) {
                if (number > 1000000000)
                        return false;
                number = number * 10 + (uint64_t)(**at - '0');
        }
        len = strspn(*at, "abcdefghijklmnopqrstuvwxyz");
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
                if (strlen(units[i].name) != len || memcmp(units[i].name, *at, len) != 0)
                        continue;
                *at += len;
                return !__builtin_mul_overflow(number, units[i].ns, ret_ns);
        }
        return false;
}

int options_span(const char *text, uint64_t *ret_ns)
{
        uint64_t sum = 0, ns;

        if (!*text)
                return -EINVAL;
        while (*text) {
                if (!take_span(&text, &ns) || __builtin_add_overflow(sum, ns, &sum))
                        return -EINVAL;
                while (*text == ' ')
                        text++;
        }
        *ret_ns = sum;
        return 0;
}

/* A span before now, or a time as logs have them. */
static int read_since(const char *text, uint64_t now_ns, uint64_t *ret_ns)
{
        uint64_t ns;
        const char *end;

        if (*text == '-')
                text++;
        if (options_span(text, &ns) == 0) {
                *ret_ns = ns < now_ns ? now_ns - ns : 0;
                return 0;
        }
        end = time_read(text, now_ns, ret_ns);
        return end && !*end ? 0 : -EINVAL;
}

/* "48M" */
static int read_size(const char *text, size_t *ret)
{
        const size_t len = strspn(text, "0123456789");
        char digits[8];
        uint64_t number;

        if (len == 0 || len >= sizeof(digits) || strcmp(text + len, "M") != 0)
                return -EINVAL;
        memcpy(digits, text, len);
        digits[len] = '\0';
        if (text_parse_u64(digits, &number) < 0 || number < 1 || number > 65536)
                return -EINVAL;
        *ret = (size_t)number << 20;
        return 0;
}

static int read_sandbox(const char *text, enum view_sandbox *ret)
{
        static const char *const names[] = {"auto", "on", "off"};

        for (unsigned i = 0; i < 3; i++) {
                if (strcmp(names[i], text) == 0) {
                        *ret = (enum view_sandbox)i;
                        return 0;
                }
        }
        return -EINVAL;
}

static int refuse(struct buf *error, const char *option, const char *given, const char *right)
{
        buf_printf(error, "--%s: '%s' is wrong; %s", option, given, right);
        return -EINVAL;
}

static int add_host(struct access *access, const char *name, struct buf *error)
{
        if (access->n_hosts == ACCESS_HOSTS_MAX)
                return refuse(error, "host", name, "there are 16 at most");
        access->hosts[access->n_hosts++] = name;
        return 0;
}

static int read_token(struct access *access, const char *path, struct buf *error)
{
        const int r = access_read_token(access, path);

        if (r == -EINVAL)
                buf_printf(error,
                        "--drain: '%s' has no token: a line of 16 to 255 letters, digits and marks",
                        path);
        else if (r < 0)
                buf_printf(error, "--drain: cannot read '%s': %s", path, strerror(-r));
        return r;
}

static int take_value(
        int option, const char *value, uint64_t now_ns, struct options *ret, struct buf *error)
{
        uint64_t ns;

        switch (option) {
        case 'H':
                return add_host(&ret->access, value, error);
        case OPTION_SINCE:
                if (read_since(value, now_ns, &ret->since_ns) < 0)
                        return refuse(error, "since", value,
                                "a time is like 2026-01-05 10:00:00, a span like 24h or 90min");
                return 0;
        case 'd':
                return read_token(&ret->access, value, error);
        case 'i':
                if (options_span(value, &ns) < 0 || ns < 50 * UINT64_C(1000000) || ns > DAY_NS)
                        return refuse(error, "interval", value, "it is 50ms to 1d, as 20s");
                ret->step_ms = ns / 1000000;
                return 0;
        case OPTION_HISTORY:
                if (read_size(value, &ret->history_bytes) < 0)
                        return refuse(error, "history", value, "it is 1M to 65536M");
                return 0;
        default:
                if (read_sandbox(value, &ret->sandbox) < 0)
                        return refuse(error, "sandbox", value, "it is auto, on or off");
                return 0;
        }
}

static int take_option(
        int option, const char *value, uint64_t now_ns, struct options *ret, struct buf *error)
{
        switch (option) {
        case 'l':
                ret->listen = value;
                return 0;
        case 'j':
                ret->journal = value ? value : "SYSLOG_IDENTIFIER=runstatd";
                if (!strchr(ret->journal, '='))
                        return refuse(error, "journal", value, "a match is FIELD=VALUE");
                return 0;
        case OPTION_REPORT:
                ret->action = VIEW_REPORT;
                return 0;
        case OPTION_SNAPSHOT:
                ret->action = VIEW_SNAPSHOT;
                ret->snapshot = value;
                return 0;
        case 'h':
                ret->action = VIEW_HELP;
                return 0;
        case 'V':
                ret->action = VIEW_VERSION;
                return 0;
        default:
                return take_value(option, value, now_ns, ret, error);
        }
}

int options_read(int argc, char **argv, uint64_t now_ns, struct options *ret, struct buf *error)
{
        int option, r = 0;

        *ret = (struct options){
                .listen = "127.0.0.1:7878",
                .since_ns = now_ns > DAY_NS ? now_ns - DAY_NS : 0,
                .step_ms = 20000,
                .history_bytes = (size_t)48 << 20,
        };
        opterr = 0;
        while (r == 0 &&
                (option = getopt_long(argc, argv, "+:l:H:j::d:i:hV", long_options, NULL)) != -1) {
                if (option == '?' || option == ':') {
                        buf_printf(error,
                                option == ':' ? "'%s' needs a value" : "there is no option '%s'",
                                argv[optind - 1]);
                        return -EINVAL;
                }
                r = take_option(option, optarg, now_ns, ret, error);
        }
        ret->files = argv + optind;
        ret->n_files = argc - optind;
        return r;
}
