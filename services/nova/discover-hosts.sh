#!/bin/bash
# Puts compute hosts into the cell, and waits until all of them have registered.
# Usage: discover-hosts SECONDS HOST...
set -o errexit -o nounset -o pipefail

patience=$1
shift
while true; do
    nova-manage cell_v2 discover_hosts
    known=$(nova-manage cell_v2 list_hosts | awk -F'|' 'NF > 4 { gsub(/ /, "", $4); print $4 }')
    missing=()
    for host in "$@"; do
        grep -qxF -- "$host" <<<"$known" || missing+=("$host")
    done
    (( ${#missing[@]} )) || exit 0
    if (( SECONDS > patience )); then
        echo "These compute hosts did not register: ${missing[*]}" >&2
        exit 1
    fi
    sleep 2
done
