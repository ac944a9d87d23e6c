const KEYS = "/etc/keystone/fernet-keys";
const SSH_CONFIG = "/etc/keystone/fernet-ssh/config";

const HEAD = `#!/bin/bash
set -o errexit -o nounset -o pipefail
keys=${KEYS}
`;

/** Rotates the keys when the last rotation is longer ago than the interval, then gives them to the other hosts. */
export function rotateScript(rotationSeconds: number): string {
  return `${HEAD}
# A rotation renames the staged key 0 to the one that makes tokens, and writes a new 0: its age is the time since then.
age=$(( $(date +%s) - $(stat -c %Y "$keys/0") ))
if (( age < ${rotationSeconds} )); then
    exit 0
fi
echo "The last rotation was $age seconds ago: rotating"
keystone-manage --config-file /etc/keystone/keystone.conf fernet_rotate \\
    --keystone-user keystone --keystone-group keystone
/usr/bin/fernet-push.sh
`;
}

/** Gives this host's keys to the others. A host that cannot be reached gets them when it starts. */
export function pushScript(others: readonly string[]): string {
  return `${HEAD}
others=(${others.join(" ")})
if [[ ! -e "$keys/0" ]]; then
    echo "No keys here to push" >&2
    exit 1
fi
for host in "\${others[@]}"; do
    rsync -a --delete --timeout=30 -e "ssh -F ${SSH_CONFIG}" "$keys/" "keystone@$host:$keys/" \\
        || echo "The keys did not reach $host" >&2
done
`;
}

/**
 * Fetches the keys from another host when it has newer ones than this host. Newer is whoever has the higher number:
 * rotation only counts up. A host that has none asks again for two minutes,
 * while the others start; with `--once` it does not.
 */
export function syncScript(others: readonly string[]): string {
  return `${HEAD}
others=(${others.join(" ")})
ssh=(ssh -F ${SSH_CONFIG})
highest() { grep -E '^[0-9]+$' | sort -n | tail -n 1 || true; }

fetch_newer() {
    local host theirs mine
    for host in "\${others[@]}"; do
        mine=$(ls "$keys" | highest)
        theirs=$("\${ssh[@]}" "keystone@$host" ls "$keys" 2>/dev/null | highest || true)
        if [[ -z $theirs ]] || (( theirs <= \${mine:--1} )); then
            continue
        fi
        echo "Fetching the keys from $host"
        rsync -a --delete --timeout=30 -e "\${ssh[*]}" "keystone@$host:$keys/" "$keys/" \\
            || echo "The keys of $host did not arrive" >&2
    done
}

fetch_newer
deadline=$(( SECONDS + 120 ))
while [[ \${1:-} != --once && \${#others[@]} -gt 0 && ! -e $keys/0 ]] && (( SECONDS < deadline )); do
    sleep 2
    fetch_newer
done
chown -R keystone:keystone "$keys"
`;
}

/** Makes the first keys of a site. Existing ones, here or on another host, are never replaced. */
export function setupScript(): string {
  return `${HEAD}
/usr/bin/fernet-node-sync.sh --once
if [[ -e "$keys/0" ]]; then
    echo "There are keys already"
    exit 0
fi
keystone-manage --config-file /etc/keystone/keystone.conf fernet_setup \\
    --keystone-user keystone --keystone-group keystone
`;
}

/** Healthy: keys are there, and cron runs. In the first two hours after a start old keys are not held against it. */
export function healthScript(rotationSeconds: number): string {
  return `${HEAD}
[[ -e "$keys/0" ]] || { echo "There are no keys" >&2; exit 1; }
pgrep -x cron >/dev/null || { echo "cron does not run" >&2; exit 1; }
if (( $(ps -o etimes= -p 1) < 7200 )); then
    exit 0
fi
if (( $(date +%s) - $(stat -c %Y "$keys/0") > ${rotationSeconds} + 7200 )); then
    echo "The keys were not rotated in time" >&2
    exit 1
fi
`;
}
