# SPDX-License-Identifier: MIT
# verdict.awk TRUTH LINES: is what runstatd said true?
#
# TRUTH has a line for each source: its name, what its keeper printed, and log=FILE. LINES are lines
# of runstatd with --prefix=logplex. A source that TRUTH does not have sees the animals of others;
# whom it calls a culprit is looked up there by the process id. Prints what is wrong, a table of
# causes, and last "N right, N wrong"; exits with 0 if
#
#   - each parent that lets zombies pile up was named, and nobody else was,
#   - at least 95 of 100 causes are right,
#   - each rate of those that are steady is within 5 % of the log's,
#   - each leak was said, and nothing of what is healthy.

function value(key, i) {
	for (i = 1; i <= NF; i++)
		if (index($i, key "=") == 1)
			return substr($i, length(key) + 2)
	return ""
}

# 2026-01-05T00:00:00.250000+00:00 as seconds since 1970.
function seconds_of(stamp, year, month, day) {
	year = substr(stamp, 1, 4) + 0
	month = substr(stamp, 6, 2) + 0
	day = substr(stamp, 9, 2) + 0
	if (month <= 2) {
		year--
		month += 12
	}
	day += 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month - 457) / 5) - 719469
	return 86400 * day + 3600 * substr(stamp, 12, 2) + 60 * substr(stamp, 15, 2) + substr(stamp, 18, 9)
}

# How many children an hour died until `at`, by the log of a source; 0 if too few to tell.
function true_rate(source, at, word, n, first, last) {
	while ((getline line < log_of[source]) > 0) {
		split(line, word, " ")
		if (word[1] != "c" || word[2] > at)
			continue
		if (!n++)
			first = word[2]
		last = word[2]
	}
	close(log_of[source])
	return n >= 3 && last > first ? 3600 * (n - 1) / (last - first) : 0
}

function right() {
	n_right++
}

function wrong(source, text) {
	n_wrong++
	wrongs[n_wrongs++] = sprintf("%-14s %s", source, text)
}

function check(source, what, got, wanted) {
	if (got == wanted)
		right()
	else
		wrong(source, what " is " wanted ", not '" got "'")
}

FNR == NR {
	source = $1
	sources[n_sources++] = source
	known[source] = 1
	parent[source] = value("parent_pid")
	comm[source] = value("parent_comm")
	child[source] = value("child_comm")
	cause[source] = value("cause")
	sigchld[source] = value("sigchld")
	leaks[source] = value("leaks")
	per_h[source] = value("per_h")
	steady[source] = value("steady")
	log_of[source] = value("log")
	if (source !~ /^(inside|tree)\./)
		source_of[parent[source]] = source
	next
}

{
	source = value("source")
	event = value("event")
	state = value("state")
}

# The sum over those that are no culprits of their own has no parent.
event == "zombies" && (state == "enter" || state == "update") && value("parent_pid") != "" {
	pid = value("parent_pid")
	truth = known[source] ? source : source_of[pid]
	if (!known[source])
		n_elsewhere++
	if (truth == "" || pid != parent[truth] || cause[truth] == "none") {
		n_wrong_parents++
		wrong(source, "process " pid " (" value("parent_comm") ") is no culprit: " value("cause") \
			", " value("zombies") " zombies")
		if (truth != "")
			accused[truth] = value("cause")
		next
	}
	if (!known[source]) {
		n_causes++
		if (value("cause") == cause[truth])
			n_right_causes++
		check(source, "cause of " truth, value("cause"), cause[truth])
		next
	}
	said[source] = value("cause")
	said_comm[source] = value("parent_comm")
	said_child[source] = value("child_comm")
	said_sigchld[source] = value("sigchld")
	said_rate[source] = value("created_per_h")
	said_period[source] = value("period_s")
	said_zombies[source] = value("zombies")
	said_s[source] = seconds_of($1)
}

event == "leak" && state == "enter" {
	metric = value("metric")
	if (!known[source])
		next
	said_leak[source, metric] = 1
	if (allows(source, metric))
		right()
	else {
		n_false_leaks++
		wrong(source, "there is no leak of " metric " (" value("value") ", " value("slope_per_h") \
			" an hour)")
	}
}

# What rises along with what leaks is no false alarm: each process has threads and memory.
function allows(source, metric) {
	if (metric == leaks[source])
		return 1
	if (cause[source] != "none")
		return metric == "zombies" || metric == "pids"
	if (leaks[source] == "processes")
		return metric != "zombies"
	if (leaks[source] == "threads")
		return metric == "pids" || metric == "memory_rss"
	return 0
}

function percent(n, of) {
	return of ? sprintf("%.1f %%", 100 * n / of) : "-"
}

# Steady, one at a time, and each of them becomes a zombie: a rate there can be no two opinions of.
function has_exact_rate(source) {
	return steady[source] && cause[source] ~ /^(never_waits|sigchld_blocked|probe_orphans)$/
}

function judge_rate(source, rate, off) {
	rate = true_rate(source, said_s[source])
	if (!rate)
		return
	off = said_rate[source] / rate - 1
	off = off < 0 ? -off : off
	if (!has_exact_rate(source)) {
		n_loose++
		sum_loose += off
		if (off >= worst_loose) {
			worst_loose = off
			worst_source = source
		}
		return
	}
	n_rates++
	worst_rate = off > worst_rate ? off : worst_rate
	if (off <= 0.05) {
		n_right_rates++
		right()
	} else
		wrong(source, sprintf("created_per_h is %.0f, not %s", rate, said_rate[source]))
	# It is said in whole seconds.
	if (said_period[source] != "" && rate <= 3600) {
		n_periods++
		off = said_period[source] - 3600 / rate
		if (off <= 0.5 && off >= -0.5)
			n_right_periods++
	}
}

function judge_culprit(source) {
	n_causes++
	n_parents++
	table[cause[source], source in said ? said[source] : "nothing"]++
	if (!(source in said)) {
		wrong(source, cause[source] " was not said")
		return
	}
	n_right_parents++
	right()
	if (said[source] == cause[source])
		n_right_causes++
	check(source, "cause", said[source], cause[source])
	check(source, "parent_comm", said_comm[source], comm[source])
	check(source, "child_comm", said_child[source], child[source])
	check(source, "sigchld", said_sigchld[source], sigchld[source])
	judge_rate(source)
}

function judge_other(source) {
	table["none", source in accused ? accused[source] : "nothing"]++
	if (!(source in accused))
		right()
	if (leaks[source] == "none")
		return
	n_leaks++
	if ((source, leaks[source]) in said_leak) {
		n_right_leaks++
		return
	}
	wrong(source, "the leak of " leaks[source] " was not said")
}

function print_table(n, columns, rows, i, j) {
	n = split("never_waits too_slow sigchld_blocked parent_stopped parent_stuck init_not_reaping probe_orphans nothing", columns, " ")
	split("never_waits too_slow sigchld_blocked parent_stopped parent_stuck init_not_reaping probe_orphans none", rows, " ")
	printf "%-17s", "it is \\ said"
	for (j = 1; j <= n; j++)
		printf "%17s", columns[j]
	print ""
	for (i = 1; i <= n; i++) {
		printf "%-17s", rows[i]
		for (j = 1; j <= n; j++)
			printf "%17s", table[rows[i], columns[j]] ? table[rows[i], columns[j]] : "."
		print ""
	}
}

END {
	for (i = 0; i < n_sources; i++) {
		if (cause[sources[i]] == "none")
			judge_other(sources[i])
		else
			judge_culprit(sources[i])
	}
	for (i = 0; i < n_wrongs; i++)
		print "wrong: " wrongs[i]
	print_table()
	printf "right parent: %s of %d, and %d who are no culprits; said of the host: %d\n",
		percent(n_right_parents, n_parents), n_parents, n_wrong_parents, n_elsewhere
	printf "right cause: %s of %d\n", percent(n_right_causes, n_causes), n_causes
	printf "created_per_h, steady: within 5 %% for %d of %d, the worst is off by %.1f %%\n",
		n_right_rates, n_rates, 100 * worst_rate
	printf "created_per_h, others: off by %.1f %% on average of %d",
		n_loose ? 100 * sum_loose / n_loose : 0, n_loose
	printf n_loose ? ", the worst is %s: %s\n" : "\n", worst_source, said_rate[worst_source]
	printf "period_s, of a second and more: right for %d of %d where it was said\n", n_right_periods, n_periods
	printf "leaks: %d of %d said, %d where there are none\n", n_right_leaks, n_leaks, n_false_leaks
	printf "%d right, %d wrong\n", n_right, n_wrong
	exit !(n_parents > 0 && n_right_parents == n_parents && n_wrong_parents == 0 &&
		n_right_causes >= 0.95 * n_causes && n_right_rates == n_rates &&
		n_right_leaks == n_leaks && n_false_leaks == 0)
}
