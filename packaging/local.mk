# SPDX-License-Identifier: MIT

EXTRA_DIST += %D%/README.md %D%/build \
	%D%/alpine/APKBUILD %D%/alpine/runstatd.confd %D%/alpine/runstatd.initd \
	%D%/alpine/runstatd.logrotate %D%/alpine/runstatd.pre-install \
	%D%/arch/PKGBUILD %D%/arch/runstatd.install %D%/debian \
	%D%/oci/Containerfile %D%/oci/build \
	%D%/rpm/macros.fedora %D%/rpm/rpmlint.toml %D%/rpm/runstatd.spec

PACKAGES = %D%/packages

# Each of what "make dist" packs, and of nothing else; see README.md.
deb rpm apk arch: dist-xz
	$(top_srcdir)/%D%/build $@ $(distdir).tar.xz $(PACKAGES)/$@

image: dist-xz
	$(top_srcdir)/%D%/oci/build $(distdir).tar.xz $(PACKAGES)/image

clean-local:
	rm -rf $(PACKAGES)

.PHONY: deb rpm apk arch image
