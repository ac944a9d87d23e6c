#!/bin/bash
# Fetches the keys from another host when it has newer ones than this host. Newer is whoever has the higher number:
# rotation only counts up. A host that has none asks again for two minutes, while the others start; with --once it does
# not.
set -o errexit -o nounset -o pipefail

keys=/etc/keystone/fernet-keys
ssh=(ssh -F /etc/keystone/fernet-ssh/config)
mapfile -t others < /etc/keystone/fernet-hosts

highest() { grep -E '^[0-9]+$' | sort -n | tail -n 1 || true; }

fetch_newer() {
    local host theirs mine
    for host in "${others[@]}"; do
        mine=$(find "$keys" -mindepth 1 -maxdepth 1 -printf '%f\n' | highest)
        theirs=$("${ssh[@]}" "keystone@$host" ls "$keys" 2>/dev/null | highest || true)
        if [[ -z $theirs ]] || (( theirs <= ${mine:--1} )); then
            continue
        fi
        echo "Fetching the keys from $host"
        rsync -a --delete --timeout=30 -e "${ssh[*]}" "keystone@$host:$keys/" "$keys/" \
            || echo "The keys of $host did not arrive" >&2
    done
}

fetch_newer
deadline=$(( SECONDS + 120 ))
while [[ ${1:-} != --once && ${#others[@]} -gt 0 && ! -e $keys/0 ]] && (( SECONDS < deadline )); do
    sleep 2
    fetch_newer
done
chown -R keystone:keystone "$keys"
