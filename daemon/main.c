/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "config.h"
#include "run/configuration.h"
#include "run/log.h"
#include "run/memory.h"
#include "run/options.h"
#include "run/replay.h"
#include "run/service.h"

/* What is below has a frame of its own: that of main() is there as long as the program runs. */
__attribute__((noinline)) static int print_help(void)
{
        char memory[8192];
        struct buf help;

        buf_init(&help, memory, sizeof(memory));
        options_write_help(&help);
        return service_print(memory);
}

__attribute__((noinline)) static int check_configuration(const struct settings *settings)
{
        char memory[8192];
        struct buf warnings;

        buf_init(&warnings, memory, sizeof(memory));
        configuration_warn(settings, &warnings);
        log_lines(memory);
        return EXIT_SUCCESS;
}

/* The exit status for what kept settings from being read. */
static int refuse(int r, const char *mistakes)
{
        log_lines(mistakes);
        if (r == -ENOMEM) {
                log_message("%s", strerror(ENOMEM));
                return EXIT_FAILURE;
        }
        if (r == -EINVAL)
                log_message("'runstatd --help' tells what there is");
        return r == -EINVAL ? EX_USAGE : EX_CONFIG;
}

static int act(int argc, char **argv, struct settings *settings)
{
        switch (settings->action) {
        case ACTION_RUN:
                return service_run(argc, argv, settings);
        case ACTION_LIST_TARGETS:
                return service_list_targets(settings);
        case ACTION_CHECK_CONFIG:
                return check_configuration(settings);
        case ACTION_REPLAY:
                return replay_run(settings);
        case ACTION_HELP:
                return print_help();
        case ACTION_VERSION:
                return service_print(PACKAGE_STRING "\n");
        }
        return EXIT_FAILURE;
}

/*
 * Takes the numbers of standard streams that are closed, so that no file gets them: what is opened
 * for its path alone fails when it is read or written, as the closed one would.
 */
static void hold_streams(void)
{
        int fd;

        do
                fd = open("/dev/null", O_PATH);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd > STDERR_FILENO)
                close(fd);
}

/* Returns 0, or the exit status after it was said what is wrong. */
static int load(int argc, char **argv, struct settings *ret)
{
        enum { MISTAKES_BYTES = 16384 };
        cleanup_free char *memory = malloc(MISTAKES_BYTES);
        struct buf mistakes;
        int r;

        if (!memory)
                return refuse(-ENOMEM, "");
        buf_init(&mistakes, memory, MISTAKES_BYTES);
        r = configuration_load(argc, argv, ret, &mistakes);
        return r < 0 ? refuse(r, memory) : 0;
}

int main(int argc, char **argv)
{
        struct settings settings;
        int status;

        hold_streams();
        memory_prepare();
        status = load(argc, argv, &settings);
        if (status != 0)
                return status;
        status = act(argc, argv, &settings);
        settings_done(&settings);
        return status;
}
