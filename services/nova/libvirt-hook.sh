#!/bin/bash
# libvirt's hook for servers (https://libvirt.org/hooks.html): its words say which server and what happened, and the
# server's description is on standard input. What it ends with counts: a server would not start because of it.
#
# A switch in user space makes the device of a server promiscuous by writing back the flags that it read. That the
# device is up, which libvirt says at the same time, may be lost in between: the server would run without a network.
[[ $2 == started || $2 == reconnect ]] || exit 0

sed -n "/<interface type='ethernet'/,/<\/interface>/s/.*<target dev='\([^']*\)'.*/\1/p" |
    while read -r device; do
        ip link set dev "$device" up || echo "$1: $device is not up" >&2
    done
exit 0
