#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The formats other than heroku, by the program; their values are a matter of tests/unit and tests/scenes.

# `run` gives $stderr, and each test is a shell of its own.
# shellcheck disable=SC2030,SC2031,SC2154

load common

scenes=$BATS_TEST_DIRNAME/../scenes

@test 'logfmt and json: a line a target and tick, and one of runstatd itself' {
	local format
	for format in logfmt json; do
		runstatd -n 3 -i 10ms -m all -t host -t self -f "$format"
		expect_status 0
		[[ $(grep -c 'host\.1' <<<"$output") -eq 3 ]]
		[[ $(grep -c 'self\.1' <<<"$output") -eq 3 ]]
		[[ $(grep -c 'runstatd\.1' <<<"$output") -eq 3 ]]
		[[ $(grep -c 'self_ticks' <<<"$output") -eq 3 ]]
	done
}

@test 'all lines of a tick have one time' {
	runstatd -n 1 -m all -t host -t self -f logfmt
	expect_status 0
	[[ $(sed -E 's/^ts=(2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}\+00:00) source=.*/\1/' <<<"$output" |
		sort -u | grep -c '^2.*+00:00$') -eq 1 ]]
}

@test 'json: objects that another program reads, with numbers for numbers' {
	command -v jq >/dev/null || skip 'no jq'
	runstatd -n 2 -i 10ms -m all -t host -f json
	expect_status 0
	[[ $(jq -s 'length' <<<"$output") -eq ${#lines[@]} ]]
	[[ $(jq -r 'del(.ts, .source, .dyno) | .[] | type' <<<"$output" | sort -u) == number ]]
	[[ $(jq -r '[.ts, .source, .dyno][] | type' <<<"$output" | sort -u) == string ]]
}

# The events of a log without their times, which the format heroku does not have.
replay_scene() {
	runstatd -i 20s --replay="$scenes/$1/expect.$2"
	expect_status 0
	sed -E 's/^[0-9T:.+-]+ heroku\[[^]]*\]: //' <<<"$output"
}

@test 'a replay finds the same events, whatever the format' {
	local scene format first
	for scene in "$scenes"/*/expect.json; do
		scene=$(basename "$(dirname "$scene")")
		first=$(replay_scene "$scene" heroku)
		for format in logfmt json; do
			expect_equal "$(replay_scene "$scene" "$format")" "$first"
		done
	done
}

@test 'a replay writes events in the format asked for, and they can be read again' {
	runstatd -i 20s --replay="$scenes/event-zombies/expect.heroku"
	local heroku=$output
	[[ $heroku == *event=zombies* ]]
	runstatd -i 20s -f json --replay="$scenes/event-zombies/expect.heroku"
	expect_status 0
	[[ $output == *'"event":"zombies"'*'"zombies":'[0-9]* ]]
	runstatd --replay=- <<<"$output"
	expect_equal "$output" "$heroku"
}

@test 'table: a terminal of another size has another page' {
	type -P script || skip 'no script'
	type -P stty || skip 'no stty'
	local log=$BATS_TEST_TMPDIR/typescript session=$BATS_TEST_TMPDIR/session
	cat >"$session" <<-'TEXT'
		in_vain=400
		wait_for() {
			until tr -d '\r' <"$log" | grep -q -- "$1" || [ $((in_vain -= 1)) -le 0 ]; do
				sleep 0.05
			done
		}
		stty cols 80 rows 200
		"$RUNSTATD" -c /dev/null -i 20ms -m all -t host -f table &
		pid=$!
		wait_for '^UTC .*ZOMB.* PIDS$'
		stty cols 160
		wait_for '^UTC .*STUCK.* PIDS .*PIO'
		stty cols 60
		wait_for '^UTC .*RSS *USED *PROCS *THRDS *ZOMB$'
		kill "$pid"
		wait "$pid"
	TEXT
	export RUNSTATD log
	NO_COLOR=1 TERM=xterm timeout -k 2 60 script -qfec "sh $session" "$log" </dev/null >/dev/null
	# Three headers, although the first page has not filled the screen, and no line wider than its screen.
	tr -d '\r' <"$log" | awk '
		/^UTC / { n++; width = length }
		/^UTC / || /host\.1/ { if (length > (n == 1 ? 80 : n == 2 ? 160 : 60)) { print n ": " $0; exit 1 } }
		/^UTC / && n == 2 && width <= 80 { print "as narrow as before: " $0; exit 1 }
		END { if (n != 3) { print n " headers"; exit 1 } }'
}

@test 'textfile: a file that is always whole' {
	local file=$BATS_TEST_TMPDIR/runstatd.prom n=0
	start_runstatd -i 1ms -m all -t host -t self -o "textfile:$file"
	wait_for test -s "$file"
	while [[ $n -lt 50 ]]; do
		[[ $(tail -n 1 <"$file" | grep -cE '^runstatd_[a-z_]+(\{.*\})? [0-9.]+$') -eq 1 ]]
		[[ $(grep -c '^runstatd_self_ticks_total' "$file") -eq 1 ]]
		n=$((n + 1))
	done
	stop_runstatd
	[[ ! -e $file.tmp ]]
	[[ $(stat -c %a "$file") == 644 ]]
}

@test 'textfile: a left-over and a link in its place do no harm' {
	local file=$BATS_TEST_TMPDIR/runstatd.prom
	echo precious >"$BATS_TEST_TMPDIR/other"
	ln -s other "$file.tmp"
	runstatd -n 1 -t host -o "textfile:$file"
	expect_status 0
	grep -q '^runstatd_processes{' "$file"
	expect_equal "$(<"$BATS_TEST_TMPDIR/other")" precious
	[[ ! -e $file.tmp && ! -L $file.tmp ]]
}

@test 'textfile: a full disk is said, and the old page stays' {
	[[ $EUID -eq 0 ]] || skip 'only root mounts'
	local dir=$BATS_TEST_TMPDIR/small file errors=$BATS_TEST_TMPDIR/errors before
	mkdir "$dir"
	mount -t tmpfs -o size=64k none "$dir" || skip 'no mount here'
	file=$dir/runstatd.prom
	start_runstatd -i 20ms -t host -o "textfile:$file" 2>"$errors"
	wait_for test -s "$file"
	head -c 65536 /dev/zero >"$dir/filler" || true
	wait_for has_line "$errors" "cannot write to '.*': No space left on device; dropping lines until it works"
	before=$(<"$file")
	[[ $before == *'# TYPE runstatd_zombies gauge'* ]]
	sleep 0.1
	expect_equal "$(<"$file")" "$before"
	rm "$dir/filler"
	wait_for has_line "$errors" "works again"
	wait_for has_line "$file" 'runstatd_events_total{source="runstatd.1",event="dropped"}'
	kill "$pid"
	wait "$pid" || true
	umount "$dir"
	[[ $(wc -l <"$errors") -eq 2 ]]
}

@test 'textfile: wrong paths' {
	expect_wrong_usage "--output: 'textfile:' needs a path, as in 'textfile:/var/lib/prometheus/node-exporter/runstatd.prom'" \
		-o textfile:
	runstatd -n 1 -o textfile:/nonexistent/a.prom
	expect_status 1
	expect_messages "cannot open '/nonexistent/a.prom.tmp' for writing: No such file or directory"
}

@test '--changes-only: what stays as it is is said once in a while' {
	runstatd -n 10 -i 10ms -m memory -t host -f logfmt --changes-only=100%:5
	expect_status 0
	[[ $(grep -c 'source=host\.1' <<<"$output") -eq 2 ]]
	runstatd -n 4 -i 10ms -m memory -t host -f logfmt --changes-only=off
	[[ $(grep -c 'source=host\.1' <<<"$output") -eq 4 ]]
	expect_wrong_usage "--changes-only: '10x' is neither off nor PERCENT or PERCENT:TICKS, as in '10%:15'" --changes-only=10x
	expect_wrong_usage "--changes-only: '10%:0' is neither off nor PERCENT or PERCENT:TICKS, as in '10%:15'" --changes-only=10%:0
}

@test '--top: the targets with the highest value, and the events of all' {
	runstatd -n 1 -f logfmt -t host -t "p.1=pid:$$" -t absent=pidfile:/nonexistent/pid --top=1:processes
	expect_status 0
	[[ $(grep -c 'source=host\.1' <<<"$output") -eq 1 ]]
	[[ $(grep -c 'source=p\.1' <<<"$output") -eq 0 ]]
	[[ $(grep -c 'source=absent .*event=gone' <<<"$output") -eq 1 ]]
	runstatd -n 1 -f logfmt -t "p.1=pid:$$" -t host --top=2:processes
	[[ ${lines[0]} == *source=host.1* && ${lines[1]} == *source=p.1* ]]
	expect_wrong_usage "--top: '10' is neither off nor N:KEY, as in '10:memory_rss'; N is 1 to 1000" --top=10
	expect_wrong_usage "--top: 'memory_rs' is no key of a target's samples; did you mean 'memory_rss'?" --top=10:memory_rs
}

@test 'textfile: has all there is, whatever else is left out' {
	local file=$BATS_TEST_TMPDIR/runstatd.prom
	runstatd -n 3 -i 10ms -t host -t "p.1=pid:$$" --top=1:processes --changes-only=100 -o "textfile:$file"
	expect_status 0
	[[ $(grep -c '^runstatd_processes{' "$file") -eq 2 ]]
}
