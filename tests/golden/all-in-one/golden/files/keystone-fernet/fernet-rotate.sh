#!/bin/bash
# Rotates the keys when the last rotation is longer ago than the interval, then gives them to the other hosts.
# Usage: fernet-rotate.sh SECONDS
set -o errexit -o nounset -o pipefail

interval=$1
keys=/etc/keystone/fernet-keys

# A rotation renames the staged key 0 to the one that makes tokens, and writes a new 0: its age is the time since then.
age=$(( $(date +%s) - $(stat -c %Y "$keys/0") ))
if (( age < interval )); then
    exit 0
fi
echo "The last rotation was $age seconds ago: rotating"
keystone-manage --config-file /etc/keystone/keystone.conf fernet_rotate \
    --keystone-user keystone --keystone-group keystone
/usr/bin/fernet-push.sh
