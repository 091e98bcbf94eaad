# SPDX-License-Identifier: MIT

# What a sample costs; see README.md. It takes minutes, and is no test.
check_PROGRAMS += %D%/floor %D%/journal
%C%_floor_SOURCES = %D%/floor.c
%C%_floor_LDADD =
%C%_journal_SOURCES = %D%/journal.c
%C%_journal_LDADD =

EXTRA_DIST += %D%/README.md %D%/bench %D%/contestants.bash %D%/lib.bash %D%/table.awk %D%/verdict.awk

bench_env = $(TEST_LOG_COMPILER) FLOOR=$(abs_top_builddir)/%D%/floor

bench: runstatd$(EXEEXT) tests/live/injector$(EXEEXT) %D%/floor$(EXEEXT) %D%/journal$(EXEEXT)
	@$(bench_env) $(top_srcdir)/%D%/bench $(BENCH_POPULATIONS)

.PHONY: bench
