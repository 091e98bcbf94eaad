# SPDX-License-Identifier: MIT

EXTRA_DIST += %D%/build %D%/debian

PACKAGES = %D%/packages

# Each of what "make dist" packs, and of nothing else.
deb: dist-xz
	$(top_srcdir)/%D%/build $@ $(distdir).tar.xz $(PACKAGES)/$@

clean-local:
	rm -rf $(PACKAGES)

.PHONY: deb
