# SPDX-License-Identifier: MIT

EXTRA_DIST += %D%/README.md %D%/build \
	%D%/alpine/APKBUILD %D%/alpine/runstatd.confd %D%/alpine/runstatd.initd \
	%D%/alpine/runstatd.logrotate %D%/alpine/runstatd.pre-install \
	%D%/arch/PKGBUILD %D%/arch/runstatd.install %D%/debian \
	%D%/kubernetes/README.md \
	%D%/kubernetes/daemonset/daemonset.yaml %D%/kubernetes/daemonset/kustomization.yaml \
	%D%/kubernetes/daemonset/namespace.yaml %D%/kubernetes/example/deployment.yaml \
	%D%/kubernetes/example/kustomization.yaml %D%/kubernetes/example/pod.yaml \
	%D%/kubernetes/sidecar/kustomization.yaml %D%/kubernetes/sidecar/sidecar.yaml \
	%D%/kubernetes/sidecar-plain/kustomization.yaml %D%/kubernetes/sidecar-plain/sidecar.yaml \
	%D%/oci/Containerfile %D%/oci/build \
	%D%/pictures/picture %D%/pictures/svg.awk \
	%D%/pictures/table-80.svg %D%/pictures/table-160.svg \
	%D%/podman/compose.yaml %D%/podman/runstatd.container %D%/podman/web.kube \
	%D%/rpm/macros.fedora %D%/rpm/rpmlint.toml %D%/rpm/runstatd.spec

# Recipes for what reads the lines, in their folders.
EXTRA_DIST += %D%/integrations
examplesdir = $(docdir)/examples

install-data-local: install-integrations
install-integrations:
	@cd $(top_srcdir)/%D% && find integrations -type f | while read -r file; do \
		$(MKDIR_P) "$(DESTDIR)$(examplesdir)/$${file%/*}" && \
		$(INSTALL_DATA) "$$file" "$(DESTDIR)$(examplesdir)/$$file" || exit; \
	done

uninstall-local: uninstall-integrations
uninstall-integrations:
	rm -rf "$(DESTDIR)$(examplesdir)/integrations"

PACKAGES = %D%/packages

# Each of what "make dist" packs, and of nothing else; see README.md.
deb rpm apk arch: dist-xz
	$(top_srcdir)/%D%/build $@ $(distdir).tar.xz $(PACKAGES)/$@

image: dist-xz
	$(top_srcdir)/%D%/oci/build $(distdir).tar.xz $(PACKAGES)/image

# What the table looks like, for README.md.
pictures: runstatd$(EXEEXT) tests/live/injector$(EXEEXT)
	for columns in 80 160; do $(top_srcdir)/%D%/pictures/picture ./runstatd$(EXEEXT) \
		tests/live/injector$(EXEEXT) $$columns >$(top_srcdir)/%D%/pictures/table-$$columns.svg \
		|| exit; done

clean-local:
	rm -rf $(PACKAGES)

.PHONY: install-integrations uninstall-integrations deb rpm apk arch image pictures
