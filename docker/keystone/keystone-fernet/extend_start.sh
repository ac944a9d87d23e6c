#!/bin/bash
kolla_log_directory keystone

# Keys may have been rotated while this container was away: the deployment's
# script fetches the newest ones, where it is there.
if [[ -x /usr/bin/fernet-node-sync.sh ]]; then
    /usr/bin/fernet-node-sync.sh
fi
