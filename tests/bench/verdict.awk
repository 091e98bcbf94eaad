# SPDX-License-Identifier: MIT
# What runstatd shall cost at most, and what it does. The files are those of table.awk, and so are
# the medians.
#
#   processes, threaded, targets   the sizes of the populations
#   ticks, waits                   of runstatd on its own: how many, and how often it has waited in them

BEGIN {
	FS = "\t"
}

# A median is right when a few are wrong.
FILENAME ~ /cuts$/ { if (4 * $3 > $4) cut[$1, $2] = 1; next }
FILENAME ~ /sizes$/ { dirty[$1, $2] = $3; next }

{
	cpu[$1, $2, ++n[$1, $2]] = $4
}

function median(values, population, name,   sorted, i, j, k) {
	k = n[population, name]
	for (i = 1; i <= k; i++) {
		for (j = i - 1; j > 0 && sorted[j] > values[population, name, i]; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = values[population, name, i]
	}
	return k % 2 ? sorted[(k + 1) / 2] : (sorted[k / 2] + sorted[k / 2 + 1]) / 2
}

# The median of what `name` takes for what `base` takes in the same round.
function ratio(population, name, base,   i) {
	for (i = 1; i <= n[population, name]; i++)
		ratios[population, name, i] = cpu[population, name, i] / cpu[population, base, i]
	return median(ratios, population, name)
}

function show(what, got, sign, bound, was_cut) {
	printf "  %-66s %9s %2s %-6s %s\n", what, got, sign, bound, was_cut ? "cut" : \
		(sign == "<=" ? got <= bound + 0 : sign == ">=" ? got >= bound + 0 : got == bound + 0) ? "yes" : "NO"
}

function at_most(what, got, bound, was_cut) {
	show(what, sprintf("%.3f", got), "<=", bound, was_cut)
}

# "host" by `base`, where both were measured.
function compare(what, population, name, base, bound) {
	if (n[population, name] && n[population, base])
		at_most(what, ratio(population, name, base), bound, (population, name) in cut)
}

function peer(what, population, name, bound) {
	if (n[population, name])
		show(what, sprintf("%.2f", ratio(population, name, "host")), ">=", bound,
			(population, "host") in cut)
}

function cheaper(population) {
	return median(cpu, population, "status") < median(cpu, population, "stat") ? "status" : "stat"
}

END {
	few = "200 processes"
	tenth = processes / 10 " processes"
	all = processes " processes"
	twice = processes * 2 " processes"
	many_threads = threaded " processes of 11 threads"
	many_targets = targets " targets"

	printf "\n%-68s %9s %9s\n", "What it shall be", "is", "wanted"
	compare("host, " all ": of the floor", all, "host", "stat", "1.10")
	if (n[many_threads, "status"])
		compare("host, " many_threads ": of the cheaper floor", many_threads, "host",
			cheaper(many_threads), "1.10")
	compare("a unit of 50 threads, " all ": of the floor of a walk", all, "unit", "stat", "0.01")
	if (n[tenth, "unit"] && n[twice, "unit"])
		at_most("the unit, " twice ": of what it is with " processes / 10,
			median(cpu, twice, "unit") / median(cpu, tenth, "unit"), "1.10",
			(twice, "unit") in cut)
	compare(many_targets ": of pread of the same files", many_targets, "runstatd", "files", "1.20")
	if (n[few, "host"]) {
		show("private dirty KiB, host, " few, dirty[few, "host"], "<=", 200)
		show("private dirty KiB, unit, " few, dirty[few, "unit"], "<=", 200)
	}
	if (n[few, "host, journal"])
		show("private dirty KiB, with the journal", dirty[few, "host, journal"], "<=", 300)
	if (n[few, "host"] && n[twice, "host"])
		show("private dirty KiB more, host, " twice, dirty[twice, "host"] - dirty[few, "host"], "<=", 64)
	if (ticks)
		show("waits in " ticks " ticks", waits, "==", ticks)
	peer("collectd, " all ": of what host takes", all, "collectd", "3.0")
	peer("node_exporter, " all ": of what host takes", all, "node_exporter", "3.2")
	peer("process-exporter, " all ": of what host takes", all, "process-exporter", "30")
}
