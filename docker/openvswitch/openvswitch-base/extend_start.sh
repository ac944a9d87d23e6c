#!/bin/bash
# Common to the daemons of Open vSwitch; then what the image itself has to prepare.
kolla_log_directory openvswitch root
if [[ -f /usr/local/bin/kolla_openvswitch_extend_start ]]; then
    # shellcheck disable=SC1091
    source /usr/local/bin/kolla_openvswitch_extend_start
fi
