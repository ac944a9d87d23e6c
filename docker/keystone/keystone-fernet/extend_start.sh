#!/bin/bash
# Keys may have been rotated while this container was away: the deployment's
# script fetches the newest ones, where it is there.
logs=/var/log/kolla/keystone
if [[ ! -d ${logs} ]]; then
    install -d -m 0755 -o keystone -g kolla "${logs}"
fi

if [[ -x /usr/bin/fernet-node-sync.sh ]]; then
    /usr/bin/fernet-node-sync.sh
fi
