# SPDX-License-Identifier: MIT

# What other programs read of what is written; see check.
check_PROGRAMS += %D%/convert %D%/recorder
%C%_convert_SOURCES = %D%/convert.c
%C%_convert_LDADD = librunstat.a $(RUNSTAT_LIBS)
%C%_recorder_SOURCES = %D%/recorder.c
%C%_recorder_LDADD = librunstat.a $(RUNSTAT_LIBS)

# Loaded into the program, which then sees what was recorded.
check_DATA = %D%/player.so
CLEANFILES += %D%/player.so
EXTRA_DIST += %D%/check %D%/compare.js %D%/page.py %D%/player.c

%D%/player.so: %D%/player.c
	@$(MKDIR_P) %D%
	$(AM_V_CCLD)$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) $(WARNING_CFLAGS) $(CFLAGS) -fPIC -shared -o $@ \
		$(top_srcdir)/%D%/player.c -ldl

check-formats: runstatd$(EXEEXT) %D%/convert$(EXEEXT) %D%/recorder$(EXEEXT) %D%/player.so \
		tests/live/injector$(EXEEXT)
	@RUNSTATD=$(abs_builddir)/runstatd INJECTOR=$(abs_builddir)/tests/live/injector \
		RECORDER=$(abs_builddir)/%D%/recorder PLAYER=$(abs_builddir)/%D%/player.so \
		CONVERT=$(abs_builddir)/%D%/convert FORMATS_MODULES=$(abs_builddir)/%D% $(top_srcdir)/%D%/check

clean-local: clean-formats
clean-formats:
	rm -rf %D%/node_modules %D%/package.json %D%/package-lock.json

.PHONY: check-formats clean-formats
