/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <math.h>
#include <string.h>

#include "advice.h"
#include "codes.h"

/* What is written at the moment. */
struct writing {
        const struct happening *happening;
        struct out *out;
};

static double number(const struct writing *writing, const char *key)
{
        return happening_number(writing->happening, key);
}

static const char *text(const struct writing *writing, const char *key)
{
        return happening_text(writing->happening, key);
}

static void say(const struct writing *writing, const char *words)
{
        out_text(writing->out, words);
}

/* A number of the line, or "some" when it does not say. */
static void say_number(const struct writing *writing, const char *key)
{
        if (isnan(number(writing, key)))
                say(writing, "some");
        else
                words_number(writing->out, number(writing, key));
}

static void say_text(const struct writing *writing, const char *key)
{
        out_shown(writing->out, *text(writing, key) ? text(writing, key) : "?");
}

/* "puma (812)" */
static void say_process(const struct writing *writing, const char *comm, const char *pid)
{
        say_text(writing, comm);
        if (isnan(number(writing, pid)))
                return;
        say(writing, " (");
        out_double(writing->out, number(writing, pid), 0);
        say(writing, ")");
}

static bool is_bytes(const struct writing *writing)
{
        return strncmp(text(writing, "metric"), "memory", 6) == 0 ||
               strncmp(text(writing, "limit_by"), "memory", 6) == 0 ||
               happening_is(writing->happening, "quota");
}

static void say_quantity(const struct writing *writing, const char *key)
{
        if (is_bytes(writing) && !isnan(number(writing, key)))
                words_bytes(writing->out, number(writing, key));
        else
                say_number(writing, key);
}

static bool is_over(const struct writing *writing)
{
        return strcmp(writing->happening->state, "leave") == 0;
}

static bool are_others(const struct writing *writing)
{
        return strcmp(text(writing, "parent_comm"), "others") == 0 &&
               isnan(number(writing, "parent_pid"));
}

static void title_zombies(const struct writing *writing)
{
        if (is_over(writing))
                say(writing, "no more zombies of ");
        else {
                say_number(writing, "zombies");
                say(writing, " zombies of ");
        }
        if (are_others(writing))
                say(writing, "other parents");
        else
                say_process(writing, "parent_comm", "parent_pid");
}

static void say_zombies(const struct writing *writing)
{
        if (are_others(writing)) {
                say_number(writing, "parents");
                say(writing, " further parents have ");
                say_number(writing, "zombies");
                say(writing, " zombies.");
                return;
        }
        say_process(writing, "parent_comm", "parent_pid");
        if (*text(writing, "parent_unit")) {
                say(writing, " of ");
                say_text(writing, "parent_unit");
        }
        if (is_over(writing)) {
                say(writing, " has no children left that it does not wait for.");
                return;
        }
        say(writing, " has ");
        say_number(writing, "zombies");
        say(writing, " dead children that it has not waited for");
        if (*text(writing, "child_comm")) {
                say(writing, ", mostly ");
                say_text(writing, "child_comm");
        }
        if (!isnan(number(writing, "oldest_s"))) {
                say(writing, "; the oldest is ");
                words_span(writing->out, number(writing, "oldest_s"));
                say(writing, " old");
        }
        if (number(writing, "created_per_h") > 0) {
                say(writing, "; ");
                say_number(writing, "created_per_h");
                say(writing, " come in an hour, ");
                say_number(writing, "reaped_per_h");
                say(writing, " go");
        }
        say(writing, ".");
}

/* "zombies rise", but "memory_rss rises". */
static bool is_many(const struct writing *writing)
{
        static const char *const many[] = {"zombies", "threads", "processes", "pids"};

        for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
                if (strcmp(text(writing, "metric"), many[i]) == 0)
                        return true;
        }
        return false;
}

static void title_leak(const struct writing *writing)
{
        say_text(writing, "metric");
        if (is_over(writing)) {
                say(writing, is_many(writing) ? " no longer rise" : " no longer rises");
                return;
        }
        say(writing, is_many(writing) ? " rise by " : " rises by ");
        say_quantity(writing, "slope_per_h");
        say(writing, " an hour");
}

static void say_leak(const struct writing *writing)
{
        if (is_over(writing)) {
                say_text(writing, "metric");
                say(writing, is_many(writing) ? " have come back, or rest, at "
                                              : " has come back, or rests, at ");
                say_quantity(writing, "value");
                say(writing, ".");
                return;
        }
        say_text(writing, "metric");
        say(writing, is_many(writing) ? " rise and do not come back: "
                                      : " rises and does not come back: ");
        say_quantity(writing, "value");
        say(writing, " now, ");
        say_quantity(writing, "slope_per_h");
        say(writing, " more an hour");
        if (!isnan(number(writing, "eta_s"))) {
                say(writing, "; in ");
                words_span(writing->out, number(writing, "eta_s"));
                say(writing, is_many(writing) ? " they meet their limit of "
                                              : " it meets its limit of ");
                say_quantity(writing, "limit");
                say(writing, " (");
                say_text(writing, "limit_by");
                say(writing, ")");
        }
        if (*text(writing, "top_comm")) {
                say(writing, "; most of it is by ");
                say_process(writing, "top_comm", "top_pid");
        }
        say(writing, ".");
}

static void title_limit(const struct writing *writing)
{
        say_text(writing, "limit_by");
        if (is_over(writing)) {
                say(writing, " is far again");
                return;
        }
        say(writing, " is used to ");
        say_number(writing, "percent");
        say(writing, " %");
}

static void say_limit(const struct writing *writing)
{
        say_quantity(writing, "used");
        say(writing, " of ");
        say_quantity(writing, "limit");
        say(writing, " that ");
        say_text(writing, "limit_by");
        say(writing, " allows are used");
        if (number(writing, "refused") > 0) {
                say(writing, "; it has refused ");
                say_number(writing, "refused");
                say(writing, " times so far");
        }
        say(writing, ".");
}

static void title_quota(const struct writing *writing)
{
        if (is_over(writing)) {
                say(writing, "memory is within the quota again");
                return;
        }
        say_text(writing, "code");
        say(writing, ": memory at ");
        say_number(writing, "percent");
        say(writing, " % of the quota");
}

static void say_quota(const struct writing *writing)
{
        say(writing, "Memory and swap take ");
        say_quantity(writing, "value");
        say(writing, "; the quota is ");
        say_quantity(writing, "limit");
        say(writing, ".");
}

static void title_oom_kill(const struct writing *writing)
{
        say(writing, "the kernel killed ");
        say_number(writing, "count");
}

static void say_oom_kill(const struct writing *writing)
{
        say(writing, "For want of memory, the kernel has killed ");
        say_number(writing, "count");
        say(writing, " processes");
        if (*text(writing, "top_comm")) {
                say(writing, "; most memory had ");
                say_process(writing, "top_comm", "top_pid");
        }
        say(writing, ".");
}

static void title_churn(const struct writing *writing)
{
        say_text(writing, "comm");
        say(writing, is_over(writing) ? " is no longer started all the time"
                                      : " is started over and over");
}

static void say_churn(const struct writing *writing)
{
        say_number(writing, "per_min");
        say(writing, " processes of the name ");
        say_text(writing, "comm");
        say(writing, " are started in a minute; of all names, ");
        say_number(writing, "started");
        say(writing, " were started and ");
        say_number(writing, "exited");
        say(writing, " ended in the last one.");
}

static void title_gone(const struct writing *writing)
{
        say(writing, "gone");
}

static void say_gone(const struct writing *writing)
{
        say(writing, "It is not there, or no longer.");
}

static void title_back(const struct writing *writing)
{
        say(writing, "back");
}

static void say_incarnation(const struct writing *writing)
{
        say(writing, happening_is(writing->happening, "back") ? "It is there again"
                                                              : "It was restarted");
        if (*text(writing, "old_dyno")) {
                say(writing, "; before, it was ");
                say_text(writing, "old_dyno");
        }
        say(writing, ".");
}

static void title_restarted(const struct writing *writing)
{
        say(writing, "restarted");
}

static void title_missed(const struct writing *writing)
{
        say_number(writing, "ticks");
        say(writing, " ticks missed");
}

static void say_missed(const struct writing *writing)
{
        say_number(writing, "ticks");
        say(writing, " samples could not be taken: the machine slept, or runstatd did not run.");
}

static void title_dropped(const struct writing *writing)
{
        say_number(writing, "lines");
        say(writing, " lines lost");
}

static void say_dropped(const struct writing *writing)
{
        say_number(writing, "lines");
        say(writing, " lines were lost, as nobody took them.");
}

static void title_denied(const struct writing *writing)
{
        say(writing,
                is_over(writing) ? "all processes are seen again" : "processes cannot be seen");
}

static void say_denied(const struct writing *writing)
{
        say(writing, is_over(writing) ? "All processes are seen again."
                                      : "Not all processes may be looked at: ");
        if (!is_over(writing)) {
                say_text(writing, "what");
                say(writing, ".");
        }
}

static void title_error(const struct writing *writing)
{
        say_text(writing, "code");
        if (*code_text(text(writing, "code"))) {
                say(writing, ": ");
                say(writing, code_text(text(writing, "code")));
        }
}

static void say_error(const struct writing *writing)
{
        say(writing, "The platform reports ");
        title_error(writing);
        say(writing, ".");
}

static void title_state(const struct writing *writing)
{
        say_text(writing, "from");
        say(writing, " to ");
        say_text(writing, "to");
}

static void say_state(const struct writing *writing)
{
        say(writing, "Its state went from ");
        title_state(writing);
        say(writing, ".");
}

static void title_exited(const struct writing *writing)
{
        say(writing, "ended with status ");
        say_number(writing, "status");
}

static void say_exited(const struct writing *writing)
{
        say(writing, "Its process ");
        title_exited(writing);
        say(writing, ".");
}

/* clang-format off */
static const struct row {
        const char *event;
        void (*title)(const struct writing *writing);
        void (*say)(const struct writing *writing);
        const char *advice;
} rows[] = {
        {"zombies", title_zombies, say_zombies, "Restarting the parent frees them now."},
        {"leak", title_leak, say_leak,
                "Look at the process that is named, and at what changed when the rise began; "
                "a restart gains time."},
        {"limit", title_limit, say_limit,
                "Raise the limit if the use is meant, else find what uses it up: beyond it, no "
                "process or thread can be started, or memory had."},
        {"quota", title_quota, say_quota,
                "Give it more memory, or find what grows: what is above the quota is swapped, "
                "and slow."},
        {"oom_kill", title_oom_kill, say_oom_kill,
                "Raise memory.max, or find what grows; the last samples before tell how fast."},
        {"churn", title_churn, say_churn,
                "See why it ends: its own log, and who starts it again."},
        {"gone", title_gone, say_gone, "If nobody stopped it, see how it ended."},
        {"back", title_back, say_incarnation, NULL},
        {"restarted", title_restarted, say_incarnation, NULL},
        {"missed", title_missed, say_missed, NULL},
        {"dropped", title_dropped, say_dropped,
                "Whoever reads runstatd's output is too slow, or was not there."},
        {"denied", title_denied, say_denied,
                "Is /proc mounted with hidepid? Let runstatd be in its group."},
        {"error", title_error, say_error, NULL},
        {"state_changed", title_state, say_state, NULL},
        {"exited", title_exited, say_exited, NULL},
};
/* clang-format on */

static const struct row *find_row(const struct happening *happening)
{
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                if (happening_is(happening, rows[i].event))
                        return &rows[i];
        }
        return NULL;
}

void words_title(const struct happening *happening, struct out *ret)
{
        const struct writing writing = {happening, ret};
        const struct row *row = find_row(happening);

        if (row)
                row->title(&writing);
        else
                out_shown(ret, happening->event);
}

void words_say(const struct happening *happening, struct out *ret)
{
        const struct writing writing = {happening, ret};
        const struct row *row = find_row(happening);

        if (row) {
                row->say(&writing);
                return;
        }
        out_shown(ret, happening->event);
        out_char(ret, '.');
}

const char *words_advice(const struct happening *happening)
{
        const struct row *row = find_row(happening);
        const char *advice;

        if (strcmp(happening->state, "leave") == 0)
                return NULL;
        advice = advice_find(happening);
        return advice || !row ? advice : row->advice;
}
