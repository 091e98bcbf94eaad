# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# What is compared, and how a sample is asked of each. A contestant lives as long as its population
# is looked at, and works when it is its turn.
#
#   FLOOR   the program; without it, the one below the current directory

: "${FLOOR:=$PWD/tests/bench/floor}"

# Of each contestant, by its name: of what kind it is, its process id, how many samples it takes in a
# turn, and where to ask for one: a descriptor, or an address.
declare -A kinds=() pids=() samples_of=() asks=() answers=()

# Seconds, without a process for each.
pause() {
	read -rt "$1" -u "$pause" || true
}

# Sets $cpu_ns to what all threads of process $1 have used, $waits to how often they have waited,
# and $n_threads. A program that is not at work has done both for good.
look_at() {
	local file key value
	cpu_ns=0 waits=0 n_threads=0
	for file in /proc/"$1"/task/*; do
		read -r value _ <"$file/schedstat" || continue
		cpu_ns=$((cpu_ns + value)) n_threads=$((n_threads + 1))
		while read -r key value; do
			[[ $key != voluntary_ctxt_switches: ]] || waits=$((waits + value))
		done <"$file/status"
	done 2>/dev/null
}

is_at_work() {
	local file stat
	for file in /proc/"$1"/task/*/stat; do
		read -r stat <"$file" || continue
		[[ ${stat##*) } == S* ]] || return 0
	done 2>/dev/null
	return 1
}

# Waits until process $1 has gone back to waiting, and has been still for a moment.
settle() {
	local last=-1 i
	for ((i = 0; i < 2000; i++)); do
		look_at "$1"
		[[ $cpu_ns -ne $last ]] || ! is_at_work "$1" || last=-1
		[[ $cpu_ns -ne $last ]] || return 0
		last=$cpu_ns
		pause 0.01
	done
	fail "process $1 does not come to rest"
}

make_pipe pause

add_contestant() {
	kinds[$1]=$2 pids[$1]=$pid samples_of[$1]=$3
	[[ ! $pid ]] || go_first "$pid"
}

# start_floor NAME KIND: see floor.c; those that read given files take them from $work/files.
start_floor() {
	local out
	make_pipe out
	start_with_input "$FLOOR" "$2" >&"$out"
	asks[$1]=$input answers[$1]=$out
	case $2 in
	files)
		cat "$work/files" >&"$input"
		echo >&"$input"
		;;
	esac
	add_contestant "$1" floor "$bench_samples"
}

# start_runstatd NAME ARGUMENT...: it takes a tick now, and then samples when it is asked to.
start_runstatd() {
	local name=$1
	shift
	start "$RUNSTATD" -c /dev/null -i 1d "$@" >"$work/$name.lines"
	wait_for took_a_tick "$pid"
	settle "$pid"
	add_contestant "$name" runstatd "$bench_samples"
}

# The first tick is part of the start: it is over when the program waits.
took_a_tick() {
	! is_at_work "$1" && [[ $(readlink "/proc/$1/exe") == "$(realpath "$RUNSTATD")" ]] &&
		[[ $(awk '/^voluntary/ { print $2 }' "/proc/$1/status") -ge 1 ]]
}

# start_http NAME PORT COMMAND...: a program that takes a sample for each GET /metrics.
start_http() {
	local name=$1 port=$2
	shift 2
	start "$@" >"$work/$name.log" 2>&1
	asks[$name]=$port
	wait_for is_listening "$port"
	add_contestant "$name" http 1
}

is_listening() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

start_collectd() {
	mkdir -p "$work/collectd"
	cat >"$work/collectd.conf" <<-END
		BaseDir "$work/collectd"
		PIDFile "$work/collectd/pid"
		Interval 1
		LoadPlugin processes
		LoadPlugin csv
		<Plugin csv>
		DataDir "$work/collectd"
		</Plugin>
	END
	pid=
	add_contestant "$1" collectd 3
}

start_ps() {
	pid=
	add_contestant "$1" ps 1
}

# Those that are installed.
start_peers() {
	[[ $bench_peers != none ]] || return 0
	! command -v prometheus-node-exporter >/dev/null ||
		start_http node_exporter 19100 prometheus-node-exporter --collector.disable-defaults \
			--collector.processes --web.disable-exporter-metrics \
			--web.listen-address=127.0.0.1:19100
	! command -v prometheus-process-exporter >/dev/null ||
		start_http process-exporter 19256 prometheus-process-exporter \
			-procnames injector -web.listen-address=127.0.0.1:19256
	! command -v collectd >/dev/null || start_collectd collectd
	! ps --version >/dev/null 2>&1 || start_ps 'ps -eLo'
}

ask_floor() {
	echo >&"${asks[$1]}"
	read -r <&"${answers[$1]}"
}

ask_runstatd() {
	local before=$waits i
	kill -USR1 "${pids[$1]}"
	for ((i = 0; i < 2000; i++)); do
		pause 0.01
		look_at "${pids[$1]}"
		[[ $waits -eq $before ]] || break
	done
	settle "${pids[$1]}"
}

ask_http() {
	local http
	exec {http}<>"/dev/tcp/127.0.0.1/${asks[$1]}"
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$http"
	cat <&"$http" >"$work/$1.answer"
	exec {http}>&-
	grep -qE '^(node_processes_pids|namedprocess_scrape_errors) ' "$work/$1.answer" ||
		fail "$1 does not answer"
	settle "${pids[$1]}"
}

# A sample a second; the first two are part of its start.
ask_collectd() {
	start collectd -f -C "$work/collectd.conf" 2>"$work/collectd.log"
	pids[$1]=$pid
	go_first "$pid"
	pause 1.6
	look_at "$pid"
	cpu_ns_before=$cpu_ns waits_before=$waits
	pause 3
	look_at "$pid"
}

run_ps() {
	ps -eLo pid,tid,stat,comm,time >/dev/null
}

# Writes "POPULATION CONTESTANT ROUND CPU_NS WAITS", for a sample of this turn, to $work/turns, and
# "POPULATION CONTESTANT PRIVATE_DIRTY_KIB RSS_KIB THREADS" to $work/sizes.
take_turn() {
	local population=$1 name=$2 round=$3 i n=${samples_of[$2]} kind=${kinds[$2]}
	if [[ $kind == ps ]]; then
		# User and system time of the one command, in milliseconds.
		local TIMEFORMAT='%U %S' user system
		read -r user system < <({ time run_ps; } 2>&1)
		cpu_ns=$((1000000 * (10#${user/./} + 10#${system/./})))
		[[ $round -eq 0 ]] || echo "$population	$name	$round	$cpu_ns	-" >>"$work/turns"
		return
	fi
	if [[ $kind == collectd ]]; then
		ask_collectd "$name"
	else
		settle "${pids[$name]}"
		cpu_ns_before=$cpu_ns waits_before=$waits
		for ((i = 0; i < n; i++)); do
			"ask_$kind" "$name"
			pause 0.02
		done
		settle "${pids[$name]}"
	fi
	if [[ $round -gt 0 ]]; then
		printf '%s\t%s\t%d\t%d\t%s\n' "$population" "$name" "$round" \
			$(((cpu_ns - cpu_ns_before) / n)) \
			"$(awk -v all=$((waits - waits_before)) -v n="$n" 'BEGIN { print all / n }')" \
			>>"$work/turns"
		awk -v OFS='\t' -v population="$population" -v name="$name" '
			{ of[$1] = $2 }
			END { print population, name, of["Private_Dirty:"], of["VmRSS:"], of["Threads:"] }' \
			"/proc/${pids[$name]}/smaps_rollup" "/proc/${pids[$name]}/status" >>"$work/sizes"
	fi
	if [[ $kind == collectd ]]; then
		stop "${pids[$name]}"
	fi
}

# A walk that takes longer than it may is cut, and says so: then a sample is less than one. Writes
# "POPULATION CONTESTANT CUT ALL", of samples, to $work/cuts.
note_cuts() {
	local name
	for name in "${!kinds[@]}"; do
		[[ ${kinds[$name]} == runstatd ]] || continue
		# Each target says so.
		awk -v OFS='\t' -v population="$1" -v name="$name" '
			/ sample#processes=/ && ++n[$1] > all { all = n[$1] }
			/ sample#partial=1/ && ++n_cut[$1] > cut { cut = n_cut[$1] }
			END { if (cut > 0) print population, name, cut, all }' "$work/$name.lines" >>"$work/cuts"
	done
}

end_contestants() {
	local name fd
	for name in "${!kinds[@]}"; do
		case ${kinds[$name]} in
		ps | collectd) continue ;;
		esac
		stop "${pids[$name]}"
		[[ ${kinds[$name]} == floor ]] || continue
		fd=${asks[$name]}
		exec {fd}>&-
		fd=${answers[$name]}
		exec {fd}>&-
	done
	kinds=() pids=() samples_of=() asks=() answers=()
}

# Has them take turns, in the order given; the first round warms up.
compare() {
	local population=$1 round name
	shift
	for ((round = 0; round <= bench_rounds; round++)); do
		for name in "$@"; do
			[[ ! ${kinds[$name]:-} ]] || take_turn "$population" "$name" "$round"
		done
	done
	note_cuts "$population"
}
