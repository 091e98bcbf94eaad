# SPDX-License-Identifier: MIT

CONTAINER_TESTS = %D%/self.test %D%/pod.test
EXTRA_DIST += $(CONTAINER_TESTS) %D%/lib.bash

CONTAINERS_STAGE = %D%/stage
CONTAINERS_ENV = --env VERSION=$(VERSION) --env TESTS='self pod' --env TEST_SECONDS=1200
containers_vm = $(top_srcdir)/tests/vm/run-vm --with containers --mem 2048 --timeout 2400 \
	--env RUNSTATD_SLOW=4 $(CONTAINERS_ENV) --cgroup
containers_ns = $(top_srcdir)/tests/vm/run-ns --timeout 800 $(CONTAINERS_ENV)

# What makes a population has to run where there are no libraries.
EXTRA_PROGRAMS += %D%/injector %D%/keeper
%C%_injector_SOURCES = tests/live/injector.c
%C%_injector_LDFLAGS = -pthread -static
%C%_injector_LDADD =
%C%_keeper_SOURCES = tests/zoo/keeper.c tests/zoo/growth.c tests/zoo/parents.c tests/zoo/ways.c \
	tests/zoo/ways.h
%C%_keeper_LDFLAGS = -pthread -static
%C%_keeper_LDADD = -lm

# The image as it is shipped, those programs, and the tests, in one folder.
containers-stage: dist-xz %D%/injector$(EXEEXT) %D%/keeper$(EXEEXT)
	@rm -rf $(CONTAINERS_STAGE) && $(MKDIR_P) $(CONTAINERS_STAGE)
	@$(top_srcdir)/packaging/oci/build $(distdir).tar.xz $(CONTAINERS_STAGE) amd64 \
		>$(CONTAINERS_STAGE)/build.log 2>&1 || { cat $(CONTAINERS_STAGE)/build.log; exit 1; }
	@rm -r $(CONTAINERS_STAGE)/$(distdir).oci
	@mv $(CONTAINERS_STAGE)/$(distdir).oci.tar $(CONTAINERS_STAGE)/runstatd.oci.tar
	@cp %D%/injector %D%/keeper $(CONTAINERS_STAGE)
	@cp $(top_srcdir)/tests/live/lib.bash $(CONTAINERS_STAGE)/live.bash
	@cd $(top_srcdir) && cp $(CONTAINER_TESTS) %D%/lib.bash packaging/kubernetes/example/pod.yaml tests/live/form.awk \
		$(abs_top_builddir)/$(CONTAINERS_STAGE)

# With podman, under a systemd of its own, where this machine lets us; see ../vm/README.md.
check-containers-ns: containers-stage
	@$(containers_ns) $(top_srcdir)/tests/vm/live $(CONTAINERS_STAGE); \
	status=$$?; if test $$status -eq 77; then echo 'skipped check-containers-ns'; else exit $$status; fi

# The same in virtual machines: minutes with KVM, and half an hour where they are emulated.
check-containers-vm: containers-stage
	@echo 'containers on cgroup v2, in a virtual machine'
	@$(containers_vm) v2 $(top_srcdir)/tests/vm/live $(CONTAINERS_STAGE)
	@echo 'containers on cgroup v1, in a virtual machine'
	@$(containers_vm) v1 $(top_srcdir)/tests/vm/live $(CONTAINERS_STAGE)

mostlyclean-local: containers-mostlyclean
containers-mostlyclean:
	rm -rf $(CONTAINERS_STAGE)

.PHONY: check-containers-ns check-containers-vm containers-mostlyclean containers-stage
