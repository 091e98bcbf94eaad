# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# What the tests with podman share, beside what the live tests do. They run as root in a virtual
# machine, in the folder that "make check-containers" has filled. CGROUP says which layout it has.

# shellcheck source=../live/lib.bash disable=SC1091
. "$(dirname "${BASH_SOURCE[0]}")/live.bash"
: "${CGROUP:?}" "${VERSION:?}"
for command in podman crun runc conmon catatonit busybox loginctl; do
	command -v $command >/dev/null || skip "no $command here"
done
as=() runtime=crun

# A store of its own, for root: what there may be on a machine whose file system is seen by others too
# is none of our business. Overlays cannot be made of overlays.
export CONTAINERS_STORAGE_CONF=/tmp/runstatd-storage.conf CONTAINERS_CONF=/tmp/runstatd-containers.conf
if [[ ! -e $CONTAINERS_STORAGE_CONF ]]; then
	driver=overlay
	[[ $(stat -f -c %T /tmp) != overlayfs && $(stat -f -c %T /tmp) != tmpfs ]] || driver=vfs
	printf '[storage]\ndriver = "%s"\ngraphroot = "/tmp/runstatd-store"\nrunroot = "/run/runstatd-store"\n' \
		$driver >$CONTAINERS_STORAGE_CONF
	# Where the tests run in namespaces, nobody may set these.
	printf '[containers]\ndefault_sysctls = []\nlog_driver = "k8s-file"\n' >$CONTAINERS_CONF
fi

# Two images, and no registry: ours as it is shipped, and one that has a shell, ours, and what makes a
# population.
make_images() {
	local tree=$work/tree blob name
	[[ ! -e /tmp/box.tar ]] || return 0
	mkdir -p "$tree"/{bin,tmp,proc,sys,dev,etc,run,host} "$work/oci"
	chmod 1777 "$tree/tmp"
	cp /bin/busybox injector keeper "$tree/bin"
	for name in $(busybox --list); do
		[[ $name == busybox ]] || ln -s busybox "$tree/bin/$name"
	done
	tar -C "$work/oci" -xf runstatd.oci.tar
	for blob in "$work"/oci/blobs/sha256/*; do
		! tar -C "$tree/bin" -xzf "$blob" runstatd 2>/dev/null || break
	done
	tar -C "$tree" -cf /tmp/box.tar .
	cp runstatd.oci.tar "$tree/bin/runstatd" /tmp
	chmod 644 /tmp/box.tar /tmp/runstatd.oci.tar
}

# Loads them for whoever "as" says, once.
load_images() {
	make_images
	! podman_as image exists localhost/box:1 || return 0
	podman_as load -qi /tmp/runstatd.oci.tar >/dev/null
	podman_as tag "localhost/runstatd:$VERSION" localhost/runstatd:test
	podman_as import -q -c 'ENV PATH=/bin' /tmp/box.tar localhost/box:1 >/dev/null
}

podman_as() {
	(cd / && exec "${as[@]}" podman --runtime "$runtime" "$@")
}

# Becomes, for podman_as, somebody who is not root and has a service manager, to which cgroups are
# delegated.
become_tester() {
	local uid
	if ! id tester >/dev/null 2>&1; then
		useradd --create-home tester
		loginctl enable-linger tester
	fi
	uid=$(id -u tester)
	wait_for test -S "/run/user/$uid/bus"
	as=(runuser -u tester -- env "XDG_RUNTIME_DIR=/run/user/$uid"
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$uid/bus" HOME=/home/tester)
	# What has been started by root's job is root's: podman shall be in the user's cgroups.
	[[ $CGROUP != v2 ]] || as+=(systemd-run --user --quiet --pipe --collect --wait)
}

# A container that goes on in the background, its standard output in the file $work/NAME, and what it
# and podman complain of in $work/NAME.errors. Its init is process $init.
start_container() {
	local name=$1
	shift
	rm -f "$work/$name.id"
	podman_as run --rm --network none --cidfile "/tmp/$name.id" "$@" >"$work/$name" 2>"$work/$name.errors" &
	podman=$!
	children+=("$podman")
	wait_for_container "$name"
}

# Its id is $id, and on the machine its cgroup of memory is $memory_dir.
wait_for_container() {
	wait_for has_id_or_end "$1"
	[[ -s /tmp/$1.id ]] || fail "$1: $(<"$work/$1.errors")"
	id=$(</tmp/"$1".id)
	rm -f "/tmp/$1.id"
}

has_id_or_end() {
	[[ -s /tmp/$1.id ]] || has_ended "$podman"
}

# Sets $memory_dir to the folder on the machine where the memory of the container $1 is accounted for.
find_memory() {
	local root=/sys/fs/cgroup
	[[ $CGROUP == v2 ]] || root+=/memory/
	# The innermost: what a runtime makes of a container may have one below it.
	memory_dir=$(find $root -type d -path "*$1*" | sort | tail -n 1)
	[[ $memory_dir ]] || fail "no cgroup has the id $1"
}

# Prints what the container $1 has printed, and goes on as it does. "podman logs --follow" was seen to
# miss some of it. A line that conmon has read in two parts is marked.
follow_log() {
	local line tag
	tail -n +1 -f "$(podman inspect --format '{{.HostConfig.LogConfig.Path}}' "$1")" | while IFS= read -r line; do
		line=${line#* * }
		tag=${line%% *}
		printf '%s' "${line#* }"
		[[ $tag == P ]] || echo
	done
}

# The last value of sample $3 of source $2 in file $1; a walk that was cut has seen but a part.
last_of() {
	samples <(grep -v ' sample#partial=' "$1") "$3" "$2" | tail -n 1
}

anonymous() {
	local key=anon
	[[ $CGROUP == v2 ]] || key=total_rss
	awk -v key="$key" '$1 == key { print $2 }' "$memory_dir/memory.stat"
}

# expect_memory WHAT FILE SOURCE: its memory_rss is that of $memory_dir, as the machine says before and
# after a tick. What is forked meanwhile has pages of its own for a moment: then the next tick has to do.
expect_memory() {
	local i n got before after
	for ((i = 0; i < 60; i++)); do
		n=$(samples "$2" memory_rss "$3" | wc -l)
		before=$(anonymous)
		wait_for has_samples "$2" "$3" memory_rss $((n + 1))
		after=$(anonymous)
		got=$(last_of "$2" "$3" memory_rss)
		[[ $before != "$after" ]] || ! is_memory "$got" "$before" || return 0
	done
	fail "$1: memory_rss=${got}MB, the machine says $before and $after bytes"
}

# Whether $1 MB are $2 bytes, but for two pages and what rounding takes.
is_memory() {
	awk -v got="$1" -v bytes="$2" 'BEGIN {
		exit !(got >= (bytes - 8192) / 1048576 - 0.005 && got <= (bytes + 8192) / 1048576 + 0.005)
	}'
}

has_samples() {
	[[ $(samples "$1" "$3" "$2" | wc -l) -ge $4 ]]
}
