# SPDX-License-Identifier: MIT

VM_TESTS = %D%/clock.test %D%/machine.test %D%/suspend.test
EXTRA_DIST += %D%/README.md %D%/job.bash %D%/live %D%/run-ns %D%/run-vm $(VM_TESTS)

VM_STAGE = %D%/stage
VM_ENV = --env RUNSTATD_SLOW=4 --env RUNSTATD_TICKS=200 --env RUNSTATD_BEAT_TICKS=2000 \
	--env RUNSTATD_BEAT_INTERVAL=10
VM_FEW = --env RUNSTATD_POPULATION='--sleepers 60 --threaded 2:100 --zombies 57'
run_vm = $(top_srcdir)/%D%/run-vm --timeout 600
run_ns = $(top_srcdir)/%D%/run-ns --timeout 600

# The programs and the tests, in one folder.
vm-stage: all tests/live/injector$(EXEEXT) tests/live/outlet$(EXEEXT) tests/live/intruder.so
	@rm -rf $(VM_STAGE) && $(MKDIR_P) $(VM_STAGE)
	@cp runstatd tests/live/injector tests/live/outlet tests/live/intruder.so $(VM_STAGE)
	@cd $(top_srcdir) && cp $(LIVE_TESTS) $(VM_TESTS) tests/live/lib.bash tests/live/form.awk \
		$(abs_top_builddir)/$(VM_STAGE)

# The live tests on machines that are not this one; see README.md. The clock of a virtual machine
# is nobody else's. Emulated, it needs half a second for a walk over the population in a layout
# with many hierarchies, which is more than a tick may take; v2 shows the whole one. What readers do
# is left to check-ns, because it takes minutes here.
check-vm: vm-stage
	@echo 'cgroup v2, in a virtual machine'
	@$(run_vm) --cgroup v2 $(VM_ENV) --env RUNSTATD_VM=1 \
		--env TESTS='exact walks one-thread stop sandbox beat clock machine suspend' $(top_srcdir)/%D%/live $(VM_STAGE)
	@echo 'cgroup v1, in a virtual machine'
	@$(run_vm) --cgroup v1 $(VM_ENV) $(VM_FEW) --env TESTS=exact \
		$(top_srcdir)/%D%/live $(VM_STAGE)
	@echo 'cgroup hybrid, in a virtual machine'
	@$(run_vm) --cgroup hybrid $(VM_ENV) $(VM_FEW) --env TESTS=exact \
		$(top_srcdir)/%D%/live $(VM_STAGE)

# The same under a systemd of its own, where this machine lets us.
check-ns: vm-stage
	@$(run_ns) --env TESTS='exact one-thread stop sandbox readers' $(top_srcdir)/%D%/live $(VM_STAGE); \
	status=$$?; if test $$status -eq 77; then echo 'skipped check-ns'; else exit $$status; fi

mostlyclean-local:
	rm -rf $(VM_STAGE)

.PHONY: vm-stage check-vm check-ns
