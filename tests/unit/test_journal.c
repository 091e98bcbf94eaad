/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "format/format.h"

/* The entry without its two lines of MESSAGE and MESSAGE_ID, which are looked at by themselves. */
static void check_entry(const struct record *record, const char *message, const char *fields)
{
        char memory[4096], rest[4096] = "", id[64] = "", expected[1024];
        struct buf entry;

        buf_init(&entry, memory, sizeof(memory));
        format_journal.write(record, (struct measure){0}, &entry);
        assert_int_equal(memory[entry.len - 1], '\n');
        snprintf(expected, sizeof(expected), "MESSAGE=%s", message);
        for (char *text = memory, *line; (line = strsep(&text, "\n"));) {
                if (strncmp(line, "MESSAGE=", 8) == 0) {
                        assert_string_equal(line, expected);
                } else if (strncmp(line, "MESSAGE_ID=", 11) == 0) {
                        snprintf(id, sizeof(id), "%s", line + 11);
                } else if (*line) {
                        strcat(rest, line);
                        strcat(rest, "\n");
                }
        }
        assert_string_equal(rest, fields);
        assert_int_equal(strlen(id), 32);
        assert_int_equal(strspn(id, "0123456789abcdef"), 32);
}

static void test_samples(void **state)
{
        struct sample sample = {0};
        struct record record;

        (void)state;
        sample.self.cpu_ns = measure_of(1234567890);
        sample.self.rss_bytes = measure_of(1048576 + 1);
        sample.self.ticks = measure_of(UINT64_MAX);
        assert_true(record_samples(GROUP_SELF, &sample, "web.1", "d", &record));
        check_entry(&record,
                "source=web.1 dyno=d sample#self_rss=1.00MB sample#self_cpu=1.234567s "
                "sample#self_ticks=18446744073709551615",
                "SYSLOG_IDENTIFIER=runstatd\nPRIORITY=6\nRUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=d\n"
                "RUNSTAT_SELF_RSS=1048577\nRUNSTAT_SELF_CPU_USEC=1234567\n"
                "RUNSTAT_SELF_TICKS=18446744073709551615\n");

        memset(&sample, 0, sizeof(sample));
        sample.load.avg_1m = measure_of(205);
        sample.memory.rss_bytes = measure_of(0);
        assert_true(record_samples(GROUP_LOAD, &sample, "web.1", "d", &record));
        check_entry(&record, "source=web.1 dyno=d sample#load_avg_1m=2.05",
                "SYSLOG_IDENTIFIER=runstatd\nPRIORITY=6\nRUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=d\n"
                "RUNSTAT_LOAD_AVG_1M=2.05\n");
}

static void test_events(void **state)
{
        struct record record;

        (void)state;
        record_event(EVENT_RESTARTED, "web.1", "unit.b", &record);
        record_add_text(&record, "old_dyno", "a\nPRIORITY=0\x7f");
        check_entry(&record,
                "source=web.1 dyno=unit.b event=restarted state=enter level=info "
                "old_dyno=a_PRIORITY_0_",
                "SYSLOG_IDENTIFIER=runstatd\nPRIORITY=6\nRUNSTAT_SOURCE=web.1\n"
                "RUNSTAT_DYNO=unit.b\nRUNSTAT_EVENT=restarted\nRUNSTAT_STATE=enter\n"
                "RUNSTAT_LEVEL=info\nRUNSTAT_OLD_DYNO=a?PRIORITY=0?\n");

        record_event(EVENT_DENIED, "runstatd.1", "d", &record);
        record_add_number(&record, "count", 3);
        check_entry(&record,
                "source=runstatd.1 dyno=d event=denied state=enter level=warning count=3",
                "SYSLOG_IDENTIFIER=runstatd\nPRIORITY=4\nRUNSTAT_SOURCE=runstatd.1\n"
                "RUNSTAT_DYNO=d\nRUNSTAT_EVENT=denied\nRUNSTAT_STATE=enter\n"
                "RUNSTAT_LEVEL=warning\nRUNSTAT_COUNT=3\n");
        record_leave(&record);
        check_entry(&record, "source=runstatd.1 dyno=d event=denied state=leave level=info count=3",
                "SYSLOG_IDENTIFIER=runstatd\nPRIORITY=6\nRUNSTAT_SOURCE=runstatd.1\n"
                "RUNSTAT_DYNO=d\nRUNSTAT_EVENT=denied\nRUNSTAT_STATE=leave\n"
                "RUNSTAT_LEVEL=info\nRUNSTAT_COUNT=3\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_samples),
                cmocka_unit_test(test_events),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
