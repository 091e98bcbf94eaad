# SPDX-License-Identifier: MIT

# What the detectors are worth: series of which it is known whether they leak.
check_PROGRAMS += %D%/series
%C%_series_SOURCES = %D%/series.c
%C%_series_LDADD = librunstat.a $(RUNSTAT_LIBS)

TESTS += %D%/series.test
EXTRA_DIST += %D%/README.md %D%/series.test

# The scoreboard, from seeds that nothing was tuned to.
zoo: zoo-series
zoo-series: %D%/series
	./%D%/series --seeds 1001-1200

.PHONY: zoo zoo-series

# Programs that misbehave in known ways, and what runstatd says of them.
ZOO_TESTS = %D%/facts.test %D%/story.test

check_PROGRAMS += %D%/keeper
%C%_keeper_SOURCES = %D%/keeper.c %D%/growth.c %D%/parents.c %D%/ways.c %D%/ways.h
%C%_keeper_LDFLAGS = -pthread $(AM_LDFLAGS)
%C%_keeper_LDADD = -lm

# That the animals are what they should be takes a few seconds; the rest has targets of its own.
ZOO_CHECK = %D%/facts.test %D%/verdict.test
TESTS += $(ZOO_CHECK)
EXTRA_DIST += $(ZOO_TESTS) %D%/verdict.test %D%/live %D%/verdict.awk %D%/zoo.bash

ZOO_ENV = RUNSTATD=$(abs_top_builddir)/runstatd KEEPER=$(abs_top_builddir)/tests/zoo/keeper
ZOO_STAGE = tests/vm/stage
zoo_programs = runstatd$(EXEEXT) tests/zoo/keeper$(EXEEXT)
run_zoo = run() { env $(ZOO_ENV) "$$@"; status=$$?; test $$status -eq 77 || return $$status; }; run

check-zoo: check-zoo-live
zoo: zoo-live

# A minute each.
check-zoo-live: $(zoo_programs)
	@$(run_zoo) $(top_srcdir)/%D%/live quick
	@$(run_zoo) $(top_srcdir)/%D%/story.test

# More of them, and those that are slow: five minutes.
zoo-live: $(zoo_programs)
	@$(run_zoo) $(top_srcdir)/%D%/live long
	@$(run_zoo) $(top_srcdir)/%D%/story.test

zoo-stage: vm-stage $(zoo_programs)
	@cp tests/zoo/keeper $(ZOO_STAGE)
	@cd $(top_srcdir) && cp $(ZOO_TESTS) %D%/verdict.awk %D%/zoo.bash $(abs_top_builddir)/$(ZOO_STAGE)
	@cp $(top_srcdir)/%D%/live $(ZOO_STAGE)/zoo.test

# On machines that are not this one; see tests/vm/README.md.
zoo-vm: zoo-stage
	@$(run_vm) --cgroup v2 --env RUNSTATD_SLOW=4 --env RUNSTATD_ZOO_INTERVAL=1s \
		--env RUNSTATD_ZOO_WITHOUT='storm|--every 0.01|makes|churn' \
		--env TESTS='facts story zoo' $(top_srcdir)/tests/vm/live $(ZOO_STAGE)

zoo-ns: zoo-stage
	@$(run_ns) --env TESTS='facts story zoo' $(top_srcdir)/tests/vm/live $(ZOO_STAGE); \
	status=$$?; if test $$status -eq 77; then echo 'skipped zoo-ns'; else exit $$status; fi

.PHONY: check-zoo check-zoo-live zoo zoo-live zoo-stage zoo-vm zoo-ns
