# SPDX-License-Identifier: MIT

# The page: modules that become one script, styles that become one, and dygraphs, which draws the
# charts. A snapshot has all of them inside, and is the same page.
page_modules = \
	%D%/trust.js \
	%D%/dom.js \
	%D%/format.js \
	%D%/settings.js \
	%D%/store.js \
	%D%/feed.js \
	%D%/explain.js \
	%D%/marks.js \
	%D%/events.js \
	%D%/attention.js \
	%D%/figures.js \
	%D%/targets.js \
	%D%/gestures.js \
	%D%/chart.js \
	%D%/charts.js \
	%D%/detail.js \
	%D%/app.js
page_styles = %D%/colours.css %D%/style.css %D%/parts.css %D%/targets.css %D%/target.css %D%/width.css

viewer_page_files = \
	%D%/made/index.html \
	%D%/made/app.js \
	%D%/made/dygraph.js \
	%D%/made/style.css \
	%D%/made/snapshot.html

EXTRA_DIST += %D%/assemble %D%/page.html $(page_modules) $(page_styles)
CLEANFILES += $(viewer_page_files)

assemble = $(top_srcdir)/%D%/assemble
assemble_to = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(assemble)

%D%/made/app.js: $(page_modules) %D%/assemble
	$(assemble_to) script $(page_modules:%=$(top_srcdir)/%) >$@.new && mv $@.new $@

%D%/made/dygraph.js: $(DYGRAPHS_JS) %D%/assemble
	$(assemble_to) library $(DYGRAPHS_JS) >$@.new && mv $@.new $@

%D%/made/style.css: $(page_styles)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cat $(page_styles:%=$(top_srcdir)/%) >$@.new && mv $@.new $@

%D%/made/index.html: %D%/page.html %D%/assemble
	$(assemble_to) page $(top_srcdir)/%D%/page.html >$@.new && mv $@.new $@

%D%/made/snapshot.html: %D%/page.html %D%/assemble %D%/made/style.css %D%/made/dygraph.js \
		%D%/made/app.js
	$(assemble_to) snapshot $(top_srcdir)/%D%/page.html %D%/made/style.css %D%/made/dygraph.js \
		%D%/made/app.js >$@.new && mv $@.new $@
