#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where lines go, and what becomes of the program where they cannot.

# Single quotes are meant, `run` gives $stderr, and each test is a shell of its own.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load common

absent=absent=pidfile:/nonexistent/pid

setup() {
	out=$BATS_TEST_TMPDIR/out
	errors=$BATS_TEST_TMPDIR/errors
}

# Runs a shell command in which $RUNSTATD is the program.
shell() {
	run --separate-stderr timeout 60 bash -c "$1"
}

export RUNSTATD

@test 'a closed standard output' {
	shell '"$RUNSTATD" -n 1 >&-'
	expect_status 1
	expect_messages 'standard output is closed'
	shell '"$RUNSTATD" -n 1 -o stdout >&-'
	expect_status 1
	expect_messages 'standard output is closed'
	shell '"$RUNSTATD" -q >&-'
	expect_status 64
	expect_messages "unknown option '-q'" "$hint"
}

@test 'a standard output that cannot be written: what prints and exits says so' {
	[[ -c /dev/full ]] || skip 'no /dev/full'
	local option
	for option in --help --version --list-targets; do
		shell "\"\$RUNSTATD\" $option >/dev/full"
		expect_status 1
		expect_messages 'cannot write to standard output: No space left on device'
		shell "\"\$RUNSTATD\" $option >&-"
		expect_status 1
		expect_messages 'cannot write to standard output: Bad file descriptor'
	done
}

@test 'a full disk: said once, counted, and status 1 when so many ticks were asked for' {
	[[ -c /dev/full ]] || skip 'no /dev/full'
	shell '"$RUNSTATD" -n 5 -i 1ms -m self -t host >/dev/full'
	expect_status 1
	# A tick that was missed would be a line more.
	[[ ${#stderr_lines[@]} -eq 2 ]]
	expect_equal "${stderr_lines[0]}" "runstatd: cannot write to 'standard output': No space left on device; dropping lines until it works"
	[[ ${stderr_lines[1]} =~ ^runstatd:\ ([0-9]+)\ lines\ could\ not\ be\ written\ to\ \'standard\ output\'$ ]]
	[[ ${BASH_REMATCH[1]} -ge 5 ]]
	runstatd -n 5 -i 1ms -m self -t host -o file:/dev/full
	expect_status 1
	[[ ${#stderr_lines[@]} -eq 2 ]]
	expect_equal "${stderr_lines[0]}" "runstatd: cannot write to '/dev/full': No space left on device; dropping lines until it works"
}

@test 'a full disk: it goes on, and SIGTERM ends it with status 0' {
	[[ -c /dev/full ]] || skip 'no /dev/full'
	start_runstatd -i 1ms -t host -o file:/dev/full 2>"$errors"
	wait_for has_line "$errors" 'dropping lines'
	kill -USR1 "$pid"
	stop_runstatd
	[[ $(wc -l <"$errors") -eq 2 ]]
}

@test 'a reader that goes: status 1 and one message' {
	shell '"$RUNSTATD" -i 10ms -m self -t host | head -n 3; echo "${PIPESTATUS[0]}"'
	expect_equal "$stderr" 'runstatd: the reader of standard output has gone'
	[[ ${#lines[@]} -eq 4 ]]
	expect_equal "${lines[3]}" 1
}

@test 'a reader that was never there: status 1 and one message' {
	mkfifo "$BATS_TEST_TMPDIR/go"
	run --separate-stderr bash -c '
		{ read -r _ <"$1/go"; "$RUNSTATD" -i 10ms; echo $? >"$1/status"; } | { exec <&-; echo >"$1/go"; }
	' - "$BATS_TEST_TMPDIR"
	expect_equal "$stderr" 'runstatd: the reader of standard output has gone'
	expect_equal "$(<"$BATS_TEST_TMPDIR/status")" 1
}

@test 'file: a folder that is missing, a folder, a path through a file' {
	runstatd -n 1 -o "file:$BATS_TEST_TMPDIR/missing/out"
	expect_status 1
	expect_messages \
		"cannot open '$BATS_TEST_TMPDIR/missing/out' for writing: No such file or directory"
	runstatd -n 1 -o "file:$BATS_TEST_TMPDIR"
	expect_status 1
	expect_messages "cannot open '$BATS_TEST_TMPDIR' for writing: Is a directory"
	touch "$out"
	runstatd -n 1 -o "file:$out/out"
	expect_status 1
	expect_messages "cannot open '$out/out' for writing: Not a directory"
}

@test 'file: one that must not be written' {
	local as=()
	touch "$out"
	chmod 444 "$out"
	if [[ $EUID -eq 0 ]]; then
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		"${as[@]}" test -x "$RUNSTATD" || skip 'others than root cannot run the program where it lies'
	fi
	run --separate-stderr "${as[@]}" "$RUNSTATD" -n 1 -o "file:$out"
	expect_status 1
	expect_messages "cannot open '$out' for writing: Permission denied"
}

@test 'file: is made, then appended to, and readable by others' {
	runstatd -n 1 -m memory -t host -o "file:$out"
	expect_status 0
	expect_equal "$output$stderr" ''
	[[ $(wc -l <"$out") -eq 1 ]]
	runstatd -n 2 -i 1ms -m memory -t host -o "file:$out"
	[[ $(grep -c memory_total= "$out") -eq 3 ]]
	expect_form "$out"
	(
		umask 022
		rm "$out"
		"$RUNSTATD" -n 1 -m memory -t host -o "file:$out"
	)
	expect_equal "$(stat -c %a "$out")" 644
}

@test 'file: opened anew on SIGHUP after a rename' {
	start_runstatd -i 10ms -m self -t "$absent" -o "file:$out" 2>"$errors"
	wait_for has_line "$out" self_ticks=2
	mv "$out" "$out.1"
	kill -HUP "$pid"
	wait_for test -s "$out"
	stop_runstatd
	expect_equal "$(<"$errors")" ''
	expect_form "$out"
	expect_form "$out.1"
	# No tick is lost between the two.
	expect_equal "$(sed -nE 's/.* sample#self_ticks=([0-9]+).*/\1/p' "$out.1" "$out")" \
		"$(seq 0 "$(sed -nE 's/.* sample#self_ticks=([0-9]+).*/\1/p' "$out" | tail -n 1)")"
}

@test 'file: what cannot be opened anew is said, and the old one goes on' {
	mkdir "$BATS_TEST_TMPDIR/folder"
	out=$BATS_TEST_TMPDIR/folder/out
	start_runstatd -i 10ms -m self -t "$absent" -o "file:$out" 2>"$errors"
	wait_for has_line "$out" self_ticks=2
	mv "$BATS_TEST_TMPDIR/folder" "$BATS_TEST_TMPDIR/moved"
	kill -HUP "$pid"
	wait_for test -s "$errors"
	wait_for has_lines "$BATS_TEST_TMPDIR/moved/out" "" $(($(wc -l <"$BATS_TEST_TMPDIR/moved/out") + 3))
	stop_runstatd
	expect_equal "$(<"$errors")" "runstatd: cannot open '$out' anew: No such file or directory; going on with the old one"
}

@test 'a standard input that is closed, and one that has ended' {
	shell '"$RUNSTATD" -n 2 -i 1ms -t host <&-'
	expect_good_output
	shell '"$RUNSTATD" -n 2 -i 1ms -t host </dev/null'
	expect_good_output
}

@test 'a standard error that is closed: messages are lost, and go nowhere else' {
	shell '"$RUNSTATD" -n 1 -t host -m memory 2>&-'
	expect_good_output
	shell '"$RUNSTATD" -q 2>&-'
	expect_status 64
	expect_equal "$output$stderr" ''

	# With its number free, the next file to be opened would get it, and the messages with it.
	mkdir "$BATS_TEST_TMPDIR/folder"
	out=$BATS_TEST_TMPDIR/folder/out
	start_runstatd -i 10ms -m self -t "$absent" -o "file:$out" 2>&-
	wait_for has_line "$out" self_ticks=2
	mv "$BATS_TEST_TMPDIR/folder" "$BATS_TEST_TMPDIR/moved"
	kill -HUP "$pid"
	out=$BATS_TEST_TMPDIR/moved/out
	wait_for has_lines "$out" "" $(($(wc -l <"$out") + 3))
	stop_runstatd
	expect_form "$out"
}

@test 'all three closed' {
	run --separate-stderr bash -c '"$RUNSTATD" -n 3 -i 1ms -m self -t host -o "file:$1" <&- >&- 2>&-' - "$out"
	expect_status 0
	expect_equal "$output$stderr" ''
	expect_form "$out"
	[[ $(grep -c self_ticks= "$out") -eq 3 ]]
}

@test 'SIGTERM and SIGINT: status 0' {
	local signal
	for signal in TERM INT; do
		start_runstatd -i 10ms -m self -t "$absent" >"$out"
		wait_for has_line "$out" self_ticks=
		kill -s "$signal" "$pid"
		wait "$pid"
		expect_form "$out"
	done
}

@test 'messages cannot drive the terminal' {
	run --separate-stderr bash -c '"$RUNSTATD" -n 1 -o "file:$1" ' - $'/nonexistent/\e[2J\x7f'
	expect_status 1
	expect_messages "cannot open '/nonexistent/?[2J?' for writing: No such file or directory"
}
