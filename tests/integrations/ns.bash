# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC1091,SC2034,SC2154
# What the tests of recipes for the journal share, on top of lib.bash of the tests of the service: they
# run under a systemd of their own, see ../vm. The recipes are in the folder "integrations".

. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"

# What a test before this one has left, readers would read first.
rm -f /var/log/runstatd.json
journalctl --quiet --rotate
journalctl --quiet --vacuum-time=1s

need() {
	local command
	for command; do
		type -P "$command" >/dev/null || {
			say "skipped: $command is not installed"
			exit 0
		}
	done
}

: "${TICKS:=300}"

# Has the service write $TICKS ticks and more of all groups, every 20 ms. The file "entries" is what
# journalctl has of it, and "wanted" that, as "fields" prints it.
write_minute() {
	configure <<-END
		[runstatd]
		interval = $((20 * SLOW))ms
		metrics = all
		[target host.1]
		watch = host
		[target journald.1]
		watch = unit:systemd-journald
	END
	mark
	systemctl restart runstatd
	wait_for has_tick "$TICKS"
	systemctl stop runstatd
	entries >"$work/entries"
	fields <"$work/entries" >"$work/wanted"
	expect_number 'entries' "$(wc -l <"$work/entries") > 10 * $TICKS"
}

has_tick() {
	[[ $(property StatusText) =~ tick\ ([0-9]+) && ${BASH_REMATCH[1]} -ge $1 ]]
}

# Entries as JSON on standard input as a line each: the names and values of our fields.
fields() {
	jq -r '[to_entries[] | select(.key | startswith("RUNSTAT_")) | "\(.key)=\(.value)"] | sort | join(" ")'
}

# expect_same WHAT GOT WANTED: two files
expect_same() {
	[[ -s $3 ]] || fail "$1: none are wanted"
	cmp -s "$2" "$3" || {
		diff "$3" "$2" | sed 5q || true
		fail "$1: $(wc -l <"$2") lines, $(wc -l <"$3") wanted"
	}
	say "$1: $(wc -l <"$3") found again"
}
