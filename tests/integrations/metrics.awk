# SPDX-License-Identifier: MIT
# Metrics in the format of Prometheus, whose source is "SOURCE@TIME", as numbers.awk prints the lines
# they were made of. Without "@TIME" the time is "-".

function label(name) {
	if (!match($0, "[{,]" name "=\"[^\"]*\""))
		return ""
	return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}

/^runstatd_/ && !/^runstatd_(event|gone|last_tick|parent_|leak_|limit_)/ {
	key = $0
	sub(/[{ ].*/, "", key)
	sub(/^runstatd_/, "", key)
	sub(/_total$/, "", key)
	value = $NF
	if (sub(/_bytes$/, "", key) || key ~ /^io_[rw]bytes$/)
		value /= 1048576
	sub(/_(pages|seconds)$/, "", key)
	time = "-"
	source = label("source")
	if (split(source, part, "@") == 2) {
		source = part[1]
		time = part[2]
	}
	printf "%s %s %s %.6f\n", time, source, key, value
}
