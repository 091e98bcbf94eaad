# SPDX-License-Identifier: MIT
# Lines of the format heroku with the prefix of the log stream, or with a time and a blank before
# them, as "TIME SOURCE KEY NUMBER": a line for each number. The number is the one that is printed,
# without its unit, with six decimals.

/ sample#/ {
	time = $1
	source = ""
	for (i = 2; i <= NF; i++) {
		split($i, pair, "=")
		if (pair[1] == "source")
			source = pair[2]
		if (pair[1] !~ /^sample#/)
			continue
		number = pair[2]
		sub(/(MB|pages|s)$/, "", number)
		if (number !~ /^[0-9]+(\.[0-9]+)?$/) {
			print "not a number: " $i >"/dev/stderr"
			exit 1
		}
		printf "%s %s %s %.6f\n", time, source, substr(pair[1], 8), number
	}
}
