# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC1091,SC2154
# What benchmarks share, on top of lib.bash of the live tests.
#
#   JOURNAL   the program; without it, the one below the current directory

# shellcheck source=../live/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/../live/lib.bash"
: "${JOURNAL:=$PWD/tests/bench/journal}"

# Opens a pipe for both directions, with its descriptor in the variable $1.
make_pipe() {
	mkfifo "$work/pipe"
	eval "exec {$1}<>\"\$work/pipe\""
	rm "$work/pipe"
}

# As start does. Its standard input is the descriptor $input, where there is nothing to read yet: the
# programs here end when it does.
start_with_input() {
	make_pipe input
	"$@" <&"$input" &
	pid=$!
	children+=("$pid")
}

# A socket that takes what is written to the journal, in a mount namespace that nobody else sees.
make_journal() {
	[[ ${RUNSTATD_QUIET:-} ]] || return 1
	mkdir -p /run/systemd/journal && mount -t tmpfs none /run/systemd/journal || return 1
	start_with_input "$JOURNAL" /run/systemd/journal/socket >"$work/journal"
	wait_for has_lines "$work/journal" ready
}

