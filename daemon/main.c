/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "config.h"
#include "run/log.h"
#include "run/options.h"
#include "run/service.h"

static int print_help(void)
{
        char memory[8192];
        struct buf help;

        buf_init(&help, memory, sizeof(memory));
        settings_write_help(&help);
        return fputs(help.text, stdout) < 0 || fflush(stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int print_version(void)
{
        return puts(PACKAGE_STRING) < 0 || fflush(stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* One message for each line of `mistakes`. */
static int refuse(char *mistakes)
{
        char *line;

        while ((line = strsep(&mistakes, "\n"))) {
                if (*line)
                        log_message("%s", line);
        }
        log_message("'runstatd --help' tells what there is");
        return EX_USAGE;
}

static int act(const struct settings *settings)
{
        switch (settings->action) {
        case ACTION_RUN:
                return service_run(settings);
        case ACTION_LIST_TARGETS:
                return service_list_targets(settings);
        case ACTION_HELP:
                return print_help();
        case ACTION_VERSION:
                return print_version();
        }
        return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
        struct settings settings;
        char memory[4096];
        struct buf mistakes;
        int status;

        buf_init(&mistakes, memory, sizeof(memory));
        if (settings_from_arguments(argc, argv, &settings, &mistakes) < 0)
                return refuse(memory);
        status = act(&settings);
        settings_done(&settings);
        return status;
}
