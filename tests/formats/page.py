# SPDX-License-Identifier: MIT
# page.py BASE PAGE...: has each page for Prometheus the numbers of one tick's lines of JSON? PAGE ends in
# ".N" for tick N, from 1 on. Pages are read by Prometheus' own library. Prints how many numbers they
# have; exits 1 at the first that differs.
import json
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

UNITS = ("", "_bytes", "_pages", "_seconds")
ENDS = ("", "_total")


def mask_inode(dyno):
    """The inode of a cgroup is another one in another tree."""
    return re.sub(r"^cgroup\.[0-9]+$", "cgroup", dyno)


def read_ticks(path):
    ticks = []
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        if not ticks or ticks[-1][0] != record["ts"]:
            ticks.append((record["ts"], []))
        if "event" not in record:
            ticks[-1][1].append(record)
    return [records for _, records in ticks]


def read_page(path):
    read = {}
    for family in text_string_to_metric_families(open(path, encoding="utf-8").read()):
        for sample in family.samples:
            if "dyno" not in sample.labels:
                continue
            at = (sample.labels["source"], mask_inode(sample.labels["dyno"]), sample.name[len("runstatd_"):])
            if at in read:
                sys.exit(f"{path}: {at} is there twice")
            read[at] = sample.value
    return read


def compare(path, records):
    read = read_page(path)
    n = 0
    for record in records:
        head = (record["source"], mask_inode(record["dyno"]))
        for key, value in record.items():
            if key in ("ts", "source", "dyno"):
                continue
            found = [key + unit + end for unit in UNITS for end in ENDS if (*head, key + unit + end) in read]
            if len(found) != 1:
                sys.exit(f"{path}: {head[0]} {key} is there {len(found)} times")
            got = read.pop((*head, found[0]))
            if got != value:
                sys.exit(f"{path}: {head[0]} {key} is {got}, and not {value}")
            n += 1
    if read:
        sys.exit(f"{path}: {next(iter(read))} is too much")
    return n


def main():
    ticks = read_ticks(sys.argv[1])
    pages = sys.argv[2:]
    numbers = sum(compare(page, ticks[int(page.rsplit(".", 1)[1]) - 1]) for page in pages)
    print(f"{len(pages)} pages, {numbers} numbers")


main()
