# SPDX-License-Identifier: MIT

include viewer/page/local.mk

# Everything but main(), for the program and for the tests.
if HAVE_DYGRAPHS
noinst_LIBRARIES += libview.a
bin_PROGRAMS += runstat-view
dist_man_MANS += %D%/runstat-view.1
else
EXTRA_LIBRARIES += libview.a
EXTRA_PROGRAMS += runstat-view
endif
libview_a_SOURCES = \
	%D%/access.c \
	%D%/access.h \
	%D%/advice.c \
	%D%/advice.h \
	%D%/answer.c \
	%D%/answer.h \
	%D%/api.c \
	%D%/api.h \
	%D%/api_overview.c \
	%D%/clients.c \
	%D%/clients.h \
	%D%/codes.c \
	%D%/codes.h \
	%D%/columns.c \
	%D%/columns.h \
	%D%/conclude.c \
	%D%/conclude.h \
	%D%/drain.c \
	%D%/drain.h \
	%D%/feed.c \
	%D%/feed.h \
	%D%/filter.h \
	%D%/happenings.c \
	%D%/happenings.h \
	%D%/history.c \
	%D%/history.h \
	%D%/inputs.c \
	%D%/inputs.h \
	%D%/intake.c \
	%D%/journal.h \
	%D%/json.c \
	%D%/json.h \
	%D%/loop.c \
	%D%/loop.h \
	%D%/minute.c \
	%D%/minute.h \
	%D%/options.c \
	%D%/options.h \
	%D%/out.c \
	%D%/out.h \
	%D%/pack.c \
	%D%/pack.h \
	%D%/page.c \
	%D%/page.h \
	%D%/query.c \
	%D%/query.h \
	%D%/report.c \
	%D%/report.h \
	%D%/requests.c \
	%D%/requests.h \
	%D%/sandbox.c \
	%D%/sandbox.h \
	%D%/server.c \
	%D%/server.h \
	%D%/snapshot.c \
	%D%/snapshot.h \
	%D%/source.c \
	%D%/source.h \
	%D%/stream.c \
	%D%/stream.h \
	%D%/target.c \
	%D%/target.h \
	%D%/times.c \
	%D%/times.h \
	%D%/troubles.c \
	%D%/units.c \
	%D%/view.c \
	%D%/view.h \
	%D%/words.c \
	%D%/words.h
if HAVE_LIBSYSTEMD
libview_a_SOURCES += %D%/journal_systemd.c
else
libview_a_SOURCES += %D%/journal_none.c
endif
if HAVE_SECCOMP
libview_a_SOURCES += %D%/filter_seccomp.c
else
libview_a_SOURCES += %D%/filter_none.c
endif
nodist_libview_a_SOURCES = %D%/page_files.c

# The files of the page, as a source. They are made, and in the build folder.
%D%/page_files.c: %D%/embed $(viewer_page_files)
	$(AM_V_GEN)$(MKDIR_P) %D%; $(srcdir)/%D%/embed $(viewer_page_files) >$@.new && mv $@.new $@

EXTRA_DIST += %D%/API.md %D%/README.md %D%/embed %D%/pictures/overview.png \
	%D%/pictures/overview-dark.png %D%/pictures/target.png %D%/pictures/phone.png \
	%D%/pictures/phone-dark.png
CLEANFILES += %D%/page_files.c

# What libview.a needs, besides librunstat.a.
VIEW_LIBS = libview.a librunstat.a $(LIBEVENT_EXTRA_LIBS) $(RUNSTAT_LIBS) $(SYSTEMD_LIBS)

runstat_view_SOURCES = %D%/main.c
runstat_view_LDADD = $(VIEW_LIBS)
