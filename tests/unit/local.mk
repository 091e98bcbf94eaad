# SPDX-License-Identifier: MIT

unit_programs = \
	%D%/test_alarm \
	%D%/test_beat \
	%D%/test_budget \
	%D%/test_ahead \
	%D%/test_buf \
	%D%/test_cgroup \
	%D%/test_change \
	%D%/test_churn \
	%D%/test_configuration \
	%D%/test_container \
	%D%/test_container_names \
	%D%/test_container_path \
	%D%/test_container_root \
	%D%/test_fence \
	%D%/test_folder \
	%D%/test_format \
	%D%/test_held \
	%D%/test_hierarchy \
	%D%/test_journal \
	%D%/test_judge \
	%D%/test_limit \
	%D%/test_load \
	%D%/test_look \
	%D%/test_machine \
	%D%/test_members \
	%D%/test_name \
	%D%/test_options \
	%D%/test_output \
	%D%/test_pages \
	%D%/test_pid_set \
	%D%/test_platform \
	%D%/test_pressure \
	%D%/test_proc \
	%D%/test_reader \
	%D%/test_real \
	%D%/test_record \
	%D%/test_remembered \
	%D%/test_reserve \
	%D%/test_root \
	%D%/test_sandbox \
	%D%/test_sampling \
	%D%/test_sink \
	%D%/test_suspect \
	%D%/test_table \
	%D%/test_target \
	%D%/test_target_index \
	%D%/test_task_handles \
	%D%/test_tasks \
	%D%/test_text \
	%D%/test_timeline \
	%D%/test_top \
	%D%/test_tree \
	%D%/test_trend \
	%D%/test_unit \
	%D%/test_users \
	%D%/test_utf8 \
	%D%/test_values \
	%D%/test_watch \
	%D%/test_writer

EXTRA_DIST += %D%/cmocka-missing

if HAVE_CMOCKA
check_LIBRARIES += %D%/libunit.a
%C%_libunit_a_SOURCES = %D%/test.h %D%/tree.c %D%/tree.h

# Of programs that do not say their own. Each here is made of one source of the same name.
%C%_test_sandbox_LDFLAGS = -pthread $(AM_LDFLAGS)
LDADD = %D%/libunit.a librunstat.a $(RUNSTAT_LIBS) $(CMOCKA_LIBS)
AM_CFLAGS += $(CMOCKA_CFLAGS)
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)

# As many at a time as there are processors; of those that fail, what was said.
check-valgrind: $(unit_programs)
	@printf '%s\n' $(unit_programs) | xargs -n 1 -P "$$(nproc)" sh -c '\
		valgrind -q --leak-check=full --error-exitcode=1 "./$$1" >"$$1.valgrind" 2>&1 || \
			{ echo "FAILED: valgrind $$1"; cat "$$1.valgrind"; exit 1; }' sh

CLEANFILES += $(unit_programs:=.valgrind)
else
TESTS += %D%/cmocka-missing
endif
