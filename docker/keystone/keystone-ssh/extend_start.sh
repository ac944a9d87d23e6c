#!/bin/bash
# Host keys are each container's own, never the image's.
for kind in rsa ecdsa ed25519; do
    key=/etc/ssh/ssh_host_${kind}_key
    if [[ ! -f ${key} ]]; then
        ssh-keygen -q -t "${kind}" -N "" -f "${key}"
    fi
done
mkdir -p /run/sshd
chmod 0755 /run/sshd

# keys that come with the configuration live in the account's home
mkdir -p /var/lib/keystone/.ssh
chown keystone:keystone /var/lib/keystone/.ssh
chmod 0700 /var/lib/keystone/.ssh
