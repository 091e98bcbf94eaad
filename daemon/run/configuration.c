/* SPDX-License-Identifier: MIT */
#include "configuration.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "configuration_file.h"
#include "options.h"
#include "values.h"

enum { PATH_BYTES = 4096 };

static int is_conf(const struct dirent *entry)
{
        size_t len = strlen(entry->d_name);

        return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
        return strcmp((*a)->d_name, (*b)->d_name);
}

/* Reads the files of the folder PATH.d. */
static int read_folder(struct settings *settings, const char *path, struct buf *error)
{
        char text[PATH_BYTES];
        struct buf name;
        struct dirent **entries = NULL;
        int n, result = 0;

        buf_init(&name, text, sizeof(text));
        buf_printf(&name, "%s.d", path);
        n = scandir(text, &entries, is_conf, by_name);
        if (n < 0 && errno != ENOENT && errno != ENOTDIR) {
                buf_printf(error, "%s: cannot be listed: %s\n", text, strerror(errno));
                return -errno;
        }
        for (int i = 0; i < n; i++) {
                int r;

                buf_truncate(&name, 0);
                buf_printf(&name, "%s.d/%s", path, entries[i]->d_name);
                r = name.overflow ? -ENAMETOOLONG : configuration_file_read(settings, text, error);
                if (r < 0 && (result == 0 || r == -ENOMEM))
                        result = r;
                free(entries[i]);
        }
        free(entries);
        return result;
}

const char *configuration_path(const struct settings *settings)
{
        return settings->config ? settings->config : RUNSTATD_CONFIG;
}

int configuration_read(struct settings *settings, struct buf *error)
{
        const char *path = configuration_path(settings);
        int r, r2;

        r = configuration_file_read(settings, path, error);
        if (r == -ENOENT && settings->config)
                buf_printf(error, "%s: there is no such file\n", path);
        else if (r == -ENOENT)
                r = 0;
        if (r == -ENOMEM)
                return r;
        r2 = read_folder(settings, path, error);
        return r < 0 ? r : r2;
}

/* What the image or the manifest of a container says, where no other place does. */
static int apply_environment(struct settings *settings, struct buf *error)
{
        static const char name[] = "RUNSTATD_CONTAINER_NAMES";
        const char *value = getenv(name);
        char text[1024];
        struct buf reason;
        int r;

        if (!value || settings->container_names.n_items > 0)
                return 0;
        buf_init(&reason, text, sizeof(text));
        r = settings_find("container-names")->set(settings, value, &reason);
        if (r < 0)
                buf_printf(error, "%s: %s\n", name, r == -ENOMEM ? "out of memory" : text);
        return r == -EINVAL ? -EBADMSG : r;
}

int configuration_load(int argc, char **argv, struct settings *ret, struct buf *error)
{
        struct settings settings;
        char *path;
        int r = settings_from_arguments(argc, argv, &settings, error);

        if (r < 0)
                return r;
        if (settings.action == ACTION_HELP || settings.action == ACTION_VERSION) {
                *ret = settings;
                return 0;
        }
        /* Now that it is known to be right, once more on top of the configuration. */
        path = settings.config;
        settings.config = NULL;
        settings_done(&settings);
        r = settings_init(&settings);
        settings.config = path;
        if (r == 0)
                r = configuration_read(&settings, error);
        if (r < 0 && r != -ENOMEM)
                r = -EBADMSG;
        if (r == 0)
                r = options_apply(argc, argv, &settings, error);
        if (r == 0)
                r = apply_environment(&settings, error);
        if (r < 0) {
                settings_done(&settings);
                return r;
        }
        *ret = settings;
        return 0;
}

/* The form all readers take: lower-case letters and digits, a dot, a number. */
static bool is_plain_name(const char *name)
{
        size_t word = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
        size_t number = word > 0 && name[word] == '.' ? strspn(name + word + 1, "0123456789") : 0;

        return number > 0 && !name[word + 1 + number];
}

void configuration_warn(const struct settings *settings, struct buf *ret)
{
        for (size_t i = 0; i < settings->n_watches; i++) {
                const struct watch *watch = &settings->watches[i];

                if (watch->name && !watch->is_pattern && !is_plain_name(watch->name))
                        buf_printf(ret,
                                "target '%s': some readers take only names such as "
                                "'web.1': lower-case letters and digits, a dot, a number\n",
                                watch->name);
        }
}
