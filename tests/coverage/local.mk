# SPDX-License-Identifier: MIT

EXTRA_DIST += %D%/coverage

# Which part of the daemon's lines the tests run, and how much it has to be. Left out are the tests
# in which system calls fail, those that write down what was run among them, and the longest ones.
COVERAGE_FLOORS = base 95 model 95 source 95 format 95 all 90
COVERAGE_TESTS = $(unit_programs) tests/fuzz/fuzz tests/scenes/run tests/cli/bats.test \
	tests/live/containers.test tests/live/exact.test tests/live/hostile.test tests/live/journal.test \
	tests/live/one-thread.test tests/live/stop.test

coverage:
	@TESTS='$(COVERAGE_TESTS)' $(top_srcdir)/%D%/coverage $(abs_top_srcdir) --lines

check-coverage:
	@FLOORS='$(COVERAGE_FLOORS)' TESTS='$(COVERAGE_TESTS)' \
		$(top_srcdir)/%D%/coverage $(abs_top_srcdir)

.PHONY: coverage check-coverage
