/* SPDX-License-Identifier: MIT */
#include "source/container_path.h"

#include <string.h>

enum {
        ID_LEN = CONTAINER_ID_BYTES - 1,
        MIN_UID_LEN = 32, /* of a pod from a file: a hash; others are UUIDs, 36 with their dashes */
};

/* A part of a path, or of such a part. */
struct part {
        const char *text;
        size_t len;
};

static bool is_hex(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_of_uid(char c)
{
        return is_hex(c) || c == '-' || c == '_';
}

static bool is_id(const struct part *part)
{
        for (size_t i = 0; i < part->len; i++) {
                if (!is_hex(part->text[i]))
                        return false;
        }
        return part->len == ID_LEN;
}

static bool is_word(const struct part *part, const char *word)
{
        return part->len == strlen(word) && memcmp(part->text, word, part->len) == 0;
}

static bool take_suffix(struct part *part, const char *suffix)
{
        const size_t len = strlen(suffix);

        if (part->len < len || memcmp(part->text + part->len - len, suffix, len) != 0)
                return false;
        part->len -= len;
        return true;
}

/* What stands before the id in the name of a scope, or of a folder where systemd makes none. */
static const struct prefix {
        const char *text, *runtime;
} prefixes[] = {
        {"cri-containerd-", "containerd"},
        {"nerdctl-",        "containerd"},
        {"crio-",           "cri-o"     },
        {"docker-",         "docker"    },
        {"libpod-",         "podman"    },
        {"libpod-payload-", "podman"    },
};

/* What a folder is called in which those of containers have an id for a name. */
static const struct prefix parents[] = {
        {"docker",        "docker"    },
        {"libpod_parent", "podman"    },
        {"default",       "containerd"},
        {"k8s.io",        "containerd"},
        {"moby",          "docker"    },
};

/*
 * The id in the name of a container's cgroup: "docker-ID.scope", "crio-ID", "ID", and where a name
 * for systemd was made a folder "kubepods-podUID.slice:cri-containerd:ID". A runtime nobody here
 * has heard of may put its own name before; the processes that watch over containers, and are in
 * none, have "conmon" there.
 */
static bool parse_id(const struct part *name, struct part *ret_id, const char **ret_runtime)
{
        struct part part = *name, before;

        take_suffix(&part, ".scope");
        if (part.len < ID_LEN)
                return false;
        *ret_id = (struct part){part.text + part.len - ID_LEN, ID_LEN};
        before = (struct part){part.text, part.len - ID_LEN};
        if (!is_id(ret_id))
                return false;
        *ret_runtime = "";
        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
                if (is_word(&before, prefixes[i].text))
                        *ret_runtime = prefixes[i].runtime;
        }
        if (take_suffix(&before, ":cri-containerd:"))
                *ret_runtime = "containerd";
        else if (take_suffix(&before, ":crio:"))
                *ret_runtime = "cri-o";
        else if (before.len > 0 && !take_suffix(&before, "-"))
                return false;
        return !take_suffix(&before, "conmon");
}

/* "machine-libpod_pod_ID", or "user-libpod_pod_ID" of a user's own. */
static bool take_podman_pod(struct part *part)
{
        static const char mark[] = "-libpod_pod_";
        const size_t mark_len = sizeof(mark) - 1;
        struct part id;

        if (part->len < ID_LEN + mark_len)
                return false;
        id = (struct part){part->text + part->len - ID_LEN, ID_LEN};
        if (!is_id(&id) || memcmp(id.text - mark_len, mark, mark_len) != 0)
                return false;
        *part = id;
        return true;
}

/*
 * The pod whose folder this is: "kubepods-burstable-pod0123abcd_….slice" of the systemd driver,
 * "pod0123abcd-…" of the other, and "machine-libpod_pod_ID.slice" of podman. systemd takes a dash
 * for a level of the tree, so an underscore stands for it there.
 */
static bool parse_pod(const struct part *name, struct container_path *ret)
{
        struct part part = *name;
        const bool is_slice = take_suffix(&part, ".slice");
        size_t at = part.len;

        if (is_slice && take_podman_pod(&part)) {
                memcpy(ret->pod, part.text, ID_LEN);
                ret->pod[ID_LEN] = '\0';
                ret->is_kubernetes = false;
                return true;
        }
        /* There is no 'o' behind that of "pod". */
        while (at > 0 && is_of_uid(part.text[at - 1]))
                at--;
        if (at < 2 || at == part.len || memcmp(part.text + at - 2, "pod", 3) != 0)
                return false;
        at++;
        if ((at > 3 && (!is_slice || part.text[at - 4] != '-')) || part.len - at < MIN_UID_LEN ||
                part.len - at >= sizeof(ret->pod))
                return false;
        for (size_t i = at; i < part.len; i++)
                ret->pod[i - at] = (char)(part.text[i] == '_' ? '-' : part.text[i]);
        ret->pod[part.len - at] = '\0';
        ret->is_kubernetes = true;
        return true;
}

static const char *find_parent(const struct part *name)
{
        for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
                if (is_word(name, parents[i].text))
                        return parents[i].runtime;
        }
        return "";
}

/* "…/pod<UID>.slice:cri-containerd:<ID>" has both in one part. */
static void parse_joined_pod(const struct part *name, struct container_path *ret)
{
        const char *colon = memchr(name->text, ':', name->len);
        const struct part pod = {name->text, colon ? (size_t)(colon - name->text) : 0};

        parse_pod(&pod, ret);
}

/* Whether it is the folder of a pod of podman, which without systemd has an id for a name. */
static bool is_podman_pod(const struct part *name, const struct part *parent)
{
        return is_id(name) && is_word(parent, "libpod_parent");
}

/*
 * Below a scope crun makes a cgroup for the container, which has the limits and is the one that the
 * container sees as its own; the scope is systemd's. See the annotation run.oci.systemd.subgroup in
 * crun(1). Returns where the container's path ends.
 */
static size_t end_of_container(const char *path, size_t len, const struct part *name)
{
        static const char subgroup[] = "/container";
        const size_t subgroup_len = sizeof(subgroup) - 1;
        const size_t at = (size_t)(name->text - path) + name->len;
        struct part scope = *name;

        if (take_suffix(&scope, ".scope") && len - at >= subgroup_len &&
                memcmp(path + at, subgroup, subgroup_len) == 0 &&
                (len - at == subgroup_len || path[at + subgroup_len] == '/'))
                return at + subgroup_len;
        return at;
}

bool container_path_next(const char *path, size_t len, struct container_path *container)
{
        struct container_path found = *container;
        struct part parent = {"", 0}, name, id;
        size_t at = container->len;

        found.pod[0] = '\0';
        found.is_kubernetes = false;
        for (; at < len; parent = name) {
                const char *slash;

                at += path[at] == '/';
                slash = memchr(path + at, '/', len - at);
                name = (struct part){path + at, slash ? (size_t)(slash - path) - at : len - at};
                at += name.len;
                if (parse_pod(&name, &found))
                        continue;
                if (is_podman_pod(&name, &parent)) {
                        memcpy(found.pod, name.text, ID_LEN);
                        found.pod[ID_LEN] = '\0';
                        continue;
                }
                if (!parse_id(&name, &id, &found.runtime))
                        continue;
                parse_joined_pod(&name, &found);
                if (name.len == ID_LEN)
                        found.runtime = find_parent(&parent);
                memcpy(found.id, id.text, ID_LEN);
                found.id[ID_LEN] = '\0';
                found.len = end_of_container(path, len, &name);
                *container = found;
                return true;
        }
        return false;
}

bool container_path_parse(const char *path, size_t len, struct container_path *ret)
{
        struct container_path container = {0};

        if (!container_path_next(path, len, &container))
                return false;
        while (container_path_next(path, len, &container))
                ;
        *ret = container;
        return true;
}
