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

