# SPDX-License-Identifier: MIT

LINTS = floors headers format pages words static

EXTRA_DIST += .ci/run %D%/floors %D%/headers %D%/format %D%/pages %D%/words \
	%D%/static

# What a check cannot look at for want of a tool (77) is said, and no failure.
lint: all
	@failed=; for lint in $(LINTS); do \
		$(top_srcdir)/tests/lint/$$lint $(top_srcdir) $(abs_top_builddir); \
		case $$? in \
		0) echo "ok $$lint" ;; \
		77) echo "skipped $$lint" ;; \
		*) echo "FAILED $$lint"; failed=1 ;; \
		esac; \
	done; test -z "$$failed"

.PHONY: lint
