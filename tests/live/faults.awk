# SPDX-License-Identifier: MIT
# Reads the lines of a run that nothing disturbed, then those of one in which system calls failed:
# every value of the second must be one of the first. Prints those that are not, and exits with 1.
#
# A failure may cost a value, and in the memory line it is 0 then; its total is the sum of the rest.
# When not all processes were looked at, the line says so, and what was counted may be less.

function source_of(line)
{
	match(line, /(^| )source=[^ ]*/)
	return substr(line, RSTART, RLENGTH)
}

function number_of(token)
{
	sub(/^[^=]*=/, "", token)
	return token + 0
}

function key_of(token)
{
	sub(/=.*/, "", token)
	return token
}

function is_counted(key)
{
	return key ~ /#(processes|threads|zombies|zombies_stuck|threads_running|threads_blocked)$/ ||
		key ~ /#(memory_(total|rss|swap|pgpgin|pgpgout)|pss_processes|rss_processes)$/
}

# The end of a tick: what was wrong in it, unless it was said.
function end_tick(	source)
{
	for (source in wrong) {
		print wrong[source]
		failed = 1
	}
	delete wrong
	delete less
	delete partial
}

/ sample#self_ticks=/ {
	for (source in less) {
		if (!(source in partial))
			wrong[source] = wrong[source] less[source]
	}
	end_tick()
	next
}

/ event=/ {
	if (NR != FNR && !($0 ~ allowed))
		wrong[source_of($0)] = "the event: " $0
	next
}

NR == FNR {
	for (i = 3; i <= NF; i++) {
		known[$1, $2, $i] = 1
		if (number_of($i) > most[$1, key_of($i)])
			most[$1, key_of($i)] = number_of($i)
	}
	dyno[$1, $2] = 1
	next
}

{
	n_lines++
	sum = 0
	if ($0 ~ / sample#partial=1/)
		partial[$1] = 1
	if (!(($1, $2) in dyno))
		wrong[$1] = wrong[$1] "unknown: " $1 " " $2 "\n"
	for (i = 3; i <= NF; i++) {
		key = key_of($i)
		if (key ~ /#memory_(rss|cache|swap)$/)
			sum += number_of($i)
		if ((($1, $2, $i) in known) || key == "sample#partial")
			continue
		if ($i ~ /^sample#memory_[a-z]*=(0.00MB|0pages)$/)
			continue
		if (is_counted(key) && number_of($i) <= most[$1, key])
			less[$1] = less[$1] $1 " " $i " and not partial\n"
		else if (key != "sample#memory_total")
			wrong[$1] = wrong[$1] $1 " " $i "\n"
	}
	if ($3 ~ /^sample#memory_total=/ && (number_of($3) - sum > 0.021 || sum - number_of($3) > 0.021))
		wrong[$1] = wrong[$1] $1 " " $3 " is not the sum " sum "\n"
	else if ($3 ~ /^sample#memory_total=/)
		sub(/[^\n]* sample#memory_total=[^\n]*\n/, "", less[$1])
	if (less[$1] == "")
		delete less[$1]
}

END {
	end_tick()
	if (n_lines == 0)
		print "no lines"
	exit failed || n_lines == 0
}
