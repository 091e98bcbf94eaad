#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completion in three shells: all options that there are and no others, and what is offered.

# shellcheck disable=SC2154

load common

completion=$BATS_TEST_DIRNAME/../../completion

# The programs that were built, a line each: name and path. RUNSTAT_VIEW may not be.
programs() {
	echo "runstatd $RUNSTATD"
	[[ ! -x ${RUNSTAT_VIEW-} ]] || echo "runstat-view $RUNSTAT_VIEW"
}

@test 'completion: the options are those of the programs' {
	local name program wanted shell
	while read -r name program; do
		wanted=$("$program" --help | grep -oE -- '--[a-z][a-z-]+' | grep -vx -e "--${name#*-}" | sort -u)
		[[ $wanted == *--version* ]]
		for shell in "bash/$name" "zsh/_$name"; do
			expect_equal "$shell: $(grep -oE -- "(^|[^a-z0-9-])--[a-z][a-z-]+" "$completion/$shell" |
				grep -oE -- '--[a-z-]+' | grep -vxE -- '--(all|full|plain|no-legend|no-pager|type)' | sort -u)" "$shell: $wanted"
		done
		expect_equal "$(sed -nE 's/^complete .* -l ([a-z-]+).*/--\1/p' "$completion/fish/$name.fish" | sort -u)" "$wanted"
	done < <(programs)
}

@test 'completion: files that their shells can read' {
	local name
	for name in runstatd runstat-view; do
		bash -n "$completion/bash/$name"
		! type -P zsh >/dev/null || zsh -f -n "$completion/zsh/_$name"
		! type -P fish >/dev/null || fish --no-config --no-execute "$completion/fish/$name.fish"
	done
}

# offered_by_bash PROGRAM WORD...: what is offered for the last word.
offered_by_bash() {
	# shellcheck disable=SC2016
	bash --norc -c '. "$1" && . "$2/bash/$3" || exit
		shift 2
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
		compopt() { :; }
		"_${1//-/_}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$bash_completion" "$completion" "$@"
}

@test 'completion: what bash offers' {
	bash_completion=/usr/share/bash-completion/bash_completion
	[[ -r $bash_completion ]] || skip 'no bash-completion'
	expect_equal "$(offered_by_bash runstatd --pre)" --prefix=
	expect_equal "$(offered_by_bash runstatd -f t)" table
	expect_equal "$(offered_by_bash runstatd --prefix r)" rfc5424
	expect_equal "$(offered_by_bash runstat-view --s | sort | paste -sd ' ')" '--sandbox= --since= --snapshot='
	expect_equal "$(offered_by_bash runstat-view --sandbox a)" auto
	expect_equal "$(cd "$completion" && offered_by_bash runstat-view zs)" zsh
}

# offered_by_fish LINE
offered_by_fish() {
	# shellcheck disable=SC2016
	fish --no-config -c 'source $argv[1]/fish/(string split " " -- $argv[2])[1].fish; complete -C $argv[2]' \
		"$completion" "$1" | cut -f 1 | sort | paste -sd ' '
}

@test 'completion: what fish offers' {
	type -P fish >/dev/null || skip 'no fish'
	expect_equal "$(offered_by_fish 'runstatd --pre')" --prefix
	expect_equal "$(offered_by_fish 'runstatd -f t')" table
	expect_equal "$(offered_by_fish 'runstatd -m cpu,pres')" cpu,pressure
	expect_equal "$(offered_by_fish 'runstat-view --s')" '--sandbox --since --snapshot'
	expect_equal "$(offered_by_fish 'runstat-view --sandbox a')" auto
}

# What zsh makes of a definition shows in a terminal alone; here, that it can be loaded as one.
@test 'completion: what zsh takes for one' {
	type -P zsh >/dev/null || skip 'no zsh'
	local name
	for name in runstatd runstat-view; do
		# shellcheck disable=SC2016
		expect_equal "$(zsh -f -c 'fpath=($1 $fpath); autoload -U compinit; compinit -u -D; print -- $_comps[$2]; autoload +X $_comps[$2] && print loaded' \
			zsh "$completion/zsh" "$name")" "_$name
loaded"
	done
}
