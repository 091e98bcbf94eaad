/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/landlock.h"
#include "filter.h"

/* With these, root reads smaps_rollup and io of the processes of others, and looks behind the
 * option hidepid of /proc. */
#define READING_CAPABILITIES (UINT64_C(1) << CAP_SYS_PTRACE | UINT64_C(1) << CAP_DAC_READ_SEARCH)

static uint64_t join(uint32_t low, uint32_t high)
{
        return (uint64_t)high << 32 | low;
}

/* Leaves of all capabilities at most those in `kept`. See capset(2), capabilities(7). */
static int drop_capabilities(uint64_t kept, bool enters_containers)
{
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
        uint64_t permitted;

        /* What may be taken up by an exec, which there is none; without CAP_SETPCAP it stays. */
        for (unsigned long i = 0; prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0; i++)
                ;
        if (syscall(SYS_capget, &header, data) < 0)
                return -errno;
        permitted = join(data[0].permitted, data[1].permitted);
        if (permitted == 0)
                return 0;
        /* Without that one, only who has all that a process has may trace it: see ptrace(2),
         * "Ptrace access mode checking". */
        if (enters_containers && !(permitted & UINT64_C(1) << CAP_SYS_PTRACE))
                return 0;
        kept &= permitted;
        for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
                const uint32_t half = (uint32_t)(kept >> 32 * i);

                data[i] = (struct __user_cap_data_struct){.effective = half, .permitted = half};
        }
        return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

/* The folder of a path, which is left in `ret`; NULL for the top one, which is everything. */
static const char *folder_of(const char *path, char ret[PATH_MAX])
{
        const char *slash = strrchr(path, '/');
        const size_t len = slash ? (size_t)(slash - path) : 0;

        if (slash == path || len >= PATH_MAX)
                return NULL;
        memcpy(ret, path, len);
        ret[len] = '\0';
        return slash ? ret : ".";
}

/* Whether another file may take its place, by the same name in the same folder. Of a device there
 * is but the one. */
static bool is_replaced(const char *path)
{
        struct stat st;

        return stat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode);
}

/* Allows a file, and its folder where another one may take its place; through links, too. */
static void allow_file(struct landlock *landlock, const char *path, enum landlock_use use)
{
        char real[PATH_MAX], memory[PATH_MAX];

        landlock_allow(landlock, path, use);
        if (!is_replaced(path))
                return;
        landlock_allow(landlock, folder_of(path, memory), use);
        if (realpath(path, real))
                landlock_allow(landlock, folder_of(real, memory), use);
}

static void allow_below(struct landlock *landlock, const char *root, const char *path)
{
        char memory[PATH_MAX];
        struct buf full;

        buf_init(&full, memory, sizeof(memory));
        buf_printf(&full, "%s/%s", root, path);
        if (!full.overflow)
                landlock_allow(landlock, memory, LANDLOCK_READ);
}

static void allow_layout(struct landlock *landlock, const char *root, const struct layout *layout)
{
        for (size_t i = 0; i < layout->n_hierarchies; i++) {
                const struct hierarchy *hierarchy = &layout->hierarchies[i];

                for (size_t k = 0; k < hierarchy->n_mounts; k++)
                        allow_below(landlock, root, hierarchy->mounts[k].point);
        }
}

static int close_files(const struct sandbox_plan *plan)
{
        struct landlock landlock;
        char folder[PATH_MAX];
        struct buf text;
        int r = landlock_init(&landlock);

        if (r < 0)
                return r;
        if (plan->layout) {
                landlock_allow(&landlock, "/proc", LANDLOCK_READ);
                allow_below(&landlock, plan->root, "proc");
                allow_below(&landlock, plan->root, "sys");
                allow_layout(&landlock, plan->root, plan->layout);
        }
        if (plan->config) {
                allow_file(&landlock, plan->config, LANDLOCK_READ);
                buf_init(&text, folder, sizeof(folder));
                buf_printf(&text, "%s.d", plan->config);
                landlock_allow(&landlock, folder, LANDLOCK_READ);
        }
        if (plan->output && plan->replaces_output)
                landlock_allow(&landlock, folder_of(plan->output, folder), LANDLOCK_REPLACE);
        else if (plan->output)
                allow_file(&landlock, plan->output, LANDLOCK_APPEND);
        return landlock_enter(&landlock);
}

static void note(struct buf *missing, const char *what, int r)
{
        if (r < 0)
                buf_printf(missing, "%s: %s\n", what, strerror(-r));
}

void sandbox_enter(const struct sandbox_plan *plan, struct sandbox *ret, struct buf *missing)
{
        int r;

        *ret = (struct sandbox){.output = plan->output};
        /* Without it nobody may restrict himself but root, and it takes nothing away. */
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        note(missing, "its capabilities stay",
                drop_capabilities(
                        plan->reads_processes ? READING_CAPABILITIES : 0, plan->enters_containers));
        if (!plan->reads_processes) {
                ret->closes_processes = true;
                note(missing, "files are not closed by Landlock", close_files(plan));
        }
        /* The last one, as it closes the calls that the others need. */
        r = filter_enter(plan->output, plan->replaces_output, &ret->output);
        note(missing, "system calls are not closed by seccomp", r);
        ret->closes_outputs = r == 0;
}
