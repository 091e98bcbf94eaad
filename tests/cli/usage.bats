#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the command line takes, what it refuses, and what it says then.

# Single quotes are meant, `run` gives $stderr, and each test is a shell of its own.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load common

times="from 1ms to 1d, such as '20s', '500ms' or '1min 30s'"
specs='not one of host, self, unit:NAME, cgroup:PATH, pid:N, pidfile:PATH, containers'
names="1 to 63 letters, digits, '.', '_' or '-'"
groups='not one of all, none, load, memory, processes, cpu, pressure, io, detail, self'
pids='is no process id, a number from 1 to 4194304'
absent=absent=pidfile:/nonexistent/pid

# The keys of the first sample of each line, in order.
first_keys() {
	sed -nE 's/.* sample#([a-z0-9_]+)=.*/\1/; s/.*sample#//; p' <<<"$output" | paste -sd ' '
}

@test '--help and -h: every option, on standard output' {
	local option
	for option in --help -h; do
		runstatd "$option"
		expect_status 0
		expect_equal "$stderr" ''
		[[ ${lines[0]} == 'Usage: runstatd [OPTION]...' ]]
		local word
		for word in '-t, --target=NAME=SPEC ' '-i, --interval=TIME ' '-n, --count=N ' \
			'-o, --output=OUTPUT ' '-f, --format=FORMAT ' '-m, --metrics=GROUPS ' \
			'    --prefix=PREFIX ' '    --source=NAME ' '    --root=DIR ' \
			'    --list-targets ' '    --replay=FILE ' '-h, --help ' '-V, --version ' 'runstatd(8)'; do
			[[ $output == *"$word"* ]] || {
				echo "no '$word' in the help"
				return 1
			}
		done
	done
}

@test '--help: no line is wider than 90 columns' {
	runstatd --help
	[[ $(awk '{ if (length > n) n = length } END { print n }' <<<"$output") -le 90 ]]
}

@test '--version and -V: name and number' {
	local option
	for option in --version -V; do
		runstatd "$option"
		expect_status 0
		expect_equal "$stderr" ''
		[[ $output =~ ^runstatd\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	done
}

@test 'without options it starts at once with the default target' {
	runstatd -n 1
	expect_good_output -v strict=1
	[[ $output == *'sample#memory_total='*'sample#processes='* ]]
}

@test 'each letter and each long form, with a value apart and attached' {
	local words
	for words in "-i 1ms" "-i1ms" "--interval 1ms" "--interval=1ms" "--inter=1ms"; do
		# shellcheck disable=SC2086
		runstatd $words -n 2 -m self -t "$absent"
		expect_good_output
		[[ $(grep -c self_ticks= <<<"$output") -eq 2 ]]
	done
	for words in "-n 3" "-n3" "--count 3" "--count=3"; do
		# shellcheck disable=SC2086
		runstatd $words -i 1ms -m self -t "$absent"
		expect_good_output
		[[ $(grep -c self_ticks= <<<"$output") -eq 3 ]]
	done
	for words in "-t a.1=host" "-ta.1=host" "--target a.1=host" "--target=a.1=host"; do
		# shellcheck disable=SC2086
		runstatd $words -n 1 -m memory
		expect_good_output
		[[ $output == source=a.1\ * ]]
	done
	for words in "-m memory" "-mmemory" "--metrics memory" "--metrics=memory"; do
		# shellcheck disable=SC2086
		runstatd $words -n 1
		expect_good_output
		[[ ${#lines[@]} -eq 1 ]]
	done
	for words in "-f heroku" "-fheroku" "--format heroku" "--format=heroku" \
		"-o stdout" "-ostdout" "--output stdout" "--output=stdout" "-o auto" \
		"--prefix none" "--prefix=none" "--root /" "--root=/"; do
		# shellcheck disable=SC2086
		runstatd $words -n 1 -m memory -t host
		expect_good_output
		[[ ${#lines[@]} -eq 1 ]]
	done
	for words in "--source b.2" "--source=b.2"; do
		# shellcheck disable=SC2086
		runstatd $words -n 1 -m memory
		expect_good_output
		[[ $output == source=b.2\ * ]]
	done
}

@test 'the last one counts when an option is repeated' {
	runstatd -n 5 -n 1 -i 1h -i 1ms -m all -m memory -t host
	expect_good_output
	[[ ${#lines[@]} -eq 1 ]]
}

@test 'unknown options, with the nearest known one' {
	expect_wrong_usage "unknown option '-q'" -q
	expect_wrong_usage "unknown option '--hlp'; did you mean 'help'?" --hlp
	expect_wrong_usage "unknown option '--intervall=5s'; did you mean 'interval'?" --intervall=5s
	expect_wrong_usage "unknown option '--something-else'" --something-else
	expect_wrong_usage "unknown option '-x'" -hx
}

@test 'a value that is missing, one that is not wanted, and words that are no option' {
	local option
	for option in -t --target -i --interval -n --count -o --output -f --format -m --metrics \
		--prefix --source --root --replay; do
		expect_wrong_usage "option '$option' needs a value" "$option"
	done
	for option in help version list-targets; do
		expect_wrong_usage "option '--$option' takes no value" "--$option=1"
	done
	expect_wrong_usage "'host' is no option; a target is given as -t host" host
	expect_wrong_usage "'nginx' is no option; a target is given as -t nginx" -n 1 nginx -i 1s
	expect_wrong_usage "'-q' is no option; a target is given as -t -q" -- -q
}

@test 'all mistakes are told, not the first one alone' {
	runstatd -i 0 -n x -t pid:0 -t hos -q -m cpus
	expect_status 64
	expect_messages "--interval: '0' is out of range: $times" \
		"--count: 'x' is no whole number from 1 on" \
		"--target: '0' $pids" \
		"--target: cannot watch 'hos', $specs; did you mean 'host'?" \
		"unknown option '-q'" \
		"--metrics: unknown group 'cpus', $groups; did you mean 'cpu'?" \
		"$hint"
}

@test '--interval: what is a time' {
	local time
	for time in 1ms 50ms 1s 1.5s 0.25s 20 '20 s' 1.5 500ms 1min '1min 30s' 1min30s 1m 90sec 2h 1hr \
		1h30m 24h 1d 1440min ' 1s ' 0.001 0001s; do
		runstatd --interval="$time" -n 1 -m self -t "$absent"
		expect_good_output
	done
}

@test '--interval: what is none' {
	local time
	for time in '' ' ' -1 -1s +1s 1y 1us 999us 1w 1S 1MS 1,5s .5s 5. 1.2.3s 1e3 0x10 s ms '1s 2' \
		'1s,2s' '1 2 x' infinity nan $'1s\t'; do
		# Numbers without a unit may follow each other.
		[[ $time != '1s 2' ]] || continue
		expect_wrong_usage "--interval: '${time//$'\t'/?}' is no time: $times" --interval="$time"
	done
}

@test '--interval: what is too short or too long' {
	local time
	for time in 0 0s 0ms 0.9ms 0.0001 25h 86401 '1d 1ms' 1000000d 18446744073709551615s 1000d 0d; do
		expect_wrong_usage "--interval: '$time' is out of range: $times" --interval="$time"
	done
	for time in 99999999999999999999 18446744073709551616s; do
		runstatd --interval="$time"
		expect_status 64
		[[ $stderr == *"--interval: '$time' is "*"$times"* ]]
	done
}

@test '--interval: one minute and a half is 90 seconds' {
	# The second tick is not due in the time this waits for the first, so only the first one comes.
	start_runstatd -i '1min 30s' -m self -t "$absent" >"$BATS_TEST_TMPDIR/out"
	wait_for has_line "$BATS_TEST_TMPDIR/out" self_ticks=0
	stop_runstatd
	[[ $(wc -l <"$BATS_TEST_TMPDIR/out") -eq 2 ]]
}

@test '--count: what is none' {
	local count
	for count in '' 0 -1 +1 1.5 x 1x ' 1' 0x1 18446744073709551616 99999999999999999999; do
		expect_wrong_usage "--count: '$count' is no whole number from 1 on" --count="$count"
	done
}

@test '--format, --prefix and --output: what there is not' {
	expect_wrong_usage "--format: unknown format 'xml': heroku, logfmt, json or table" -f xml
	expect_wrong_usage "--format: unknown format '': heroku, logfmt, json or table" -f ''
	expect_wrong_usage "--prefix: unknown prefix 'syslog': none, logplex or rfc5424" --prefix=syslog
	local outputs='auto, stdout, journal, file:PATH or textfile:PATH'
	expect_wrong_usage "--output: unknown output 'syslog': $outputs" -o syslog
	expect_wrong_usage "--output: unknown output '': $outputs" -o ''
	expect_wrong_usage "--output: unknown output 'stdout:x': $outputs" -o stdout:x
	expect_wrong_usage "--output: 'file:' needs a path, as in 'file:/var/log/runstatd.log'" -o file:
}

@test '--metrics: groups, added and taken away' {
	# This machine may have started a moment ago, and then has no load average of 15 minutes.
	local row root=$BATS_TEST_DIRNAME/../scenes/v2-service/t0
	while IFS='|' read -r row wanted; do
		runstatd --root "$root" -n 1 -t host -m "$row"
		expect_status 0
		expect_equal "$row: $(first_keys)" "$row: $wanted"
	done <<-'END'
		memory|memory_quota
		load|load_avg_15m
		load,memory|load_avg_15m memory_quota
		memory,load|load_avg_15m memory_quota
		memory,memory|memory_quota
		none|
		none,load|load_avg_15m
		load,none,memory|memory_quota
		all,-memory,-cpu,-pressure,-io,-detail,-processes,-self|load_avg_15m
		-load,-processes|memory_quota
		-all,+load|load_avg_15m
		none,+memory|memory_quota
		-load,-memory,-processes|
		+load,-memory,-processes|load_avg_15m
		self|self_targets
	END
	runstatd -n 1 -t host -m +self
	expect_good_output
	[[ ${#lines[@]} -eq 4 && ${lines[3]} == source=runstatd.1\ dyno=pid.*self_tasks=1\ * ]]
}

@test '--metrics: what is no group' {
	expect_wrong_usage "--metrics: unknown group 'memroy', $groups; did you mean 'memory'?" -m memroy
	expect_wrong_usage "--metrics: unknown group '', $groups" -m ''
	expect_wrong_usage "--metrics: unknown group '', $groups" -m load,
	expect_wrong_usage "--metrics: unknown group '', $groups" -m load,,cpu
	expect_wrong_usage "--metrics: unknown group ' cpu', $groups; did you mean 'cpu'?" -m 'load, cpu'
	expect_wrong_usage "--metrics: unknown group 'none', $groups" -m +none
	expect_wrong_usage "--metrics: unknown group '-cpu', $groups; did you mean 'cpu'?" -m +-cpu
	expect_wrong_usage "--metrics: unknown group 'Load', $groups; did you mean 'load'?" -m Load
}

@test '--prefix=logplex: time, program and name before each line' {
	runstatd -n 1 -t web.1=host -m +self --prefix=logplex
	expect_good_output -v prefix=logplex
	[[ ${lines[0]} == *+00:00' heroku[web.1]: source=web.1 '* ]]
	[[ ${lines[3]} == *+00:00' heroku[runstatd.1]: source=runstatd.1 '* ]]
	# All lines of a tick have one time, and it is the time of today.
	[[ $(cut -d ' ' -f 1 <<<"$output" | sort -u | wc -l) -eq 1 ]]
	local said now
	said=$(date -d "${output%% *}" +%s)
	now=$(date +%s)
	[[ $((now - said)) -ge 0 && $((now - said)) -lt 60 ]]
}

@test '--source: only for the default target, and only a name' {
	runstatd -n 1 --source=My-web_2.1 -m memory
	expect_good_output
	[[ $output == source=My-web_2.1\ * ]]
	expect_wrong_usage \
		"--source: names the one target when none is given; with --target write NAME=SPEC" \
		--source=a -t host
	local name long
	long=$(printf 'a%.0s' {1..63})
	runstatd -n 1 --source="$long" -m memory
	expect_good_output
	for name in '' 'a b' a=b 'a"' a/b "a${long}" ä; do
		expect_wrong_usage "--source: '$name' cannot be a name: $names" --source="$name"
	done
}

@test 'DYNO names the default target and makes it self; --source comes first' {
	DYNO=web.3 runstatd -n 1 -m memory
	expect_good_output -v strict=1
	[[ $output == source=web.3\ * ]]
	DYNO=web.3 runstatd --list-targets
	[[ $output == *'source=web.3 spec=self '* ]]
	DYNO=web.3 runstatd -n 1 -m memory --source=b.4
	[[ $output == source=b.4\ * ]]
	DYNO=web.3 runstatd -n 1 -m memory -t host
	[[ $output == source=host.1\ * ]]
	DYNO='' runstatd --list-targets
	[[ $output != *'spec=self '* || $output == *view=self* ]]
}

@test 'DYNO_ID replaces the dyno of the default target and of self' {
	DYNO_ID=abc-1 runstatd -n 1 -m memory
	expect_good_output
	[[ $output == *' dyno=abc-1 sample#'* ]]
	DYNO_ID=abc-1 runstatd -n 1 -m memory -t self
	[[ $output == *' dyno=abc-1 sample#'* ]]
	DYNO_ID=abc-1 runstatd -n 1 -m memory -t host
	[[ $output != *abc-1* ]]
}

@test 'DYNO and DYNO_ID may hold anything' {
	DYNO=$'Foo Bar=1\n"x' DYNO_ID=$'a b\nc=d"\e[2J' runstatd -n 1
	expect_good_output -v strict=1
	DYNO=$(printf 'w%.0s' {1..500}).1 DYNO_ID=$(printf 'i%.0s' {1..500}) runstatd -n 1
	expect_good_output -v strict=1
	DYNO='===' runstatd -n 1
	expect_good_output -v strict=1
}

@test '--target: kinds that there are not, arguments that are missing or too many' {
	expect_wrong_usage "--target: cannot watch '', $specs" -t ''
	expect_wrong_usage "--target: cannot watch 'x', $specs" -t x
	expect_wrong_usage "--target: cannot watch 'hos', $specs; did you mean 'host'?" -t a=hos
	expect_wrong_usage "--target: cannot watch 'Host', $specs; did you mean 'host'?" -t Host
	expect_wrong_usage "--target: cannot watch 'cgrop:/a', $specs; did you mean 'cgroup'?" \
		-t cgrop:/a
	expect_wrong_usage "--target: 'host:1' should be like 'host'" -t host:1
	expect_wrong_usage "--target: 'self:' should be like 'self'" -t self:
	expect_wrong_usage "--target: 'pid' should be like 'pid:1234'" -t pid
	expect_wrong_usage "--target: 'pid:' should be like 'pid:1234'" -t pid:
	expect_wrong_usage "--target: 'pidfile:' should be like 'pidfile:/run/nginx.pid'" -t pidfile:
	expect_wrong_usage \
		"--target: 'cgroup:' should be like 'cgroup:/system.slice/nginx.service'" -t cgroup:
}

@test '--target: names that are none' {
	local name
	for name in '' 'a b' a/b 'a"' "$(printf 'a%.0s' {1..64})"; do
		expect_wrong_usage "--target: '$name' cannot be a target's name: $names" -t "$name=host"
	done
}

@test '--target: a name twice, or the same watched twice' {
	expect_wrong_usage "--target: two targets are named 'a'" -t a=host -t a=self
	expect_wrong_usage "--target: two targets are named 'a'" -t a=pid:1 -t b=host -t a=pid:2
	expect_wrong_usage "--target: 'host' is watched twice" -t host -t host
	expect_wrong_usage "--target: 'host' is watched twice" -t a=host -t b=host
	expect_wrong_usage "--target: 'pid:01' is watched twice" -t pid:1 -t pid:01
	expect_wrong_usage "--target: 'cgroup:a//b/' is watched twice" -t cgroup:/a/b -t cgroup:a//b/
	expect_wrong_usage "--target: 'cgroup:/a*' is watched twice" -t 'x=cgroup:/a*' -t 'cgroup:/a*'
}

@test '--target: derived names are never alike' {
	runstatd -n 1 -t cgroup:/absent/a@2.service -t cgroup:/absent/b/a@2.service -t a.3=host \
		-m memory
	expect_good_output -v strict=1
	expect_equal "$(cut -d ' ' -f 1 <<<"$output" | paste -sd ' ')" 'source=a.2 source=a.4 source=a.3'
}

@test 'pid: what is no process id' {
	local pid
	for pid in 0 -1 +1 x 1x ' 1' 1.5 4194305 18446744073709551617 0x1; do
		expect_wrong_usage "--target: '$pid' $pids" -t "pid:$pid"
	done
}

@test 'hostile words on the command line stay in one line each' {
	expect_wrong_usage "--interval: '1?2' is no time: $times" -i $'1\n2'
	expect_wrong_usage "--target: 'a?b' cannot be a target's name: $names" -t $'a\nb=host'
	expect_wrong_usage "unknown option '--?[2J'" $'--\e[2J'
}

@test 'a word that is too long to repeat is still told of' {
	local long
	long=$(printf 'x%.0s' {1..5000})
	local words
	for words in "-i $long" "-t $long" "-m $long" "-f $long" "--source=$long" "--$long" "$long" \
		"-n $long" "--prefix=$long"; do
		# shellcheck disable=SC2086
		runstatd $words
		expect_status 64
		expect_equal "$output" ''
		[[ $stderr == *xxxxxxxx*$'\n'"runstatd: $hint" ]] || {
			echo "$stderr"
			return 1
		}
	done
}
