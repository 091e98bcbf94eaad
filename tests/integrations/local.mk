# SPDX-License-Identifier: MIT

# Each recipe of packaging/integrations with the program that it is for. Those for the journal run
# under a systemd of their own, the others on this machine.
INTEGRATION_TESTS = %D%/lnav.test %D%/mtail.test %D%/prometheus.test %D%/loki.test
INTEGRATION_NS_TESTS = %D%/rsyslog.test %D%/syslog-ng.test \
	%D%/journal-remote.test %D%/logrotate.test %D%/jq.test %D%/textfile.test
integration_ns_names = rsyslog syslog-ng journal-remote logrotate jq textfile
INTEGRATION_MINUTE = %D%/minute
INTEGRATION_UNPACKED = %D%/unpacked
EXTRA_DIST += $(INTEGRATION_TESTS) $(INTEGRATION_NS_TESTS) %D%/bytes.test \
	%D%/dashboard %D%/lib.bash %D%/metrics.awk %D%/ns.bash \
	%D%/numbers.awk %D%/record %D%/unpack

# What a check cannot be made for want of a program (77) is said, and no failure.
check-integrations: check-integrations-here check-integrations-ns

check-integrations-here: all tests/live/injector$(EXEEXT)
	@$(MKDIR_P) %D% && rm -rf $(INTEGRATION_MINUTE)
	@export RUNSTATD=$(abs_builddir)/runstatd INJECTOR=$(abs_builddir)/tests/live/injector \
		MINUTE=$(abs_builddir)/$(INTEGRATION_MINUTE) LOGQL=$(abs_builddir)/%D%/logql; \
	$(top_srcdir)/%D%/record $$MINUTE || exit; \
	failed=; for test in $(INTEGRATION_TESTS); do \
		$(top_srcdir)/$$test >%D%/said 2>&1; status=$$?; \
		case $$status in \
		0) echo "ok $$test" ;; \
		77) echo "skipped $$test" ;; \
		*) echo "FAILED $$test"; failed=1 ;; \
		esac; \
		sed 's/^/    /' %D%/said; \
	done; test -z "$$failed"

if INSTALL_UNITS
integration_guest = $(service_ns) --env TESTS='$(integration_ns_names)' $(top_srcdir)/tests/service/guest \
	$(SERVICE_STAGE); status=$$?; \
	if test $$status -eq 77; then echo 'skipped $@'; else exit $$status; fi

# What is unpacked in $(INTEGRATION_UNPACKED), as it cannot be installed beside others, is there
# as if it had been installed.
integrations-stage: service-stage
	@cd $(top_srcdir) && cp $(INTEGRATION_NS_TESTS) %D%/bytes.test %D%/ns.bash %D%/numbers.awk \
		$(abs_builddir)/$(SERVICE_STAGE)
	@cp -R $(top_srcdir)/packaging/integrations $(SERVICE_STAGE)
	@test ! -d $(INTEGRATION_UNPACKED) || cp -R $(INTEGRATION_UNPACKED)/. $(SERVICE_STAGE)/root

check-integrations-ns: integrations-stage
	@$(integration_guest)

# What a target costs a day, for packaging/integrations/README.md.
integrations-bytes:
	@$(MAKE) -s $(AM_MAKEFLAGS) integration_ns_names=bytes check-integrations-ns
else
check-integrations-ns integrations-bytes:
	@echo 'skipped $@: no units without systemd'
endif

mostlyclean-local: integrations-mostlyclean
integrations-mostlyclean:
	rm -rf $(INTEGRATION_MINUTE) $(INTEGRATION_UNPACKED) $(INTEGRATION_UNPACKED).* %D%/logql %D%/said

.PHONY: integrations-bytes integrations-stage check-integrations check-integrations-here check-integrations-ns integrations-mostlyclean
