# SPDX-License-Identifier: MIT

# The page of runstat-view in a real browser. Chromium and node are the machine's; what else the tests
# need is installed into the build folder, at the versions and with the sums of package-lock.json.
BROWSER_TESTS = %D%/modules.test.mjs %D%/page.test.mjs %D%/program.test.mjs

EXTRA_DIST += $(BROWSER_TESTS) %D%/run %D%/lib.mjs %D%/mock.mjs %D%/pictures.mjs %D%/world.mjs %D%/package.json \
	%D%/package-lock.json %D%/.npmrc

browser_programs = runstatd$(EXEEXT) runstat-view$(EXEEXT) tests/zoo/keeper$(EXEEXT)

check-viewer-browser: $(browser_programs) $(viewer_page_files)
	@RUNSTATD=$(abs_top_builddir)/runstatd RUNSTAT_VIEW=$(abs_top_builddir)/runstat-view \
		KEEPER=$(abs_top_builddir)/tests/zoo/keeper \
		PAGE_FILES=$(abs_top_builddir)/viewer/page/made \
		BROWSER_MODULES=$(abs_top_builddir)/%D% PICTURES=$(abs_top_builddir)/%D%/pictures \
		$(top_srcdir)/%D%/run $(BROWSER_TESTS:%=$(abs_top_srcdir)/%)

browser-mostlyclean:
	@rm -rf %D%/node_modules %D%/pictures

mostlyclean-local: browser-mostlyclean

.PHONY: check-viewer-browser browser-mostlyclean
