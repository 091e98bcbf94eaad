# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What run-vm and run-ns have in common: the command line, the job that is handed to the guest,
# and what comes back. README.md says how to use them.

prog=${0##*/}
PATH=$PATH:/usr/sbin:/sbin

cgroup='' timeout=600 mem=1024 cpus=2 suite=bookworm with=() out='' prepare='' script='' dir=''
variables=()
work='' guest=''

say() {
	printf '%s: %s\n' "$prog" "$*" >&2
}

die() {
	say "$@"
	exit 125
}

usage() {
	cat <<END
usage: $prog [OPTION]... SCRIPT [DIR]
       $prog [OPTION]... --prepare

  --cgroup LAYOUT    v2, hybrid or v1
  --timeout SEC      give up after this time (600)
  --mem MIB          memory of a virtual machine (1024)
  --cpus N           processors of a virtual machine (2)
  --with SET         more packages for a virtual machine: containers, packages; may be
                     repeated
  --suite NAME       the release of Debian that a virtual machine has (bookworm)
  --out DIR          copy what SCRIPT leaves in \$OUT to DIR
  --env NAME=VALUE   a variable for SCRIPT; may be repeated
  --prepare          only do what can be done ahead of a run
END
}

parse_options() {
	local options
	options=$(getopt -n "$prog" -o +h \
		-l cgroup:,timeout:,mem:,cpus:,with:,suite:,out:,env:,prepare,help -- "$@") || exit 125
	eval set -- "$options"
	while [[ $1 != -- ]]; do
		case $1 in
		--cgroup) cgroup=$2 ;;
		--timeout) timeout=$2 ;;
		--mem) mem=$2 ;;
		--cpus) cpus=$2 ;;
		--with) with+=("$2") ;;
		--suite) suite=$2 ;;
		--out) out=$2 ;;
		--env) variables+=("$2") ;;
		--prepare) prepare=yes ;;
		*) usage && exit ;;
		esac
		[[ $1 == --prepare ]] || shift
		shift
	done
	shift

	local value
	for value in "$timeout" "$mem" "$cpus"; do
		[[ $value =~ ^[1-9][0-9]*$ ]] || die "not a positive number: '$value'"
	done
	for value in "${variables[@]}"; do
		[[ $value =~ ^[A-Za-z_][A-Za-z_0-9]*= ]] || die "not NAME=VALUE: '$value'"
	done
	[[ $suite =~ ^[a-z]+$ ]] || die "not a release of Debian: '$suite'"
	[[ ! $cgroup || $cgroup =~ ^(v2|hybrid|v1)$ ]] || die "not a cgroup layout: '$cgroup'"
	[[ ! $prepare ]] || return 0
	[[ $# -eq 1 || $# -eq 2 ]] || { usage >&2 && exit 125; }
	script=$1 dir=${2:-}
	[[ -f $script ]] || die "no such script: '$script'"
	[[ ! $dir || -d $dir ]] || die "no such directory: '$dir'"
}

# The words that make systemd set up layout $1, on a kernel's command line or on its own.
systemd_arguments() {
	local unified=0 legacy=0
	case $1 in
	v2) unified=1 ;;
	v1) legacy=1 ;;
	esac
	printf '%s\n' systemd.unified_cgroup_hierarchy=$unified \
		systemd.legacy_systemd_cgroup_controller=$legacy
	# Since version 256 systemd boots into the old layouts only when told that this is meant.
	[[ $1 == v2 ]] || echo SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
}

# Makes $work with two sides: guest/ is what the guest sees below its /, host/ is where its
# output (a fifo) and its result (a tar file) arrive. The guest knows the latter as /job/host.
stage_job() {
	work=$(mktemp -d)
	local job=$work/guest/job units=$work/guest/etc/systemd/system value
	mkdir -p "$units" "$job/dir" "$job/out" "$job/host" "$work/host"
	mkfifo "$work/host/output"

	cp -- "$script" "$job/script"
	[[ ! $dir ]] || cp -a -- "$dir/." "$job/dir"
	for value in CGROUP="$cgroup" OUT=/job/out HOME=/root LANG=C.UTF-8 "${variables[@]}"; do
		printf '%s=%q\n' "${value%%=*}" "${value#*=}"
	done >"$job/env"

	cat >"$job/agent" <<'END'
#!/bin/bash
systemctl is-system-running --wait >/dev/null
# A pipe between the script and the host, because a virtio port cannot be opened twice and
# so would be of no use as /dev/stderr.
exec {output}> >(exec cat >/job/host/output)
printer=$!
(
	set -a && . /job/env && set +a
	cd /job/dir && exec /job/script
) </dev/null >&"$output" 2>&1 {output}>&-
echo $? >/job/status
exec {output}>&-
# What the script left running may hold the pipe open for ever.
timeout 2 tail -s 0.05 --pid=$printer -f /dev/null
tar -C /job -c status out >/job/host/result
END
	chmod 755 "$job/script" "$job/agent"

	# A target of our own, because the usual ones start timers and whatever else is installed.
	cat >"$units/job.target" <<'END'
[Unit]
Requires=sysinit.target job.service
Wants=dbus.socket
After=sysinit.target dbus.socket
END
	# The guest ends with the job, so nothing that is left of it is worth waiting for.
	# Delegation makes systemd enable every controller.
	cat >"$units/job.service" <<'END'
[Unit]
SuccessAction=poweroff-immediate
FailureAction=poweroff-immediate

[Service]
Type=exec
ExecStart=/job/agent
KillMode=process
Delegate=yes
END
}

# Runs the command that is the guest, prints its output as it comes and exits as the script did.
run_guest() {
	local printer hold status=0
	# The second cat takes what is left when nobody wants to read the first one's output any more.
	(cat && exit; exec cat >/dev/null) <"$work/host/output" &
	printer=$!
	# The printer shall not see the end while the guest has yet to open its side.
	exec {hold}>"$work/host/output"
	timeout --signal=KILL "$timeout" "$@" </dev/null >"$work/log" 2>&1 &
	guest=$!
	wait "$guest" 2>/dev/null || status=$?
	guest=''
	exec {hold}>&-
	wait "$printer" || true

	if tar -C "$work" -xf "$work/host/result" 2>/dev/null; then
		if [[ $out ]]; then
			mkdir -p -- "$out"
			cp -a -- "$work/out/." "$out"
		fi
		exit "$(<"$work/status")"
	fi
	if [[ $status -eq 77 ]]; then
		say "skipped: $(tail -n 1 "$work/log")"
		exit 77
	fi
	if [[ $status -eq 137 ]]; then
		say "the time is up after $timeout s; the last messages were:"
		status=124
	else
		say "the guest ended without a result ($status); its last messages were:"
		status=125
	fi
	tail -n 20 "$work/log" >&2
	exit "$status"
}

end_guest() {
	[[ $guest ]] || return 0
	# timeout has made a process group of itself and its command.
	kill -KILL -- "-$guest" 2>/dev/null || kill -KILL "$guest" 2>/dev/null || true
	wait "$guest" 2>/dev/null || true
}

# Sees to it that the function $1 is called however this ends.
clean_up_with() {
	# shellcheck disable=SC2064
	trap "$1" EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}
