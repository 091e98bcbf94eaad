/* SPDX-License-Identifier: MIT */
#include "model/record.h"

#include "test.h"

enum { N_MEASURES = sizeof(struct sample) / sizeof(struct measure) };

static void test_group_names(void **state)
{
        static const char *const expected[N_GROUPS] = {
                "load",
                "memory",
                "processes",
                "cpu",
                "pressure",
                "io",
                "detail",
                "self",
        };

        (void)state;
        for (unsigned i = 0; i < N_GROUPS; i++)
                assert_string_equal(group_names[i], expected[i]);
}

static void test_total(void **state)
{
        static const struct {
                const char *name;
                struct measure rss, cache, swap;
                const char *expected; /* total rss cache swap … */
        } rows[] = {
                {"all",       {true, 1},  {true, 20}, {true, 300}, "321 1 20 300 - - -"},
                {"no swap",   {true, 1},  {true, 20}, {false, 9},  "21 1 20 - - - -"   },
                {"only swap", {false, 9}, {false, 9}, {true, 0},   "0 - - 0 - - -"     },
                {"none",      {false, 9}, {false, 9}, {false, 9},  "- - - - - - -"     },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct sample sample = {0};

                sample.memory.rss_bytes = rows[i].rss;
                sample.memory.cache_bytes = rows[i].cache;
                sample.memory.swap_bytes = rows[i].swap;
                sample_complete(&sample);
                check_measures(rows[i].name, sample.memory, rows[i].expected);
        }
}

/* The keys of a record: "threads zombies". */
static void write_keys(const struct record *record, char *text, size_t size)
{
        struct buf keys;

        buf_init(&keys, text, size);
        for (size_t i = 0; i < record->n_fields; i++) {
                if (i > 0)
                        buf_add_char(&keys, ' ');
                buf_add(&keys, record->fields[i].key);
        }
}

static void fill(struct sample *ret)
{
        struct measure *measures = (void *)ret;

        for (unsigned i = 0; i < N_MEASURES; i++)
                measures[i] = measure_of(1000 + i);
}

/* The lines that others read, form for form. */
static void test_lines(void **state)
{
        /* clang-format off */
        static const struct {
                enum group group;
                const char *keys;
        } rows[] = {
                {GROUP_LOAD, "load_avg_1m load_avg_5m load_avg_15m"},
                {GROUP_MEMORY, "memory_total memory_rss memory_cache memory_swap memory_pgpgin "
                        "memory_pgpgout memory_quota"},
                {GROUP_PROCESSES,
                        "processes threads zombies zombies_stuck threads_running threads_blocked "
                        "pids pids_limit threads_sampled partial"},
        };
        /* clang-format on */
        struct sample sample;

        (void)state;
        fill(&sample);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct record record;
                char keys[1024];

                assert_true(record_samples(rows[i].group, &sample, "web.1", "d", &record));
                write_keys(&record, keys, sizeof(keys));
                check_text(group_names[rows[i].group], keys, rows[i].keys);
                assert_string_equal(record.source, "web.1");
                assert_string_equal(record.dyno, "d");
                assert_false(record.is_event);
        }
}

/* Each measure of a sample is in one line once, and keys are alike in no two lines. */
static void test_every_measure(void **state)
{
        static struct record records[N_GROUPS];
        bool seen[N_MEASURES] = {0};
        struct sample sample;
        size_t n_fields = 0;

        (void)state;
        fill(&sample);
        for (unsigned i = 0; i < N_GROUPS; i++) {
                struct record *record = &records[i];

                assert_true(record_samples((enum group)i, &sample, "s", "d", record));
                for (size_t j = 0; j < record->n_fields; j++) {
                        const struct field *field = &record->fields[j];

                        check(field->key, field->unit != UNIT_TEXT);
                        check(field->key, field->number >= 1000);
                        check(field->key, field->number < 1000 + N_MEASURES);
                        check(field->key, !seen[field->number - 1000]);
                        seen[field->number - 1000] = true;
                }
                n_fields += record->n_fields;
        }
        assert_int_equal(n_fields, N_MEASURES);

        for (unsigned i = 0; i < N_GROUPS; i++) {
                for (size_t j = 0; j < records[i].n_fields; j++) {
                        const char *key = records[i].fields[j].key;

                        for (unsigned k = 0; k < i; k++) {
                                for (size_t l = 0; l < records[k].n_fields; l++)
                                        assert_string_not_equal(key, records[k].fields[l].key);
                        }
                }
        }
}

/* Readers look for the platform's keys by their end, so no other key has one as its end. */
static void test_ends_of_keys(void **state)
{
        struct sample sample;
        struct record record, frozen;

        (void)state;
        fill(&sample);
        for (unsigned i = 0; i < N_GROUPS; i++) {
                record_samples((enum group)i, &sample, "s", "d", &record);
                for (unsigned k = GROUP_LOAD; k <= GROUP_MEMORY; k++) {
                        record_samples((enum group)k, &sample, "s", "d", &frozen);
                        for (size_t j = 0; j < record.n_fields; j++) {
                                const char *key = record.fields[j].key;

                                for (size_t l = 0; l < frozen.n_fields; l++) {
                                        const char *end = frozen.fields[l].key;
                                        const size_t key_len = strlen(key), len = strlen(end);

                                        check(key, key_len <= len ||
                                                           strcmp(key + key_len - len, end) != 0);
                                }
                        }
                }
        }
}

static void test_unknown_is_left_out(void **state)
{
        struct sample sample = {0};
        struct record record;
        char keys[256];

        (void)state;
        for (unsigned i = 0; i < N_GROUPS; i++) {
                check_int(group_names[i], record_samples((enum group)i, &sample, "s", "d", &record),
                        false);
        }
        sample.tasks.zombies = measure_of(0);
        sample.tasks.partial = measure_of(1);
        assert_true(record_samples(GROUP_PROCESSES, &sample, "s", "d", &record));
        write_keys(&record, keys, sizeof(keys));
        assert_string_equal(keys, "zombies partial");
        assert_int_equal(record.fields[0].number, 0);
}

/* The memory line has every key, or is not there. */
static void test_memory(void **state)
{
        static const struct {
                const char *name;
                size_t offset;
                bool line;
        } rows[] = {
                {"total",   offsetof(struct sample, memory.total_bytes),   true },
                {"rss",     offsetof(struct sample, memory.rss_bytes),     true },
                {"swap",    offsetof(struct sample, memory.swap_bytes),    true },
                {"pgpgout", offsetof(struct sample, memory.pgpgout_pages), true },
                {"quota",   offsetof(struct sample, memory.quota_bytes),   false},
                {"another", offsetof(struct sample, detail.current_bytes), false},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct sample sample = {0};
                struct record record;
                uint64_t sum = 0;

                /* what is unknown has no value to print */
                memset(&sample.memory, 0, sizeof(sample.memory));
                sample.memory.cache_bytes.value = 99;
                *(struct measure *)(void *)((char *)&sample + rows[i].offset) = measure_of(5);
                check_int(rows[i].name, record_samples(GROUP_MEMORY, &sample, "s", "d", &record),
                        rows[i].line);
                if (!rows[i].line)
                        continue;
                check_u64(rows[i].name, record.n_fields, 7);
                for (size_t j = 0; j < record.n_fields; j++)
                        sum += record.fields[j].number;
                check_u64(rows[i].name, sum, 5);
        }
}

static void test_units(void **state)
{
        static const struct {
                const char *key;
                enum unit unit;
        } rows[] = {
                {"load_avg_1m",             UNIT_HUNDREDTHS },
                {"memory_total",            UNIT_BYTES      },
                {"memory_pgpgin",           UNIT_PAGES      },
                {"memory_quota",            UNIT_BYTES      },
                {"threads",                 UNIT_NONE       },
                {"cpu_usage",               UNIT_NANOSECONDS},
                {"pressure_io_full_avg300", UNIT_HUNDREDTHS },
                {"memory_pgfault",          UNIT_NONE       },
                {"self_late",               UNIT_NANOSECONDS},
        };
        struct sample sample;

        (void)state;
        fill(&sample);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                unsigned n_found = 0;

                for (unsigned g = 0; g < N_GROUPS; g++) {
                        struct record record;

                        record_samples((enum group)g, &sample, "s", "d", &record);
                        for (size_t j = 0; j < record.n_fields; j++) {
                                if (strcmp(record.fields[j].key, rows[i].key) != 0)
                                        continue;
                                check_int(rows[i].key, record.fields[j].unit, rows[i].unit);
                                n_found++;
                        }
                }
                check_int(rows[i].key, n_found, 1);
        }
}

static void test_events(void **state)
{
        static const struct {
                enum event event;
                const char *name, *state, *level;
        } rows[] = {
                {EVENT_GONE,      "gone",      "enter", "warning"},
                {EVENT_BACK,      "back",      "leave", "info"   },
                {EVENT_RESTARTED, "restarted", "enter", "info"   },
                {EVENT_MISSED,    "missed",    "enter", "warning"},
                {EVENT_DROPPED,   "dropped",   "leave", "warning"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct record record;
                char keys[256];

                memset(&record, 0x55, sizeof(record));
                record_event(rows[i].event, "web.1", "d", &record);
                record_add_number(&record, "ticks", 7);
                record_add_text(&record, "old_dyno", "a b");
                write_keys(&record, keys, sizeof(keys));
                check_text(rows[i].name, keys, "event state level ticks old_dyno");
                check(rows[i].name, record.is_event);
                check_text(rows[i].name, record.source, "web.1");
                check_text(rows[i].name, record.dyno, "d");
                check_text(rows[i].name, record.fields[0].text, rows[i].name);
                check_text(rows[i].name, record.fields[1].text, rows[i].state);
                check_text(rows[i].name, record.fields[2].text, rows[i].level);
                check_u64(rows[i].name, record.fields[3].number, 7);
                check_int(rows[i].name, record.fields[3].unit, UNIT_NONE);
                check_text(rows[i].name, record.fields[4].text, "a b");
                check_int(rows[i].name, record.fields[4].unit, UNIT_TEXT);
        }
}

/* struct measure in base/measure.h */
static void test_measures(void **state)
{
        static const struct {
                struct measure a, b, sum, min;
        } rows[] = {
                {{true, 5},  {true, 3},  {true, 8},  {true, 3} },
                {{true, 3},  {true, 5},  {true, 8},  {true, 3} },
                {{true, 5},  {false, 3}, {true, 5},  {true, 5} },
                {{false, 5}, {true, 9},  {true, 9},  {true, 9} },
                {{false, 5}, {false, 3}, {false, 0}, {false, 0}},
                {{true, 0},  {true, 0},  {true, 0},  {true, 0} },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct measure sum = measure_sum(rows[i].a, rows[i].b);
                const struct measure min = measure_min(rows[i].a, rows[i].b);

                assert_int_equal(sum.known, rows[i].sum.known);
                assert_int_equal(min.known, rows[i].min.known);
                if (sum.known) {
                        assert_int_equal(sum.value, rows[i].sum.value);
                        assert_int_equal(min.value, rows[i].min.value);
                }
        }
}

/* Every key of the table is found, from wherever the search begins, and nothing else is. */
static void test_find(void **state)
{
        static const char *const others[] = {
                "", "x", "load_avg_1", "load_avg_1mm", "oad_avg_1m", "LOAD_AVG_1M", "memory"};
        const struct record_key *first = record_find("load_avg_1m", 11, NULL), *last = first;
        struct sample sample;

        (void)state;
        fill(&sample);
        for (unsigned i = 0; i < N_GROUPS; i++) {
                struct record record;

                assert_true(record_samples((enum group)i, &sample, "s", "d", &record));
                for (size_t j = 0; j < record.n_fields; j++) {
                        const struct field *field = &record.fields[j];
                        const size_t len = strlen(field->key);
                        const struct record_key *key = record_find(field->key, len, last);

                        check(field->key, key != NULL);
                        check(field->key, len < sizeof(key->key));
                        check_text(field->key, key->key, field->key);
                        check_int(field->key, key->group, i);
                        check_int(field->key, key->unit, field->unit);
                        check_u64(field->key,
                                ((const struct measure *)((const char *)&sample + key->offset))
                                        ->value,
                                field->number);
                        check(field->key, record_find(field->key, len, NULL) == key);
                        last = key;
                }
        }
        assert_ptr_equal(record_find("load_avg_1m", 11, last), first);
        for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
                check(others[i], !record_find(others[i], strlen(others[i]), NULL));
                check(others[i], !record_find(others[i], strlen(others[i]), last));
        }
        assert_null(record_find("threads\0xxxxxxxxxxxx", 20, NULL));
        assert_null(record_find("threads_running", 6, NULL));
}

static void test_merge(void **state)
{
        struct sample sample = {0}, more = {0};

        (void)state;
        sample.load.avg_1m = measure_of(1);
        sample.tasks.pids = measure_of(2);
        more.tasks.pids = measure_of(3);
        more.self.targets = measure_of(4);
        sample_merge(&sample, &more);
        assert_true(sample.load.avg_1m.known);
        assert_int_equal(sample.load.avg_1m.value, 1);
        assert_int_equal(sample.tasks.pids.value, 3);
        assert_true(sample.self.targets.known);
        assert_int_equal(sample.self.targets.value, 4);
        assert_false(sample.tasks.threads.known);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_group_names),
                cmocka_unit_test(test_total),
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_every_measure),
                cmocka_unit_test(test_ends_of_keys),
                cmocka_unit_test(test_unknown_is_left_out),
                cmocka_unit_test(test_memory),
                cmocka_unit_test(test_units),
                cmocka_unit_test(test_events),
                cmocka_unit_test(test_measures),
                cmocka_unit_test(test_find),
                cmocka_unit_test(test_merge),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
