#!/bin/bash
set -o errexit -o nounset -o pipefail
keys=/etc/keystone/fernet-keys

/usr/bin/fernet-node-sync.sh --once
if [[ -e "$keys/0" ]]; then
    echo "There are keys already"
    exit 0
fi
keystone-manage --config-file /etc/keystone/keystone.conf fernet_setup \
    --keystone-user keystone --keystone-group keystone
