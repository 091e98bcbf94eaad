# SPDX-License-Identifier: MIT

PACKAGE_TESTS = %D%/deb.test %D%/rpm.test %D%/arch.test %D%/apk.test %D%/image.test
EXTRA_DIST += $(PACKAGE_TESTS) %D%/deb.guest %D%/lib.bash %D%/musl %D%/openrc.guest

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

# The package for Debian, installed, upgraded and purged on a machine of its own; see ../vm/README.md.
check-packages-vm: dist-xz
	@rm -rf $(PACKAGES_STAGE)
	@DEB_BUILD_OPTIONS=nocheck $(top_srcdir)/packaging/build deb $(distdir).tar.xz $(PACKAGES_STAGE) \
		>/dev/null 2>&1
	@rm -f $(PACKAGES_STAGE)/*-dbgsym_*
	@$(run_vm) $(top_srcdir)/%D%/deb.guest $(PACKAGES_STAGE)

mostlyclean-local: packages-mostlyclean
packages-mostlyclean:
	rm -rf $(PACKAGES_STAGE)

.PHONY: check-packages check-packages-vm packages-mostlyclean
