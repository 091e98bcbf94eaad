# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# What the live tests share. Each of them is a program that prints what it measured, and exits with
# 0, with 1 and a reason, or with 77 and a reason when this machine does not let it.
#
#   RUNSTATD, INJECTOR, OUTLET   the programs; without it, those below the current directory
#   RUNSTATD_SLOW                how many times slower than usual this machine may be (1)

set -Eeuo pipefail

: "${RUNSTATD:=$PWD/runstatd}" "${INJECTOR:=$PWD/tests/live/injector}"
: "${OUTLET:=$PWD/tests/live/outlet}" "${RUNSTATD_SLOW:=1}"
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
unset DYNO DYNO_ID
export LC_ALL=C

work=$(mktemp -d)
children=()
cgroups=()

say() {
	printf '%s\n' "$*"
}

skip() {
	say "skipped: $*"
	exit 77
}

fail() {
	say "FAILED: $*"
	exit 1
}

# expect WHAT GOT WANTED
expect() {
	[[ $2 == "$3" ]] || fail "$1: got '$2', wanted '$3'"
}

# Polls a command until it succeeds.
wait_for() {
	local i
	for ((i = 0; i < 1200 * RUNSTATD_SLOW; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	fail "waited in vain for: $*"
}

# Whether file $1 has $3 lines (1), or more, that match $2.
has_lines() {
	[[ $(grep -cs -e "$2" "$1") -ge ${3:-1} ]]
}

has_ended() {
	! kill -0 "$1" 2>/dev/null
}

# Starts a command in the background. Its process id is in $pid.
start() {
	"$@" &
	pid=$!
	children+=("$pid")
}

# Has process $1 work before all others: little comes between, and no walk is cut because others
# have the processor.
go_first() {
	chrt --all-tasks --rr --pid 1 "$1" 2>/dev/null || renice -n -10 "$1" >/dev/null 2>&1 || true
}

# Ends process $1, a child of ours, and says how it exited in $status.
stop() {
	kill -s "${2:-TERM}" "$1"
	wait_for_end "$1"
}

wait_for_end() {
	status=0
	wait "$1" || status=$?
	forget "$1"
}

# Once it has been waited for, its process id may become another one's.
forget() {
	local child left=()
	for child in "${children[@]}"; do
		[[ $child == "$1" ]] || left+=("$child")
	done
	children=("${left[@]}")
}

# All values of sample $2 in file $1, one a line; of the source $3 alone, if that is given.
samples() {
	sed -nE "s/^(.* )?source=${3:-[^ ]*} .* sample#$2=([0-9.]+)(MB|pages|s)?( .*)?\$/\\2/p" "$1"
}

# Every line of the file has the form that readers rely on; more arguments are for form.awk.
expect_form() {
	local file=$1
	shift
	[[ -s $file ]] || fail "$file is empty"
	awk "$@" -f "$here/form.awk" "$file" || fail "the form of ${file##*/}"
}

# Every tick that was taken is in the files, once and in order. An extra sample repeats the number
# of the tick that follows; so many are left out.
expect_all_ticks() {
	samples "$1" self_ticks >"$work/ticks"
	[[ -s $work/ticks ]] || fail "no ticks in $1"
	awk '$1 != NR - 1 { print "tick " $1 " in place of " NR - 1; exit 1 }' "$work/ticks" ||
		fail "a tick was lost or is out of order"
	# What was missed was said, each time.
	local said
	said=$(sed -nE 's/.* event=missed .* ticks=([0-9]+)$/\1/p' "$1" | awk '{ n += $1 } END { print n + 0 }')
	expect 'missed ticks, said by events' "$said" "$(samples "$1" self_ticks_missed | tail -n 1)"
}

# Mount points of cgroup hierarchies: sets $layout to v1 or v2, and $memory_mount and $pids_mount,
# which are the same on v2.
find_cgroups() {
	eval "$(awk '{
		for (i = 7; $i != "-"; i++)
			;
		options = "," $(i + 3) ","
		if ($(i + 1) == "cgroup2")
			unified = $5
		else if ($(i + 1) == "cgroup" && options ~ /,memory,/)
			memory = $5
		else if ($(i + 1) == "cgroup" && options ~ /,pids,/)
			pids = $5
	} END {
		printf "unified_mount=%s memory_mount=%s pids_mount=%s\n", unified, memory, pids
	}' /proc/self/mountinfo)"
	layout=v1
	[[ ! $memory_mount || ! $pids_mount ]] || return 0
	[[ $unified_mount ]] || skip 'no cgroups with memory and pids here'
	layout=v2 memory_mount=$unified_mount pids_mount=$unified_mount
	local controller
	for controller in memory pids; do
		grep -qw "$controller" "$unified_mount/cgroup.subtree_control" ||
			skip "the $controller controller is not enabled in $unified_mount"
	done
}

# Makes cgroup /NAME with memory and pids: sets $memory_dir, $pids_dir (on v2 the same) and
# $cgroup_dirs.
make_cgroup() {
	[[ $EUID -eq 0 ]] || skip 'only root can make cgroups'
	find_cgroups
	memory_dir=$memory_mount/$1 pids_dir=$pids_mount/$1
	cgroup_dirs=("$memory_dir")
	[[ $pids_dir == "$memory_dir" ]] || cgroup_dirs+=("$pids_dir")
	mkdir -- "${cgroup_dirs[@]}" 2>/dev/null || skip "cannot make a cgroup in $memory_mount"
	cgroups+=("${cgroup_dirs[@]}")
}

# Makes the program $work/away, which runs a command as in a container that is the cgroup in
# $cgroup_dirs: its own cgroup alone is mounted, and the environment says that it is one.
make_away() {
	{
		printf '#!/bin/bash\nset -e\n'
		printf 'echo $$ >%q/cgroup.procs\n' "${cgroup_dirs[@]}"
		printf 'export layout=%s container=test\n' "$layout"
		cat <<-'SCRIPT'
			exec unshare --mount --cgroup bash -c '
				set -e
				cd /sys/fs
				umount -R cgroup
				if [[ $layout == v2 ]]; then
					mount -t cgroup2 none cgroup
				else
					mount -t tmpfs none cgroup
					mkdir cgroup/{memory,pids}
					mount -t cgroup -o memory none cgroup/memory
					mount -t cgroup -o pids none cgroup/pids
				fi
				cd - >/dev/null
				exec "$@"
			' away "$@"
		SCRIPT
	} >"$work/away"
	chmod 755 "$work/away"
}

# A cgroup is busy until the last of its processes is gone for good.
remove_cgroups() {
	local dir i
	for dir in "${cgroups[@]}"; do
		for ((i = 0; i < 100; i++)); do
			[[ -d $dir ]] || break
			rmdir -- "$dir" 2>/dev/null || sleep 0.1
		done
	done
	cgroups=()
}

# Starts the injector, and sets $inj_pid, $inj_processes, $inj_threads, $inj_zombies,
# $inj_dead_leaders and $inj_zombie_parent to what it made.
start_injector() {
	local line
	# It lives as long as this shell holds the other end of its standard input.
	coproc injector { exec "$INJECTOR" "$@"; }
	read -r line <&"${injector[0]}" || fail 'the injector does not start'
	[[ $line == ready\ * ]] || fail "the injector said '$line'"
	for line in ${line#ready }; do
		printf -v "inj_${line%%=*}" %s "${line#*=}"
	done
	children+=("$inj_pid")
}

stop_injector() {
	stop "$inj_pid"
}

# What follows is for tests of the beat, which have a program that writes one line a tick, of itself.
interval_ms=$((100 * RUNSTATD_SLOW))

# Starts it; its lines number the ticks.
start_beat() {
	rm -f "$work/lines"
	start "$RUNSTATD" -i "${interval_ms}ms" -t absent=pidfile:/nonexistent -m self --prefix=logplex \
		-o "file:$work/lines" 2>"$work/errors"
	wait_for has_lines "$work/lines" self_ticks=3
}

# The file "ticks": the time of each line in microseconds, the number of its tick, and how many
# were missed until then.
read_ticks() {
	sed -nE 's/^[^T]*T([0-9]+):([0-9]+):([0-9]+)\.([0-9]+).* sample#self_ticks=([0-9]+) sample#self_ticks_missed=([0-9]+).*/\1 \2 \3 \4 \5 \6/p' \
		"$work/lines" | awk '{
			us = (($1 * 60 + $2) * 60 + $3) * 1000000 + $4
			if (us < last - 43200e6)
				day += 86400e6
			last = us
			printf "%.0f %d %d\n", us + day, $5, $6
		}' >"$work/ticks"
}

# By how much the grid has moved between the ticks before number $1 and those from it on: each side
# is where its promptest tick puts it.
expect_no_shift() {
	read_ticks
	awk -v at="$1" -v interval="$((interval_ms * 1000))" '
		NR == 1 { first = $1 }
		# An extra sample is at no grid point; it comes before the tick of its number.
		NR > 1 && $2 != number {
			offset = us - first - (number + missed) * interval
			side = number < at ? 1 : 2
			if (!(side in least) || offset < least[side])
				least[side] = offset
		}
		{ us = $1; number = $2; missed = $3 }
		END {
			shift_us = least[2] - least[1]
			printf "the beat moved by %d us of %d\n", shift_us, interval
			exit !(shift_us < interval / 4 && shift_us > -interval / 4)
		}' "$work/ticks" || fail 'the beat has moved'
}

clean_up() {
	local child
	for child in "${children[@]}"; do
		# It may be stopped, and it may have ended long ago.
		kill "$child" 2>/dev/null || true
		kill -CONT "$child" 2>/dev/null || true
	done
	wait
	remove_cgroups
	[[ ! -d $work/disk ]] || umount -l "$work/disk" 2>/dev/null || true
	rm -rf -- "$work"
}

# What nobody expected to fail shall not end a test without a word.
trap 'say "FAILED: line $LINENO: $BASH_COMMAND"' ERR
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Goes on in a PID namespace of its own, where this machine allows it: what other processes do
# there, how many they are, and when, changes nothing for a test.
enter_quiet() {
	local unshare=(unshare --pid --fork --kill-child --mount-proc)
	[[ $EUID -eq 0 ]] || unshare+=(--user --map-root-user)
	[[ ! ${RUNSTATD_QUIET:-} ]] || return 0
	"${unshare[@]}" true 2>/dev/null || return 0
	rm -rf -- "$work"
	RUNSTATD_QUIET=1 exec "${unshare[@]}" "$0" "$@"
}
