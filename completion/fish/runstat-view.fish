# SPDX-License-Identifier: MIT
# Completion of runstat-view(1) for fish.

complete -c runstat-view -s l -l listen -x -d 'Where the page is' -a '127.0.0.1:7878 0.0.0.0:7878'
complete -c runstat-view -s H -l host -x -d 'Name by which a browser may ask for it' -a '(__fish_print_hostnames)'
complete -c runstat-view -s j -l journal -d 'Read the journal'
complete -c runstat-view -l since -x -d 'Of the journal: a time, or a span before now' -a '1h 6h 24h 2d 7d'
complete -c runstat-view -s d -l drain -r -F -d 'Take lines by POST, with the token in this file'
complete -c runstat-view -s i -l interval -x -d 'Time between ticks whose lines have none' -a '1s 5s 20s 1min'
complete -c runstat-view -l history -x -d 'Memory for what is kept of the numbers' -a '16M 48M 256M'
complete -c runstat-view -l report -d 'Print all that was read as text, and exit'
complete -c runstat-view -l snapshot -r -F -d 'Write the page with all that was read to this file'
complete -c runstat-view -l sandbox -x -d 'Give up rights that are not needed' -a 'auto on off'
complete -c runstat-view -s h -l help -d 'Print a summary of the options, then exit'
complete -c runstat-view -s V -l version -d 'Print the version, then exit'
