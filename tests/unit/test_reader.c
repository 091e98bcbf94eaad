/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include <stdlib.h>

#include "format/format.h"
#include "format/frame.h"
#include "test.h"

/* 2026-11-23T21:00:00 */
#define NOW_NS UINT64_C(1795467600000000000)

/* Memory of exactly the size that is read and written, so that a sanitizer sees what is beyond. */
static bool read_bytes(const char *bytes, size_t len, char **ret_memory, struct reading *ret)
{
        *ret_memory = malloc(len + 1);
        assert_non_null(*ret_memory);
        memcpy(*ret_memory, bytes, len);
        (*ret_memory)[len] = '#';
        return reader_read(*ret_memory, len, NOW_NS, ret);
}

/* All that is known: "1767571200000000000 web.1 d load_avg_1m=246", "- web.1 d gone enter warning
 * old_dyno=a". A key that was there without a number has "?". */
static void describe(const struct reading *reading, struct buf *ret)
{
        if (reading->wall_ns.known)
                buf_add_u64(ret, reading->wall_ns.value, 0);
        else
                buf_add_char(ret, '-');
        buf_printf(ret, " %s %s", reading->source, reading->dyno);
        if (reading->is_event)
                buf_printf(ret, " %s %s %s", reading->event, reading->state, reading->level);
        for (size_t i = 0; reading->is_event && i < reading->n_fields; i++)
                buf_printf(ret, " %s=%s", reading->fields[i].key, reading->fields[i].text);
        for (unsigned i = 0; !reading->is_event && i < N_GROUPS; i++) {
                struct record record;

                if (!(reading->groups & UINT32_C(1) << i))
                        continue;
                if (!record_samples((enum group)i, &reading->sample, "", "", &record))
                        buf_printf(ret, " %s?", group_names[i]);
                for (size_t j = 0; j < record.n_fields; j++) {
                        const char *key = record.fields[j].key;
                        const struct record_key *row = record_find(key, strlen(key), NULL);
                        const struct measure *measure =
                                (const void *)((const char *)&reading->sample + row->offset);

                        if (measure->known)
                                buf_printf(ret, " %s=%" PRIu64, key, measure->value);
                }
        }
}

static void check_reading(const char *text, size_t len, const char *expected)
{
        char description[4096], *memory;
        struct reading reading;
        struct buf buf;

        buf_init(&buf, description, sizeof(description));
        if (read_bytes(text, len, &memory, &reading))
                describe(&reading, &buf);
        else
                buf_add(&buf, "none");
        check_text(text, description, expected);
        free(memory);
}

#define BODY   "source=web.1 dyno=d sample#load_avg_1m=2.46"
#define SAYS   " web.1 d load_avg_1m=246"
#define JAN_5  "1767571200000000000"
#define NOV_23 "1795466626000000000"

/* clang-format off */

/* What stands before a line. */
static const struct row {
        const char *text, *expected;
} prefix_rows[] = {
        {BODY, "-" SAYS},
        {BODY "\n", "-" SAYS},
        {BODY "\r\n", "-" SAYS},
        {"2026-01-05T00:00:00.000000+00:00 heroku[web.1]: " BODY, JAN_5 SAYS},
        {"2026-01-05T00:00:00.000001+00:00 heroku[web.1]: " BODY, "1767571200000001000" SAYS},
        {"2026-01-05T00:00:00.123456789Z " BODY, "1767571200123456789" SAYS},
        {"2026-01-05T00:00:00,5Z " BODY, "1767571200500000000" SAYS},
        {"2026-01-05T00:00:00.12345678912345Z " BODY, "1767571200123456789" SAYS},
        {"2026-01-05T01:00:00+01:00 app[web.1]: " BODY, JAN_5 SAYS},
        {"2026-01-04T22:30:00-0130 host runstatd[1]: " BODY, JAN_5 SAYS},
        {"2026-01-05T00:00:00+00 host runstatd[1]: " BODY, JAN_5 SAYS},
        /* a program's output, as the platform has it in its own stream */
        {"2026-01-05T00:00:09+00:00 app[web.1]: 2026-01-05T00:00:00+00:00 heroku[web.1]: " BODY,
         JAN_5 SAYS},
        /* RFC 5424 */
        {"335 <134>1 2026-01-05T00:00:00.000000+00:00 host heroku web.1 - " BODY, JAN_5 SAYS},
        {"<134>1 2026-01-05T00:00:00.000000+00:00 host heroku web.1 - " BODY, JAN_5 SAYS},
        {"<134>1 2026-01-05T00:00:00Z host runstatd 123 - - " BODY, JAN_5 SAYS},
        {"<134>1 2026-01-05T00:00:00Z host runstatd 123 ID1 - " BODY, JAN_5 SAYS},
        /* RFC 3164, journalctl -o short and its variants */
        {"Nov 23 20:43:46 host runstatd[123]: " BODY, NOV_23 SAYS},
        {"<30>Nov 23 20:43:46 host runstatd[123]: " BODY, NOV_23 SAYS},
        {"Nov 23 20:43:46 host runstatd: " BODY, NOV_23 SAYS},
        {"Nov 23 20:43:46.000001 host runstatd[123]: " BODY, "1795466626000001000" SAYS},
        {"Jan  5 00:00:00 host runstatd[123]: " BODY, JAN_5 SAYS},
        {"Jan 05 00:00:00 host runstatd[123]: " BODY, JAN_5 SAYS},
        {"Nov 24 20:59:59 host runstatd[123]: " BODY, "1795553999000000000" SAYS},
        {"Nov 24 21:00:01 host runstatd[123]: " BODY, "1764018001000000000" SAYS},
        {"Dec 31 23:59:59 host runstatd[123]: " BODY, "1767225599000000000" SAYS},
        {"Feb 29 00:00:00 host runstatd[123]: " BODY, "1709164800000000000" SAYS},
        {"2026-11-23T20:43:46+0000 host runstatd[123]: " BODY, NOV_23 SAYS},
        {"2026-11-23T21:43:46+01:00 host runstatd[123]: " BODY, NOV_23 SAYS},
        {"2026-11-23T20:43:46.000001+0000 host runstatd[123]: " BODY, "1795466626000001000" SAYS},
        {"Mon 2026-11-23 20:43:46 UTC host runstatd[123]: " BODY, NOV_23 SAYS},
        {"Mon 2026-11-23 20:43:46 UTC runstatd.service[123]: " BODY, NOV_23 SAYS},
        {"1795466626.000000 host runstatd[123]: " BODY, NOV_23 SAYS},

        /* no times */
        {"2026-02-29T00:00:00Z " BODY, "none"},
        {"2026-13-01T00:00:00Z " BODY, "none"},
        {"2026-00-01T00:00:00Z " BODY, "none"},
        {"2026-01-00T00:00:00Z " BODY, "none"},
        {"2026-01-05T24:00:00Z " BODY, "none"},
        {"2026-01-05T00:60:00Z " BODY, "none"},
        {"2026-01-05T00:00:61Z " BODY, "none"},
        {"2026-01-05T00:00Z " BODY, "none"},
        {"1969-12-31T23:59:59Z " BODY, "none"},
        {"1970-01-01T00:00:00+01:00 " BODY, "none"},
        {"9999-01-01T00:00:00Z " BODY, "none"},
        {"2026-01-05T00:00:00+99:00 " BODY, "none"},
        {"2026-01-05T00:00:00+1 " BODY, "none"},
        {"Foo 23 20:43:46 host runstatd[123]: " BODY, "none"},
        {"Nov 31 20:43:46 host runstatd[123]: " BODY, "none"},
        /* another program's line that has ours in it */
        {"2026-01-05T00:00:00+00:00 heroku[router]: at=info path=\"/ " BODY "\"", "none"},
        {"Nov 23 20:43:46 host nginx[1]: GET / " BODY, "none"},
        {"2026-01-05T00:00:00+00:00 a b c d e f g h: " BODY, "none"},
        {"x" BODY, "none"},
        {" " BODY, "none"},
        {"2026-01-05T00:00:00+00:00 x: 2026-01-05T00:00:00+00:00 a: 2026-01-05T00:00:00+00:00 b: "
         "2026-01-05T00:00:00+00:00 c: " BODY, "none"},
};

/* What is in a line. */
static const struct row body_rows[] = {
        {"source=web.1 dyno=unit.5f2c sample#load_avg_1m=2.46 sample#load_avg_5m=1.06 "
         "sample#load_avg_15m=0.99",
         "- web.1 unit.5f2c load_avg_1m=246 load_avg_5m=106 load_avg_15m=99"},
        {"source=web.1 dyno=d sample#memory_total=21.22MB sample#memory_rss=21.22MB "
         "sample#memory_cache=0.00MB sample#memory_swap=0.00MB sample#memory_pgpgin=348836pages "
         "sample#memory_pgpgout=343403pages sample#memory_quota=512.00MB",
         "- web.1 d memory_total=22250783 memory_rss=22250783 memory_cache=0 memory_swap=0 "
         "memory_pgpgin=348836 memory_pgpgout=343403 memory_quota=536870912"},
        {"source=web.1 dyno=d sample#self_cpu=1.234567s sample#self_rss=1.00MB sample#processes=5",
         "- web.1 d processes=5 self_rss=1048576 self_cpu=1234567000"},
        {"source=web.1 dyno=d event=gone state=enter level=warning", "- web.1 d gone enter warning"},
        {"source=web.1 dyno=d event=missed state=enter level=warning ticks=12 Bad=1 b-d=2 x=",
         "- web.1 d missed enter warning ticks=12 x="},
        {"source=web.1 dyno=d event=x", "- web.1 d x  "},
        {"source=web.1 dyno=d event=x source=y dyno=z ts=1", "- web.1 d x  "},
        /* numbers that are none */
        {"source=a dyno=d sample#threads=", "- a d processes?"},
        {"source=a dyno=d sample#threads=-1", "- a d processes?"},
        {"source=a dyno=d sample#threads=+1", "- a d processes?"},
        {"source=a dyno=d sample#threads=1x", "- a d processes?"},
        {"source=a dyno=d sample#threads=1.0", "- a d processes?"},
        {"source=a dyno=d sample#threads=1e3", "- a d processes?"},
        {"source=a dyno=d sample#threads=0x1", "- a d processes?"},
        {"source=a dyno=d sample#threads=1MB", "- a d processes?"},
        {"source=a dyno=d sample#threads=18446744073709551615",
         "- a d threads=18446744073709551615"},
        {"source=a dyno=d sample#threads=18446744073709551616", "- a d processes?"},
        {"source=a dyno=d sample#threads=99999999999999999999999999", "- a d processes?"},
        {"source=a dyno=d sample#threads=1 sample#threads=1", "- a d processes?"},
        {"source=a dyno=d sample#threads=1 sample#pids=2 sample#threads=x sample#threads=1",
         "- a d pids=2"},
        {"source=a dyno=d sample#self_rss=1", "- a d self?"},
        {"source=a dyno=d sample#self_rss=MB", "- a d self?"},
        {"source=a dyno=d sample#self_rss=1.MB", "- a d self?"},
        {"source=a dyno=d sample#self_rss=.5MB", "- a d self?"},
        {"source=a dyno=d sample#self_rss=1..5MB", "- a d self?"},
        {"source=a dyno=d sample#self_rss=1kB", "- a d self?"},
        {"source=a dyno=d sample#self_rss=1.5MB", "- a d self_rss=1572864"},
        {"source=a dyno=d sample#self_rss=1MB", "- a d self_rss=1048576"},
        {"source=a dyno=d sample#self_rss=17592186044415.99MB", "- a d self_rss=18446744073709541130"},
        {"source=a dyno=d sample#self_rss=17592186044416.00MB", "- a d self?"},
        {"source=a dyno=d sample#self_cpu=4294967295.123456789s",
         "- a d self_cpu=4294967295123456789"},
        {"source=a dyno=d sample#self_cpu=4294967296.1234567899s",
         "- a d self_cpu=4294967296123456789"},
        {"source=a dyno=d sample#self_rss=99999999999999999999.99MB", "- a d self?"},
        {"source=a dyno=d sample#self_cpu=18446744073.709551s", "- a d self_cpu=18446744073709551000"},
        {"source=a dyno=d sample#self_cpu=18446744074.000000s", "- a d self?"},
        {"source=a dyno=d sample#self_cpu=1", "- a d self?"},
        {"source=a dyno=d sample#load_avg_1m=0.123456789123456789", "- a d load_avg_1m=12"},
        {"source=a dyno=d sample#load_avg_1m=184467440737095516.15",
         "- a d load_avg_1m=18446744073709551615"},
        {"source=a dyno=d sample#load_avg_1m=184467440737095516.16", "- a d load?"},
        {"source=a dyno=d sample#load_avg_1m=nan", "- a d load?"},
        /* what others have printed */
        {"source=heroku.6418210.web.1.86133e28-ba6a measure=load_avg_1m val=2.46",
         "- web.1 86133e28-ba6a load_avg_1m=246"},
        {"source=heroku.6418210.web.1.86133e28-ba6a measure=memory_total val=766.50 units=MB",
         "- web.1 86133e28-ba6a memory_total=803733504"},
        {"source=heroku.6418210.web.1.86133e28-ba6a measure=memory_pgpgin val=766 units=pages",
         "- web.1 86133e28-ba6a memory_pgpgin=766"},
        {"source=heroku.6418210.web.1.86133e28-ba6a measure=memory_total val=766.50",
         "- web.1 86133e28-ba6a memory?"},
        {"source=heroku.6418210.web.1.86133e28-ba6a measure.memory_total=33.64MB "
         "measure.memory_pgpgin=19157pages",
         "- web.1 86133e28-ba6a memory_total=35274097 memory_pgpgin=19157"},
        {"source=web.1 dyno=heroku.1.2 measure.load_avg_1m=1.00", "- web.1 heroku.1.2 load_avg_1m=100"},
        {"source=web.1 dyno=heroku.2808254.d97d0ea7-cf3d-411b-b453-d2943a50b456 "
         "sample#memory_total=21.22MB sample#memory_rss=21.22MB sample#memory_cache=0.00MB "
         "sample#memory_swap=0.00MB sample#memory_pgpgin=348836pages "
         "sample#memory_pgpgout=343403pages",
         "- web.1 heroku.2808254.d97d0ea7-cf3d-411b-b453-d2943a50b456 memory_total=22250783 "
         "memory_rss=22250783 memory_cache=0 memory_swap=0 memory_pgpgin=348836 "
         "memory_pgpgout=343403"},
        {"2013-03-01T00:00:00+00:00 heroku[web.1]: source=heroku.1.web.1.u measure=load_avg_1m "
         "val=1.00", "1362096000000000000 web.1 u load_avg_1m=100"},
        /* what is none */
        {"source=heroku.web.1 measure=load_avg_1m val=2.46", "none"},
        {"source=DATABASE addon=postgresql-x sample#current_transaction=1 sample#load-avg-1m=0.06 "
         "sample#memory-total=4044972kB", "none"},
        {"source=web.1 sample#load_avg_1m=0.06", "none"},
        {"source=web.1 dyno=d", "none"},
        {"source=web.1 dyno= sample#load_avg_1m=0.06", "none"},
        {"source= dyno=d sample#load_avg_1m=0.06", "none"},
        {"source=a/b dyno=d sample#load_avg_1m=0.06", "none"},
        {"source=web.1 dyno=d sample#load-avg-1m=0.06", "none"},
        {"source=web.1 dyno=d sample#unheard_of=1", "none"},
        {"source=web.1 dyno=d event=", "none"},
        {"source=web.1 dyno=d sample#load_avg_1m=1.00 word", "none"},
        {"Process running mem=681M(133.1%)", "none"},
        {"2026-01-05T00:00:00+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)", "none"},
        {"2026-01-05T00:00:00+00:00 heroku[router]: at=info method=GET path=\"/\" host=x "
         "fwd=\"1.2.3.4\" dyno=web.1 connect=0ms service=3ms status=200 bytes=10", "none"},
        {"", "none"},
        {"\n", "none"},
        {"source=", "none"},
        {"ts=", "none"},
        {"{", "none"},
        {"<", "none"},
        {"<134>1 ", "none"},
        {"2026", "none"},
        {"Nov", "none"},
        {"Mon ", "none"},
        {"__CURSOR=", "none"},
        {"MESSAGE=", "none"},
};

static const struct row plain_rows[] = {
        {"ts=2026-01-05T00:00:00.000000+00:00 source=web.1 dyno=d load_avg_1m=2.46 "
         "memory_rss=22249472 memory_pgpgin=7 self_cpu=1.234567 threads=46",
         JAN_5 " web.1 d load_avg_1m=246 memory_rss=22249472 memory_pgpgin=7 threads=46 "
         "self_cpu=1234567000"},
        {"ts=1795466626.000000 source=web.1 dyno=d threads=46", NOV_23 " web.1 d threads=46"},
        {"ts=junk source=web.1 dyno=d threads=46", "- web.1 d threads=46"},
        {"2026-01-05T00:00:00+00:00 heroku[web.1]: ts=junk source=web.1 dyno=d threads=46",
         JAN_5 " web.1 d threads=46"},
        {"source=web.1 dyno=d threads=46 memory_rss=22249472",
         "- web.1 d memory_rss=22249472 threads=46"},
        {"ts=1 source=\"web.1\" dyno=\"d\" threads=\"46\"", "- web.1 d threads=46"},
        {"ts=1 source=web.1 dyno=d memory_rss=21.22MB", "- web.1 d memory?"},
        {"ts=1 source=web.1 dyno=d memory_rss=21.5", "- web.1 d memory?"},
        {"ts=1 source=web.1 dyno=d self_cpu=1s", "- web.1 d self?"},
        {"ts=1 source=web.1 dyno=d event=zombies state=enter level=warning "
         "parent_comm=\"a \\\"b\\\" \\\\ \\n\\u00e4\\ud83d\\ude00\" x=1",
         "- web.1 d zombies enter warning parent_comm=a \"b\" \\ \n\xc3\xa4\xf0\x9f\x98\x80 x=1"},
        {"ts=1 source=web.1 dyno=d event=x a=\"b", "none"},
        {"ts=1 source=web.1 dyno=d event=x a=\"b\\", "none"},
        {"ts=1 source=web.1 dyno=d event=x a=\"b\\q\"", "none"},
        {"ts=1 source=web.1 dyno=d event=x a=\"b\"c=1", "none"},
        {"ts=1 source=web.1 dyno=d event=x a=\"\\u12\"", "none"},
        {"ts=1 source=web.1 threads=1", "none"},
        {"ts=1 dyno=d threads=1", "none"},
        {"ts=1 source=web.1 dyno=d", "none"},

        {"{\"ts\":\"2026-01-05T00:00:00.000000+00:00\",\"source\":\"web.1\",\"dyno\":\"d\","
         "\"load_avg_1m\":2.46,\"memory_rss\":22249472,\"self_cpu\":1.234567}",
         JAN_5 " web.1 d load_avg_1m=246 memory_rss=22249472 self_cpu=1234567000"},
        {"{ \"source\" : \"web.1\" , \"dyno\" : \"d\", \"threads\" : 46 } ", "- web.1 d threads=46"},
        {"{\"ts\":1795466626.000000,\"source\":\"web.1\",\"dyno\":\"d\",\"threads\":46}",
         NOV_23 " web.1 d threads=46"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"threads\":null,\"processes\":true,\"pids\":4}",
         "- web.1 d pids=4"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"x\":[1,{\"a\":\"]}\\\"\"}],\"pids\":4}",
         "- web.1 d pids=4"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"threads\":-4,\"pids\":4e1}", "- web.1 d processes?"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"event\":\"zombies\",\"state\":\"enter\","
         "\"parent_comm\":\"a\\u0000\\ud800\\\"\\/\\t\",\"zombies\":7}",
         "- web.1 d zombies enter  parent_comm=a\xef\xbf\xbd\xef\xbf\xbd\"/\t zombies=7"},
        {"2026-01-05T00:00:00+00:00 app[web.1]: {\"source\":\"web.1\",\"dyno\":\"d\",\"pids\":4}",
         JAN_5 " web.1 d pids=4"},
        {"{\"source\":\"web\\n1\",\"dyno\":\"d\",\"pids\":4}", "none"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"pids\":4", "none"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"pids\":4}}", "none"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"pids\":4} x", "none"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"pids\":4,}", "none"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\" \"pids\":4}", "none"},
        {"{\"source\":\"web.1\",\"dyno\":\"d\",\"pids\" 4}", "none"},
        {"{\"x\":[[[[", "none"},
        {"{}", "none"},
        {"{{}", "none"},

        /* journalctl -o json */
        {"{\"__REALTIME_TIMESTAMP\":\"1795466626000000\",\"SYSLOG_IDENTIFIER\":\"runstatd\","
         "\"MESSAGE\":\"" BODY "\"}", NOV_23 SAYS},
        {"{\"__REALTIME_TIMESTAMP\":\"1795466626000000\",\"SYSLOG_IDENTIFIER\":\"nginx\","
         "\"MESSAGE\":\"" BODY "\"}", "none"},
        {"{\"__REALTIME_TIMESTAMP\":\"1795466626000000\",\"MESSAGE\":[1,2,3],"
         "\"RUNSTAT_SOURCE\":\"web.1\",\"RUNSTAT_DYNO\":\"d\",\"RUNSTAT_LOAD_AVG_1M\":\"2.46\"}",
         NOV_23 SAYS},
};

#define TIME "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795466626000000\n"

/* Entries of the journal; those that have a NUL byte are in test_binary(). */
static const struct row entry_rows[] = {
        {TIME "_PID=1\nSYSLOG_IDENTIFIER=runstatd\nMESSAGE=" BODY "\n\n", NOV_23 SAYS},
        {TIME "MESSAGE=2026-01-05T00:00:00+00:00 heroku[web.1]: " BODY "\n", JAN_5 SAYS},
        {TIME "SYSLOG_IDENTIFIER=nginx\nMESSAGE=" BODY "\n\n", "none"},
        {TIME "SYSLOG_IDENTIFIER=runstatd\nMESSAGE=hello\n\n", "none"},
        {TIME "SYSLOG_IDENTIFIER=runstatd\n\n", "none"},
        {TIME "RUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=d\nRUNSTAT_SELF_CPU_USEC=1234567\n"
         "RUNSTAT_MEMORY_RSS=22249473\nRUNSTAT_LOAD_AVG_1M=2.46\nMESSAGE=whatever\n\n",
         NOV_23 " web.1 d load_avg_1m=246 memory_rss=22249473 self_cpu=1234567000"},
        {TIME "RUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=d\nRUNSTAT_SELF_CPU=1234567\n"
         "RUNSTAT_MEMORY_RSS_USEC=1\nRUNSTAT_SELF_TICK_USEC=18446744073709551\n\n",
         NOV_23 " web.1 d self_tick=18446744073709551000"},
        {TIME "RUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=d\nRUNSTAT_SELF_TICK_USEC=18446744073709552\n\n",
         NOV_23 " web.1 d self?"},
        {TIME "RUNSTAT_EVENT=zombies\nRUNSTAT_PARENT_COMM=a b\nRUNSTAT_STATE=enter\n"
         "RUNSTAT_LEVEL=error\nRUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=d\n\n",
         NOV_23 " web.1 d zombies enter error parent_comm=a b"},
        {"__REALTIME_TIMESTAMP=99999999999999999999\nMESSAGE=" BODY "\n", "-" SAYS},
        {"__REALTIME_TIMESTAMP=18446744073709552\nMESSAGE=" BODY "\n", "-" SAYS},
        {TIME "MESSAGE=" TIME "MESSAGE=" BODY "\n", "none"},
        {TIME "MESSAGE={\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"x\"}\n", "none"},
        {TIME "MESSAGE=" BODY, "none"},
};
/* clang-format on */

static void check_rows(const struct row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++)
                check_reading(rows[i].text, strlen(rows[i].text), rows[i].expected);
}

static void test_prefixes(void **state)
{
        (void)state;
        check_rows(prefix_rows, ARRAY_SIZE(prefix_rows));
}

static void test_bodies(void **state)
{
        (void)state;
        check_rows(body_rows, ARRAY_SIZE(body_rows));
}

static void test_plain(void **state)
{
        (void)state;
        check_rows(plain_rows, ARRAY_SIZE(plain_rows));
}

static void test_entries(void **state)
{
        (void)state;
        check_rows(entry_rows, ARRAY_SIZE(entry_rows));
}

static void test_binary(void **state)
{
        static const char message[] =
                TIME "MESSAGE\n\x0a\0\0\0\0\0\0\0a\n\nb\0=\n\nyy\n"
                     "RUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO\n\x01\0\0\0\0\0\0\0d\n"
                     "RUNSTAT_EVENT=x\nRUNSTAT_COMM\n\x04\0\0\0\0\0\0\0a\n\0b\n\n";
        static const char too_long[] = TIME "MESSAGE\n\x20\0\0\0\0\0\0\0abc\n\n";
        static const char endless[] = TIME "MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff"
                                           "abc\n\n";
        static const char size[] = TIME "MESSAGE\n\x01\0\0";
        static const char nul[] = "source=web.1 dyno=d sample#threads=1\0 sample#pids=2";

        (void)state;
        check_reading(message, sizeof(message) - 1, NOV_23 " web.1 d x   comm=a\n?b");
        check_reading(too_long, sizeof(too_long) - 1, "none");
        check_reading(endless, sizeof(endless) - 1, "none");
        check_reading(size, sizeof(size) - 1, "none");
        check_reading(nul, sizeof(nul) - 1, "- web.1 d pids=2");
}

static void fill(uint64_t *seed, struct sample *ret)
{
        struct measure *measures = (void *)ret;

        for (size_t i = 0; i < sizeof(*ret) / sizeof(*measures); i++) {
                const bool known = random_below(seed, 4) > 0;

                /* What is within a hundredth of the largest number may be printed as one above. */
                measures[i] =
                        (struct measure){known, random_size(seed) - (random_size(seed) >> 40)};
                if (measures[i].value > UINT64_MAX - 10000)
                        measures[i].value = 0;
        }
}

/* What was read, written again, is what was read. */
static void check_again(
        const char *text, const struct format *format, const struct reading *reading)
{
        char memory[8192];
        struct record record = {.source = reading->source, .dyno = reading->dyno};
        struct buf line;

        buf_init(&line, memory, sizeof(memory));
        for (unsigned i = 0; i < N_GROUPS && !format->is_whole; i++) {
                if (reading->groups == UINT32_C(1) << i)
                        record_samples((enum group)i, &reading->sample, reading->source,
                                reading->dyno, &record);
        }
        if (format->is_whole)
                record_whole(
                        reading->groups, &reading->sample, reading->source, reading->dyno, &record);
        format->write(&record, reading->wall_ns, &line);
        assert_false(line.overflow);
        check_text(text, memory, text);
}

static void test_round_trip(void **state)
{
        const struct format *formats[] = {
                format_find("heroku"), &format_journal, format_find("logfmt"), format_find("json")};
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 40000; i++) {
                const struct format *format = formats[i / N_GROUPS % 4];
                struct sample sample;
                struct record record;
                struct reading reading;
                char memory[8192], *copy;
                struct buf line;

                fill(&seed, &sample);
                if (!record_samples((enum group)(i % N_GROUPS), &sample, "web.1", "d-1", &record))
                        continue;
                buf_init(&line, memory, sizeof(memory));
                format->write(&record, (struct measure){0}, &line);
                assert_false(line.overflow);
                check(memory, read_bytes(memory, line.len, &copy, &reading));
                check_again(memory, format, &reading);
                free(copy);
        }
}

/* All groups at once, with the time, and no number loses anything. */
static void test_round_trip_of_whole_records(void **state)
{
        static const char *const names[] = {"logfmt", "json"};
        const uint64_t wall_ns = UINT64_C(1767571200123456000);
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 4000; i++) {
                const struct format *format = format_find(names[i % 2]);
                const uint32_t groups = random_below(&seed, 1u << N_GROUPS);
                struct sample sample;
                struct record record;
                struct reading reading;
                char memory[8192], *copy;
                struct buf line;

                fill(&seed, &sample);
                if (!record_whole(groups, &sample, "web.1", "d-1", &record))
                        continue;
                buf_init(&line, memory, sizeof(memory));
                format->write(&record, measure_of(wall_ns), &line);
                assert_false(line.overflow);
                check(memory, read_bytes(memory, line.len, &copy, &reading));
                check(memory, reading.wall_ns.known && reading.wall_ns.value == wall_ns);
                check_again(memory, format, &reading);
                for (size_t k = 0; k < record.n_fields; k++) {
                        const struct field *field = &record.fields[k];
                        const struct record_key *row =
                                record_find(field->key, strlen(field->key), NULL);
                        const struct measure *measure =
                                (const void *)((const char *)&reading.sample + row->offset);

                        check_u64(field->key, measure->value, field->number);
                }
                free(copy);
        }
}

/* Texts that others choose come back as they were, but for bytes that are no text. */
static void test_round_trip_of_texts(void **state)
{
        static const char *const names[] = {"logfmt", "json"};
        static const struct {
                const char *text, *read;
        } rows[] = {
                {"puma",                                      "puma"                                             },
                {"",                                          ""                                                 },
                {"a b",                                       "a b"                                              },
                {"a=b",                                       "a=b"                                              },
                {"\"",                                        "\""                                               },
                {"\\",                                        "\\"                                               },
                {"\\\"",                                      "\\\""                                             },
                {"a\nsource=x dyno=y event=gone",             "a\nsource=x dyno=y event=gone"                    },
                {"\x01\x1b[31m\x7f\t\r",                      "\x01\x1b[31m\x7f\t\r"                             },
                {"\xc2\x9b"
                 "31m",                      "\xc2\x9b"
                        "31m"                                            },
                {"k\xc3\xa4se \xe2\x82\xac \xf0\x9f\x92\xa9",
                 "k\xc3\xa4se \xe2\x82\xac \xf0\x9f\x92\xa9"                                                     },
                {"\xe4",                                      "\xef\xbf\xbd"                                     },
                {"\xed\xa0\x80",                              "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"             },
                {"\xc3",                                      "\xef\xbf\xbd"                                     },
                {"\xf4\x90\x80\x80z",                         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"},
                {"123",                                       "123"                                              },
                {"{\"a\":1}",                                 "{\"a\":1}"                                        },
                {"',:[]",                                     "',:[]"                                            },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(names); i++) {
                const char *text = rows[i / 2].text;
                struct record record;
                struct reading reading;
                char memory[1024], *copy;
                struct buf line;

                record_event(EVENT_CHURN, "web.1", "d", &record);
                record_add_number(&record, "started", 7);
                record_add_text(&record, "comm", text);
                buf_init(&line, memory, sizeof(memory));
                format_find(names[i % 2])->write(&record, measure_of(0), &line);
                for (const char *c = memory; *c; c++)
                        check(memory, (unsigned char)*c >= ' ' && *c != 0x7f);
                check(memory, read_bytes(memory, line.len, &copy, &reading));
                check_int(memory, (int)reading.n_fields, 2);
                check_text(memory, reading.fields[1].text, rows[i / 2].read);
                check_int(memory, (int)reading.fields[1].unit, UNIT_TEXT);
                check_int(memory, (int)reading.fields[0].unit, UNIT_NONE);
                free(copy);
        }
}

/* Which numbers of events are of bytes. */
static void test_units_of_events(void **state)
{
        static const struct {
                const char *line, *key;
                enum unit unit;
                uint64_t number;
        } rows[] = {
                {"event=limit limit_by=pids.max used=5",             "used",        UNIT_NONE,  5      },
                {"event=limit limit_by=memory.max used=5",           "used",        UNIT_BYTES, 5      },
                {"event=limit used=5 percent=7 limit_by=memory.max", "used",        UNIT_BYTES, 5      },
                {"event=limit limit_by=memory.max percent=7",        "percent",     UNIT_NONE,  7      },
                {"event=limit limit_by=memory.max used=1.50MB",      "used",        UNIT_BYTES, 1572864},
                {"event=limit limit_by=memory.max used=-1",          "used",        UNIT_TEXT,  0      },
                {"event=limit limit_by=memory.max used=007",         "used",        UNIT_TEXT,  0      },
                {"event=leak metric=memory_rss slope_per_h=9",       "slope_per_h", UNIT_BYTES, 9      },
                {"event=leak metric=zombies slope_per_h=9",          "slope_per_h", UNIT_NONE,  9      },
                {"event=quota code=R14 value=9",                     "value",       UNIT_BYTES, 9      },
                {"event=quota code=R14 value=9",                     "code",        UNIT_TEXT,  0      },
                {"event=churn comm=5",                               "comm",        UNIT_TEXT,  0      },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char line[256], *copy;
                struct reading reading;
                bool found = false;

                snprintf(line, sizeof(line), "source=web.1 dyno=d %s", rows[i].line);
                check(line, read_bytes(line, strlen(line), &copy, &reading));
                for (size_t k = 0; k < reading.n_fields; k++) {
                        const struct field *field = &reading.fields[k];

                        if (strcmp(field->key, rows[i].key) != 0)
                                continue;
                        found = true;
                        check_int(line, field->unit, rows[i].unit);
                        if (field->unit != UNIT_TEXT)
                                check_u64(line, field->number, rows[i].number);
                }
                check(line, found);
                free(copy);
        }
}

static void test_round_trip_of_events(void **state)
{
        const struct format *formats[] = {format_find("heroku"), &format_journal};
        struct record record;

        (void)state;
        record_event(EVENT_RESTARTED, "web.1", "unit.b", &record);
        record_add_text(&record, "old_dyno", "unit.a:/x@+-");
        record_add_number(&record, "ticks", UINT64_MAX);
        for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
                char memory[1024];
                struct buf line;

                buf_init(&line, memory, sizeof(memory));
                prefix_write(PREFIX_LOGPLEX, "web.1", UINT64_C(1767571200000000000), &line);
                if (i > 0)
                        buf_truncate(&line, 0);
                formats[i]->write(&record, (struct measure){0}, &line);
                check_reading(memory, line.len,
                        i == 0 ? JAN_5 " web.1 unit.b restarted enter info old_dyno=unit.a:/x@+- "
                                       "ticks=18446744073709551615"
                               : "- web.1 unit.b restarted enter info old_dyno=unit.a:/x@+- "
                                 "ticks=18446744073709551615");
        }
}

/* Times that prefix_write() writes are read as they were. */
static void test_times(void **state)
{
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 100000; i++) {
                const uint64_t wall_ns =
                        random_u64(&seed) % (UINT64_C(18429000000) * 1000000) * 1000;
                char memory[256], *copy;
                struct reading reading;
                struct buf line;

                buf_init(&line, memory, sizeof(memory));
                prefix_write(PREFIX_LOGPLEX, "web.1", wall_ns, &line);
                buf_add(&line, BODY);
                check(memory, read_bytes(memory, line.len, &copy, &reading));
                check_u64(memory, reading.wall_ns.known ? reading.wall_ns.value : 1, wall_ns);
                free(copy);
        }
}

/* Too much of anything. */
static void test_limits(void **state)
{
        enum { MANY = 10 * 1024 * 1024 };
        static const char *const parts[] = {"sample#threads=1 ", "a=b ", "<", "\"", "[",
                "{\"a\":", "heroku.", "2026-01-05T00:00:00Z ", "Nov 23 20:43:46 ", "x", " ", "9",
                "\\u12", "__A=b\n", "A\n", "MESSAGE={\"MESSAGE\":\""};
        static const char *const starts[] = {"", "source=", "source=a dyno=", "source=a dyno=b ",
                "ts=\"", "{", "{\"a\":", "{\"a\":\"", "__CURSOR=s\n", "source=a dyno=b event=c "};
        char *memory = malloc(MANY + 64);

        (void)state;
        assert_non_null(memory);
        for (size_t i = 0; i < ARRAY_SIZE(parts) * ARRAY_SIZE(starts); i++) {
                const char *part = parts[i % ARRAY_SIZE(parts)];
                const size_t part_len = strlen(part), len = i % 7 == 0 ? MANY : 20000;
                size_t at = strlen(starts[i / ARRAY_SIZE(parts)]);
                struct reading reading;

                memcpy(memory, starts[i / ARRAY_SIZE(parts)], at);
                for (; at + part_len <= len; at += part_len)
                        memcpy(memory + at, part, part_len);
                reader_read(memory, at, NOW_NS, &reading);
        }
        free(memory);
}

/* One byte, or several, of a good line are others, are gone, or stand there twice. */
static size_t mutate(uint64_t *seed, char *text, size_t len, size_t size)
{
        static const char bytes[] = "\0\n\r\"\\ =#.:{}[],<>-+0123456789eMBsTZ\xff\xc3u_";
        unsigned n = random_below(seed, 4);

        for (; n > 0 && len > 0; n--) {
                const size_t at = random_below(seed, (unsigned)len);
                const size_t room = len - at, n_bytes = 1 + random_below(seed, 12) % room;

                switch (random_below(seed, 5)) {
                case 0:
                        text[at] = bytes[random_below(seed, sizeof(bytes) - 1)];
                        break;
                case 1:
                        text[at] = (char)random_below(seed, 256);
                        break;
                case 2:
                        len = at;
                        break;
                case 3:
                        memmove(text + at, text + at + n_bytes, room - n_bytes);
                        len -= n_bytes;
                        break;
                case 4:
                        if (len + n_bytes > size)
                                break;
                        memmove(text + at + n_bytes, text + at, room);
                        len += n_bytes;
                        break;
                }
        }
        return len;
}

static void check_texts(const struct reading *reading)
{
        assert_true(strlen(reading->source) < 64);
        assert_in_range(strlen(reading->dyno), 1, READING_DYNO_MAX_BYTES - 1);
        if (!reading->is_event)
                return;
        assert_in_range(strlen(reading->event), 1, READING_WORD_MAX_BYTES - 1);
        assert_true(strlen(reading->state) < READING_WORD_MAX_BYTES);
        assert_true(strlen(reading->level) < READING_WORD_MAX_BYTES);
        assert_true(reading->n_fields <= READING_MAX_FIELDS);
        for (size_t i = 0; i < reading->n_fields; i++) {
                const char *key = reading->fields[i].key;

                assert_int_equal(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(key));
                assert_true(strlen(reading->fields[i].text) < READING_TEXT_MAX_BYTES);
        }
}

static void test_mutations(void **state)
{
        static const struct {
                const struct row *rows;
                size_t n;
        } tables[] = {
                {prefix_rows, ARRAY_SIZE(prefix_rows)},
                {body_rows,   ARRAY_SIZE(body_rows)  },
                {plain_rows,  ARRAY_SIZE(plain_rows) },
                {entry_rows,  ARRAY_SIZE(entry_rows) },
        };
        uint64_t seed = 1;

        (void)state;
        for (unsigned i = 0; i < 200000; i++) {
                const unsigned table = random_below(&seed, ARRAY_SIZE(tables));
                const char *line =
                        tables[table].rows[random_below(&seed, (unsigned)tables[table].n)].text;
                char text[1024], *memory;
                struct reading reading;
                size_t len = strlen(line);

                memcpy(text, line, len);
                len = mutate(&seed, text, len, sizeof(text));
                if (read_bytes(text, len, &memory, &reading))
                        check_texts(&reading);
                free(memory);
        }
}

/* Cuts the text, given in pieces of `step` bytes, and joins the parts again with '|' between. */
static void cut(const char *text, size_t len, size_t step, size_t memory_size, char *ret)
{
        struct frame frame = {0};
        size_t start = 0, known = 0, n;

        *ret = '\0';
        while (known < len) {
                known = known + step < len ? known + step : len;
                while ((n = frame_next(&frame, text + start, known - start)) > 0) {
                        sprintf(ret + strlen(ret), "%zu|", n);
                        start += n;
                }
                if (known - start >= memory_size) {
                        frame_drop(&frame);
                        strcat(ret, "..");
                        start = known;
                }
        }
        sprintf(ret + strlen(ret), "%zu", len - start);
}

static void test_frame(void **state)
{
        static const char lines[] = "a\n\nMESSAGE=x\n__X=y\nABC\nlast";
        static const char entries[] = "__CURSOR=a\nB=\nC\n\x03\0\0\0\0\0\0\0\n\n\n\nD=1\n\n"
                                      "MESSAGE=source=a\n\nA=x\n__REALTIME_TIMESTAMP=1\n\nx\n";
        static const char endless[] = "__CURSOR=a\nC\n\xff\xff\xff\xff\xff\xff\xff\xffxx\n\nx\n\n";
        char text[256];

        (void)state;
        for (size_t step = 1; step < 40; step++) {
                cut(lines, sizeof(lines) - 1, step, 1000, text);
                check_text("lines", text, "2|1|10|6|4|4");
                cut(entries, sizeof(entries) - 1, step, 1000, text);
                check_text("entries", text, "33|18|4|24|2|0");
                cut(endless, sizeof(endless) - 1, step, 1000, text);
                check_text("endless", text, "28");
        }
        /* what does not fit is skipped up to its end, not beyond */
        cut(entries, sizeof(entries) - 1, 1, 22, text);
        check_text("dropped", text, "..11|18|4|..2|2|0");
        cut("aaaaaaaaa\nb\n", 12, 1, 4, text);
        check_text("dropped", text, "....2|2|0");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_prefixes),
                cmocka_unit_test(test_bodies),
                cmocka_unit_test(test_plain),
                cmocka_unit_test(test_entries),
                cmocka_unit_test(test_binary),
                cmocka_unit_test(test_round_trip),
                cmocka_unit_test(test_round_trip_of_whole_records),
                cmocka_unit_test(test_round_trip_of_texts),
                cmocka_unit_test(test_units_of_events),
                cmocka_unit_test(test_round_trip_of_events),
                cmocka_unit_test(test_times),
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_mutations),
                cmocka_unit_test(test_frame),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
