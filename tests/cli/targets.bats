#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What can be a target here, what cannot, and targets that come and go.

# Single quotes are meant, `run` gives $stderr, and each test is a shell of its own.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load common

setup() {
	cgroup=''
	out=$BATS_TEST_TMPDIR/out
}

teardown() {
	[[ ! $cgroup ]] || rmdir "$cgroup"
}

# Where a cgroup can be made: $cgroup_mount, the mount of the memory controller, v1 or v2.
find_cgroup_mount() {
	cgroup_mount=$(awk '{
		for (i = 7; $i != "-"; i++)
			;
		if ($(i + 1) == "cgroup" && "," $(i + 3) "," ~ /,memory,/)
			v1 = $5
		else if ($(i + 1) == "cgroup2")
			v2 = $5
	} END { print v1 != "" ? v1 : v2 }' /proc/self/mountinfo)
	[[ $cgroup_mount ]] || skip 'no cgroups here'
}

make_cgroup() {
	find_cgroup_mount
	cgroup=$cgroup_mount/runstatd-cli-$BASHPID
	mkdir "$cgroup" 2>/dev/null || {
		cgroup=''
		skip "cannot make a cgroup in $cgroup_mount"
	}
}

# The fields of line $1 of the output, without their values.
keys_of_line() {
	sed -n "$1s/=[^ ]*//gp" <<<"$output"
}

@test 'host: the machine, in three lines' {
	runstatd -n 1 -t host
	expect_good_output -v strict=1
	[[ ${#lines[@]} -eq 3 ]]
	[[ $output =~ ^source=host\.1\ dyno=host\.[0-9a-f]{12}\ sample#load_avg_1m ]]
	# Of a machine that started a moment ago the longer averages are not known yet.
	local up_s averages='source dyno sample#load_avg_1m'
	read -r up_s _ </proc/uptime
	[[ ${up_s%.*} -lt 300 ]] || averages+=' sample#load_avg_5m'
	[[ ${up_s%.*} -lt 900 ]] || averages+=' sample#load_avg_15m'
	expect_equal "$(keys_of_line 1)" "$averages"
	expect_equal "$(keys_of_line 2)" \
		'source dyno sample#memory_total sample#memory_rss sample#memory_cache sample#memory_swap sample#memory_pgpgin sample#memory_pgpgout sample#memory_quota'
	expect_equal "$(keys_of_line 3)" \
		'source dyno sample#processes sample#threads sample#zombies sample#zombies_stuck sample#threads_running sample#threads_blocked sample#pids sample#pids_limit'
}

@test 'all groups of all kinds of targets have the form that readers rely on' {
	sleep 60 3>&- &
	echo $! >"$BATS_TEST_TMPDIR/pid"
	runstatd -n 2 -i 1s -m all -t host -t self -t "pid:$$" -t "pidfile:$BATS_TEST_TMPDIR/pid" \
		-t cgroup:/ -t 'cgroup:/*' -t cgroup:/absent
	kill $!
	expect_good_output -v strict=1
}

@test 'self: the same line forms, but no load in the first minute' {
	runstatd -n 2 -i 1ms -t self
	expect_good_output -v strict=1
	[[ $output != *load_avg* ]]
	[[ ${lines[0]} == source=self.1\ *sample#memory_total=* ]]
	[[ ${lines[1]} == source=self.1\ *sample#processes=* ]]
}

@test 'pid: a process and its descendants' {
	bash -c 'sleep 60 3>&- & sleep 60 3>&- & echo >"$1"; wait' - "$out" 3>&- &
	wait_for test -s "$out"
	runstatd -n 1 -t "a.1=pid:$!" -m processes
	pkill -P $!
	wait
	expect_good_output
	[[ $output =~ ^source=a\.1\ dyno=pid\.$!-[0-9]+\ sample#processes=3\ sample#threads=3\  ]]
}

@test 'pid: one that is not there says so once and is no mistake' {
	# No process can have this one: it is as many as there can be.
	runstatd -n 3 -i 1ms -t pid:4194304
	expect_good_output
	expect_equal "$output" 'source=pid4194304.1 dyno=none event=gone state=enter level=warning'
}

@test 'pid: one that ends says so once' {
	sleep 60 3>&- &
	local sleeper=$!
	start_runstatd -i 20ms -t "a.1=pid:$sleeper" -m processes >"$out"
	wait_for has_line "$out" processes=1
	kill "$sleeper"
	wait "$sleeper" || true
	wait_for has_line "$out" event=gone
	stop_runstatd
	expect_form "$out"
	[[ $(grep -c event= "$out") -eq 1 ]]
	[[ $(tail -n 1 "$out") =~ ^source=a\.1\ dyno=pid\.$sleeper-[0-9]+\ event=gone\ state=enter\ level=warning$ ]]
}

@test 'pidfile: it may be missing or hold garbage' {
	local text
	runstatd -n 2 -i 1ms -t "a.1=pidfile:$BATS_TEST_TMPDIR/missing"
	expect_equal "$output" 'source=a.1 dyno=none event=gone state=enter level=warning'
	runstatd -n 1 -t "a.1=pidfile:$BATS_TEST_TMPDIR"
	expect_equal "$output" 'source=a.1 dyno=none event=gone state=enter level=warning'
	for text in '' garbage 0 -1 4294967297 99999999999999999999 1x; do
		printf '%s\n' "$text" >"$BATS_TEST_TMPDIR/pid"
		runstatd -n 1 -t "a.1=pidfile:$BATS_TEST_TMPDIR/pid"
		expect_good_output
		expect_equal "$output" 'source=a.1 dyno=none event=gone state=enter level=warning'
	done
	for text in $$ " $$ " $'\t'$$; do
		printf '%s' "$text" >"$BATS_TEST_TMPDIR/pid"
		runstatd -n 1 -t "a.1=pidfile:$BATS_TEST_TMPDIR/pid" -m processes
		expect_good_output
		[[ $output =~ ^source=a\.1\ dyno=pid\.$$- ]]
	done
}

@test 'pidfile: it appears, changes and goes' {
	local file=$BATS_TEST_TMPDIR/pid first second
	sleep 60 3>&- &
	first=$!
	sleep 60 3>&- &
	second=$!
	start_runstatd -i 20ms -t "a.1=pidfile:$file" -m processes >"$out"
	wait_for has_line "$out" event=gone
	echo "$first" >"$file"
	wait_for has_line "$out" "dyno=pid.$first-.*processes=1"
	echo "$second" >"$file.new"
	mv "$file.new" "$file"
	wait_for has_line "$out" "dyno=pid.$second-.*processes=1"
	rm "$file"
	wait_for has_lines "$out" event=gone 2
	stop_runstatd
	kill "$first" "$second"
	expect_form "$out"
	expect_equal "$(sed -nE 's/ dyno=pid\.[0-9]+-[0-9]+/ dyno=X/; s/old_dyno=pid\.[0-9]+-[0-9]+/old_dyno=X/; /event/p' "$out")" \
		'source=a.1 dyno=none event=gone state=enter level=warning
source=a.1 dyno=X event=back state=leave level=info
source=a.1 dyno=X event=restarted state=enter level=info old_dyno=X
source=a.1 dyno=X event=gone state=enter level=warning'
}

@test 'cgroup: paths that the kernel does not print' {
	local part
	for part in . ..; do
		expect_wrong_usage \
			"--target: cgroup path '/a/$part/b' has a part '$part'; write it in full" \
			-t "cgroup:/a/$part/b"
		expect_wrong_usage "--target: cgroup path '$part' has a part '$part'; write it in full" \
			-t "cgroup:$part"
		expect_wrong_usage \
			"--target: cgroup path '/a*/$part' has a part '$part'; write it in full" \
			-t "cgroup:/a*/$part"
	done
	expect_wrong_usage '--target: cgroup path has a part of more than 255 bytes' \
		-t "cgroup:/$(printf 'a%.0s' {1..256})"
	expect_wrong_usage '--target: cgroup path is longer than any, or has a newline' \
		-t "cgroup:/a$(printf '/a%.0s' {1..2000})"
	expect_wrong_usage '--target: cgroup path is longer than any, or has a newline' \
		-t $'cgroup:/a\nb'
}

@test 'cgroup: what is in the file system is no cgroup' {
	find_cgroup_mount
	local path
	for path in /etc /etc/passwd /proc/self "$BATS_TEST_TMPDIR"; do
		runstatd -n 1 -t "a.1=cgroup:$path"
		expect_status 64
		expect_messages "'cgroup:$path' is no cgroup: '$path' is in the file system; a cgroup's path is as in /proc/PID/cgroup"
	done
}

@test 'cgroup: a file in a cgroup is no cgroup' {
	find_cgroup_mount
	local path
	for path in /cgroup.procs "$cgroup_mount/cgroup.procs"; do
		runstatd -n 1 -t "cgroup:$path"
		expect_status 64
		expect_messages "'cgroup:$path' is no cgroup, but a file in one"
	done
}

@test 'cgroup: an absent one is no mistake' {
	find_cgroup_mount
	local path
	for path in /absent absent absent/ "$cgroup_mount/absent" /etc/absent; do
		runstatd -n 2 -i 1ms -t "a.1=cgroup:$path"
		expect_good_output
		expect_equal "$output" 'source=a.1 dyno=none event=gone state=enter level=warning'
	done
	runstatd -n 2 -i 1ms -t 'a.1=cgroup:/absent*'
	expect_status 0
	expect_equal "$output$stderr" ''
}

@test 'cgroup: it comes, goes and comes back' {
	make_cgroup
	rmdir "$cgroup"
	local path=${cgroup#"$cgroup_mount"}
	start_runstatd -i 20ms -t "a.1=cgroup:$path" -m processes >"$out"
	wait_for has_line "$out" event=gone
	mkdir "$cgroup"
	wait_for has_line "$out" 'processes=0'
	rmdir "$cgroup"
	wait_for has_lines "$out" event=gone 2
	mkdir "$cgroup"
	wait_for has_lines "$out" event=back 2
	stop_runstatd
	expect_form "$out"
	expect_equal "$(sed -nE 's/dyno=cgroup\.[0-9]+/dyno=X/g; /event/p' "$out")" \
		'source=a.1 dyno=none event=gone state=enter level=warning
source=a.1 dyno=X event=back state=leave level=info
source=a.1 dyno=X event=gone state=enter level=warning
source=a.1 dyno=X event=back state=leave level=info old_dyno=X'
}

@test 'cgroup: a pattern, with a name and without' {
	make_cgroup
	local path=${cgroup#"$cgroup_mount"} word
	word=$(tr -cd a-z0-9 <<<"${path,,}")
	runstatd -n 1 -t "cgroup:${path%?}?" -m processes
	expect_good_output -v strict=1
	[[ $output == *"source=$word.1 dyno=cgroup."*' sample#processes=0 '* ]]
	runstatd -n 1 -t "web=cgroup:/runstatd-cli-*" -m processes
	expect_good_output -v strict=1
	[[ $output == *"source=web$word.1 dyno=cgroup."* ]]
	runstatd -n 1 -t "=cgroup:/runstatd-cli-*" -m processes
	expect_good_output -v strict=1
	[[ $output == *"source=$word.1 dyno=cgroup."* ]]
}

@test '--list-targets: each target, what it is and what it offers' {
	make_cgroup
	local path=${cgroup#"$cgroup_mount"}
	sleep 60 3>&- &
	runstatd --list-targets -t h.1=host -t s.1=self -t "c.1=cgroup:$path" -t "p.1=pid:$!" \
		-t gone.1=cgroup:/absent -t "m=cgroup:${path%?}*"
	kill $!
	expect_status 0
	expect_equal "$stderr" ''
	[[ ${lines[0]} == view=self:* || ${lines[0]} == view=host:* ]]
	grep -qE '^source=h\.1 spec=host state=present dyno=host\.[0-9a-f]+$' <<<"$output"
	grep -qE '^source=s\.1 spec=self state=present dyno=[^ ]+$' <<<"$output"
	grep -qE "^source=c\\.1 spec=cgroup:$path state=present dyno=cgroup\\.[0-9]+$" <<<"$output"
	grep -qE "^source=p\\.1 spec=pid:$! state=present dyno=pid\\.$!-[0-9]+$" <<<"$output"
	grep -qE '^source=gone\.1 spec=cgroup:/absent state=absent dyno=none$' <<<"$output"
	grep -qE '^source=m[a-z0-9]+\.[0-9]+ spec=cgroup:.*\* state=present dyno=cgroup\.[0-9]+$' <<<"$output"
	grep -qE "^ +memory +$cgroup \\(cgroup v[12]\\)$" <<<"$output"
	[[ $(grep -cE '^ +groups +([a-z]+ )*memory processes' <<<"$output") -eq 5 ]]
}

@test '--list-targets: nothing matches' {
	find_cgroup_mount
	runstatd --list-targets -t 'cgroup:/absent*'
	expect_status 0
	expect_equal "${lines[-1]}" 'no cgroup matches now'
}

@test '--root: one that cannot be' {
	local root=$BATS_TEST_TMPDIR/root
	expect_wrong_usage "--root: the folder's name is empty" --root=
	runstatd --root="$root"
	expect_status 1
	expect_messages "cannot open the root '$root': No such file or directory"
	touch "$root"
	runstatd --root="$root"
	expect_status 1
	expect_messages "cannot open the root '$root': Not a directory"
	rm "$root"
	mkdir "$root"
	runstatd --root="$root"
	expect_status 1
	expect_messages "cannot open 'proc' in the root '$root': No such file or directory"
	touch "$root/proc"
	runstatd --list-targets --root="$root"
	expect_status 1
	expect_messages "cannot open 'proc' in the root '$root': Not a directory"
	rm "$root/proc"
	mkdir "$root/proc"
	runstatd --root="$root" -n 1
	expect_status 1
	expect_equal "$output" ''
	[[ $stderr == *"root '$root'"* ]]
}

@test '--root: one that must not be read' {
	# The folder of the tests lets nobody but its owner in.
	local root as=()
	root=$(mktemp -d)
	mkdir "$root/proc"
	if [[ $EUID -eq 0 ]]; then
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		"${as[@]}" test -x "$RUNSTATD" || skip 'others than root cannot run the program where it lies'
	fi
	chmod 755 "$root"
	chmod 000 "$root/proc"
	run --separate-stderr "${as[@]}" "$RUNSTATD" --root="$root"
	expect_status 1
	expect_messages "cannot open 'proc' in the root '$root': Permission denied"
	chmod 000 "$root"
	run --separate-stderr "${as[@]}" "$RUNSTATD" --root="$root"
	chmod 755 "$root"
	rm -r "$root"
	expect_status 1
	expect_messages "cannot open the root '$root': Permission denied"
}

@test 'a name of a folder that is too long is still told of' {
	local long
	long=/$(printf 'x%.0s' {1..5000})
	runstatd --root="$long"
	expect_status 1
	[[ $stderr == "runstatd: cannot open the root '/xxxx"* ]]
	runstatd -n 1 -o "file:$long"
	expect_status 1
	[[ $stderr == "runstatd: cannot open '/xxxx"* ]]
}

# The sources of the containers of a recorded node, one a line.
node=$BATS_TEST_DIRNAME/../scenes/containers-host/t0
names() {
	runstatd --root="$node" -t containers -m processes -n 1 "$@"
	expect_status 0
	output=$(sed -E 's/^source=([^ ]+) .*/\1/' <<<"$output" | paste -sd ' ')
}

@test '--container-names: by the process, and by the id, which counts first' {
	unset RUNSTATD_CONTAINER_NAMES
	names
	expect_equal "$output" 'pod1e597579pause.1 pod1e597579nginx.1 postgres.1 node.1 systemd.1 pod5ccfe0c0etcd.1'
	names --container-names='postgres=db, nginx=web,unheard=of'
	expect_equal "$output" 'pod1e597579pause.1 web.1 db.1 node.1 systemd.1 pod5ccfe0c0etcd.1'
	names --container-names='postgres=db,444444444444=sql,88888888888888888888=store'
	expect_equal "$output" 'pod1e597579pause.1 pod1e597579nginx.1 sql.1 node.1 systemd.1 store.1'
	names --container-names='postgres=db,node=db,555555555556=other'
	expect_equal "$output" 'pod1e597579pause.1 pod1e597579nginx.1 db.1 db.2 systemd.1 pod5ccfe0c0etcd.1'
}

@test '--container-names: the environment has them where no other place does' {
	export RUNSTATD_CONTAINER_NAMES=postgres=db
	names
	[[ $output == *' db.1 '* ]]
	names --container-names=postgres=sql
	[[ $output == *' sql.1 '* ]]
	printf '[runstatd]\ncontainer-names = postgres=store\n' >"$BATS_TEST_TMPDIR/conf"
	names -c "$BATS_TEST_TMPDIR/conf"
	[[ $output == *' store.1 '* ]]
	RUNSTATD_CONTAINER_NAMES=postgres runstatd -t containers -n 1
	expect_status 78
	expect_messages "RUNSTATD_CONTAINER_NAMES: 'postgres' should be like '0123456789ab=web' or 'nginx=web'"
}

@test '--container-names: other names by a reload' {
	local conf=$BATS_TEST_TMPDIR/conf out=$BATS_TEST_TMPDIR/out
	unset RUNSTATD_CONTAINER_NAMES
	printf '[runstatd]\ncontainer-names = postgres=db\n' >"$conf"
	start_runstatd -c "$conf" --root="$node" -t containers -m processes -i 100ms -o "file:$out"
	wait_for has_line "$out" '^source=db.1 .*sample#processes=1 '
	printf '[runstatd]\ncontainer-names = postgres=sql\n' >"$conf"
	kill -HUP "$pid"
	wait_for has_line "$out" '^source=sql.1 .*sample#processes=1 '
	stop_runstatd
	# Once it has the other name, never the first one again.
	expect_equal "$(sed -nE '/ sample#/s/^source=(db|sql).1 .*/\1/p' "$out" | uniq | paste -sd ' ')" 'db sql'
}

@test '--container-names: wrong ones' {
	expect_wrong_usage "--container-names: 'web' should be like '0123456789ab=web' or 'nginx=web'" --container-names=web
	expect_wrong_usage "--container-names: '0123456789' is neither 12 to 64 digits of a container's id nor the name of a process, of up to 15 bytes" \
		--container-names=0123456789=web
	expect_wrong_usage "--container-names: 'a b' cannot be a name: 1 to 63 letters, digits, '.', '_' or '-'" \
		--container-names='nginx=a b'
	expect_wrong_usage "--container-names: 'nginx' is named twice" --container-names=nginx=a,nginx=b
}
