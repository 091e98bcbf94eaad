# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of the command line share. RUNSTATD names the program.

bats_require_minimum_version 1.5.0

: "${RUNSTATD:=$BATS_TEST_DIRNAME/../../build/runstatd}"
# What was right must not depend on where the tests run, nor on what is configured there.
unset DYNO DYNO_ID

# Runs the program; output and messages are apart, and whatever it waits for has an end. How many
# ticks are missed is up to the machine, so these events are taken out.
# shellcheck disable=SC2034
runstatd() {
	run --separate-stderr timeout 30 "$RUNSTATD" -c /dev/null "$@"
	output=$(grep -vE ' event=missed |"event":"missed"' <<<"$output") || true
	lines=()
	[[ ! $output ]] || mapfile -t lines <<<"$output"
}

# For one that must go on running: its process id is in $pid.
start_runstatd() {
	"$RUNSTATD" -c /dev/null "$@" 3>&- &
	pid=$!
}

# With it end the lines in the file $out, and there, too, none tells of missed ticks.
stop_runstatd() {
	kill "$pid"
	wait "$pid" || return
	[[ ! -f ${out-} ]] || sed -i '/ event=missed /d' "$out"
}

# Polls a command until it succeeds.
wait_for() {
	local i
	for ((i = 0; i < 400; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "in vain waited for: $*"
	return 1
}

has_line() {
	grep -qs -e "$2" "$1"
}

# Whether file $1 has $3 lines, or more, that match $2.
has_lines() {
	[[ $(grep -cs -e "$2" "$1") -ge $3 ]]
}

expect_equal() {
	[[ $1 == "$2" ]] || {
		printf 'got      %s\nexpected %s\n' "$1" "$2"
		return 1
	}
}

# Bats gives these two from `run`.
# shellcheck disable=SC2154
expect_status() {
	[[ $status -eq $1 ]] || {
		printf 'status %s, expected %s\noutput %s\nstderr %s\n' "$status" "$1" "$output" "$stderr"
		return 1
	}
}

# Nothing on standard output, and on standard error exactly these lines behind the program's name.
# shellcheck disable=SC2154
expect_messages() {
	local wanted
	wanted=$(printf 'runstatd: %s\n' "$@")
	expect_equal "$output" ''
	expect_equal "$stderr" "$wanted"
}

hint="'runstatd --help' tells what there is"

# The command line `runstatd "${@:2}"` is refused with the message $1.
expect_wrong_usage() {
	local message=$1
	shift
	runstatd "$@"
	expect_status 64
	expect_messages "$message" "$hint"
}

# Every line is of the form that readers rely on.
expect_form() {
	local file=$1
	shift
	[[ -s $file ]] || {
		echo "$file has no lines"
		return 1
	}
	awk "$@" -f "$BATS_TEST_DIRNAME/../live/form.awk" "$file"
}

expect_good_output() {
	expect_status 0
	expect_equal "$stderr" ''
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/output"
	expect_form "$BATS_TEST_TMPDIR/output" "$@"
}
