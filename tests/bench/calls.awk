# SPDX-License-Identifier: MIT
# The calls of the third tick in what strace wrote, a line for each kind of file.

/^epoll_wait\(/ { tick++ }
tick != 3 { next }

# "openat(4, "proc/812/stat", O_RDONLY) = 20" is for "proc/PID/stat".
function kind(path) {
	gsub(/\/\/+/, "/", path)
	sub(/^\//, "", path)
	sub(/^.*sys\/fs\/cgroup/, "cgroup", path)
	if (path ~ /^cgroup\//)
		sub(/^cgroup\/.*\//, "cgroup/", path)
	if (path ~ /^cgroup(,|\/[^.]*$)/)
		return "cgroup, its folder"
	sub(/^proc\//, "", path)
	if (path ~ /^[0-9]+($|\/)/)
		sub(/^[0-9]+/, at ~ /task/ ? "PID/task/TID" : "PID", path)
	sub(/task\/[0-9]+/, "task/TID", path)
	return path
}

{
	call = $0
	sub(/\(.*/, "", call)
	fd = $0
	sub(/^[a-z0-9_]+\(/, "", fd)
	sub(/[,)].*/, "", fd)
	file = "-"
	if (match($0, /^[a-z0-9_]+\([^"]*"[^"]*"/) && call !~ /^(read|write|pread64)$/) {
		path = substr($0, RSTART, RLENGTH - 1)
		sub(/^[^"]*"/, "", path)
		at = open_files[fd]
		file = path == "" ? open_files[fd] : kind(path)
		if (call == "openat" && $NF ~ /^[0-9]+$/)
			open_files[$NF] = file
	} else if (fd ~ /^[0-9]+$/) {
		file = fd in open_files ? open_files[fd] : "held, " call
	}
	n[file, call]++
	sum[file]++
	calls[call]++
	all++
	if (call == "close")
		delete open_files[fd]
}

END {
	n_calls = split("openat read pread64 close getdents64 newfstatat", columns, " ")
	printf "  %-36s", ""
	for (i = 1; i <= n_calls; i++)
		printf " %10s", columns[i]
	printf " %10s %10s\n", "others", "all"
	sort = "sort -k1,1nr | cut -d ' ' -f 2-"
	for (file in sum) {
		line = sprintf("  %-36s", file)
		rest = sum[file]
		for (i = 1; i <= n_calls; i++) {
			line = line sprintf(" %10s", n[file, columns[i]] ? n[file, columns[i]] : "")
			rest -= n[file, columns[i]]
		}
		printf "%d %s %10s %10d\n", sum[file], line, rest ? rest : "", sum[file] | sort
	}
	close(sort)
	printf "  %-36s", "all"
	rest = all
	for (i = 1; i <= n_calls; i++) {
		printf " %10s", calls[columns[i]] + 0
		rest -= calls[columns[i]]
	}
	printf " %10d %10d\n\n", rest, all
}
