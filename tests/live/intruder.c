/* SPDX-License-Identifier: MIT */

/*
 * A library that is loaded into runstatd before all others (LD_PRELOAD), and in its third wait does
 * what an intruder would: the one thing that $INTRUSION names. Then it writes a line on standard
 * error, if it still can: "granted", or the error.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int epoll_wait(int fd, struct epoll_event *events, int n_events, int timeout);

enum {
        WAITS_BEFORE = 2,
        THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
};

static char page[2 * 65536];

static void *aligned_page(void)
{
        return (void *)(((uintptr_t)page + 65535) & ~(uintptr_t)65535);
}

static long make_process(void)
{
        return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static long make_thread(void)
{
        return syscall(SYS_clone, THREAD_FLAGS, page + sizeof(page) - 64, NULL, NULL, NULL);
}

static long make_thread_anew(void)
{
        struct clone_args args = {
                .flags = THREAD_FLAGS, .stack = (uintptr_t)page, .stack_size = sizeof(page) - 64};

        return syscall(SYS_clone3, &args, sizeof(args));
}

static long run(void)
{
        char name[] = "true";
        char *arguments[] = {name, NULL};

        return execve("/bin/true", arguments, arguments + 1);
}

static long trace(void)
{
        return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long peek(void)
{
        return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static long signal_other(void)
{
        return kill(getppid(), 0);
}

static long open_internet(void)
{
        return socket(AF_INET, SOCK_STREAM, 0);
}

static long open_netlink(void)
{
        return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long open_unix(void)
{
        return socket(AF_UNIX, SOCK_DGRAM, 0);
}

/* Files are those that $INTRUSION_FILE names. */
static const char *file(void)
{
        return getenv("INTRUSION_FILE");
}

static long make_file(void)
{
        return open(file(), O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static long open_to_write(void)
{
        return open(file(), O_RDWR);
}

static long open_to_truncate(void)
{
        return open(file(), O_RDONLY | O_TRUNC);
}

static long open_to_read(void)
{
        return open(file(), O_RDONLY);
}

static long open_folder(void)
{
        return open(file(), O_RDONLY | O_DIRECTORY);
}

static long open_by_openat2(void)
{
        const uint64_t how[3] = {O_WRONLY, 0, 0};

        return syscall(SYS_openat2, AT_FDCWD, file(), how, sizeof(how));
}

static long remove_file(void)
{
        return unlink(file());
}

static long change_mode(void)
{
        return chmod(file(), 0777);
}

static long rename_file(void)
{
        return rename(file(), "/tmp/intruder");
}

static long make_executable(void)
{
        return mprotect(aligned_page(), 4096, PROT_READ | PROT_EXEC);
}

static long map_executable(void)
{
        return (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long map_there(void)
{
        return (long)mmap(aligned_page(), 4096, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* Where the name of the output is, which /proc/self/maps would tell. */
static void *name_pages(void)
{
        FILE *maps = fopen("/proc/self/maps", "re");
        unsigned long start = 0;

        if (maps && fscanf(maps, "%lx", &start) != 1)
                start = 0;
        return (void *)start;
}

static long unlock_name(void)
{
        return mprotect(name_pages(), 4096, PROT_READ | PROT_WRITE);
}

static long unmap_name(void)
{
        return munmap(name_pages(), 4096);
}

static long move_name(void)
{
        return (long)mremap(name_pages(), 4096, 65536, MREMAP_MAYMOVE);
}

static long open_output_to_truncate(void)
{
        return open(name_pages(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static long open_output(void)
{
        return open(name_pages(), O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static long gain(void)
{
        return syscall(SYS_setresuid, 0, 0, 0);
}

static long load_filter(void)
{
        return syscall(SYS_seccomp, 0, 0, NULL);
}

static long unknown(void)
{
        return syscall(9999);
}

static long nothing(void)
{
        return 0;
}

static const struct {
        const char *name;
        long (*commit)(void);
} intrusions[] = {
        {"nothing",                 nothing                },
        {"make_process",            make_process           },
        {"make_thread",             make_thread            },
        {"make_thread_anew",        make_thread_anew       },
        {"run",                     run                    },
        {"trace",                   trace                  },
        {"peek",                    peek                   },
        {"signal_other",            signal_other           },
        {"open_internet",           open_internet          },
        {"open_netlink",            open_netlink           },
        {"open_unix",               open_unix              },
        {"make_file",               make_file              },
        {"open_to_write",           open_to_write          },
        {"open_to_truncate",        open_to_truncate       },
        {"open_to_read",            open_to_read           },
        {"open_folder",             open_folder            },
        {"open_by_openat2",         open_by_openat2        },
        {"remove_file",             remove_file            },
        {"change_mode",             change_mode            },
        {"rename_file",             rename_file            },
        {"make_executable",         make_executable        },
        {"map_executable",          map_executable         },
        {"map_there",               map_there              },
        {"unlock_name",             unlock_name            },
        {"unmap_name",              unmap_name             },
        {"move_name",               move_name              },
        {"open_output_to_truncate", open_output_to_truncate},
        {"open_output",             open_output            },
        {"gain",                    gain                   },
        {"load_filter",             load_filter            },
        {"unknown",                 unknown                },
};

static void intrude(void)
{
        const char *name = getenv("INTRUSION");
        char text[128];

        for (size_t i = 0; name && i < sizeof(intrusions) / sizeof(intrusions[0]); i++) {
                int n;

                if (strcmp(intrusions[i].name, name) != 0)
                        continue;
                errno = 0;
                n = intrusions[i].commit() == -1
                            ? snprintf(text, sizeof(text), "intruder: %s\n", strerror(errno))
                            : snprintf(text, sizeof(text), "intruder: granted\n");
                if (write(STDERR_FILENO, text, (size_t)n) != n)
                        abort();
                return;
        }
        abort();
}

int epoll_wait(int fd, struct epoll_event *events, int n_events, int timeout)
{
        static int (*real)(int, struct epoll_event *, int, int);
        static unsigned n_waits;

        if (!real)
                real = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
        if (n_waits++ == WAITS_BEFORE)
                intrude();
        return real(fd, events, n_events, timeout);
}
