# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# What the tests of the packages share. Each prints what it measured, and exits with 0, with 1 and a
# reason, or with 77 when a tool is missing.
#
#   TARBALL    what "make dist" made

set -euo pipefail
export LC_ALL=C.UTF-8
top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
packaging=$top/packaging
: "${TARBALL:?}"
version=${TARBALL##*-} version=${version%.tar.xz}
# Where those who are nobody may look.
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

say() {
	printf '%s\n' "$*"
}

fail() {
	say "FAILED: $*"
	exit 1
}

skip() {
	say "skipped: $*"
	exit 77
}

need() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "no $command here"
	done
}

# Runs a noisy command in silence; what it said is shown only when it fails.
quietly() {
	local status=0
	"$@" >"$work/said" 2>&1 </dev/null || status=$?
	[[ $status -ne 77 ]] || skip "$(tail -n 1 "$work/said")"
	[[ $status -eq 0 ]] || fail "$*: $(tail -n 40 "$work/said")"
}

# Of a package of Arch, what it installs: its .BUILDINFO tells in which folder it was made.
same() {
	local side
	if [[ $1 != *.pkg.tar.zst ]]; then
		cmp "$work/1/$1" "$work/2/$1"
		return
	fi
	for side in 1 2; do
		mkdir "$work/content-$side"
		bsdtar -C "$work/content-$side" --exclude .BUILDINFO --exclude .MTREE -xf "$work/$side/$1"
	done
	diff -r "$work/content-1" "$work/content-2"
}

# build_twice COMMAND...: COMMAND TARBALL OUTDIR, on two days that differ in place, time zone and
# mask. What it makes is in $work/1, and the same bytes once more in $work/2.
build_twice() {
	local file n=0
	mkdir "$work/elsewhere"
	cp "$TARBALL" "$work/elsewhere"
	quietly env TZ=UTC-9 "$@" "$TARBALL" "$work/1"
	(umask 027 && TMPDIR=$work/elsewhere TZ=UTC+5 LC_ALL=C \
		quietly "$@" "$work/elsewhere/${TARBALL##*/}" "$work/2")
	while IFS= read -r file; do
		# These tell how they were built; rpm writes into a source package where that was.
		[[ $file != *.buildinfo && $file != *.changes && $file != *.src.rpm ]] || continue
		same "$file" || fail "two builds differ in $file"
		say "$(sha256sum <"$work/1/$file" | cut -c -16)… twice, $(stat -c %s "$work/1/$file") bytes: $file"
		n=$((n + 1))
	done < <(cd "$work/1" && find . -maxdepth "${DEPTH:-1}" -type f -printf '%P\n' | sort)
	[[ $n -gt 0 ]] || fail 'nothing was built'
}
