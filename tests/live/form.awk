# SPDX-License-Identifier: MIT
# Checks that every line has the form that readers of log-runtime-metrics rely on, and prints and
# fails on those that have not. It knows the form from that format's description, not from the
# program. Variables:
#
#   prefix   none or logplex (none)
#   strict   1: source must be as derived names are, NAME.NUMBER of lower-case letters and digits

function complain(what) {
	printf "line %d: %s: %s\n", NR, what, original
	failed = 1
}

function is_number(text) {
	return text ~ /^(0|[1-9][0-9]*)$/
}

function is_hundredths(text) {
	return text ~ /^(0|[1-9][0-9]*)\.[0-9][0-9]$/
}

# Of a key whose unit nobody has fixed: any of the forms there are.
function is_value(text) {
	if (text ~ /^(0|[1-9][0-9]*)\.[0-9][0-9][0-9][0-9][0-9][0-9]s$/)
		return 1
	sub(/MB$/, "", text)
	return is_number(text) || is_hundredths(text)
}

function has_form(value, unit) {
	if (unit == "MB" || unit == "pages") {
		if (substr(value, length(value) - length(unit) + 1) != unit)
			return 0
		value = substr(value, 1, length(value) - length(unit))
		return unit == "MB" ? is_hundredths(value) : is_number(value)
	}
	return unit == "count" ? is_number(value) : is_hundredths(value)
}

# The samples are those of a known line, in its order. `all`: none may be missing; `from_left`:
# what is missing is missing at the end.
function check_known(name, all, from_left,    i, at, key, value) {
	at = 1
	for (i = 3; i <= n_words; i++) {
		key = words[i]
		sub(/=.*/, "", key)
		value = substr(words[i], length(key) + 2)
		while (at <= n_keys[name] && "sample#" keys[name, at] != key) {
			if (all || from_left)
				return complain(keys[name, at] " is missing")
			at++
		}
		if (at > n_keys[name])
			return complain(key " is unknown, double or out of order")
		if (!has_form(value, units[name, at]))
			return complain("the value of " key)
		at++
	}
	if (all && at <= n_keys[name])
		complain(keys[name, at] " is missing")
}

# Readers take keys by their end, so no other key may end in one of theirs.
function check_further(    i, k, key, value, known) {
	for (i = 3; i <= n_words; i++) {
		if (words[i] !~ /^sample#[a-z0-9_]+=[0-9A-Za-z.]+$/)
			return complain("no sample: " words[i])
		key = substr(words[i], 8)
		sub(/=.*/, "", key)
		value = substr(words[i], length(key) + 9)
		if (!is_value(value))
			return complain("the value of " key)
		if (key in seen_at && seen_at[key] == NR)
			return complain(key " is double")
		seen_at[key] = NR
		for (k = 1; k <= n_frozen; k++) {
			known = frozen[k]
			if (substr(key, length(key) - length(known) + 1) == known)
				return complain(key " ends in " known)
		}
	}
}

function check_event(    i) {
	if (words[3] !~ /^event=[a-z_]+$/)
		return complain("no event")
	if (words[4] !~ /^state=(enter|update|leave)$/)
		return complain("no state")
	if (words[5] !~ /^level=(info|warning|error)$/)
		return complain("no level")
	for (i = 6; i <= n_words; i++) {
		if (words[i] !~ /^[a-z_0-9]+=[A-Za-z0-9._:@\/+-]+$/)
			return complain("no key and value: " words[i])
	}
}

function add_line(name, list,    n, i, pair, parts) {
	n_keys[name] = n = split(list, pair, " ")
	for (i = 1; i <= n; i++) {
		split(pair[i], parts, ":")
		keys[name, i] = parts[1]
		units[name, i] = parts[2]
		if (name != "processes")
			frozen[++n_frozen] = parts[1]
	}
}

BEGIN {
	add_line("load", "load_avg_1m:hundredths load_avg_5m:hundredths load_avg_15m:hundredths")
	add_line("memory", "memory_total:MB memory_rss:MB memory_cache:MB memory_swap:MB " \
		"memory_pgpgin:pages memory_pgpgout:pages memory_quota:MB")
	add_line("processes", "processes:count threads:count zombies:count zombies_stuck:count " \
		"threads_running:count threads_blocked:count pids:count pids_limit:count " \
		"threads_sampled:count partial:count")
	d = "[0-9]"
	time = "^" d d d d "-" d d "-" d d "T" d d ":" d d ":" d d "\\." d d d d d d "\\+00:00 "
}

{
	original = line = $0
	name = ""
	if (prefix == "logplex") {
		if (line !~ time "heroku\\[[A-Za-z0-9._-]+\\]: source=") {
			complain("no prefix")
			next
		}
		name = line
		sub(/^[^[]*\[/, "", name)
		sub(/\]: .*/, "", name)
		sub(/^[^ ]* [^ ]* /, "", line)
	}
	if (line ~ /[^ -~]/ || line ~ /  / || line ~ / $/ || line ~ /"/) {
		complain("a byte or a space too many")
		next
	}
	n_words = split(line, words, " ")
	if (words[1] !~ /^source=[A-Za-z0-9._-]+$/ ||
	    (strict && words[1] !~ /^source=[a-z0-9]+\.[0-9]+$/) ||
	    (name != "" && words[1] != "source=" name))
		complain("no source")
	else if (words[2] !~ /^dyno=[A-Za-z0-9._:@\/+-]+$/)
		complain("no dyno")
	else if (n_words < 3)
		complain("nothing follows the dyno")
	else if (words[3] ~ /^sample#load_avg_/)
		check_known("load", 0, 1)
	else if (words[3] ~ /^sample#memory_total=/)
		check_known("memory", 1, 0)
	else if (words[3] ~ /^sample#processes=/)
		check_known("processes", 0, 0)
	else if (words[3] ~ /^sample#/)
		check_further()
	else
		check_event()
}

END {
	exit failed
}
