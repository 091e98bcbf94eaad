# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC1090,SC1091,SC2034,SC2154
# What the tests of the zoo share, on top of lib.bash of the live tests.
#
#   KEEPER   the program; without it, the one beside this file or below the current directory

# In the folder of a virtual machine all files are together.
zoo=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
lib=$zoo/lib.bash
[[ -e $lib ]] || lib=$zoo/../live/lib.bash
. "$lib"

: "${KEEPER:=$zoo/keeper}"
[[ -e $KEEPER ]] || KEEPER=$PWD/tests/zoo/keeper

# Of each keeper, by its name: its process id, the descriptor that holds its standard input open,
# and the truth, which is the line it has printed.
declare -A keeper_pids=() keeper_inputs=() truths=()

# Starts a keeper by the name of $1, which what it prints goes by, and whose log is $work/NAME.log;
# other arguments are its own. A command before it can be given in the array $keeper_command.
keeper_command=()
start_keeper() {
	local name=$1 input
	shift
	mkfifo "$work/$name.in"
	: >"$work/$name.log"
	# Not inherited by others, because it ends when nobody holds the other side any more.
	"${keeper_command[@]}" "$KEEPER" --log "$work/$name.log" "$@" \
		<"$work/$name.in" >"$work/$name.out" 2>"$work/$name.err" &
	keeper_pids[$name]=$!
	children+=("$!")
	exec {input}>"$work/$name.in"
	keeper_inputs[$name]=$input
}

# It says so, or has ended.
is_ready() {
	[[ -s $work/$1.out ]] || ! kill -0 "${keeper_pids[$1]}" 2>/dev/null
}

wait_for_keeper() {
	wait_for is_ready "$1"
	truths[$1]=$(<"$work/$1.out")
	[[ ${truths[$1]} == ready\ * ]] || fail "keeper $1: $(<"$work/$1.err")"
}

# The value of key $2 in the truth of keeper $1.
truth() {
	local word
	for word in ${truths[$1]}; do
		[[ $word != "$2="* ]] || echo "${word#*=}"
	done
}

end_keeper() {
	local input=${keeper_inputs[$1]}
	exec {input}>&-
	kill "${keeper_pids[$1]}" 2>/dev/null || true
	wait_for_end "${keeper_pids[$1]}"
	unset "keeper_inputs[$1]"
}

# Makes cgroups /NAME… in all hierarchies that matter: their folders are arguments of a keeper in
# ${cgroup_arguments[NAME]}.
declare -A cgroup_arguments=()
make_cgroup_for() {
	local dir
	make_cgroup "$1"
	cgroup_arguments[$1]=
	for dir in "${cgroup_dirs[@]}"; do
		cgroup_arguments[$1]+="--cgroup $dir "
	done
}
