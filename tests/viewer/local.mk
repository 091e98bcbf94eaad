# SPDX-License-Identifier: MIT

include tests/viewer/unit/local.mk

VIEW_TESTS = %D%/ingest.test %D%/serve.test
if HAVE_DYGRAPHS
VIEW_CHECKS = $(VIEW_TESTS)
TESTS += $(VIEW_CHECKS)
endif
EXTRA_DIST += $(VIEW_TESTS) %D%/lib.bash %D%/make-log %D%/fixture

# How fast lines are taken, of a log of 1 GB: a minute.
bench-viewer: runstat-view$(EXEEXT)
	@RUNSTAT_VIEW=$(abs_top_builddir)/runstat-view RUNSTAT_VIEW_MB=$${RUNSTAT_VIEW_MB:-1000} RUNSTAT_VIEW_TIMES=4 \
		$(top_srcdir)/%D%/ingest.test

.PHONY: bench-viewer
