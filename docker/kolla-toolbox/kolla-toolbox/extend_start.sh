#!/bin/bash
# The log of all that is run in here, for the accounts that run it.
if [[ ! -f /var/log/kolla/ansible.log ]]; then
    touch /var/log/kolla/ansible.log
fi
if [[ -O /var/log/kolla/ansible.log && $(stat -c %a /var/log/kolla/ansible.log) != 664 ]]; then
    chmod 664 /var/log/kolla/ansible.log
fi
