/* SPDX-License-Identifier: MIT */
#include "advice.h"

#include <string.h>

#include "words.h"

/* clang-format off */
static const struct {
        const char *name, *cause, *advice;
} causes[] = {
        {"never_waits", "It starts processes and never waits for them.",
                "Let the program wait for its children, or ignore SIGCHLD; restarting it frees "
                "them now."},
        {"too_slow", "It waits, but for fewer than it starts.",
                "Let it wait for all that have ended each time, not for one a signal; "
                "restarting it frees them now."},
        {"sigchld_blocked", "It has blocked SIGCHLD, the signal that would tell it.",
                "Let it unblock SIGCHLD, or wait without it; restarting it frees them now."},
        {"parent_stopped", "It is stopped, by a signal or a debugger.",
                "Let it go on: kill -CONT and its pid."},
        {"parent_stuck", "It is in a system call that does not return.",
                "See what it waits for in /proc/PID/wchan: mostly a disk or a network file "
                "system."},
        {"init_not_reaping", "It is the first process of a container, and takes no notice of "
                "orphans.",
                "Run an init as the first process: docker run --init, or tini."},
        {"probe_orphans", "It is the first process of a container, and health checks leave an "
                "orphan each time.",
                "Run an init as the first process (docker run --init, tini), or let the probe "
                "wait for what it starts."},
};

static const struct {
        const char *code, *advice;
} codes[] = {
        {"R14", "It swaps; give it more memory, or find what grows."},
        {"R15", "It is about to be killed; give it more memory, or find what grows."},
        {"H12", "A request took more than 30 s: move such work to a worker."},
        {"H13", "The process closed the connection: did it crash or restart?"},
        {"H10", "It crashed: see its log right before."},
};
/* clang-format on */

enum {
        N_CAUSES = sizeof(causes) / sizeof(causes[0]),
        N_CODES = sizeof(codes) / sizeof(codes[0]),
};

const char *words_cause(const struct happening *happening)
{
        const char *cause = happening_text(happening, "cause");

        for (size_t i = 0; i < N_CAUSES; i++) {
                if (strcmp(causes[i].name, cause) == 0)
                        return causes[i].cause;
        }
        return NULL;
}

const char *advice_find(const struct happening *happening)
{
        const char *cause = happening_text(happening, "cause");
        const char *code = happening_text(happening, "code");

        for (size_t i = 0; i < N_CAUSES; i++) {
                if (strcmp(causes[i].name, cause) == 0)
                        return causes[i].advice;
        }
        for (size_t i = 0; happening_is(happening, "error") && i < N_CODES; i++) {
                if (strcmp(codes[i].code, code) == 0)
                        return codes[i].advice;
        }
        return NULL;
}
