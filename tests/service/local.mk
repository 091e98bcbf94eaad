# SPDX-License-Identifier: MIT

SERVICE_TESTS = %D%/start.test %D%/fields.test
EXTRA_DIST += $(SERVICE_TESTS) %D%/guest %D%/lib.bash

SERVICE_STAGE = %D%/stage
SERVICE_ENV = --env CONFIG=$(sysconfdir)/runstatd/runstatd.conf

# What "make install" installs, where systemd looks for it whatever was configured, and the tests.
service-stage: all
	@rm -rf $(SERVICE_STAGE) && $(MKDIR_P) $(SERVICE_STAGE)
	@$(MAKE) $(AM_MAKEFLAGS) install DESTDIR=$(abs_builddir)/$(SERVICE_STAGE)/root \
		systemdsystemunitdir=/usr/lib/systemd/system systemduserunitdir=/usr/lib/systemd/user \
		systemdsystempresetdir=/usr/lib/systemd/system-preset \
		catalogdir=/usr/lib/systemd/catalog >/dev/null
	@cd $(top_srcdir) && cp $(SERVICE_TESTS) tests/service/lib.bash \
		$(abs_builddir)/$(SERVICE_STAGE)

.PHONY: service-stage
