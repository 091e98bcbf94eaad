/* SPDX-License-Identifier: MIT */
#include "model/judge.h"

#include <string.h>

#include "base/text.h"

#define S_NS    UINT64_C(1000000000)
#define MIN_NS  (60 * S_NS)
#define HOUR_NS (60 * MIN_NS)

/* How long a limit or a quota must be out of reach to be called so. */
#define HOLD_NS (10 * MIN_NS)

const struct judge_rules judge_default_rules = {
        .values =
                {
                         [RULE_ZOMBIES] = 5,
                         [RULE_LIMIT] = 80,
                         [RULE_LIMIT_ERROR] = 95,
                         [RULE_CHURN] = 10,
                         },
};

/* One judgement under way. */
struct hearing {
        struct judge *judge;
        const struct judge_rules *rules;
        const struct evidence *evidence;
        struct record *record;
        judge_say *say;
        void *data;
};

/* Begins the event that an alarm is due for; false when it is not. */
static bool begin(const struct hearing *hearing, enum event event, enum say say, enum level level)
{
        if (say == SAY_NOTHING)
                return false;
        record_event(event, hearing->evidence->source, hearing->evidence->dyno, hearing->record);
        record_set_level(hearing->record, level);
        record_say(hearing->record, say);
        return true;
}

static void end(const struct hearing *hearing)
{
        hearing->say(hearing->data, hearing->record);
}

static void add_process(
        struct record *record, const char *pid_key, const char *comm_key, const struct culprit *it)
{
        if (!it->known)
                return;
        record_add_number(record, pid_key, (uint64_t)it->pid);
        record_add_text(record, comm_key, it->comm);
}

/* Sizes as lines have them, in hundredths of a megabyte, so that a replay judges by the same. */
static uint64_t as_printed(uint64_t bytes)
{
        const uint64_t hundredths = record_hundredths_of_mb(bytes);

        return hundredths / 100 * 1048576 + (hundredths % 100 * 1048576 + 50) / 100;
}

static struct measure measure_as_printed(struct measure bytes)
{
        return bytes.known ? measure_of(as_printed(bytes.value)) : bytes;
}

/* What one metric is, and what it runs into. */
struct leaking_row {
        const char *metric, *limit_by;
        struct measure value, limit;
        bool is_bytes, is_counted;
};

static void leaking_rows(const struct sample *sample, struct leaking_row ret[N_LEAKING])
{
        const struct tasks_sample *tasks = &sample->tasks;
        const struct measure unknown = {0};

        ret[LEAKING_ZOMBIES] = (struct leaking_row){
                "zombies", "pids_limit", tasks->zombies, tasks->pids_limit, false, true};
        ret[LEAKING_PROCESSES] = (struct leaking_row){
                "processes", "pids_limit", tasks->processes, tasks->pids_limit, false, true};
        ret[LEAKING_THREADS] = (struct leaking_row){
                "threads", "pids_limit", tasks->threads, tasks->pids_limit, false, true};
        ret[LEAKING_PIDS] = (struct leaking_row){"pids", "pids_limit",
                tasks->threads.known ? unknown : tasks->pids, tasks->pids_limit, false, false};
        ret[LEAKING_MEMORY_RSS] = (struct leaking_row){"memory_rss", "memory_quota",
                measure_as_printed(sample->memory.rss_bytes),
                measure_as_printed(sample->memory.quota_bytes), true, false};
}

static void add_quantity(struct record *record, const char *key, uint64_t number, bool is_bytes)
{
        if (is_bytes)
                record_add_bytes(record, key, number);
        else
                record_add_number(record, key, number);
}

static void say_leak(const struct hearing *hearing, enum leaking which,
        const struct leaking_row *row, const struct trend_finding *finding)
{
        struct record *record = hearing->record;

        record_add_text(record, "metric", row->metric);
        add_quantity(record, "value", row->value.value, row->is_bytes);
        add_quantity(record, "slope_per_h", finding->slope_per_h, row->is_bytes);
        if (row->limit.known) {
                add_quantity(record, "limit", row->limit.value, row->is_bytes);
                record_add_text(record, "limit_by", row->limit_by);
        }
        record_add_measure(record, "eta_s", finding->eta_s);
        record_add_number(record, "window_s", finding->window_s);
        record_add_number(record, "samples", finding->n_samples);
        add_process(record, "top_pid", "top_comm", &hearing->evidence->grown[which]);
        end(hearing);
}

/* An hour before the end it is no longer a matter of tomorrow. */
static enum level leak_level(const struct trend_finding *finding)
{
        return finding->eta_s.known && finding->eta_s.value < 3600 ? LEVEL_ERROR : LEVEL_WARNING;
}

static void judge_leak(
        const struct hearing *hearing, enum leaking which, const struct leaking_row *row)
{
        struct judge *judge = hearing->judge;
        struct trend_finding finding = {0};
        enum condition condition;
        enum say say;

        if (!row->value.known)
                return;
        /* A walk that was cut has counted too few. */
        if (hearing->evidence->sample->tasks.partial.known && row->is_counted)
                return;
        condition = trend_feed(&judge->trends[which], hearing->evidence->now_ns, row->value.value,
                row->limit, &finding);
        if (condition != CONDITION_ON && !(judge->leaks_under_way >> which & 1))
                return;
        /* More processes are more threads; that has been said then. */
        if (which == LEAKING_THREADS && !judge->leaks[which].entered &&
                judge->leaks[LEAKING_PROCESSES].entered)
                condition = CONDITION_BETWEEN;
        say = alarm_feed(&judge->leaks[which], &trend_rule, hearing->evidence->now_ns, condition,
                leak_level(&finding));
        judge->leaks_under_way &= (uint8_t) ~(1U << which);
        if (judge->leaks[which].entered || judge->leaks[which].turning)
                judge->leaks_under_way |= (uint8_t)(1U << which);
        if (begin(hearing, EVENT_LEAK, say, judge->leaks[which].level))
                say_leak(hearing, which, row, &finding);
}

static void judge_leaks(const struct hearing *hearing)
{
        struct leaking_row rows[N_LEAKING];

        leaking_rows(hearing->evidence->sample, rows);
        for (unsigned i = 0; i < N_LEAKING; i++)
                judge_leak(hearing, (enum leaking)i, &rows[i]);
}

/* As the platform has it: what is in memory and in swap, but not the cache, against the quota. */
static void judge_quota(const struct hearing *hearing)
{
        static const struct alarm_rule rule = {.leave_ns = HOLD_NS, .again_ns = HOUR_NS};
        const struct memory_sample *memory = &hearing->evidence->sample->memory;
        struct alarm *alarm = &hearing->judge->quota;
        const struct measure used = measure_as_printed(memory->rss_bytes);
        const uint64_t value = used.value + measure_as_printed(memory->swap_bytes).value;
        const uint64_t quota = measure_as_printed(memory->quota_bytes).value;
        enum condition condition = CONDITION_OFF;
        enum level level = LEVEL_WARNING;
        enum say say;

        if (!used.known || !memory->quota_bytes.known)
                return;
        if (value > quota)
                condition = CONDITION_ON;
        else if (value > quota / 20 * 19)
                condition = CONDITION_BETWEEN;
        if (value / 2 > quota)
                level = LEVEL_ERROR;
        say = alarm_feed(alarm, &rule, hearing->evidence->now_ns, condition, level);
        if (!begin(hearing, EVENT_QUOTA, say, alarm->level))
                return;
        record_add_text(hearing->record, "code", alarm->level == LEVEL_ERROR ? "R15" : "R14");
        record_add_bytes(hearing->record, "value", value);
        record_add_bytes(hearing->record, "limit", quota);
        if (quota > 0)
                record_add_number(hearing->record, "percent",
                        (uint64_t)((double)value * 100 / (double)quota));
        end(hearing);
}

/* How often a limit has refused since the last look; 0 at the first one. */
static uint64_t count_refusals(struct judge *judge, const struct limit *limit)
{
        const uint64_t by = text_hash(limit->by, strlen(limit->by)), now = limit->n_refused.value;

        if (!limit->n_refused.known)
                return 0;
        for (size_t i = 0; i < JUDGE_LIMITS; i++) {
                struct refusals *refusals = &judge->refusals[i];
                const uint64_t before = refusals->n;

                if (refusals->by != 0 && refusals->by != by)
                        continue;
                refusals->n = now;
                if (refusals->by == by)
                        return now > before ? now - before : 0;
                refusals->by = by;
                return 0;
        }
        return 0;
}

/* What is allowed one single task has it: that is no way towards a limit. */
static uint64_t percent(const struct limit *limit)
{
        if (limit->max == 1 && limit->used == 1)
                return 0;
        if (limit->max == 0)
                return 100;
        return (uint64_t)((double)limit->used * 100 / (double)limit->max);
}

static bool is_reached(uint64_t threshold, uint64_t percent)
{
        return threshold > 0 && percent >= threshold;
}

/* The limit that binds first, and those that refused something since the last look. */
struct binding {
        const struct limit *limit;
        uint64_t n_refused;
};

/* Page cache brings memory to its limit again and again without harm: only one that is near to its
 * limit without the cache refuses in earnest. */
static struct binding find_binding(
        const struct hearing *hearing, const struct limit *limits, size_t n_limits, bool reclaims)
{
        struct binding binding = {0};

        for (size_t i = 0; i < n_limits; i++) {
                const struct limit *limit = &limits[i];
                uint64_t n_refused = count_refusals(hearing->judge, limit);

                if (reclaims && !is_reached(hearing->rules->values[RULE_LIMIT], percent(limit)))
                        n_refused = 0;
                if (!binding.limit || n_refused > binding.n_refused ||
                        (n_refused == binding.n_refused && percent(limit) > percent(binding.limit)))
                        binding = (struct binding){limit, n_refused};
        }
        return binding;
}

static void judge_limit(const struct hearing *hearing, struct limit_alarm *state,
        const struct limit *limits, size_t n_limits, bool is_memory)
{
        /* What goes on to refuse is said again each minute. */
        struct alarm_rule rule = {.leave_ns = HOLD_NS, .again_ns = HOUR_NS};
        const uint64_t near = hearing->rules->values[RULE_LIMIT];
        const uint64_t error = hearing->rules->values[RULE_LIMIT_ERROR];
        const struct binding binding = find_binding(hearing, limits, n_limits, is_memory);
        enum condition condition = CONDITION_OFF;
        enum level level = LEVEL_WARNING;
        struct record *record = hearing->record;
        struct alarm *alarm = &state->alarm;
        enum say say;

        if (!binding.limit)
                return;
        if (is_reached(near, percent(binding.limit)) || binding.n_refused > 0)
                condition = CONDITION_ON;
        else if (is_reached(near, percent(binding.limit) + 5))
                condition = CONDITION_BETWEEN;
        if (is_reached(error, percent(binding.limit)) || binding.n_refused > 0)
                level = LEVEL_ERROR;
        if (binding.n_refused > 0)
                rule.again_ns = state->refused ? MIN_NS : 1;
        state->refused = state->refused || binding.n_refused > 0;
        say = alarm_feed(alarm, &rule, hearing->evidence->now_ns, condition, level);
        if (!begin(hearing, EVENT_LIMIT, say, alarm->level))
                return;
        record_add_text(record, "limit_by", binding.limit->by);
        add_quantity(record, "used", binding.limit->used, is_memory);
        add_quantity(record, "limit", binding.limit->max, is_memory);
        record_add_number(record, "percent", percent(binding.limit));
        record_add_measure(record, "refused", binding.limit->n_refused);
        end(hearing);
        if (!alarm->entered)
                state->refused = false;
}

static void judge_oom_kills(const struct hearing *hearing)
{
        const struct measure now = hearing->evidence->n_oom_kills;
        const struct measure before = hearing->judge->n_oom_kills;

        if (!now.known)
                return;
        hearing->judge->n_oom_kills = now;
        if (!before.known || now.value <= before.value)
                return;
        begin(hearing, EVENT_OOM_KILL, SAY_ENTER, LEVEL_ERROR);
        record_add_number(hearing->record, "count", now.value - before.value);
        add_process(hearing->record, "top_pid", "top_comm", &hearing->evidence->largest);
        end(hearing);
}

void judge_feed(struct judge *judge, const struct judge_rules *rules,
        const struct evidence *evidence, struct record *record, judge_say *say, void *data)
{
        const struct hearing hearing = {judge, rules, evidence, record, say, data};

        if (evidence->sample) {
                judge_leaks(&hearing);
                judge_quota(&hearing);
        }
        judge_limit(&hearing, &judge->limit, evidence->limits, evidence->n_limits, false);
        judge_limit(&hearing, &judge->memory_limit, evidence->memory_limits,
                evidence->n_memory_limits, true);
        judge_oom_kills(&hearing);
}
