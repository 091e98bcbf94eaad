# SPDX-License-Identifier: MIT

# Everything but main(), for the program and for the tests.
noinst_LIBRARIES += librunstat.a

librunstat_a_SOURCES = \
	%D%/base/ahead.c \
	%D%/base/buf.c \
	%D%/base/fence.c \
	%D%/base/folder.c \
	%D%/base/held.c \
	%D%/base/held_folders.c \
	%D%/base/held_folders.h \
	%D%/base/landlock.c \
	%D%/base/pages.c \
	%D%/base/reserve.c \
	%D%/base/root.c \
	%D%/base/text.c \
	%D%/base/utf8.c \
	%D%/format/format.c \
	%D%/format/frame.c \
	%D%/format/heroku.c \
	%D%/format/heroku.h \
	%D%/format/journal.c \
	%D%/format/journal.h \
	%D%/format/json.c \
	%D%/format/json.h \
	%D%/format/logfmt.c \
	%D%/format/logfmt.h \
	%D%/format/platform.c \
	%D%/format/prometheus.c \
	%D%/format/prometheus.h \
	%D%/format/prometheus_help.c \
	%D%/format/prometheus_help.h \
	%D%/format/reader.c \
	%D%/format/reader_number.c \
	%D%/format/reader_number.h \
	%D%/format/reader_pairs.c \
	%D%/format/reader_pairs.h \
	%D%/format/reader_prefix.c \
	%D%/format/reader_prefix.h \
	%D%/format/sentence.c \
	%D%/format/sentence.h \
	%D%/format/table.c \
	%D%/format/table.h \
	%D%/format/value.c \
	%D%/format/value.h \
	%D%/model/alarm.c \
	%D%/model/beat.c \
	%D%/model/board.c \
	%D%/model/budget.c \
	%D%/model/churn.c \
	%D%/model/judge.c \
	%D%/model/load.c \
	%D%/model/look.c \
	%D%/model/name.c \
	%D%/model/real.c \
	%D%/model/real.h \
	%D%/model/record.c \
	%D%/model/sample.c \
	%D%/model/sampling.c \
	%D%/model/suspect.c \
	%D%/model/top.c \
	%D%/model/tree.c \
	%D%/model/trend.c \
	%D%/run/budget.c \
	%D%/run/budget.h \
	%D%/run/collector.c \
	%D%/run/collector.h \
	%D%/run/collector_state.h \
	%D%/run/collector_tick.c \
	%D%/run/configuration.c \
	%D%/run/configuration.h \
	%D%/run/container_names.c \
	%D%/run/container_names.h \
	%D%/run/containers.c \
	%D%/run/containers.h \
	%D%/run/containers_access.c \
	%D%/run/count.c \
	%D%/run/count_members.c \
	%D%/run/event_queue.c \
	%D%/run/event_queue.h \
	%D%/run/expand.c \
	%D%/run/filter.h \
	%D%/run/gather.c \
	%D%/run/holding.c \
	%D%/run/judging.c \
	%D%/run/judging.h \
	%D%/run/limits.c \
	%D%/run/list.c \
	%D%/run/log.c \
	%D%/run/log.h \
	%D%/run/loop.c \
	%D%/run/loop.h \
	%D%/run/memory.c \
	%D%/run/memory.h \
	%D%/run/notify.h \
	%D%/run/options.c \
	%D%/run/options.h \
	%D%/run/output.c \
	%D%/run/output.h \
	%D%/run/presence.c \
	%D%/run/read_ahead.c \
	%D%/run/read_ahead.h \
	%D%/run/reaper.c \
	%D%/run/reaper.h \
	%D%/run/replay.c \
	%D%/run/replay.h \
	%D%/run/sandbox.c \
	%D%/run/sandbox.h \
	%D%/run/screen.c \
	%D%/run/screen.h \
	%D%/run/service.c \
	%D%/run/service.h \
	%D%/run/settings.c \
	%D%/run/settings.h \
	%D%/run/target.c \
	%D%/run/target.h \
	%D%/run/target_index.c \
	%D%/run/target_index.h \
	%D%/run/timeline.c \
	%D%/run/timeline.h \
	%D%/run/values.c \
	%D%/run/values.h \
	%D%/run/watch.c \
	%D%/run/watch.h \
	%D%/run/zombies.c \
	%D%/run/zombies.h \
	%D%/sink/file.c \
	%D%/sink/journal.c \
	%D%/sink/kinds.h \
	%D%/sink/sink.c \
	%D%/sink/stdout.c \
	%D%/sink/textfile.c \
	%D%/sink/writer.c \
	%D%/sink/writer.h \
	%D%/source/cgroup.c \
	%D%/source/cgroup_files.h \
	%D%/source/cgroup_folder.c \
	%D%/source/cgroup_match.c \
	%D%/source/cgroup_v1.c \
	%D%/source/cgroup_v2.c \
	%D%/source/change.c \
	%D%/source/container.c \
	%D%/source/container_path.c \
	%D%/source/container_root.c \
	%D%/source/hierarchy.c \
	%D%/source/hierarchy_above.c \
	%D%/source/hierarchy_above.h \
	%D%/source/limit.c \
	%D%/source/limit_cache.c \
	%D%/source/machine.c \
	%D%/source/mount_line.c \
	%D%/source/mount_line.h \
	%D%/source/members.c \
	%D%/source/pid_set.c \
	%D%/source/limit_cache.h \
	%D%/source/pid_set.h \
	%D%/source/task_files.h \
	%D%/source/pressure.c \
	%D%/source/pressure.h \
	%D%/source/proc.c \
	%D%/source/task_files.c \
	%D%/source/task_handles.c \
	%D%/source/task_handles.h \
	%D%/source/tasks.c \
	%D%/source/unit.c \
	%D%/source/users.c \
	include/base/ahead.h \
	include/base/buf.h \
	include/base/calls.h \
	include/base/cleanup.h \
	include/base/fence.h \
	include/base/folder.h \
	include/base/held.h \
	include/base/landlock.h \
	include/base/measure.h \
	include/base/pages.h \
	include/base/reserve.h \
	include/base/root.h \
	include/base/text.h \
	include/base/utf8.h \
	include/format/format.h \
	include/format/frame.h \
	include/format/platform.h \
	include/format/reader.h \
	include/format/time.h \
	include/model/alarm.h \
	include/model/beat.h \
	include/model/board.h \
	include/model/budget.h \
	include/model/churn.h \
	include/model/comm.h \
	include/model/judge.h \
	include/model/limit.h \
	include/model/load.h \
	include/model/look.h \
	include/model/name.h \
	include/model/record.h \
	include/model/sample.h \
	include/model/sampling.h \
	include/model/suspect.h \
	include/model/top.h \
	include/model/tree.h \
	include/model/trend.h \
	include/sink/sink.h \
	include/source/cgroup.h \
	include/source/change.h \
	include/source/container.h \
	include/source/container_path.h \
	include/source/container_root.h \
	include/source/hierarchy.h \
	include/source/limit.h \
	include/source/machine.h \
	include/source/members.h \
	include/source/proc.h \
	include/source/tasks.h \
	include/source/unit.h \
	include/source/users.h

sbin_PROGRAMS += runstatd
if HAVE_LIBSYSTEMD
librunstat_a_SOURCES += %D%/run/notify_systemd.c
else
librunstat_a_SOURCES += %D%/run/notify_none.c
endif

if HAVE_SECCOMP
librunstat_a_SOURCES += %D%/run/filter_seccomp.c
else
librunstat_a_SOURCES += %D%/run/filter_none.c
endif

runstatd_SOURCES = %D%/main.c
runstatd_LDADD = librunstat.a $(RUNSTAT_LIBS)

dist_man_MANS += %D%/runstatd.8 %D%/runstatd.conf.5 %D%/runstatd-containers.7
