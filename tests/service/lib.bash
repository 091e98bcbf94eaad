# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# What the tests of the installed service share. They run as root under a systemd that is theirs
# alone, see ../vm, where "guest" has installed runstatd. Each prints what it measured, and exits
# with 0, or with 1 and a reason.
#
#   CONFIG   where the configuration is
#   SLOW     how many times slower than usual this machine may be (1)

set -euo pipefail
export LC_ALL=C SYSTEMD_PAGER=cat SYSTEMD_COLORS=0
: "${CONFIG:=/etc/runstatd/runstatd.conf}" "${SLOW:=1}"
runtime=/run/systemd/system
work=$(mktemp -d)

say() {
	printf '%s\n' "$*"
}

fail() {
	say "FAILED: $*"
	systemctl status --no-pager --lines=10 runstatd | cut -c -200 || true
	exit 1
}

# expect WHAT GOT WANTED
expect() {
	[[ $2 == "$3" ]] || fail "$1: got '$2', wanted '$3'"
}

# expect_number WHAT EXPRESSION: in awk's words
expect_number() {
	awk "BEGIN { exit !($2) }" || fail "$1: not $2"
}

# Polls a command until it succeeds.
wait_for() {
	local until=$((SECONDS + 20 * SLOW))
	until "$@"; do
		[[ $SECONDS -lt $until ]] || fail "waited in vain for: $*"
		sleep 0.1
	done
}

# Makes standard input the whole configuration.
configure() {
	rm -f "$CONFIG.d"/*
	cat >"$CONFIG"
}

# Makes standard input a unit that lasts until the guest ends.
unit() {
	mkdir -p "$runtime/$(dirname "$1")"
	cat >"$runtime/$1"
}

# What the unit says of itself; of runstatd if $2 does not name another one.
property() {
	systemctl show -P "$1" "${2:-runstatd}"
}

# A place in the journal, for entries to begin from. It is an entry of its own as journalctl of
# systemd 252 leaves out the first match with --after-cursor.
mark() {
	echo mark | systemd-cat -t mark
	journalctl --sync
	cursor=$(journalctl -t mark -n 1 -o json | sed 's/.*"__CURSOR":"\([^"]*\)".*/\1/')
}

# Entries of runstatd since the mark as JSON, an entry a line; arguments are for journalctl.
entries() {
	journalctl --sync
	journalctl -t runstatd --cursor="$cursor" -o json "$@"
}

# values FIELD...: of each line of JSON with all these fields their values, with blanks between.
values() {
	awk -v names="$*" 'BEGIN { n = split(names, name, " ") }
	{
		line = ""
		for (i = 1; i <= n; i++) {
			if (!match($0, "\"" name[i] "\":\"[^\"]*\""))
				next
			begin = RSTART + length(name[i]) + 4
			line = line (i > 1 ? " " : "") substr($0, begin, RSTART + RLENGTH - 1 - begin)
		}
		print line
	}'
}

has_entry() {
	[[ $(entries "$@") ]]
}

# File $1 of the cgroup of runstatd: on v2 $2, on v1 $3, in the hierarchy $1.
own_cgroup_file() {
	local path=/runstatd.slice/runstatd.service
	if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
		cat "/sys/fs/cgroup$path/$2"
	else
		cat "/sys/fs/cgroup/$1$path/$3"
	fi
}
