#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The configuration: where it is read from, what it refuses, how it is reloaded; and the journal.

# shellcheck disable=SC2154

load common

setup() {
	conf=$BATS_TEST_TMPDIR/c.conf
	out=$BATS_TEST_TMPDIR/out
}

# The configuration is standard input.
configure() {
	cat >"$conf"
}

@test '--config and -c: what is set there holds, and the command line wins' {
	configure <<-'TEXT'
		[runstatd]
		count = 2
		interval = 10ms
		metrics = processes
		[target web.1]
		watch = host
		[target b.2]
		watch = self
		metrics = none
	TEXT
	local option
	for option in "--config=$conf" "-c$conf"; do
		runstatd "$option"
		expect_good_output
		expect_equal "$(cut -d ' ' -f 1 <<<"$output" | sort -u)" 'source=web.1'
		expect_equal "${#lines[@]}" 2
	done
	runstatd -c "$conf" -n 1 -t 'c.3=host' -m +processes
	expect_good_output
	expect_equal "$(cut -d ' ' -f 1 <<<"$output" | sort -u)" 'source=c.3'
}

@test '--config: further files, in the order of their names' {
	configure <<<$'[runstatd]\ncount = 5\ninterval = 1ms\nsource = a.1'
	mkdir "$conf.d"
	printf '[runstatd]\nsource = c.3\ncount = 1\n' >"$conf.d/20-later.conf"
	printf '[runstatd]\nsource = b.2\n' >"$conf.d/10-first.conf"
	printf 'nonsense\n' >"$conf.d/30-other.txt"
	runstatd -c "$conf" -m processes
	expect_good_output
	[[ $output == 'source=c.3 '* ]]
	expect_equal "${#lines[@]}" 1
}

@test '--config: one that cannot be read' {
	runstatd -c "$conf"
	expect_status 78
	expect_messages "$conf: there is no such file"
	mkdir "$conf"
	runstatd -c "$conf"
	expect_status 78
	expect_messages "$conf: cannot be read: Is a directory"
	expect_wrong_usage "--config: the file's name is empty" --config=
	expect_wrong_usage "option '--config' needs a value" --config
	printf 'a\0b' >"$conf.nul"
	runstatd -c "$conf.nul"
	expect_status 78
	expect_messages "$conf.nul: it has a NUL byte, and is no text"
}

@test 'a wrong configuration: all mistakes at once, and status 78' {
	configure <<-'TEXT'
		early = 1
		[runstatd]
		intervall = 5s
		interval = 0
		[target a]
		watch = hosts
		nonsense
		[other]
	TEXT
	mkdir "$conf.d"
	printf '[target b]\n' >"$conf.d/more.conf"
	local option
	for option in --check-config -n1 --list-targets; do
		runstatd -c "$conf" "$option"
		expect_status 78
		expect_messages \
			"$conf:1: 'early' stands before the first section, '[runstatd]' or '[target NAME]'" \
			"$conf:3: unknown key 'intervall' in [runstatd]; did you mean 'interval'?" \
			"$conf:4: interval: '0' is out of range: from 1ms to 1d, such as '20s', '500ms' or '1min 30s'" \
			"$conf:6: watch: cannot watch 'hosts', not one of host, self, unit:NAME, cgroup:PATH, pid:N, pidfile:PATH, containers; did you mean 'host'?" \
			"$conf:7: neither a section '[NAME]' nor a setting 'KEY = VALUE'" \
			"$conf:8: unknown section '[other]': '[runstatd]' or '[target NAME]'" \
			"$conf.d/more.conf:1: this target has no 'watch', such as 'watch = unit:nginx.service'"
	done
	runstatd -c "$conf" --help
	expect_status 0
}

@test '--check-config: a right one' {
	configure <<<$'[target web.1]\nwatch = host\n[target Web-2]\nwatch = self'
	runstatd -c "$conf" --check-config
	expect_status 0
	expect_messages "target 'Web-2': some readers take only names such as 'web.1': lower-case letters and digits, a dot, a number"
}

@test 'a configured target that cannot be one: status 78' {
	configure <<<$'[target a]\nwatch = cgroup:/etc'
	runstatd -c "$conf"
	expect_status 78
	runstatd -t a=cgroup:/etc
	expect_status 64
}

@test 'quota and dyno of a target' {
	configure <<<$'[target web.1]\nwatch = host\nquota = 512M\ndyno = my.own'
	runstatd -c "$conf" -n 1 -m memory
	expect_good_output
	[[ ${lines[0]} == 'source=web.1 dyno=my.own '*' sample#memory_quota=512.00MB' ]]
}

@test 'SIGHUP: a right configuration is taken, a wrong one is refused, the beat goes on' {
	configure <<<$'[runstatd]\ninterval = 50ms\nmetrics = processes\n[target a.1]\nwatch = host'
	start_runstatd -c "$conf" >"$out" 2>"$out.messages"
	wait_for has_lines "$out" '^source=a.1 ' 3
	configure <<<$'[runstatd]\ninterval = 25ms\nmetrics = +self\n[target b.2]\nwatch = host'
	kill -HUP "$pid"
	wait_for has_lines "$out" '^source=b.2 ' 3
	configure <<<$'[runstatd]\nnonsense'
	kill -HUP "$pid"
	wait_for has_line "$out.messages" 'the old one stays in force'
	local before
	before=$(grep -c '^source=b.2 ' "$out")
	wait_for has_lines "$out" '^source=b.2 ' $((before + 3))
	stop_runstatd
	expect_equal "$(head -n 1 "$out.messages")" \
		"runstatd: $conf:2: neither a section '[NAME]' nor a setting 'KEY = VALUE'"
	# The count of ticks has not begun anew: the first one that is told is not the first one.
	local ticks
	ticks=$(sed -n 's/.*self_ticks=\([0-9]*\).*/\1/p' "$out" | head -n 1)
	[[ $ticks -ge 3 ]]
}

@test 'SIGHUP: another output, without the sandbox' {
	configure <<<$'[runstatd]\ninterval = 20ms\nmetrics = processes\n[target a.1]\nwatch = host'
	start_runstatd -c "$conf" --sandbox=off >"$out"
	wait_for has_lines "$out" '^source=a.1 ' 2
	configure <<<"[runstatd]
interval = 20ms
output = file:$out.file
[target a.1]
watch = host"
	kill -HUP "$pid"
	wait_for has_lines "$out.file" '^source=a.1 ' 2
	stop_runstatd
}

@test 'SIGHUP: what the sandbox has closed is refused, and all goes on' {
	local common=$'[runstatd]\ninterval = 20ms\nmetrics = processes'
	configure <<<"$common"$'\n[target a.1]\nwatch = host'
	start_runstatd -c "$conf" >"$out" 2>"$out.messages"
	wait_for has_lines "$out" '^source=a.1 ' 2
	grep -q '^Seccomp:.*2' "/proc/$pid/status" || {
		stop_runstatd
		skip 'no sandbox here'
	}
	configure <<<"$common"$'\n'"output = file:$out.file"
	kill -HUP "$pid"
	wait_for has_line "$out.messages" "the output cannot become 'file:$out.file' in the sandbox"
	configure <<<"$common"$'\n'"target = pid:$pid"
	kill -HUP "$pid"
	wait_for has_line "$out.messages" "the sandbox was made for no target such as 'pid:$pid'"
	configure <<<"$common"$'\nsandbox = off'
	kill -HUP "$pid"
	wait_for has_line "$out.messages" 'the sandbox cannot be changed while it runs'
	configure <<<"$common"$'\n[target b.2]\nwatch = host'
	kill -HUP "$pid"
	wait_for has_lines "$out" '^source=b.2 ' 3
	[[ ! -e $out.file ]]
	stop_runstatd
}

@test '--sandbox: on and off' {
	expect_wrong_usage "--sandbox: 'maybe' is neither on nor off" --sandbox=maybe
	runstatd -n 1 -t host -m processes --sandbox=off
	expect_good_output
	# A build with sanitizers or for coverage has none unless asked, as it cannot end in there.
	start_runstatd -t host -m processes -o "file:$BATS_TEST_TMPDIR/out"
	wait_for has_line "$BATS_TEST_TMPDIR/out" '^source=host.1 '
	seccomp=$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$pid/status")
	stop_runstatd
	[[ $seccomp -eq 2 ]] || return 0
	runstatd -n 1 -t host -m processes --sandbox=on
	expect_status 0
	[[ ! $stderr || $stderr == 'runstatd: '* ]]
}

@test 'unit: what is no name, and one that is not there' {
	expect_wrong_usage "--target: 'unit:' should be like 'unit:nginx.service'" -t unit:
	expect_wrong_usage "--target: 'a/b' is no name of a unit; it is like 'nginx.service'" -t unit:a/b
	runstatd -n 2 -i 1ms -t a.1=unit:not-there-at-all -t '=unit:not-there-*.service'
	expect_good_output
	expect_equal "$output" 'source=a.1 dyno=none event=gone state=enter level=warning'
}

@test '--output=journal: where there is none' {
	[[ ! -e /run/systemd/journal/socket ]] || skip 'there is a journal'
	runstatd -o journal -n 1
	expect_status 1
	expect_messages "there is no journal here: '/run/systemd/journal/socket': No such file or directory; write to stdout instead"
}

@test 'the readiness is told to the service manager when the first tick is out' {
	command -v python3 >/dev/null || skip 'no python3 to listen with'
	local socket=$BATS_TEST_TMPDIR/notify
	python3 - "$socket" "$RUNSTATD" >"$out" 2>/dev/null <<-'PYTHON' || true
		import os, socket, subprocess, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		s.settimeout(20)
		env = dict(os.environ, NOTIFY_SOCKET=sys.argv[1])
		p = subprocess.Popen([sys.argv[2], "-c", "/dev/null", "-i", "1d", "-t", "a.1=host"],
		    env=env, stdout=subprocess.DEVNULL)
		try:
		    for message in range(2):
		        print(s.recv(4096).decode())
		    # A manager that is another one by now has the same name.
		    os.unlink(sys.argv[1])
		    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		    s.bind(sys.argv[1])
		    s.settimeout(20)
		    p.terminate()
		    print(s.recv(4096).decode())
		finally:
		    p.kill()
	PYTHON
	expect_equal "$(grep -v ^STATUS= "$out" | paste -sd ' ')" 'READY=1 WATCHDOG=1 STOPPING=1' || {
		# A build without libsystemd tells nobody.
		grep -q NOTIFY_SOCKET "$RUNSTATD" || skip 'built without libsystemd'
		return 1
	}
	has_line "$out" '^STATUS=1 of 1 targets present; tick 1 at '
}
