# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of runstat-view share; besides that of the live tests.
#
#   RUNSTAT_VIEW   the program; without it, the one below the current directory

: "${RUNSTAT_VIEW:=$PWD/runstat-view}"
token=0123456789abcdef-token

command -v curl >/dev/null || skip "there is no curl"

# A pipe that is open for writing, as $out, and has no reader yet: for start_view <"$work/pipe".
out=99
make_pipe() {
	mkfifo "$work/pipe"
	exec {out}<>"$work/pipe"
}

# Starts the program on a port that is free, with its sandbox. Its address is in $url.
start_view() {
	rm -f "$work/view.log"
	"$RUNSTAT_VIEW" --listen=127.0.0.1:0 --sandbox=on "$@" <&0 2>"$work/view.log" {out}>&- &
	view=$!
	children+=("$view")
	wait_for has_begun
	grep -q 'http://' "$work/view.log" || fail "it does not begin: $(<"$work/view.log")"
	url=$(sed -n 's|.*\(http://[^/]*\)/.*|\1|p' "$work/view.log")
}

has_begun() {
	has_ended "$view" || grep -qs 'http://' "$work/view.log"
}

stop_view() {
	stop "$view"
	expect "exit status" "$status" 0
}

# get PATH [CURL-OPTION...]
get() {
	local path=$1
	shift
	curl -sS --max-time 20 "$@" "$url$path"
}

# The status of an answer.
status_of() {
	get "$@" -o /dev/null -w '%{http_code}'
}

# expect_status WHAT STATUS PATH [CURL-OPTION...]
expect_status() {
	expect "$1" "$(status_of "${@:3}")" "$2"
}

# number PATTERN TEXT: the number behind it: number '"lines":' "$overview"
number() {
	sed -n "s/.*$1\([0-9.]*\).*/\1/p" <<<"$2"
}

# Whether the overview says so.
shows() {
	[[ $(get /api/overview) == *"$1"* ]]
}

rss_kb() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# line SOURCE BODY [SECONDS-AGO]
line() {
	printf '%s heroku[%s]: source=%s dyno=a %s\n' \
		"$(date -u -d "-${3:-0} seconds" +%Y-%m-%dT%H:%M:%S.%6N+00:00)" "$1" "$1" "$2"
}
