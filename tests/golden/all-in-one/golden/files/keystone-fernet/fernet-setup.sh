#!/bin/bash
# Makes the first keys of a site. Existing ones, here or on another host, are never replaced.
set -o errexit -o nounset -o pipefail

/usr/bin/fernet-node-sync.sh --once
if [[ -e /etc/keystone/fernet-keys/0 ]]; then
    echo "There are keys already"
    exit 0
fi
keystone-manage --config-file /etc/keystone/keystone.conf fernet_setup \
    --keystone-user keystone --keystone-group keystone
