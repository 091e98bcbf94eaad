# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC1090,SC1091,SC2034,SC2154
# What the tests of the recipes share, on top of lib.bash of the live tests. Each runs the program
# that a recipe is for on lines that runstatd has written, and wants each number back.
#
#   MINUTE   where "record" has left the lines; without it, they are recorded now

integrations=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$integrations/../live/lib.bash"
recipes=$(realpath "$integrations/../../packaging/integrations")

# need COMMAND...
need() {
	local command
	for command; do
		type -P "$command" >/dev/null || skip "$command is not installed"
	done
}

# Sees to it that there is $MINUTE/lines.
need_minute() {
	[[ ! ${MINUTE:-} ]] || return 0
	MINUTE=$work/minute
	"$integrations/record" "$MINUTE" || fail 'nothing was recorded'
}

# Numbers as "TIME SOURCE KEY NUMBER", from lines with the prefix of the log stream. Those of
# $MINUTE/lines are what a reader has to find.
numbers() {
	awk -f "$integrations/numbers.awk" "$@" | sort
}

# expect_numbers FILE: exactly those of the recorded lines, in the same form and sorted. $2 are others.
expect_numbers() {
	local wanted=${2:-$work/wanted} n
	[[ $# -gt 1 ]] || numbers "$MINUTE/lines" >"$wanted"
	n=$(wc -l <"$wanted")
	expect_number 'numbers to find' "$n > 0"
	cmp -s "$wanted" "$1" || {
		diff "$wanted" "$1" | sed 10q || true
		fail "$(comm -23 "$wanted" "$1" | wc -l) of $n numbers were not found"
	}
	say "$n numbers found again"
}

# expect_number WHAT EXPRESSION: in awk's words
expect_number() {
	awk "BEGIN { exit !($2) }" || fail "$1: not $2"
}

# Sets $port to one that nobody listens at.
find_port() {
	port=$(awk -v seed="$1$$" 'BEGIN { srand(seed); print 20000 + int(rand() * 12000) }')
	while (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
}

answers() {
	curl -fsS -o /dev/null "$@" 2>/dev/null
}
