/* SPDX-License-Identifier: MIT */
#include "source/container_path.h"

#include "test.h"

#define A    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B    "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID  "1e597579-417e-482f-bf65-5fe170c3aebd"
#define U_D  "1e597579_417e_482f_bf65_5fe170c3aebd"
#define HASH "5ccfe0c09e304da2a47ad5dfd477c3b9" /* of a pod that the kubelet has from a file */

#define POD_SLICE  "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_D ".slice"
#define POD_FOLDER "/kubepods/burstable/pod" UID
#define KIND_SLICE                                                                                 \
        "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"                 \
        "kubelet-kubepods-besteffort-pod" U_D ".slice"
#define USER "/user.slice/user-1000.slice/user@1000.service"

/* The path up to a '|', where the container ends. */
static void test_parse(void **state)
{
        /* clang-format off */
        static const struct {
                const char *path, *runtime, *pod, *id;
                bool is_kubernetes;
        } rows[] = {
                /* docker */
                {"/docker/" A "|", "docker", "", A, false},
                {"/system.slice/docker-" A ".scope|", "docker", "", A, false},
                {"/system.slice/docker-" A ".scope|/init.scope", "docker", "", A, false},
                {USER "/user.slice/docker-" A ".scope|", "docker", "", A, false},
                {"/moby/" A "|", "docker", "", A, false},
                {"/my-own.slice/docker-" A ".scope|/nested/deeper", "docker", "", A, false},
                {POD_SLICE "/docker-" A ".scope|", "docker", UID, A, true},
                {POD_FOLDER "/" A "|", "", UID, A, true},
                /* containerd */
                {POD_SLICE "/cri-containerd-" A ".scope|", "containerd", UID, A, true},
                {"/kubepods.slice/kubepods-pod" U_D ".slice/cri-containerd-" A ".scope|",
                 "containerd", UID, A, true},
                {"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" HASH
                 ".slice/cri-containerd-" A ".scope|/a", "containerd", HASH, A, true},
                {"/kubepods/besteffort/pod" HASH "/" A "|", "", HASH, A, true},
                {"/kubepods/pod" UID "/" A "|/x", "", UID, A, true},
                {"/system.slice/containerd.service/kubepods-burstable-pod" U_D
                 ".slice:cri-containerd:" A "|", "containerd", UID, A, true},
                {"/kubepods-besteffort-pod" U_D ".slice:cri-containerd:" A "|/y", "containerd",
                 UID, A, true},
                {"/k8s.io/" A "|", "containerd", "", A, false},
                {"/default/" A "|", "containerd", "", A, false},
                {"/system.slice/nerdctl-" A ".scope|", "containerd", "", A, false},
                /* cri-o */
                {POD_SLICE "/crio-" A ".scope|", "cri-o", UID, A, true},
                {POD_SLICE "/crio-" A ".scope/container|", "cri-o", UID, A, true},
                {POD_SLICE "/crio-" A ".scope|/containers", "cri-o", UID, A, true},
                {POD_FOLDER "/crio-" A "|", "cri-o", UID, A, true},
                {POD_FOLDER "/crio-" A "|/container", "cri-o", UID, A, true},
                /* podman */
                {"/machine.slice/libpod-" A ".scope|", "podman", "", A, false},
                {"/machine.slice/libpod-" A ".scope/container|", "podman", "", A, false},
                {"/machine.slice/libpod-" A ".scope/container|/init.scope", "podman", "", A,
                 false},
                {"/machine.slice/libpod-" A ".scope/container|/container", "podman", "", A,
                 false},
                {"/machine.slice/machine-libpod_pod_" B ".slice/libpod-" A ".scope/container|",
                 "podman", B, A, false},
                {"/libpod_parent/libpod-" A "|", "podman", "", A, false},
                {"/libpod_parent/" B "/libpod-" A "|", "podman", B, A, false},
                {USER "/user.slice/libpod-" A ".scope/container|", "podman", "", A, false},
                {USER "/user.slice/user-libpod_pod_" B ".slice/libpod-" A ".scope|", "podman", B,
                 A, false},
                {"/system.slice/web.service/libpod-payload-" A "|", "podman", "", A, false},
                /* kind and minikube: the innermost one counts */
                {"/docker/" B KIND_SLICE "/cri-containerd-" A ".scope|", "containerd", UID, A,
                 true},
                {"/system.slice/docker-" B ".scope" KIND_SLICE "/cri-containerd-" A ".scope|",
                 "containerd", UID, A, true},
                {"/docker/" B "/kubelet/kubepods/burstable/pod" UID "/" A "|", "", UID, A, true},
                {"/machine.slice/libpod-" B ".scope/container" KIND_SLICE "/crio-" A ".scope|",
                 "cri-o", UID, A, true},
                {"/system.slice/docker-" B ".scope" POD_SLICE "/docker-" A ".scope|", "docker",
                 UID, A, true},
                {"/docker/" B "/kubepods/burstable/pod" UID "/" A "|", "", UID, A, true},
                {"/docker/" B "/docker/" A "|", "docker", "", A, false},
                {"/machine.slice/libpod-" B ".scope/container/libpod_parent/libpod-" A "|",
                 "podman", "", A, false},
                {"/docker/" B "|/system.slice/kubelet.service", "docker", "", B, false},
                /* seen from a cgroup namespace beside it */
                {"/../cri-containerd-" A ".scope|", "containerd", "", A, false},
                {"/../../libpod-" A ".scope/container|", "podman", "", A, false},
                {"/../" A "|", "", "", A, false},
                {"/../../pod" UID "/" A "|", "", UID, A, true},
                /* of a runtime that is not known */
                {"/ecs/task-1/" A "|", "", "", A, false},
                {"/garden-" A "|", "", "", A, false},
        };
        /* clang-format on */

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *end = strchr(rows[i].path, '|');
                struct container_path container;
                char path[512];

                snprintf(path, sizeof(path), "%.*s%s", (int)(end - rows[i].path), rows[i].path,
                        end + 1);
                assert_true(container_path_parse(path, strlen(path), &container));
                assert_string_equal(container.runtime, rows[i].runtime);
                assert_string_equal(container.id, rows[i].id);
                assert_string_equal(container.pod, rows[i].pod);
                assert_int_equal(container.is_kubernetes, rows[i].is_kubernetes);
                assert_int_equal(container.len, end - rows[i].path);
        }
}

static void test_no_container(void **state)
{
        static const char *const paths[] = {
                "",
                "/",
                "/init.scope",
                "/..",
                "/system.slice/docker.service",
                "/system.slice/crio.service",
                POD_SLICE,
                POD_FOLDER,
                "/docker",
                "/docker/",
                /* what watches over one */
                "/machine.slice/libpod-conmon-" A ".scope",
                POD_SLICE "/crio-conmon-" A ".scope",
                "/libpod_parent/conmon",
                "/libpod_parent/libpod-conmon-" A,
                "/system.slice/web.service/runtime",
                /* a pod is none */
                "/machine.slice/machine-libpod_pod_" A ".slice",
                "/libpod_parent/" A,
                /* units that are named after one */
                "/system.slice/" A ".service",
                "/system.slice/var-lib-docker-containers-" A "-mounts-shm.mount",
                "/system.slice/run-" A ".mount",
                /* almost an id */
                "/docker/0123456789abcdef",
                "/docker/" A "0",
                "/docker/0" A,
                "/system.slice/docker-0123456789ABCDEF0123456789abcdef0123456789abcdef"
                "0123456789abcdef.scope",
                "/docker" A,
                "/docker/" A ".slice",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                struct container_path container = {.len = 99};

                if (container_path_parse(paths[i], strlen(paths[i]), &container))
                        fail_msg("'%s' is taken for container %s", paths[i], container.id);
                assert_int_equal(container.len, 99);
        }
}

/* From the node of kind to the container in it; the length bounds what is read. */
static void test_next(void **state)
{
        static const char path[] = "/docker/" B "/kubelet/kubepods/burstable/pod" UID "/" A "/more";
        struct container_path container = {0};

        (void)state;
        assert_true(container_path_next(path, strlen(path), &container));
        assert_string_equal(container.id, B);
        assert_string_equal(container.runtime, "docker");
        assert_string_equal(container.pod, "");
        assert_int_equal(container.len, strlen("/docker/" B));
        assert_true(container_path_next(path, strlen(path), &container));
        assert_string_equal(container.id, A);
        assert_string_equal(container.runtime, "");
        assert_string_equal(container.pod, UID);
        assert_int_equal(container.len, strlen(path) - strlen("/more"));
        assert_false(container_path_next(path, strlen(path), &container));
        assert_string_equal(container.id, A);

        container = (struct container_path){0};
        assert_false(container_path_next(path, strlen("/docker/" B) - 1, &container));
}

static void test_near_pods(void **state)
{
        static const char *const paths[] = {
                "/kubepods/pod1234/" A,              /* too short for a uid */
                "/kubepods/tripod" UID "/" A,        /* another word */
                "/kubepods/burstable-pod" U_D "/" A, /* no slice */
                "/kubepods.slice/xpod" U_D ".slice/docker-" A ".scope",
                "/kubepods/pod" UID UID "/" A, /* too long */
                "/pod/" A,
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                struct container_path container;

                assert_true(container_path_parse(paths[i], strlen(paths[i]), &container));
                assert_string_equal(container.pod, "");
                assert_false(container.is_kubernetes);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),
                cmocka_unit_test(test_no_container),
                cmocka_unit_test(test_next),
                cmocka_unit_test(test_near_pods),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
