#!/bin/bash
# Without the module only bridges with datapath_type=netdev work: not a reason to stop.
modprobe openvswitch 2>/dev/null || echo "The kernel module openvswitch is not to be had: only user-space datapaths work" >&2
if [[ ${OVS_DATAPATH:-system} == netdev ]]; then
    # It waits for the switch that starts now. Twice away, so that PID 1 and not the switch is its parent.
    ( kolla_restore_ports & )
fi
