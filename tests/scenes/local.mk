# SPDX-License-Identifier: MIT

check_PROGRAMS += %D%/scene
%C%_scene_SOURCES = %D%/scene.c
%C%_scene_LDADD = librunstat.a $(RUNSTAT_LIBS)

TESTS += %D%/run
EXTRA_DIST += tests/record-scene %D%/README.md %D%/run

# Each is a folder, with all that is in it.
EXTRA_DIST += \
	%D%/containers-first-ended \
	%D%/containers-host \
	%D%/containers-host-mount \
	%D%/containers-pod-v1 \
	%D%/containers-pod-v2 \
	%D%/damaged \
	%D%/damaged-half \
	%D%/damaged-machine \
	%D%/event-probe-orphans \
	%D%/event-zombies \
	%D%/gone-back \
	%D%/host-all \
	%D%/hostile-names \
	%D%/hybrid-memory-v1 \
	%D%/hybrid-memory-v2 \
	%D%/limit-above \
	%D%/limit-unreadable \
	%D%/logplex \
	%D%/no-limit \
	%D%/no-memory-controller \
	%D%/pattern \
	%D%/pidfile \
	%D%/process-tree \
	%D%/recorded-hybrid \
	%D%/recorded-v1 \
	%D%/recorded-v2 \
	%D%/restart \
	%D%/unit-names-alike \
	%D%/v1-comounted \
	%D%/v1-container \
	%D%/v1-dead-leader \
	%D%/v1-no-swap \
	%D%/v1-self \
	%D%/v1-split \
	%D%/v1-zombies \
	%D%/v2-container \
	%D%/v2-dead-leader \
	%D%/v2-dyno \
	%D%/v2-no-swap \
	%D%/v2-pod \
	%D%/v2-root \
	%D%/v2-service \
	%D%/v2-zombies \
	%D%/young \
	%D%/zombies-stuck
