# SPDX-License-Identifier: MIT

# What a sample costs; see README.md. It takes minutes, and is no test.
check_PROGRAMS += %D%/floor %D%/journal
%C%_floor_SOURCES = %D%/floor.c
%C%_floor_LDADD =
%C%_journal_SOURCES = %D%/journal.c
%C%_journal_LDADD =

# To be loaded into runstatd.
check_PROGRAMS += %D%/allocations.so
%C%_allocations_so_SOURCES = %D%/allocations.c
%C%_allocations_so_CFLAGS = $(AM_CFLAGS) -fPIC
%C%_allocations_so_LDFLAGS = -shared
%C%_allocations_so_LDADD =

TESTS += %D%/allocations.test
EXTRA_DIST += %D%/README.md %D%/allocations.test %D%/bench %D%/calls %D%/calls.awk \
	%D%/contestants.bash %D%/count-instructions %D%/instructions %D%/lib.bash %D%/make-tree \
	%D%/results.md %D%/table.awk %D%/verdict.awk

bench_env = $(TEST_LOG_COMPILER) FLOOR=$(abs_top_builddir)/%D%/floor

bench: runstatd$(EXEEXT) tests/live/injector$(EXEEXT) %D%/floor$(EXEEXT) %D%/journal$(EXEEXT)
	@$(bench_env) $(top_srcdir)/%D%/bench $(BENCH_POPULATIONS)

# The same where some are asked for today: walks that are cut, and patterns.
check-allocations: runstatd$(EXEEXT) tests/live/injector$(EXEEXT) %D%/allocations.so$(EXEEXT)
	@failed=; for what in cut patterns; do \
		$(bench_env) $(top_srcdir)/%D%/allocations.test $$what || failed="$$failed $$what"; \
	done; test -z "$$failed" || { echo "FAILED:$$failed"; exit 1; }

# What has been counted is of one compiler, and is skipped (77) with another.
count_instructions = $(bench_env) $(top_srcdir)/%D%/count-instructions \
	"$$($(CC) --version | head -n 1), $(CFLAGS)"

check-instructions: runstatd$(EXEEXT)
	@$(count_instructions); status=$$?; test $$status -eq 77 || exit $$status

update-instructions: runstatd$(EXEEXT)
	@$(count_instructions) --update

bench-calls: runstatd$(EXEEXT) tests/live/injector$(EXEEXT)
	@$(bench_env) $(top_srcdir)/%D%/calls

.PHONY: bench bench-calls check-allocations check-instructions update-instructions
