# SPDX-License-Identifier: MIT

EXTRA_DIST += %D%/build %D%/arch/PKGBUILD %D%/arch/runstatd.install %D%/debian \
	%D%/rpm/macros.fedora %D%/rpm/rpmlint.toml %D%/rpm/runstatd.spec

PACKAGES = %D%/packages

# Each of what "make dist" packs, and of nothing else.
deb rpm arch: dist-xz
	$(top_srcdir)/%D%/build $@ $(distdir).tar.xz $(PACKAGES)/$@

clean-local:
	rm -rf $(PACKAGES)

.PHONY: deb rpm arch
