# SPDX-License-Identifier: MIT
# A table of one population: what a sample costs, and what a contestant holds. The files are "cuts",
# "sizes" and "turns"; see contestants.bash.

BEGIN {
	FS = "\t"
	none = "-"
}

$1 != population { next }
FILENAME ~ /cuts$/ { cuts[$2] = $3; all[$2] = $4; next }
FILENAME ~ /sizes$/ { dirty[$2] = $3; rss[$2] = $4; threads[$2] = $5; next }

{
	if (!($2 in n))
		names[++n_names] = $2
	n[$2]++
	cpu[$2, n[$2]] = $4
	waits[$2, n[$2]] = $5
	of_round[$2, $3] = $4
}

# Of values[name, 1..n[name]].
function median(values, name,   sorted, i, j, k) {
	k = n[name]
	for (i = 1; i <= k; i++) {
		for (j = i - 1; j > 0 && sorted[j] > values[name, i]; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = values[name, i]
	}
	return k % 2 ? sorted[(k + 1) / 2] : (sorted[k / 2] + sorted[k / 2 + 1]) / 2
}

# The median of the ratios within a round.
function ratio(name, base,   i) {
	for (i = 1; i <= n[name]; i++)
		ratios[name, i] = of_round[name, i] / of_round[base, i]
	return median(ratios, name)
}

function is_floor(name) {
	return name ~ /^(stat|status|task|files|targets)$/
}

END {
	base = names[1]
	printf "\n%s\n", population
	format = "  %-20s %10s %9s %7s %10s %9s %7s\n"
	printf format, "", "CPU ms", "x " base, "waits", "dirty KiB", "RSS KiB", "threads"
	for (i = 1; i <= n_names; i++) {
		name = names[i]
		printf format, (is_floor(name) ? "floor: " : "") name, sprintf("%.3f", median(cpu, name) / 1e6),
			sprintf("%.3f", ratio(name, base)),
			waits[name, 1] == "-" ? "" : sprintf("%.1f", median(waits, name)),
			is_floor(name) ? "" : dirty[name], is_floor(name) ? "" : rss[name],
			is_floor(name) ? "" : threads[name]
		if (name in cuts)
			printf "      %d of %d samples were cut: they are not of all processes\n", cuts[name], all[name]
	}
}
