#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --replay: lines that were written earlier, and the events they hold.

# Single quotes are meant, `run` gives $stderr, and each test is a shell of its own.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load common

export RUNSTATD

setup() {
	log=$BATS_TEST_TMPDIR/log
}

# The summary is the one message: the text behind "runstatd: ".
expect_summary() {
	expect_status 0
	expect_equal "$stderr" "runstatd: $1"
}

# $1 ticks of a target that has $2 of 512 MB, from 2026-01-05 00:00 on, 20 s apart.
memory_lines() {
	local i time
	for ((i = 0; i < $1; i++)); do
		printf -v time '2026-01-05T%02d:%02d:%02d.000000+00:00' \
			$((i / 180)) $((i / 3 % 60)) $((i % 3 * 20))
		echo "$time heroku[web.1]: source=web.1 dyno=a sample#load_avg_1m=1.00"
		echo "$time heroku[web.1]: source=web.1 dyno=a sample#memory_rss=$2.00MB" \
			"sample#memory_swap=0.00MB sample#memory_quota=512.00MB"
	done
}

span='from 2026-01-05T00:00:00.000000+00:00 to 2026-01-05T00:59:40.000000+00:00'

@test 'a file: ticks are judged, and the events have their times' {
	memory_lines 180 600 >"$log"
	runstatd --replay="$log"
	expect_status 0
	[[ $stderr == "runstatd: lines 360, skipped 0, sources 1, samples 180, events "*"; $span" ]]
	[[ $(grep -c 'event=quota state=enter' <<<"$output") -eq 1 ]]
	[[ $(grep -cE '^2026-01-05T00:[0-9:.]+\+00:00 heroku\[web\.1\]: source=web\.1 dyno=a event=' \
		<<<"$output") -eq ${#lines[@]} ]]
}

@test 'standard input, and what is printed can be read again' {
	memory_lines 180 600 >"$log"
	runstatd --replay=- <"$log"
	expect_status 0
	local first=$output
	[[ $first == *event=quota* ]]
	runstatd --replay=- <<<"$first"
	expect_status 0
	[[ $stderr == *", skipped 0, "* ]]
	# What is judged from samples is not passed on.
	[[ $output != *event=quota* ]]
}

@test 'nothing happens, nothing is printed' {
	memory_lines 180 100 >"$log"
	runstatd --replay="$log"
	expect_equal "$output" ''
	expect_summary "lines 360, skipped 0, sources 1, samples 180, events 0; $span"
}

@test 'our own lines, written and read' {
	runstatd -n 3 -i 10ms -t a=host -t b=self -m all --prefix=logplex
	expect_status 0
	local n=${#lines[@]}
	printf '%s\n' "$output" >"$log"
	runstatd --replay="$log" -i 10ms
	expect_status 0
	[[ $stderr == "runstatd: lines $n, skipped 0, sources 3, samples 9, events "* ]]
}

@test 'lines without times are an interval apart' {
	local body='source=web.1 dyno=a sample#threads=1'
	printf '%s\n' "$body" "$body" 'source=web.1 dyno=a event=gone state=enter level=warning' \
		'source=runstatd.1 dyno=r event=missed state=enter level=warning ticks=3' "$body" >"$log"
	runstatd --replay="$log"
	expect_equal "$output" 'source=web.1 dyno=a event=gone state=enter level=warning'
	expect_summary 'lines 5, skipped 0, sources 2, samples 3, events 2; without times, over 100s'
	runstatd --replay="$log" -i 1min
	expect_summary 'lines 5, skipped 0, sources 2, samples 3, events 2; without times, over 5min'
}

@test 'lines of the platform, old and new, among others' {
	cat >"$log" <<-'TEXT'
		2013-03-01T00:00:00+00:00 heroku[web.1]: source=heroku.1.web.1.u measure=load_avg_1m val=2.46
		2013-03-01T00:00:00+00:00 heroku[web.1]: source=heroku.1.web.1.u measure=memory_total val=766.50 units=MB
		2014-05-15T17:33:51.344129+00:00 heroku[web.1]: source=web.1 dyno=heroku.1.u sample#memory_rss=1.00MB
		2014-05-15T17:33:51.344130+00:00 heroku[web.1]: Process running mem=681M(133.1%)
		2014-05-15T17:33:51.344131+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)
		2014-05-15T17:33:51.344129+00:00 heroku[router]: at=info method=GET path="/" dyno=web.1 status=200
		2014-05-15T17:33:51.344129+00:00 app[heroku-postgres]: source=DATABASE sample#load-avg-1m=0.06
		335 <134>1 2023-08-24T10:28:47.153192+00:00 host heroku web.1 - source=web.1 dyno=heroku.1.v sample#memory_rss=1.00MB
	TEXT
	runstatd --replay="$log"
	expect_equal "$output" ''
	expect_summary 'lines 8, skipped 4, sources 1, samples 3, events 0; from 2013-03-01T00:00:00.000000+00:00 to 2023-08-24T10:28:47.153192+00:00'
}

@test 'the journal: entries with binary fields, which may look like lines' {
	{
		printf '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1767571200000000\nSYSLOG_IDENTIFIER=runstatd\n'
		printf 'MESSAGE\n\x22\0\0\0\0\0\0\0%s\n' $'\n\nsource=x dyno=y sample#threads=1'
		printf 'RUNSTAT_SOURCE=web.1\nRUNSTAT_DYNO=a\nRUNSTAT_EVENT=zombies\n'
		printf 'RUNSTAT_PARENT_COMM\n\x05\0\0\0\0\0\0\0a\n\0=b\n\n'
		printf '__CURSOR=s=2\n__REALTIME_TIMESTAMP=1767571220000000\nSYSLOG_IDENTIFIER=nginx\n'
		printf 'MESSAGE=source=web.1 dyno=a event=gone\n\n'
	} >"$log"
	runstatd --replay="$log"
	expect_equal "$output" '2026-01-05T00:00:00.000000+00:00 heroku[web.1]: source=web.1 dyno=a event=zombies parent_comm=a___b'
	expect_summary 'lines 2, skipped 1, sources 1, samples 0, events 1; from 2026-01-05T00:00:00.000000+00:00 to 2026-01-05T00:00:00.000000+00:00'
}

@test 'logfmt and json: names are made safe again' {
	cat >"$log" <<-'TEXT'
		ts=2026-01-05T00:00:00Z source=web.1 dyno=a event=zombies state=enter parent_comm="a b\" event=x"
		{"ts":"2026-01-05T00:00:01Z","source":"web.1","dyno":"a","event":"zombies","parent_comm":"a\nsource=x","zombies":7}
	TEXT
	runstatd --replay="$log"
	expect_equal "$output" '2026-01-05T00:00:00.000000+00:00 heroku[web.1]: source=web.1 dyno=a event=zombies state=enter parent_comm=a_b__event_x
2026-01-05T00:00:01.000000+00:00 heroku[web.1]: source=web.1 dyno=a event=zombies parent_comm=a_source_x zombies=7'
}

@test 'events come as the lines do' {
	mkfifo "$log"
	start_runstatd --replay="$log" >"$BATS_TEST_TMPDIR/out" 2>&1
	exec 4>"$log"
	echo 'source=web.1 dyno=a event=gone state=enter' >&4
	wait_for has_line "$BATS_TEST_TMPDIR/out" event=gone
	exec 4>&-
	wait "$pid"
	has_line "$BATS_TEST_TMPDIR/out" 'lines 1, skipped 0,'
}

@test 'a line that is very long, or cut short' {
	{
		echo 'source=web.1 dyno=a sample#threads=1'
		printf 'source=web.1 dyno=a sample#threads=%03000000d\n' 1
		echo 'source=web.1 dyno=a sample#threads=1'
		printf 'source=web.1 dyno=a sample#threads=1'
	} >"$log"
	runstatd --replay="$log"
	expect_summary 'lines 4, skipped 2, sources 1, samples 2, events 0; without times, over 20s'
}

@test 'a file that cannot be read' {
	runstatd --replay="$BATS_TEST_TMPDIR/none"
	expect_status 1
	expect_messages "cannot read '$BATS_TEST_TMPDIR/none': No such file or directory"
	runstatd --replay="$BATS_TEST_TMPDIR"
	expect_status 1
	expect_messages "cannot read '$BATS_TEST_TMPDIR': Is a directory"
	run --separate-stderr bash -c '"$RUNSTATD" -c /dev/null --replay=- <&-'
	expect_status 1
	expect_messages "cannot read 'standard input': Bad file descriptor"
	expect_wrong_usage "--replay: the file's name is empty" --replay=
}

@test 'a file that has none of our lines' {
	local expected="expected are lines like 'source=web.1 dyno=ID sample#memory_rss=21.22MB', as runstatd, Heroku or journalctl write them, in any of the formats runstatd has"
	: >"$log"
	runstatd --replay="$log"
	expect_status 1
	expect_messages "'$log' has no line of log-runtime-metrics; $expected"
	head -c 3000000 /dev/urandom >"$log"
	runstatd --replay="$log"
	expect_status 1
	expect_messages "'$log' has no line of log-runtime-metrics; $expected"
	runstatd --replay=- <<<$'hello\n\nworld'
	expect_status 1
	expect_messages "'standard input' has no line of log-runtime-metrics; $expected"
}

@test 'a standard output that cannot be written' {
	[[ -c /dev/full ]] || skip 'no /dev/full'
	echo 'source=web.1 dyno=a event=gone state=enter' >"$log"
	run --separate-stderr bash -c '"$RUNSTATD" -c /dev/null --replay="$0" >/dev/full' "$log"
	expect_status 1
	expect_messages 'cannot write to standard output: No space left on device'
}

# Noise, a wave a day, and a burst now and then, for 30 days.
healthy_month() {
	awk 'function noise() { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 - 0.5 }
		BEGIN {
			seed = 42
			for (i = 0; i < 129600; i++) {
				t = i * 20
				burst = i % 9000 < 60 ? 60 : 0
				wave = sin(t / 86400 * 6.2832)
				printf "source=web.1 dyno=a sample#memory_rss=%.2fMB sample#memory_cache=9.00MB sample#memory_swap=0.00MB sample#memory_quota=512.00MB\n", 200 + 40 * wave + 20 * noise()
				threads = int(80 + 20 * wave + 16 * noise() + burst)
				printf "source=web.1 dyno=a sample#processes=5 sample#threads=%d sample#zombies=%d sample#pids=%d sample#pids_limit=512\n", threads, (noise() > 0.45), threads
			}
		}' </dev/null
}

@test 'a month of a noisy, healthy target: nothing but what is of level info' {
	healthy_month >"$log"
	runstatd --replay="$log"
	expect_status 0
	[[ $stderr == "runstatd: lines 259200, skipped 0, sources 1, samples 129600, "* ]]
	[[ $output != *level=warning* && $output != *level=error* ]]
}
