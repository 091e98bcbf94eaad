# SPDX-License-Identifier: MIT

SERVICE_TESTS = %D%/start.test %D%/fields.test %D%/config.test %D%/units.test %D%/instance.test \
	%D%/hidepid.test %D%/watchdog.test %D%/journald.test %D%/endurance.test %D%/many.test \
	%D%/viewer.test
EXTRA_DIST += $(SERVICE_TESTS) %D%/guest %D%/lib.bash

SERVICE_STAGE = %D%/stage
service_env = --timeout 600 --env CONFIG=$(sysconfdir)/runstatd/runstatd.conf
service_tests = start fields config units hidepid watchdog journald viewer
service_ns = $(top_srcdir)/tests/vm/run-ns $(service_env)
service_vm = $(top_srcdir)/tests/vm/run-vm $(service_env) $(SERVICE_SLOW)
# A machine that is emulated. With KVM leave it empty.
SERVICE_SLOW = --env SLOW=4 --env TICKS=600 --env STOPPED=200 --env INTERVAL_MS=50 \
	--env KIND=slice --env MANY_MS=2000 --env UNITS=200 --env CHURN=20 \
	--env SECONDS_OF_CHURN=4

# What "make install" installs, where systemd looks for it whatever was configured, and the tests.
service-stage: all
	@rm -rf $(SERVICE_STAGE) && $(MKDIR_P) $(SERVICE_STAGE)
	@$(MAKE) $(AM_MAKEFLAGS) install DESTDIR=$(abs_builddir)/$(SERVICE_STAGE)/root \
		systemdsystemunitdir=/usr/lib/systemd/system systemduserunitdir=/usr/lib/systemd/user \
		systemdsystempresetdir=/usr/lib/systemd/system-preset \
		catalogdir=/usr/lib/systemd/catalog >/dev/null
	@cd $(top_srcdir) && cp $(SERVICE_TESTS) %D%/lib.bash $(abs_builddir)/$(SERVICE_STAGE)

if INSTALL_UNITS
# The installed service under a systemd of its own; see tests/vm/README.md.
check-service-ns: service-stage
	@$(service_ns) --prepare; status=$$?; if test $$status -eq 77; then exit 0; fi; \
	for layout in '' '--cgroup v1'; do \
		echo "service, in namespaces $$layout"; \
		$(service_ns) $$layout --env TESTS='$(service_tests) instance' \
			$(top_srcdir)/%D%/guest $(SERVICE_STAGE) || exit; \
	done

# The same with thousands of ticks and hundreds of units, on a machine that does nothing else.
check-service-load: service-stage
	@$(service_ns) --env TESTS='many endurance' $(top_srcdir)/%D%/guest $(SERVICE_STAGE)

check-service-vm: service-stage
	@echo 'service on cgroup v2, in a virtual machine'
	@$(service_vm) --cgroup v2 --env TESTS='$(service_tests) endurance many' \
		$(top_srcdir)/%D%/guest $(SERVICE_STAGE)
	@echo 'service on cgroup v1, in a virtual machine'
	@$(service_vm) --cgroup v1 --env TESTS='start units' $(top_srcdir)/%D%/guest \
		$(SERVICE_STAGE)
else
check-service-ns check-service-load check-service-vm:
	@echo 'skipped $@: no units without systemd'
endif

mostlyclean-local: service-mostlyclean
service-mostlyclean:
	rm -rf $(SERVICE_STAGE)

.PHONY: check-service-ns check-service-vm service-mostlyclean service-stage
