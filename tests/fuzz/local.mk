# SPDX-License-Identifier: MIT

# Each target gets the files of its folder in "make check", and what a fuzzer makes of them in "make
# fuzz".
check_PROGRAMS += %D%/fuzz
%C%_fuzz_SOURCES = \
	%D%/cgroup_files.c \
	%D%/cgroup_files.h \
	%D%/fuzz.c \
	%D%/fuzz.h \
	%D%/fuzz_cgroup_v1.c \
	%D%/fuzz_cgroup_v2.c \
	%D%/fuzz_configuration.c \
	%D%/fuzz_container_path.c \
	%D%/fuzz_format.c \
	%D%/fuzz_frame.c \
	%D%/fuzz_layout.c \
	%D%/fuzz_machine.c \
	%D%/fuzz_name.c \
	%D%/fuzz_options.c \
	%D%/fuzz_proc.c \
	%D%/fuzz_reader.c \
	%D%/fuzz_tasks.c \
	%D%/fuzz_text.c \
	%D%/fuzz_timeline.c \
	%D%/fuzz_values.c \
	%D%/fuzz_watch.c \
	%D%/targets.c \
	%D%/targets.h
# libFuzzer has a main of its own: what is in an archive is not taken then.
%C%_fuzz_LDADD = $(LIB_FUZZING_ENGINE) %D%/libreplay.a $(FUZZ_VIEW_LIBS)

if HAVE_DYGRAPHS
%C%_fuzz_SOURCES += %D%/fuzz_view.c
FUZZ_VIEW_LIBS = $(VIEW_LIBS)
else
%C%_fuzz_SOURCES += %D%/fuzz_view_none.c
FUZZ_VIEW_LIBS = librunstat.a $(RUNSTAT_LIBS)
endif

check_LIBRARIES += %D%/libreplay.a
%C%_libreplay_a_SOURCES = %D%/replay.c

TESTS += %D%/fuzz
EXTRA_DIST += %D%/run %D%/corpus %D%/dictionary

# Seconds for each target, and which; all without.
FUZZ_SECONDS = 60
FUZZ_TARGETS =

fuzz:
	$(srcdir)/%D%/run $(abs_top_srcdir) "$(FUZZ_SECONDS)" $(FUZZ_TARGETS)

.PHONY: fuzz
