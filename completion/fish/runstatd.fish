# SPDX-License-Identifier: MIT
# Completion of runstatd(8) for fish.

# NAME=, which is its user's, is kept before what may follow it.
function __runstatd_specs
    set -l name (commandline -ct | string replace -r '^(-t|--target=)' '' |
        string match -r '^[A-Za-z0-9._-]*=')
    set -l word (commandline -ct | string replace -r '^(-t|--target=)?([A-Za-z0-9._-]*=)?' '')
    set -l mount /sys/fs/cgroup
    test -e $mount/cgroup.controllers; or set mount $mount/systemd
    switch $word
        case 'unit:*'
            printf "$name%s\n" unit:(systemctl list-units --all --full --plain --no-legend \
                --no-pager --type=service,scope,slice 2>/dev/null | string replace -r ' .*' '')
        case 'cgroup:*'
            set -l path (string replace -r 'cgroup:/*' '' -- $word)
            set -l folders $mount/$path*/
            printf "$name%s\n" cgroup:/(string replace -- $mount/ '' $folders)
        case 'pid:*'
            printf "$name%s\n" pid:(__fish_complete_pids)
        case 'pidfile:*'
            printf "$name%s\n" pidfile:(__fish_complete_path (string replace pidfile: '' -- $word))
        case '*'
            printf "$name%s\n" host self containers unit: cgroup: pid: pidfile:
    end
end

function __runstatd_outputs
    set -l word (commandline -ct | string replace -r '^(-o|--output=)' '')
    switch $word
        case 'file:*' 'textfile:*'
            set -l kind (string replace -r ':.*' '' -- $word)
            printf '%s\n' $kind:(__fish_complete_path (string replace $kind: '' -- $word))
        case '*'
            printf '%s\n' auto stdout journal file: textfile:
    end
end

# Behind the last comma, and a sign.
function __runstatd_metrics
    set -l before (commandline -ct | string replace -r '^(-m|--metrics=)' '' |
        string match -r '^(?:.*,)?[+-]?')
    printf "$before%s\n" all none load memory processes cpu pressure io detail self
end

complete -c runstatd -f
complete -c runstatd -s t -l target -x -d 'Watch this' -a '(__runstatd_specs)'
complete -c runstatd -s i -l interval -x -d 'Time between ticks' -a '1s 5s 20s 1min'
complete -c runstatd -s n -l count -x -d 'Stop after so many ticks'
complete -c runstatd -s o -l output -x -d 'Where the lines go' -a '(__runstatd_outputs)'
complete -c runstatd -s f -l format -x -d 'Form of the lines' -a 'heroku logfmt json table'
complete -c runstatd -s m -l metrics -x -d 'Groups of samples' -a '(__runstatd_metrics)'
complete -c runstatd -l prefix -x -d 'Before each line' -a 'none logplex rfc5424'
complete -c runstatd -l zombies -x -d 'Name a parent with so many zombies'
complete -c runstatd -l limit -x -d 'Say that a limit is near at so many percent'
complete -c runstatd -l limit-error -x -d 'Make that an error at so many percent'
complete -c runstatd -l churn -x -d 'Say when so many processes of a name are started a minute'
complete -c runstatd -l changes-only -x -d 'Only samples that have moved by so many percent' -a 'off 10%:15'
complete -c runstatd -l top -x -d 'Only samples of the highest N:KEY' -a 'off 10:memory_rss 10:threads 10:zombies'
complete -c runstatd -l sandbox -x -d 'Give up rights that are not needed' -a 'on off'
complete -c runstatd -l source -x -d 'Name of the one target when none is given'
complete -c runstatd -l container-names -x -d 'Names of containers, KEY=NAME,...'
complete -c runstatd -l root -x -d 'Read proc and sys below this' -a '(__fish_complete_directories)'
complete -c runstatd -s c -l config -r -F -d 'Configuration file'
complete -c runstatd -l list-targets -d 'Print what each target is here, then exit'
complete -c runstatd -l check-config -d 'Say what is wrong with the configuration, then exit'
complete -c runstatd -l replay -r -F -d 'Print the events that old lines hold, then exit'
complete -c runstatd -s h -l help -d 'Print a summary of the options, then exit'
complete -c runstatd -s V -l version -d 'Print the version, then exit'
