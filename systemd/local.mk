# SPDX-License-Identifier: MIT

UNITS = %D%/runstatd.service %D%/runstatd@.service %D%/user/runstatd.service
EXTRA_DIST += %D%/50-runstatd.preset %D%/common.in %D%/notify-reload.conf %D%/runstatd.catalog \
	%D%/runstatd.conf %D%/runstatd.service.in %D%/runstatd@.service.in %D%/runstatd.slice \
	%D%/runstatd.user.service.in %D%/sandbox.in

unit = $(AM_V_GEN)$(MKDIR_P) %D%/user && $(SED) \
	-e '/^@COMMON[@]$$/{r $(srcdir)/%D%/common.in' -e 'd;}' \
	-e '/^@SANDBOX[@]$$/{r $(srcdir)/%D%/sandbox.in' -e 'd;}' \
	-e 's|@sbindir[@]|$(sbindir)|g'

%D%/runstatd.service: %D%/runstatd.service.in
	$(unit) $(srcdir)/%D%/runstatd.service.in >$@
%D%/runstatd@.service: %D%/runstatd@.service.in
	$(unit) $(srcdir)/%D%/runstatd@.service.in >$@
%D%/user/runstatd.service: %D%/runstatd.user.service.in
	$(unit) $(srcdir)/%D%/runstatd.user.service.in >$@
$(UNITS): %D%/common.in %D%/sandbox.in Makefile

if INSTALL_UNITS
systemdsystemunit_DATA = %D%/runstatd.service %D%/runstatd@.service %D%/runstatd.slice
systemduserunit_DATA = %D%/user/runstatd.service
systemdsystempreset_DATA = %D%/50-runstatd.preset
catalog_DATA = %D%/runstatd.catalog
dist_doc_DATA += %D%/notify-reload.conf
CLEANFILES += $(UNITS)
endif

# The configuration is its owner's: one that is there is not overwritten, and one that was changed
# is not removed.
configdir = $(sysconfdir)/runstatd

install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(configdir)/runstatd.conf.d"
	test -e "$(DESTDIR)$(configdir)/runstatd.conf" || \
		$(INSTALL_DATA) $(srcdir)/%D%/runstatd.conf "$(DESTDIR)$(configdir)/runstatd.conf"

uninstall-local:
	! cmp -s $(srcdir)/%D%/runstatd.conf "$(DESTDIR)$(configdir)/runstatd.conf" || \
		rm -f "$(DESTDIR)$(configdir)/runstatd.conf"
	-rmdir "$(DESTDIR)$(configdir)/runstatd.conf.d" "$(DESTDIR)$(configdir)" 2>/dev/null
