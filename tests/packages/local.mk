# SPDX-License-Identifier: MIT

PACKAGE_TESTS = %D%/deb.test %D%/rpm.test %D%/arch.test %D%/apk.test %D%/image.test \
	%D%/kubernetes.test
EXTRA_DIST += $(PACKAGE_TESTS) %D%/compose.js %D%/deb.guest %D%/kubernetes.js %D%/lib.bash %D%/musl \
	%D%/openrc.guest

PACKAGES_STAGE = %D%/stage

# Builds each package twice and tries it. What a check cannot be made for want of a tool (77) is said,
# and no failure.
check-packages: dist-xz
	@rm -rf $(PACKAGES_STAGE) && $(MKDIR_P) $(PACKAGES_STAGE)
	@failed=; for test in $(PACKAGE_TESTS); do \
		TARBALL=$(abs_builddir)/$(distdir).tar.xz KEEP=$(abs_builddir)/$(PACKAGES_STAGE) \
			$(top_srcdir)/$$test; \
		case $$? in \
		0) echo "ok $$test" ;; \
		77) echo "skipped $$test" ;; \
		*) echo "FAILED $$test"; failed=1 ;; \
		esac; \
	done; test -z "$$failed"

# The package for Debian, in a folder of its own.
packages-deb: dist-xz
	@rm -rf $(PACKAGES_STAGE)
	@DEB_BUILD_OPTIONS=nocheck $(top_srcdir)/packaging/build deb $(distdir).tar.xz $(PACKAGES_STAGE) \
		>/dev/null 2>&1
	@rm -f $(PACKAGES_STAGE)/*-dbgsym_*

# Installed, upgraded and purged on a machine of its own; see ../vm/README.md.
check-packages-vm: packages-deb
	@$(run_vm) --with packages --timeout 1800 $(top_srcdir)/%D%/deb.guest $(PACKAGES_STAGE)

# The same on a copy of this one, where it is of Debian and lets us.
check-packages-ns: packages-deb
	@$(run_ns) $(top_srcdir)/%D%/deb.guest $(PACKAGES_STAGE); \
	status=$$?; if test $$status -eq 77; then echo 'skipped check-packages-ns'; else exit $$status; fi

mostlyclean-local: packages-mostlyclean
packages-mostlyclean:
	rm -rf $(PACKAGES_STAGE)

.PHONY: check-packages check-packages-ns check-packages-vm packages-deb packages-mostlyclean
