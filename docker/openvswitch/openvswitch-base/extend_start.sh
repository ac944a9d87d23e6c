#!/bin/bash
# Common to the daemons of Open vSwitch; then what the image itself has to prepare.
if [[ ! -d /var/log/kolla/openvswitch ]]; then
    mkdir -p /var/log/kolla/openvswitch
fi
if [[ $(stat -c %a /var/log/kolla/openvswitch) != 755 ]]; then
    chmod 755 /var/log/kolla/openvswitch
fi
if [[ -f /usr/local/bin/kolla_openvswitch_extend_start ]]; then
    # shellcheck disable=SC1091
    source /usr/local/bin/kolla_openvswitch_extend_start
fi
