# SPDX-License-Identifier: MIT

# Tests of the built program on this very machine. Each says what it needs, and why it is skipped
# where that is not there.
LIVE_TESTS = %D%/beat.test %D%/both-ways.test %D%/containers.test %D%/cut.test %D%/exact.test \
	%D%/faults.test %D%/footprint.test %D%/frozen.test %D%/hostile.test %D%/journal.test \
	%D%/listing.test %D%/one-thread.test %D%/readers.test \
	%D%/sampled.test %D%/sandbox.test %D%/shared.test %D%/stop.test %D%/walks.test
# These want a machine that does nothing else.
LIVE_QUIET_TESTS = %D%/exhaustion.test %D%/soak.test

check_PROGRAMS += %D%/injector %D%/outlet %D%/receiver
%C%_injector_SOURCES = %D%/injector.c
%C%_injector_LDFLAGS = -pthread $(AM_LDFLAGS)
%C%_outlet_SOURCES = %D%/outlet.c
%C%_receiver_SOURCES = %D%/receiver.c

# Loaded into the program by the test of the sandbox.
check_DATA += %D%/intruder.so
EXTRA_DIST += %D%/intruder.c
CLEANFILES += %D%/intruder.so

%D%/intruder.so: %D%/intruder.c
	@$(MKDIR_P) %D%
	$(AM_V_CCLD)$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) $(WARNING_CFLAGS) $(CFLAGS) -fPIC -shared -o $@ \
		$(top_srcdir)/%D%/intruder.c -ldl

# What "make check" runs of them.
LIVE_CHECKS = $(LIVE_TESTS)
TESTS += $(LIVE_CHECKS)
EXTRA_DIST += $(LIVE_TESTS) $(LIVE_QUIET_TESTS) %D%/faults.awk %D%/form.awk %D%/lib.bash

# Each system call of a tick with each error; "make check" has a few of them.
check-faults: runstatd
	@RUNSTATD=$(abs_builddir)/runstatd RUNSTATD_FAULTS=all $(srcdir)/%D%/faults.test

.PHONY: check-faults

# For all *.test files, those in other folders too.
TEST_LOG_COMPILER = env RUNSTATD=$(abs_top_builddir)/runstatd \
	RUNSTAT_VIEW=$(abs_top_builddir)/runstat-view \
	INJECTOR=$(abs_top_builddir)/tests/live/injector \
	OUTLET=$(abs_top_builddir)/tests/live/outlet \
	RECEIVER=$(abs_top_builddir)/tests/live/receiver \
	INTRUDER=$(abs_top_builddir)/tests/live/intruder.so \
	KEEPER=$(abs_top_builddir)/tests/zoo/keeper \
	JOURNAL=$(abs_top_builddir)/tests/bench/journal \
	ALLOCATIONS_SO=$(abs_top_builddir)/tests/bench/allocations.so BATS=$(BATS)

# What the kernel has run out of, a minute in all.
check-exhaustion: runstatd$(EXEEXT)
	@RUNSTATD=$(abs_top_builddir)/runstatd INJECTOR=$(abs_top_builddir)/tests/live/injector \
		$(top_srcdir)/%D%/exhaustion.test

# A million ticks, which takes half an hour and more.
soak: runstatd$(EXEEXT)
	@RUNSTATD=$(abs_top_builddir)/runstatd RUNSTATD_SOAK_TICKS=$${RUNSTATD_SOAK_TICKS:-1000000} \
		$(top_srcdir)/%D%/soak.test

.PHONY: check-exhaustion soak
