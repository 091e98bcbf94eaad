# SPDX-License-Identifier: MIT

view_unit_programs = \
	%D%/test_access \
	%D%/test_api \
	%D%/test_drain \
	%D%/test_history \
	%D%/test_options \
	%D%/test_pack \
	%D%/test_requests \
	%D%/test_source \
	%D%/test_times \
	%D%/test_view

if HAVE_CMOCKA
VIEW_TEST_LIBS = tests/unit/libunit.a $(VIEW_LIBS) $(CMOCKA_LIBS)
%C%_test_access_LDADD = $(VIEW_TEST_LIBS)
%C%_test_api_LDADD = $(VIEW_TEST_LIBS)
%C%_test_drain_LDADD = $(VIEW_TEST_LIBS)
%C%_test_history_LDADD = $(VIEW_TEST_LIBS)
%C%_test_options_LDADD = $(VIEW_TEST_LIBS)
%C%_test_pack_LDADD = $(VIEW_TEST_LIBS)
%C%_test_requests_LDADD = $(VIEW_TEST_LIBS)
%C%_test_source_LDADD = $(VIEW_TEST_LIBS)
%C%_test_times_LDADD = $(VIEW_TEST_LIBS)
%C%_test_view_LDADD = $(VIEW_TEST_LIBS)
if HAVE_DYGRAPHS
check_PROGRAMS += $(view_unit_programs)
TESTS += $(view_unit_programs)
endif
endif
